/** `switchroom check` of a trunk against the carrier simulator: registration, and a call whose sound comes back, or does not. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { after, before, describe, test } from 'node:test'
import type { z } from 'zod'
import type { Trunk } from '../centre/entities.ts'
import { checkTrunks } from '../cli/check-trunks.ts'
import { listenForCommands } from '../cli/records-door.ts'
import { tellRegistration } from '../cli/registration.ts'
import { systemClock } from '../lib/clock.ts'
import type { TrunkId } from '../lib/ids.ts'
import { scenarioSchema } from '../sim/carrier/scenario.ts'
import { type RunningCarrier, startCarrier } from '../sim/carrier/start.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { World } from './world.ts'

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some(one => one?.address === '::1')

describe('the check of a trunk', () => {
  let world: World
  let carrier: RunningCarrier
  const listening = { address: '127.0.0.41', port: 0 }

  before(async () => {
    world = await World.open({ address: '127.0.0.1' })
    carrier = await simulated({
      ...{ listen: ['udp:127.0.0.41:0'], mediaAddress: '127.0.0.41', mediaPorts: '46000-46099' },
      numbers: {
        '*43': { kind: 'echo' },
        '600': { kind: 'answers', ringMs: 100, talkMs: null, voice: 'zh-li-wei' },
      },
      auth: { username: 'lender', password: 'right' },
    })
    listening.port = carrier.bound[0]!.port
  })
  after(async () => {
    await carrier?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  async function checked(rules: Trunk['rules'], password = 'right') {
    const more = { id: 't_echo' as TrunkId, register: true, username: 'lender', rules }
    await world.trunk(listening, more, password)
    return checkTrunks(world.config)
  }

  test('registers, calls its echo number, and measures the tone that came back', async () => {
    const found = await checked({ echoNumber: '*43' })
    assert.deepEqual(
      found.map(({ state }) => state),
      ['ok', 'ok', 'ok'],
      JSON.stringify(found),
    )
    assert.match(found[1]!.found, /registers lender for \d+ s/)
    const said =
      /sound passes both ways: (\d+) Hz back after (\d+) ms, (-?[\d.]+) dB softer, pcma, loss ([\d.]+) %/.exec(
        found[2]!.found,
      )
    assert.ok(said !== null, found[2]!.found)
    const [hz, roundTripMs, lossDb] = said.slice(1).map(Number) as [number, number, number]
    assert.ok(Math.abs(hz - 1004) <= 2 && roundTripMs <= 300 && Math.abs(lossDb) < 1, found[2]!.found)
    assert.equal(carrier.carrier.calls, 0, 'nothing is left of the call')
  })

  test('a number that talks and does not echo: our sound does not get there, or it is no echo', async () => {
    const found = await checked({ echoNumber: '600' })
    assert.deepEqual(
      found.map(({ state }) => state),
      ['ok', 'ok', 'bad'],
      JSON.stringify(found),
    )
    assert.match(found[2]!.found, /sound comes from 600 .* our tone is not in it/)
  })

  test('another number than the one that echoes is tested under the guard against toll fraud, on the trunk that was named', async () => {
    const wish = { trunk: 't_echo', number: '600' }
    await checked({ echoNumber: '*43' })
    const talks = await checkTrunks(world.config, wish)
    assert.match(talks.at(-1)!.found, /sound comes from 600/)
    const abroad = await checkTrunks(world.config, { ...wish, number: '00442071234567' })
    assert.match(abroad.map(({ found }) => found).join('\n'), /not a number that a supervisor may dial by hand/)
    const [unknown] = await checkTrunks(world.config, { ...wish, trunk: 'nobody' })
    assert.match(`${unknown!.found} ${unknown!.state === 'bad' ? unknown!.advice : ''}`, /"nobody" .*there is .*t_echo/)
  })

  test('the running service tests a trunk on its own sockets step by step, and the floor hears nothing of it', async () => {
    const { telephone, engine } = world.house
    await world.trunk(listening, { id: 't_echo' as TrunkId, register: true, username: 'lender', rules: {} }, 'right')
    const tests = telephone.trunkTests
    const id = 't_echo' as TrunkId
    await world.until('the trunk is up', () => engine.state.trunks.get(id)?.up === true)
    await world.until('it is registered', () => telephone.trunkWire(id)?.registration?.state === 'registered')
    assert.equal(tests.obstacle(id), null)
    const testing = tests.run(id, '*43')
    assert.equal(tests.obstacle(id)!.rule, 'trunk_test_running')
    const seen: string[] = []
    const timer = setInterval(
      () =>
        seen.push(
          tests
            .of(id)!
            .steps.map(({ step, state }) => `${step} ${state}`)
            .join(),
        ),
      50,
    )
    const run = await testing
    clearInterval(timer)
    assert.deepEqual(
      run.steps.filter(({ step }) => step !== 'options').map(({ step, code }) => `${step} ${code}`),
      ['reach located', 'register registered', 'call answered', 'sound both_ways'],
      JSON.stringify(run.steps),
    )
    assert.ok(
      seen.some(steps => steps.endsWith('sound running')),
      'steps were shown as they came',
    )
    assert.equal(tests.obstacle(id)!.rule, 'trunk_test_soon')
    assert.equal(engine.state.calls.size, 0, 'the floor knows of no call')
    assert.equal(world.facts.filter(({ type }) => type.startsWith('recording.')).length, 0)
    await world.until('nothing is left of the call', () => carrier.carrier.calls === 0)
  })

  test('a number that is not there says so with its status; a wrong password is the registration’s', async () => {
    const vacant = await checked({ echoNumber: '998' })
    assert.match(vacant[2]!.found, /test call failed: SIP 404 .*Q\.850 1/)
    const wrong = await checked({ echoNumber: '*43' }, 'wrong')
    assert.deepEqual(
      wrong.map(({ state }) => state),
      ['ok', 'bad'],
    )
    assert.match(wrong[1]!.found, /does not register lender: /)
  })
})

test('a check beside the running service leaves the registration to it, and tells what it says of it', async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using carrier = await simulated({
    auth: { username: 'lender', password: 'right' },
    numbers: { '*43': { kind: 'echo' } },
  })
  const { telephone, engine } = world.house
  const id = 't_theirs' as TrunkId
  const rules = { echoNumber: '*43' }
  await using _door = await listenForCommands(
    world.config,
    { store: world.house.store, clock: systemClock, tell: () => {} },
    tellRegistration(trunk => telephone.trunkWire(trunk)),
  )
  await world.trunk(carrier.bound[0]!, { id, register: true, username: 'lender', rules }, 'right')
  await world.until('it is registered', () => telephone.trunkWire(id)?.registration?.state === 'registered')
  const changes: unknown[] = []
  carrier.line.onEvent(event => {
    if (event.type === 'bindingChanged') changes.push(event.binding)
  })
  const found = await checkTrunks(world.config)
  assert.deepEqual(
    found.map(({ state }) => state),
    ['ok', 'ok', 'ok'],
    JSON.stringify(found),
  )
  assert.match(found[1]!.found, /registers lender for \d+ s, says the service that runs here/)
  assert.deepEqual(changes, [], 'the carrier was told of no other phone, and of none that left')

  await world.trunk(carrier.bound[0]!, { id, register: true, username: 'lender', rules }, 'wrong')
  await world.until('it is refused', () => engine.state.trunks.get(id)?.up === false)
  const refused = await checkTrunks(world.config)
  assert.equal(refused[1]?.state, 'bad', JSON.stringify(refused))
  assert.match(refused[1]!.found, /does not register lender: .*, says the service that runs here/)
})

test('a trunk with SRTP is called with SRTP: what baresip hears it says again, and the tone comes back', {
  skip: hasBaresip ? false : 'needs baresip',
}, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using carrier = await Baresip.phone({
    ...{ address: '127.0.0.1', extension: '600', password: 'x', registrar: '127.0.0.1', registers: false },
    ...{ encryption: 'srtp-mand', hz: 400, says: 'what it hears' },
  })
  const at = { address: '127.0.0.1', port: carrier.port }
  const more: Partial<Trunk> = { rules: { echoNumber: '600' } }
  await world.trunk(at, { ...more, connection: { srtp: 'required', srtpInClear: true } })
  const sealed = await checkTrunks(world.config)
  assert.match(sealed[1]!.found, /sound passes both ways: 100\d Hz back/, JSON.stringify(sealed))
  assert.equal(sealed[1]!.state, 'ok')
  assert.match(sealed[2]!.found, /sends the keys of its media over UDP/)
  await world.trunk(at, more)
  const clear = await checkTrunks(world.config)
  assert.equal(clear[1]!.state, 'bad', JSON.stringify(clear))
  assert.match(clear[1]!.found, /test call failed: SIP 488/)
})

test('a trunk of IPv6 is asked, called and heard over IPv6', {
  skip: hasIpv6 ? false : 'this machine has no IPv6',
}, async () => {
  await using world = await World.open({ address: '127.0.0.1', ipv6: true })
  await using carrier = await simulated({
    ...{ listen: ['udp:[::1]:0'], mediaAddress: '::1', numbers: { '*43': { kind: 'echo' } } },
  })
  await world.trunk({ address: '::1', port: carrier.bound[0]!.port }, { rules: { echoNumber: '*43' } })
  const found = await checkTrunks(world.config)
  assert.match(found[0]!.found, /\(udp ::1:\d+\) answers: 200 OK/)
  assert.match(found[1]!.found, /sound passes both ways: 100\d Hz back/, JSON.stringify(found))
  assert.deepEqual(
    found.map(({ state }) => state),
    ['ok', 'ok'],
  )
})

/** A carrier of our own, at an address of its own unless `changes` say otherwise. */
function simulated(changes: Partial<z.input<typeof scenarioSchema>>): Promise<RunningCarrier> {
  const usual = { listen: ['udp:127.0.0.42:0'], mediaAddress: '127.0.0.42', mediaPorts: '46100-46199' }
  return startCarrier({
    scenario: scenarioSchema.parse({ ...usual, people: [{ kind: 'vacant' }], ...changes }),
    recordTo: null,
    log: () => undefined,
    onFault: error => assert.fail(String(error)),
  })
}
