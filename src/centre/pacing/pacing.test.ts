import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Random, seededRandom } from '../../lib/random.ts'
import { AbandonAccount } from './account.ts'
import { Ages } from './ages.ts'
import { AnswerLaw } from './answers.ts'
import { DurationLaw } from './durations.ts'
import { type Outlook, Pacer } from './pacer.ts'
import { shortfall } from './risk.ts'

test('the law of durations is learned: half of what lasts 60 s on average, without memory, is over after 41.6 s', () => {
  const random = seededRandom(1)
  const law = new DurationLaw(300_000)
  for (let n = 0; n < 3_000; n++) law.learn(exponential(random, 60_000), 1_000)
  law.refresh([])
  for (const ageS of [0, 30, 120]) assert.ok(Math.abs(law.endsWithin(ageS, 41.6) - 0.5) < 0.05, `${ageS} s`)
})

test('what is still going on counts as having lasted: the short talks that end first do not make the law short', () => {
  const random = seededRandom(2)
  const law = new DurationLaw(300_000)
  const ongoing: number[] = []
  for (let n = 0; n < 500; n++) {
    const ms = exponential(random, 100_000)
    if (ms < 20_000) law.learn(ms, 1_000)
    else ongoing.push(20_000)
  }
  law.refresh(ongoing)
  const within = law.endsWithin(0, 20)
  assert.ok(Math.abs(within - (1 - Math.exp(-0.2))) < 0.04, String(within))
})

test('a ringing call is less likely to be answered the longer it rings beyond the usual', () => {
  const random = seededRandom(3)
  const law = new AnswerLaw()
  for (let n = 0; n < 4_000; n++) {
    const answered = random() < 0.3
    law.learn(answered ? 4_000 + random() * 12_000 : 30_000, answered, 2_000)
  }
  law.refresh([])
  assert.ok(Math.abs(law.chance - 0.3) < 0.03, String(law.chance))
  const [young, old] = [law.answeredWithin(2, 20), law.answeredWithin(16, 14)]
  assert.ok(young > 0.25 && old < 0.02, `${young} ${old}`)
  const ages = law.answerAges(4)
  assert.ok(ages[0]! > 4 && ages[3]! < 16, String(ages))
})

test('calls that are withdrawn leave the chance of an answer as it is: they rang so far, and no more is known', () => {
  const random = seededRandom(8)
  const law = new AnswerLaw()
  for (let n = 0; n < 4_000; n++) {
    if (random() < 0.3) law.learn(4_000 + random() * 18_000, true, 2_000)
    else if (random() < 0.5) law.learnWithdrawn(15_000)
    else law.learn(30_000, false, 2_000)
  }
  law.refresh([])
  const before = 0.3 * (11 / 18)
  assert.ok(Math.abs(law.answeredWithin(0, 15) - before) < 0.03, String(law.answeredWithin(0, 15)))
})

test('the chance of a shortfall is that of the sum of yes-or-no outcomes', () => {
  const random = seededRandom(4)
  for (const [agents, calls, idle] of [
    [3, 5, 1],
    [10, 12, 2],
    [60, 90, 4],
    [0, 8, 3],
  ] as const) {
    const free = Array.from({ length: agents }, () => random() * 0.5)
    const answered = Array.from({ length: calls }, () => random() * 0.4)
    const exact = exactShortfall(idle, free, answered)
    let [mean, variance, skew] = [idle as number, 0, 0]
    for (const p of free) [mean, variance, skew] = [mean + p, variance + p * (1 - p), skew + p * (1 - p) * (1 - 2 * p)]
    for (const p of answered)
      [mean, variance, skew] = [mean - p, variance + p * (1 - p), skew - p * (1 - p) * (1 - 2 * p)]
    const found = shortfall(mean, variance, skew)
    assert.ok(Math.abs(found - exact) < 0.012, `${agents} agents, ${calls} calls: ${found}, exactly ${exact}`)
  }
})

test('the threshold falls with every abandoned call, rises slowly without, and works off what is over', () => {
  const account = new AbandonAccount(0.03)
  const before = account.theta
  account.note(true, 1_000)
  assert.ok(account.theta < before)
  const low = account.theta
  for (let n = 0; n < 40; n++) account.note(false, 2_000 + n * 1_000)
  assert.ok(account.theta > low)
  account.newDay()
  for (let n = 0; n < 300; n++) account.note(n % 10 === 0, 100_000 + n * 1_000)
  const strict = account.theta
  account.max = 0.01
  assert.ok(account.theta < strict, 'a lower limit counts at once')
})

test('a floor that is not known yet gets one line for each free agent', () => {
  const pacer = new Pacer(0.03)
  const advice = pacer.advise(outlook({ free: 12, ringing: [1_000, 2_000] }), limits(30), 0)
  assert.equal(advice.starts, 10)
  assert.equal(advice.limiter, 'cold_start')
})

test('agents about to be free are dialled for; those who just began to talk are not', () => {
  const late = taught().advise(outlook({ talking: Array(50).fill(58_000) }), limits(50), 10_000)
  const early = taught().advise(outlook({ talking: Array(50).fill(5_000) }), limits(50), 10_000)
  assert.ok(late.starts > 5, `late in the talks ${late.starts}`)
  assert.equal(early.starts, 0)
  assert.equal(early.limiter, 'risk')
  assert.ok(early.risk > early.theta)
})

test('calls that ring already, and those of a campaign that shares the agents, are reckoned with', () => {
  const alone = taught().advise(outlook({ free: 20 }), limits(50), 10_000).starts
  const ringing = taught().advise(outlook({ free: 20, ringing: Array(30).fill(2_000) }), limits(50), 10_000).starts
  const other = taught()
  other.advise(outlook({}), limits(50), 10_000)
  const rival = { answers: other.answers, ringing: agesOf(Array(30).fill(2_000)), perS: 0, share: 1 }
  const shared = taught().advise({ ...outlook({ free: 20 }), rivals: [rival] }, limits(50), 10_000).starts
  assert.ok(Math.abs(ringing + 30 - alone) <= 6, `${alone} ${ringing}`)
  assert.ok(Math.abs(shared - ringing) <= 6, `${shared} ${ringing}`)
})

test('when agents leave, calls beyond the least ring time are withdrawn and younger ones go on', () => {
  const pacer = new Pacer(0.03)
  const random = seededRandom(7)
  for (let n = 0; n < 500; n++) {
    const answered = random() < 0.5
    pacer.learnRing(answered ? random() * 28_000 : 30_000, answered)
    pacer.learnTalk(60_000)
    pacer.learnWrap(10_000)
  }
  const advice = pacer.advise(outlook({ ringing: [...Array(10).fill(3_000), ...Array(10).fill(16_000)] }), limits(5), 0)
  assert.equal(advice.starts, 0)
  assert.equal(advice.surplus, 10)
  assert.equal(pacer.advise(outlook({ ringing: Array(10).fill(3_000) }), limits(5), 0).surplus, 0)
})

test('a ceiling of occupancy keeps agents free', () => {
  const open = taught().advise(outlook({ free: 10, talking: Array(40).fill(30_000) }), limits(50), 10_000).starts
  const calm = taught().advise(
    outlook({ free: 10, talking: Array(40).fill(30_000) }),
    { ...limits(50), occupancyMax: 0.7 },
    10_000,
  )
  assert.ok(calm.starts < open)
  assert.equal(calm.limiter, 'occupancy')
})

test('with few agents fewer than two answers are risked beyond the free ones', () => {
  const advice = taught().advise(outlook({ free: 2, talking: [58_000, 58_000] }), limits(4), 10_000)
  assert.ok(advice.starts <= 2 + 4, String(advice.starts))
})

/** Answers to half of the calls within 5 to 15 s, talks of a minute, ten seconds of writing. */
function taught(): Pacer {
  const pacer = new Pacer(0.03)
  const random = seededRandom(5)
  for (let n = 0; n < 1_000; n++) {
    const answered = random() < 0.5
    pacer.learnRing(answered ? 5_000 + random() * 10_000 : 30_000, answered)
    pacer.learnTalk(55_000 + random() * 10_000)
    pacer.learnWrap(2_000 + random() * 2_000)
  }
  return pacer
}

function outlook(given: { free?: number; talking?: number[]; ringing?: number[] }): Outlook {
  const { free = 0, talking = [], ringing = [] } = given
  return { free, waiting: 0, talking: agesOf(talking), wrapping: new Ages(), ringing: agesOf(ringing), rivals: [] }
}

function agesOf(ms: number[]): Ages {
  const ages = new Ages()
  for (const one of ms) ages.push(one)
  return ages
}

function limits(agents: number) {
  return { agents, linesMax: 1_000, occupancyMax: 1 }
}

function exponential(random: Random, meanMs: number): number {
  return -meanMs * Math.log(1 - random())
}

function exactShortfall(idle: number, free: number[], answered: number[]): number {
  const sum = (chances: number[]) => {
    let law = [1]
    for (const p of chances) {
      const next = Array.from({ length: law.length + 1 }, () => 0)
      for (const [k, chance] of law.entries()) {
        next[k]! += chance * (1 - p)
        next[k + 1]! += chance * p
      }
      law = next
    }
    return law
  }
  const [f, a] = [sum(free), sum(answered)]
  let short = 0
  for (let i = 0; i < f.length; i++) for (let j = 0; j < a.length; j++) if (idle + i - j <= 0) short += f[i]! * a[j]!
  return short
}

test('a line for each free agent is started however low the threshold is: nobody can be lost by it', () => {
  const pacer = taught()
  for (let n = 0; n < 60; n++) pacer.noteOutcome(true, n * 1_000)
  const advice = pacer.advise(outlook({ free: 3, ringing: [2_000] }), limits(12), 60_000)
  assert.ok(advice.theta < 0.0001, String(advice.theta))
  assert.equal(advice.starts, 2)
  assert.equal(advice.limiter, 'risk')
})
