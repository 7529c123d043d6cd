/** A real phone (Linphone) that knows nothing but an address fetches its settings over https, registers, and is rung for a call. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { authority } from '../phone/fixtures/certificates.ts'
import { hasLinphone, Linphone } from './linphone.ts'
import { hasSipp } from './sipp.ts'
import { Stage } from './stage.ts'
import { signInPassword, sipPassword, type World } from './world.ts'

const [customerHz, agentHz] = [440, 1000]
const address = '127.0.0.1'

describe('a phone that is given an address', { skip: !(hasLinphone && hasSipp) && 'needs linphone and sipp' }, () => {
  let stage: Stage
  let world: World
  let alice: UserId
  let authorities: string
  let setUp: string

  before(async () => {
    stage = await Stage.open({ address, web: 'https' })
    ;({ world } = stage)
    alice = await world.agent('alice', 'phone-rung', '1001')
    await world.person('adam', 'admin')
    authorities = readFileSync(join(world.folder, 'tls', 'ca.pem'), 'utf8')
    const credentials = new URLSearchParams({ name: 'adam', password: signInPassword })
    const signedIn = await ask('POST', '/sign-in', { body: String(credentials) })
    const cookie = signedIn.cookies.map(each => each.split(';')[0]).join('; ')
    const { location } = await ask('POST', `/admin/phones/${alice}/address`, { cookie })
    const shown = await ask('GET', location, { cookie })
    setUp = /<code[^>]*>(https[^<]*\/linphone\/linphone\.xml)</.exec(shown.text)![1]!
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** By the name of the host, as the administrator's browser has it: the phone reads no addresses in certificates. */
  function ask(method: 'GET' | 'POST', path: string, { body = '', cookie = '' }: { body?: string; cookie?: string }) {
    const { port } = new URL(world.url)
    const headers = {
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      cookie,
    }
    const to = { host: address, servername: 'localhost', port, path, method, ca: authorities }
    return new Promise<{ cookies: string[]; location: string; text: string }>((resolve, reject) => {
      const asked = request({ ...to, headers: { ...headers, host: `localhost:${port}` } }, async answer => {
        let text = ''
        for await (const piece of answer.setEncoding('utf8')) text += piece
        const { location = '', 'set-cookie': cookies = [] } = answer.headers
        resolve({ cookies, location, text })
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  const bindings = async () => (await world.house.telephone.figures())['sip_bindings'] ?? 0
  const fetched = () => world.facts.filter(fact => fact.type === 'audit.noted' && fact.what === 'phone.provisioned')

  test('takes nothing from a house whose certificate a stranger signed', async () => {
    const strangers = (await authority('Stranger')).certPem
    await using phone = await Linphone.provisioned({ address, setUp, authorities: strangers, hz: agentHz })
    await world.until('the phone has given up', () => /configur\w+ (failed|not)|failed/i.test(phone.output))
    assert.deepEqual([fetched().length, await bindings()], [0, 0])
  })

  test('sets itself up over https, registers, and is rung for a call that its agent dials', async () => {
    const phone = stage.keep(await Linphone.provisioned({ address, setUp, authorities, hz: agentHz }))
    await world.until('the phone is registered', async () => (await bindings()) === 1, 20_000)
    assert.equal(fetched().length, 1)
    const [binding] = world.house.telephone.bindings()
    assert.equal(binding?.extension, '1001')
    assert.match(binding?.userAgent ?? '', /linphone/i)
    assert.ok(!phone.output.includes(sipPassword))

    const customer = await stage.voice('127.0.0.64', customerHz)
    const carrier = await stage.carrier('127.0.0.63', customer, [{ do: 'answer' }, { do: 'expectBye' }])
    const trunk = await world.trunk(carrier)
    const campaign = await world.campaign({
      id: 'k_hand' as CampaignId,
      mode: 'manual',
      trunks: [trunk],
      agents: [alice],
    })
    await stage.does(alice, { type: 'agent.signOn', agent: alice })
    const nobody = { lead: null, party: null, name: null, relation: null }
    await stage.does(alice, { type: 'agent.dial', agent: alice, number: '+8613800000001', campaign, ...nobody })
    const { call } = await world.fact('call.connected', fact => fact.agent === alice)
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await carrier.done()
  })
})
