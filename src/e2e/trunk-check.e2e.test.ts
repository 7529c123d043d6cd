/** `switchroom check` of a trunk against the carrier simulator: registration, and a call whose sound comes back, or does not. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { after, before, describe, test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import { checkTrunks } from '../cli/check-trunks.ts'
import type { TrunkId } from '../lib/ids.ts'
import { scenarioSchema } from '../sim/carrier/scenario.ts'
import { type RunningCarrier, startCarrier } from '../sim/carrier/start.ts'
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
    const people = [{ kind: 'vacant' as const }]
    const talks = { kind: 'answers' as const, ringMs: 100, talkMs: null, voice: 'zh-li-wei' }
    carrier = await startCarrier({
      scenario: scenarioSchema.parse({
        ...{ listen: ['udp:127.0.0.41:0'], mediaAddress: '127.0.0.41', mediaPorts: '46000-46099', people },
        numbers: { '*43': { kind: 'echo' }, '600': talks },
        auth: { username: 'lender', password: 'right' },
      }),
      recordTo: null,
      log: () => undefined,
      onFault: error => assert.fail(String(error)),
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
    const vacant = await checked({ echoNumber: '999' })
    assert.match(vacant[2]!.found, /test call failed: SIP 404 .*Q\.850 1/)
    const wrong = await checked({ echoNumber: '*43' }, 'wrong')
    assert.deepEqual(
      wrong.map(({ state }) => state),
      ['ok', 'bad'],
    )
    assert.match(wrong[1]!.found, /does not register lender: /)
  })
})

/** The simulator’s media are of IPv4, so no call is placed. */
test('a trunk of IPv6 is asked over IPv6, and answers', {
  skip: hasIpv6 ? false : 'this machine has no IPv6',
}, async () => {
  await using world = await World.open({ address: '127.0.0.1', ipv6: true })
  await using carrier = await startCarrier({
    scenario: {
      ...scenarioSchema.parse({
        ...{ mediaAddress: '127.0.0.1', mediaPorts: '46100-46199', people: [{ kind: 'vacant' }] },
      }),
      listen: ['udp:[::1]:0'],
    },
    recordTo: null,
    log: () => undefined,
    onFault: error => assert.fail(String(error)),
  })
  await world.trunk({ address: '::1', port: carrier.bound[0]!.port })
  const [asked] = await checkTrunks(world.config)
  assert.equal(asked?.state, 'ok', JSON.stringify(asked))
  assert.match(asked!.found, /\(udp ::1:\d+\) answers: 200 OK/)
})
