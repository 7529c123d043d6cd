/**
 * INVITE to BYE against ourselves in another process, over UDP on loopback: how many calls a second one core sets up and clears, how long a
 * caller waits for the 200, what a call costs in CPU; and by turns, at 200 calls a second: with and without keeping the messages, and with and
 * without the list of calls that outlives the process, which our 200 and ACK wait for. `--json` prints one JSON object last.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ladder } from '../src/ladder/ladder.ts'
import { systemClock } from '../src/lib/clock.ts'
import { createLogger } from '../src/lib/log.ts'
import { workerFile } from '../src/lib/places.ts'
import { secretText } from '../src/lib/random.ts'
import { DialogBook } from '../src/phone/dialog-book.ts'
import { parseListenAddress, Sockets } from '../src/phone/sockets.ts'
import { answerOffer, buildOffer, type LocalMedia } from '../src/sdp/negotiate.ts'
import { type SessionId, type Tapped, type UaEvent, UserAgent } from '../src/sip/user-agent.ts'

const local: LocalMedia = {
  address: '127.0.0.1',
  port: 20_000,
  codecs: ['pcma', 'pcmu'],
  direction: 'sendrecv',
  session: { id: 1, version: 1 },
}

/** Whether this process's calls stand in the list that outlives it. */
let areListed = false

async function station(
  react: (event: UaEvent, agent: UserAgent, now: number) => void,
  tap?: (message: Tapped) => void,
) {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-bench-dialogs-'))
  const book = new DialogBook({
    file: join(folder, 'dialogs.jsonl'),
    now: () => systemClock.now(),
    log: createLogger('warn'),
  })
  setInterval(() => book.advance(), 100).unref()
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const sockets = await Sockets.open({
    listen: [parseListenAddress('udp:127.0.0.1:0')],
    advertise: null,
    clock: systemClock,
    before: () => book.unwritten,
    onEvent: event => react(event, agent, systemClock.monotonic()),
    onFault(error) {
      throw error
    },
  })
  const agent: UserAgent = new UserAgent({
    name: 'bench',
    endpoints: sockets.endpoints,
    secret: secretText,
    random: Math.random,
    maxSessions: 100_000,
    maxTransactions: 2_000_000,
    keeper: { keep: dialog => areListed && book.keep(dialog), drop: dialog => areListed && book.drop(dialog) },
    ...(tap === undefined ? {} : { tap }),
  })
  sockets.attach(agent)
  return { sockets, agent, port: sockets.endpoints[0]!.bound.port }
}

/** The far end: rings, answers, and says its CPU time when asked. */
async function far(): Promise<void> {
  const { port } = await station((event, agent, now) => {
    if (event.type !== 'incoming') return
    const answered = answerOffer(event.sdp ?? '', local)
    if (!answered.ok) return agent.reject(event.session, 488, null, now)
    agent.progress(event.session, 180, null, now)
    agent.accept(event.session, answered.sdp, now)
  })
  process.on('message', (words: 'cpu' | 'list' | 'list not') => {
    if (words === 'cpu') process.send!({ cpuMs: cpuMs() })
    else areListed = words === 'list'
  })
  process.on('disconnect', () => process.exit(0))
  process.send!({ port })
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!
}

/** By how much more of its CPU a call takes with the ladder: median over the turns. */
function addedShare(plain: Round[], kept: Round[], of: (round: Round) => number): number {
  return median(kept.map((round, at) => of(round) / round.calls / (of(plain[at]!) / plain[at]!.calls) - 1))
}

function mainMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Many short rounds by turns: the median of their differences is steady where two long ones differ by what else the machine does. */
const ladderTurns = 25
const listTurns = 12
const roundS = 2

type Round = {
  calls: number
  failed: number
  seconds: number
  cpuMs: number
  farCpuMs: number
  /** Of the thread that signals. */
  mainMs: number
  waitsMs: number[]
}

async function near(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['--far'], { execArgv: [] })
  const ask = () => new Promise<{ port: number; cpuMs: number }>(done => child.once('message', done as never))
  const { port } = await ask()
  const farCpu = async () => {
    const answer = ask()
    child.send('cpu')
    return (await answer).cpuMs
  }

  const began = new Map<SessionId, number>()
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-bench-ladder-'))
  const ladder = new Ladder({
    folder,
    bounds: { days: 7, bytesPerDay: 10e9 },
    worker: workerFile('ladder/ladder-worker'),
    clock: systemClock,
    onFault(words) {
      throw new Error(words)
    },
  })
  /** Whether the messages of calls are kept, as in the program. */
  let isKept = false
  let round: Round
  let onOver = () => {}
  const { sockets, agent } = await station(
    (event, self, now) => {
      if (event.type === 'accepted') {
        round.waitsMs.push(now - began.get(event.session)!)
        self.hangUp(event.session, 16, now)
      } else if (event.type === 'ended' || event.type === 'failed') {
        began.delete(event.session)
        round.calls++
        if (event.type === 'failed') round.failed++
        onOver()
      }
    },
    message => isKept && ladder.note(message),
  )
  const call = () => {
    const now = systemClock.monotonic()
    const destination = { transport: 'udp' as const, address: '127.0.0.1', port }
    const spec = { target: `sip:13800138000@127.0.0.1:${port}`, from: 'sip:4001@127.0.0.1', destination }
    const session = agent.invite({ ...spec, sdp: buildOffer(local) }, now)
    began.set(session, now)
    if (isKept) ladder.name(agent.callIdsOf(session)[0] ?? '', session)
    sockets.settle()
  }

  /** Runs `drive` until it says so, then waits for the calls under way. */
  const measure = async (drive: () => Promise<void>): Promise<Round> => {
    round = {
      calls: 0,
      failed: 0,
      seconds: 0,
      cpuMs: -cpuMs(),
      farCpuMs: -(await farCpu()),
      mainMs: -mainMs(),
      waitsMs: [],
    }
    const started = performance.now()
    await drive()
    for (let waits = 0; began.size > 0 && waits < 400; waits++) await new Promise(wake => setTimeout(wake, 10))
    round.failed += began.size
    round.seconds = (performance.now() - started) / 1000
    round.cpuMs += cpuMs()
    round.mainMs += mainMs()
    round.farCpuMs += await farCpu()
    return round
  }

  /** So many calls at once, the next as soon as one is over. */
  const crowd = (atOnce: number, seconds: number) => async () => {
    const end = performance.now() + seconds * 1000
    let wanted = 0
    onOver = () => {
      if (performance.now() < end && wanted++ === 0)
        setImmediate(() => {
          for (; wanted > 0; wanted--) call()
        })
    }
    for (let one = 0; one < atOnce; one++) call()
    await new Promise(wake => setTimeout(wake, seconds * 1000))
    onOver = () => {}
  }

  /** Calls at a steady rate, by the clock. */
  const steady = (perSecond: number, seconds: number) => async () => {
    const started = performance.now()
    for (let sent = 0; sent < perSecond * seconds; ) {
      const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - started) / 1000) * perSecond) + 1)
      for (; sent < due; sent++) call()
      await new Promise(wake => setTimeout(wake, 2))
    }
  }

  await measure(crowd(20, 1)) // warm
  const most = await measure(crowd(40, 4))
  const calm = await measure(steady(200, 4))
  // Kept and not kept by turns, so that what else this machine does meets both.
  const [plain, kept]: [Round[], Round[]] = [[], []]
  for (let turn = 0; turn < ladderTurns; turn++)
    // Which comes first changes from turn to turn too.
    for (const which of turn % 2 === 0 ? [false, true] : [true, false]) {
      isKept = which
      ;(which ? kept : plain).push(await measure(steady(200, roundS)))
    }
  isKept = false
  const [listed, unlisted]: [Round[], Round[]] = [[], []]
  for (let turn = 0; turn < listTurns; turn++)
    for (const which of turn % 2 === 0 ? [false, true] : [true, false]) {
      areListed = which
      child.send(which ? 'list' : 'list not')
      ;(which ? listed : unlisted).push(await measure(steady(200, roundS)))
    }
  await ladder[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
  child.disconnect()
  await sockets[Symbol.asyncDispose]()

  const waits = calm.waitsMs.sort((a, b) => a - b)
  const at = (share: number) => Number((waits[Math.floor(waits.length * share)] ?? Number.NaN).toFixed(2))
  const mainPerCall = (rounds: Round[]) => median(rounds.map(one => one.mainMs / one.calls))
  const waitOf = (rounds: Round[], share: number) =>
    median(rounds.map(one => one.waitsMs.sort((a, b) => a - b)[Math.floor(one.waitsMs.length * share)]!))
  const p99Of = (rounds: Round[]) => waitOf(rounds, 0.99)
  const result = {
    callsPerSecond: Math.round(most.calls / most.seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuMsPerCall: Number((most.cpuMs / most.calls).toFixed(3)),
    farCpuMsPerCall: Number((most.farCpuMs / most.calls).toFixed(3)),
    failed: most.failed + calm.failed,
    calls: most.calls + calm.calls,
    retransmitted: agent.figures.retransmitted,
    ladder: {
      mainMsPerCall: Number(mainPerCall(kept).toFixed(3)),
      mainMsPerCallWithout: Number(mainPerCall(plain).toFixed(3)),
      allMsPerCall: Number(median(kept.map(one => one.cpuMs / one.calls)).toFixed(3)),
      /** Of all threads, the median of the differences within each turn, against without. */
      addedPercent: Number((100 * addedShare(plain, kept, one => one.cpuMs)).toFixed(1)),
      addedMainPercent: Number((100 * addedShare(plain, kept, one => one.mainMs)).toFixed(1)),
      allMsPerCallWithout: Number(median(plain.map(one => one.cpuMs / one.calls)).toFixed(3)),
      p99Ms: Number(p99Of(kept).toFixed(2)),
      p99MsWithout: Number(p99Of(plain).toFixed(2)),
      kept: ladder.figures.kept,
      lost: ladder.figures.lost + ladder.figures.leftOut,
    },
    /** The list of calls that outlives the process: the 200 and the ACK wait for their line. */
    list: {
      p50Ms: Number(waitOf(listed, 0.5).toFixed(2)),
      p50MsWithout: Number(waitOf(unlisted, 0.5).toFixed(2)),
      p99Ms: Number(p99Of(listed).toFixed(2)),
      p99MsWithout: Number(p99Of(unlisted).toFixed(2)),
      addedPercent: Number((100 * addedShare(unlisted, listed, one => one.cpuMs + one.farCpuMs)).toFixed(1)),
    },
  }
  console.log(
    `${result.callsPerSecond} calls a second with 40 at once; at 200 a second the 200 OK comes in ${result.p99Ms} ms (p99)`,
  )
  console.log(
    `${result.cpuMsPerCall} ms of CPU a call here, ${result.farCpuMsPerCall} ms there; ${result.failed} failed`,
  )
  const { ladder: of } = result
  console.log(
    `SIP messages kept: ${of.addedMainPercent} % more CPU of the signalling thread, ${of.addedPercent} % of all threads; ${of.mainMsPerCall} ms a call of the signalling thread (${of.mainMsPerCallWithout} without), p99 ${of.p99Ms} ms (${of.p99MsWithout}); ${of.kept} messages, ${of.lost} lost`,
  )
  const { list } = result
  console.log(
    `the list of calls that outlives the process: the 200 OK comes in ${list.p50Ms} ms (${list.p50MsWithout} without), p99 ${list.p99Ms} ms (${list.p99MsWithout}); ${list.addedPercent} % more CPU of both sides`,
  )
  if (process.argv.includes('--json')) console.log(JSON.stringify(result))
  process.exit(result.failed === 0 ? 0 : 1)
}

await (process.argv.includes('--far') ? far() : near())
