/** A desk phone over TCP whose connection breaks in mid-call and is made again, as a phone's does whose network changed. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { hasLinphone, Linphone } from './linphone.ts'
import { Stage } from './stage.ts'
import { sipPassword, type World } from './world.ts'

const address = '127.0.0.1'

test('it registers by the new connection, and is told there that its call is over', {
  skip: !hasLinphone && 'needs linphone',
}, async () => {
  await using stage = await Stage.open()
  const { world } = stage
  using way = await Way.to({ address, port: world.sipPort })
  const alice = await world.agent('alice', 'phone-nailed', '1001')
  const phone = stage.keep(await registeredPhone(world, way.port))
  const { engine, telephone } = world.house
  await engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
  await stage.isUp(alice)
  assert.equal(telephone.bindings()[0]?.transport, 'tcp')

  const registered = way.registered
  way.cut()
  // linphone makes it again at once.
  await world.until('it has registered again', () => way.registered > registered)
  assert.ok(engine.state.agents.get(alice)?.stationLeg, 'the call goes on meanwhile')

  const said = phone.output.length
  await engine.dispatch({ type: 'agent.signOff', agent: alice, reason: 'test' }, `user:${alice}`)
  await world.until('its call ends', () => /terminated|ended/i.test(phone.output.slice(said)))
})

/** Between our look for a port and linphone's somebody may have taken it: without one of TCP it registers nowhere, and another one is begun. */
async function registeredPhone(world: World, port: number): Promise<Linphone> {
  for (let tries = 1; ; tries++) {
    const phone = await Linphone.phone({
      ...{ address, extension: '1001', password: sipPassword, hz: 1000, transport: 'tcp' },
      registrar: `${address}:${port}`,
    })
    const isThere = () => world.house.telephone.bindings().length === 1
    const fault = await world.until('the phone is registered', isThere, 25_000).then(
      () => null,
      (error: Error) => error,
    )
    if (fault === null) return phone
    const said = phone.output
    await phone[Symbol.asyncDispose]()
    if (tries === 3) throw new Error(`${fault.message}\n${said}`)
  }
}

/** A stretch of TCP that can be cut: what was connected is lost, and who connects again gets through. */
class Way {
  readonly #server = createServer()
  readonly #open = new Set<Socket>()
  #answers = ''

  static async to(there: { address: string; port: number }): Promise<Way> {
    const way = new Way()
    way.#server.on('connection', near => {
      const far = connect(there.port, there.address)
      for (const one of [near, far]) {
        way.#open.add(one)
        one.on('error', () => undefined).on('close', () => [near, far].map(both => both.destroy()))
      }
      far.on('data', bytes => {
        way.#answers += bytes
      })
      near.pipe(far).pipe(near)
    })
    way.#server.listen(0, address)
    await once(way.#server, 'listening')
    return way
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Times that it was told to be registered. */
  get registered(): number {
    return [...this.#answers.matchAll(/^SIP\/2\.0 200 .*(?:\r\n.+)*?\r\nCSeq: \d+ REGISTER/gm)].length
  }

  cut(): void {
    for (const one of this.#open) one.destroy()
    this.#open.clear()
  }

  [Symbol.dispose](): void {
    this.#server.close()
    this.cut()
  }
}
