/** Which signs take a trunk out, and which bring it back: OPTIONS, calls, and the end of a registration that cannot be refreshed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { placeOf } from '../centre/trunks/trunk-connection.ts'
import { livesBy } from '../sip/qualify.ts'
import { id, lines } from './fixtures/carrier.ts'

const at = { address: '10.0.0.9', port: 5060 }

/** One trunk at `at`, asked by OPTIONS already. */
async function asked(answersAt: string | null = null) {
  const house = lines()
  house.apply({}, {}, {}, answersAt)
  await house.advance(2_000)
  assert.equal(house.asked.length, 1)
  const options = (status: number | null) => {
    const up = status !== null && livesBy(status)
    house.made.take({ type: 'qualified', target: id, up, status, rttMs: status === null ? null : 12 })
  }
  const told = () => {
    const last = house.posted.at(-1)
    return last?.type === 'trunk.down' ? last.why : last?.type
  }
  return { ...house, options, told }
}

describe('a trunk is asked by OPTIONS', () => {
  test('within two seconds of the start, and not at a stroke with the others', async () => {
    const { apply, advance, asked } = lines()
    apply()
    await advance(500)
    assert.equal(asked.length, 0)
    await advance(600) // the chance of this test is one half
    assert.equal(asked.length, 1)
  })

  test('and one that used to answer is down after two misses, also when that was before a restart', async () => {
    const first = await asked()
    first.options(200)
    const last = first.posted.at(-1)
    assert.ok(last?.type === 'trunk.up' && last.answersAt !== undefined, 'the floor is told that it answers')
    const { options, told } = await asked(last.answersAt)
    options(null)
    assert.equal(told(), 'trunk.up')
    options(null)
    assert.equal(told(), 'options_silent')
    options(200)
    assert.equal(told(), 'trunk.up')
  })

  test('what another place answered says nothing of this one', async () => {
    const { options, told } = await asked('10.0.0.8,5060,udp,address,')
    for (let n = 0; n < 5; n++) options(null)
    assert.equal(told(), 'trunk.up')
  })

  test('and says that nobody is behind it: down after two, whether it ever answered well or not, and up when it does', async () => {
    for (const before of [[], [200]]) {
      const { options, told, made } = await asked()
      for (const status of before) options(status)
      options(503)
      assert.equal(told(), 'trunk.up')
      assert.deepEqual(made.wire(id)?.options, { up: false, status: 503, rttMs: 12, at: 2_000 })
      options(408)
      assert.equal(told(), 'options_refused')
      options(404)
      assert.equal(told(), 'trunk.up')
    }
  })

  test('and who said that nobody is behind it and then says nothing has not come back by that', async () => {
    const { options, told } = await asked()
    options(503)
    options(503)
    options(null)
    assert.equal(told(), 'options_refused')
  })

  test('and one that answers none any more but takes calls is told of by calls from then on, also after a restart, until it answers again', async () => {
    const { options, told, made, posted } = await asked('10.0.0.9,5060,udp,address,')
    const known = () => {
      const last = posted.at(-1)
      return last?.type === 'trunk.up' || last?.type === 'trunk.down' ? last.answersAt : 'nothing told'
    }
    options(200)
    options(null)
    options(null)
    assert.deepEqual([told(), known()], ['options_silent', placeOf(made.trunk(id)!)])
    made.heard(id, at, 'taken')
    assert.deepEqual([told(), known()], ['trunk.up', null])
    for (let n = 0; n < 5; n++) options(null)
    assert.equal(told(), 'trunk.up')
    options(200)
    assert.deepEqual([told(), known()], ['trunk.up', placeOf(made.trunk(id)!)])
    options(null)
    options(null)
    assert.equal(told(), 'options_silent')
  })

  test('and a proxy that says 100 and 503 to calls is no carrier that takes them, though it is not silent', async () => {
    const { options, told, made } = await asked()
    options(503)
    made.heard(id, at, 'trying')
    made.heard(id, at, 'refused')
    options(503)
    assert.equal(told(), 'options_refused')
    made.heard(id, at, 'trying')
    made.heard(id, at, 'refused')
    assert.equal(told(), 'options_refused')
    made.heard(id, at, 'taken')
    assert.equal(told(), 'trunk.up')
    for (let n = 0; n < 5; n++) options(503)
    assert.equal(told(), 'trunk.up', 'it takes calls, whatever it says to OPTIONS')
    made.heard(id, at, 'trying')
    assert.equal(told(), 'trunk.up')
    made.heard(id, at, 'refused')
    assert.equal(told(), 'options_refused')
  })

  test('a refusal of OPTIONS by who takes calls himself is an answer', () => {
    const lives = [200, 302, 401, 403, 404, 405, 407, 420, 480, 481, 486, 500, 501, 603]
    assert.deepEqual(lives.filter(livesBy), lives)
    assert.deepEqual([408, 430, 477, 478, 502, 503, 504].filter(livesBy), [])
  })
})

describe('a trunk that has never answered OPTIONS', () => {
  test('is down when a call gets no response either, and up when one does', async () => {
    const { options, told, made } = await asked()
    options(null)
    options(null)
    assert.equal(told(), 'trunk.up')
    assert.equal(made.unheard(id, at), false)
    assert.equal(told(), 'calls_silent')
    made.heard(id, at, 'taken')
    assert.equal(told(), 'trunk.up')
  })

  test('is down as well when the call was before the OPTIONS were given up', async () => {
    const { options, told, made, advance } = await asked()
    made.unheard(id, at)
    assert.equal(told(), 'trunk.up', 'nothing is known of it yet')
    await advance(100)
    options(null)
    assert.equal(told(), 'calls_silent')
  })

  test('and takes calls stays up, and is down after two in a row that get no response', async () => {
    const { options, told, made } = await asked()
    options(null)
    options(null)
    for (let n = 0; n < 3; n++) {
      made.heard(id, at, 'taken')
      options(null)
      options(null)
      made.unheard(id, at)
      assert.equal(told(), 'trunk.up')
    }
    made.unheard(id, at)
    assert.equal(told(), 'calls_silent')
  })

  test('stays down when something else of it is saved, and is new elsewhere', async () => {
    const { options, told, made, apply, posted } = await asked()
    options(null)
    made.unheard(id, at)
    assert.equal(told(), 'calls_silent')
    apply({ maxCalls: 7 })
    assert.equal(told(), 'calls_silent')
    posted.splice(0)
    apply({ port: 5070 })
    assert.equal(told(), 'trunk.up')
  })
})

test('a trunk whose calls get no response is asked at once, and not again before it could answer', async () => {
  const { options, told, made, asked: sent, advance } = await asked()
  options(200)
  made.unheard(id, at)
  await advance(100)
  assert.equal(sent.length, 2)
  made.unheard(id, at)
  await advance(100)
  assert.equal(sent.length, 2)
  assert.equal(told(), 'trunk.up')
  options(null)
  assert.equal(told(), 'calls_silent', 'neither calls nor OPTIONS: that is enough')
})

test('with every target silent it is down, and stays so when the first has rested', async () => {
  const { made, apply, located, posted, advance } = lines()
  const [a, b] = [at, { address: '10.0.0.10', port: 5060 }]
  located.push({ targets: [a, b], holdsMs: 1e9 })
  apply({ host: 'carrier.example' })
  const told = () => posted.at(-1)?.type
  const silent = () => made.take({ type: 'qualified', target: id, up: false, status: null, rttMs: null })
  await advance(100)
  await advance(2_000)
  silent()
  assert.equal(made.unheard(id, a), true, 'b is left')
  await advance(2_000)
  silent()
  assert.equal(told(), 'trunk.up')
  assert.equal(made.unheard(id, b), false)
  assert.equal(told(), 'trunk.down')
  await advance(70_000)
  assert.deepEqual(made.destination(id)?.address, a.address)
  await advance(2_000)
  silent()
  assert.equal(told(), 'trunk.down', 'nobody has answered')
  await advance(2_000)
  made.take({ type: 'qualified', target: id, up: true, status: 200, rttMs: 1 })
  assert.equal(told(), 'trunk.up')
})

describe('a registration that cannot be refreshed', () => {
  const registers = { register: true, username: 'line' }
  const serviceRoute: string[] = []
  const granted = { type: 'registered', registration: id, expiresInMs: 60_000, contacts: 1, serviceRoute } as const
  const failed = (status: number | null, reason: string) =>
    ({ type: 'registrationFailed', registration: id, status, reason, retryInMs: 60_000 }) as const

  for (const [status, reason] of [
    [403, 'Forbidden'],
    [503, 'Service Unavailable'],
    [null, 'no response'],
  ] as const)
    test(`by ${status ?? 'silence'} holds until it runs out, which is seen, and the trunk is down then`, async () => {
      const { made, apply, posted, advance } = lines()
      apply(registers)
      made.take(granted)
      await advance(50_000)
      made.take(failed(status, reason))
      assert.equal(posted.at(-1)?.type, 'trunk.up')
      const reply = `${status ?? ''} ${reason}`.trim()
      const { state, until, refresh } = made.wire(id)!.registration!
      assert.deepEqual([state, until, refresh], ['registered', 60_000, { reply, at: 50_000, nextMs: 60_000 }])
      await advance(9_000)
      assert.equal(posted.at(-1)?.type, 'trunk.up')
      await advance(1_000)
      const last = posted.at(-1)
      const why = status === null ? 'registration_silent' : 'registration_refused'
      assert.ok(last?.type === 'trunk.down' && last.why === why)
      assert.deepEqual(
        [made.wire(id)?.registration?.state, made.wire(id)?.registration?.reply, made.wire(id)?.registration?.until],
        ['refused', reply, null],
      )
      made.take(granted)
      assert.equal(posted.at(-1)?.type, 'trunk.up')
      assert.equal(made.wire(id)?.registration?.refresh, null)
    })

  test('is told of once a day, when a refresh has failed twice in a row', async () => {
    const { made, apply, posted, advance } = lines()
    apply(registers)
    const lapses = () => posted.splice(0).filter(({ type }) => type === 'trunk.lapsing')
    made.take(failed(403, 'Forbidden'))
    made.take(failed(403, 'Forbidden'))
    assert.deepEqual(lapses(), [], 'nothing holds: the trunk is down')
    const lapse = () => {
      made.take(granted)
      made.take(failed(503, 'Busy'))
      made.take(granted)
      made.take(failed(503, 'Busy'))
      assert.deepEqual(lapses(), [])
      made.take(failed(403, 'Forbidden'))
      const told = lapses()
      made.take(failed(403, 'Forbidden'))
      assert.deepEqual(lapses(), [])
      return told
    }
    assert.deepEqual(lapse(), [{ type: 'trunk.lapsing', trunk: id, reply: '403 Forbidden' }])
    assert.deepEqual(lapse(), [])
    await advance(24 * 3_600_000)
    assert.equal(lapse().length, 1)
  })

  test('for another password that somebody gave counts at once', () => {
    const { made, apply, posted } = lines()
    apply(registers)
    made.take(granted)
    apply(registers, {}, { password: 'mistyped' })
    assert.equal(posted.at(-1)?.type, 'trunk.up')
    made.take(failed(401, 'Unauthorized'))
    const last = posted.at(-1)
    assert.ok(last?.type === 'trunk.down' && last.why === 'registration_refused')
    apply(registers)
    made.take(granted)
    made.take(failed(401, 'Unauthorized'))
    assert.equal(posted.at(-1)?.type, 'trunk.up')
  })

  test('is no registration when there was none', () => {
    const { made, apply, posted } = lines()
    apply(registers)
    made.take(failed(403, 'Forbidden'))
    const last = posted.at(-1)
    assert.ok(last?.type === 'trunk.down' && last.why === 'registration_refused')
    assert.equal(made.wire(id)?.registration?.state, 'refused')
  })
})
