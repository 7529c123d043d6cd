import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin = ''
let supervisor = ''
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  supervisor = (await house.token('supervisor')).secret
})
after(() => house[Symbol.asyncDispose]())

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what is under test
const json = (response: Response) => response.json() as Promise<Record<string, any>>
const own = {
  id: 'OWN-1',
  source: 'board',
  business: ['collections'],
  hours: { from: 540, to: 1200 },
  relations: ['SELF'],
}
const cap = { unit: 'CONVERSATION', key: ['PARTY'], window: { type: 'DAY' }, max: 1 }

test('a policy of our own is a new version at each save, may be stacked, and the bench says what every rule answers', async () => {
  const policy = { ...own, limits: [cap] }
  assert.equal((await json(await house.api(admin, 'POST', '/policies', policy)))['version'], '1')
  assert.equal((await json(await house.api(admin, 'POST', '/policies', policy)))['version'], '2')
  assert.equal((await house.api(supervisor, 'POST', '/policies', policy)).status, 403)
  const shipped = await house.api(admin, 'POST', '/policies', { ...policy, id: 'UK' })
  assert.equal(shipped.status, 422)
  const line = await json(
    await house.api(admin, 'POST', '/trunks', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] }),
  )
  const given = { name: 'due', business: 'collections', mode: 'manual', trunks: [line['id']] }
  const campaign = await json(
    await house.api(admin, 'POST', '/campaigns', { ...given, policy: 'CN-GBT45251-2025+OWN-1' }),
  )
  await house.api(admin, 'POST', `/campaigns/${campaign['id']}/state`, { state: 'running' })
  const ask = async (more: object) =>
    json(
      await house.api(supervisor, 'POST', '/policies/ask', {
        number: '13800000001',
        campaign: campaign['id'],
        ...more,
      }),
    )
  const at = (hour: number) => Date.UTC(2026, 10, 24, hour - 8)
  const open = await ask({ at: at(10), party: 'carl' })
  assert.deepEqual(
    [open['allowed'], open['policies'].map((each: { version: string }) => each.version)],
    [true, ['2025-02-28', '2']],
  )
  const counted = open['asked'].filter((each: { rule: string }) => each.rule === 'cap_conversations')
  assert.deepEqual(
    counted.map((each: { used: number; max: number }) => [each.used, each.max]),
    [
      [0, 3],
      [0, 1],
    ],
  )
  const late = await ask({ at: at(21), party: 'carl' })
  assert.deepEqual(
    [late['allowed'], late['rule'], late['retryAt']],
    [false, 'contact_hours', at(33)],
    'the stricter of the two',
  )
  assert.equal((await house.api(supervisor, 'POST', '/holds', { party: 'carl', reason: 'dispute' })).status, 201)
  assert.equal((await ask({ at: at(10), party: 'carl' }))['rule'], 'party_hold')
  assert.equal((await house.api(supervisor, 'DELETE', '/holds/carl?reason=settled')).status, 204)
  assert.equal((await ask({ at: at(10), party: 'carl' }))['allowed'], true)
})

test('every contact that was wanted is listed with the policies and versions it was judged by, refused ones too', async () => {
  const dora = (await house.add('dora', 'agent')).id
  await house.engine.dispatch({ type: 'agent.signOn', agent: dora }, `user:${dora}`)
  await house.engine.dispatch({ type: 'station.up', agent: dora, leg: 'leg_dora' as never }, 'system')
  const line = { name: 'd', host: '127.0.0.1', callerIds: ['+861012345679'] }
  const trunks = [(await json(await house.api(admin, 'POST', '/trunks', line)))['id']]
  const given = { name: 'contacts', business: 'collections', mode: 'manual', agents: [dora], trunks }
  const { id: campaign } = await json(
    await house.api(admin, 'POST', '/campaigns', { ...given, policy: 'CN-GBT45251-2025+CN-CBA-2026' }),
  )
  await house.api(admin, 'POST', `/campaigns/${campaign}/state`, { state: 'running' })
  const number = '13800000077'
  const lead = { ref: 'L-77', name: 'Carl', phones: [{ number, relation: 'CONTACT' }] }
  await house.api(admin, 'POST', `/campaigns/${campaign}/leads`, [lead])
  const answer = await house.api(supervisor, 'POST', '/calls', { agent: dora, number, campaign })
  assert.deepEqual([answer.status, (await json(answer))['rule']], [409, 'third_party'])
  const refused = await json(await house.api(supervisor, 'GET', `/attempts?number=${number}&refused=true`))
  const [attempt] = refused['items']
  assert.equal(refused['items'].length, 1)
  assert.deepEqual(
    [attempt.campaign, attempt.call, attempt.refusedRule, attempt.refusedBy, attempt.policy, attempt.version],
    [campaign, null, 'third_party', 'CN-GBT45251-2025', 'CN-GBT45251-2025+CN-CBA-2026', '2025-02-28+2026-01-31'],
  )
  assert.equal((await json(await house.api(supervisor, 'GET', `/attempts?refused=false`)))['items'].length, 0)
  assert.equal((await house.api(supervisor, 'GET', '/attempts?refused=perhaps')).status, 422)
})
