import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fieldWord } from '../../../web/parts/changes.ts'
import { changeFieldWords } from '../../../web/words/change-fields.ts'
import { wordsIn } from '../../../web/words/words.ts'
import { lineRulesDefault } from '../../centre/lines/rest.ts'
import { tollRulesDefault } from '../../centre/toll/rules.ts'
import { plainConnection } from '../../centre/trunks/trunk-connection.ts'
import { defaultTrunkRules } from '../../centre/trunks/trunk-rules.ts'
import { lenderRulesDefault } from '../../lender/rules.ts'
import { campaignInput } from '../../records/campaigns/campaign-schemas.ts'
import { policyInput } from '../../records/gate/policy-schema.ts'
import { fieldDefinition } from '../../records/parties/lender-schemas.ts'
import { issueToken } from '../../records/people/tokens.ts'
import { numberInput, queueInput, trunkGroupInput, trunkInput, userInput } from '../../records/schemas.ts'
import { saveSettings, settingKeys } from '../../records/settings.ts'
import { menuInput } from '../../records/telephony/menu-schemas.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie: string
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en', numbersMasked: true })
  cookie = `${(await house.signIn('adam')).cookie}; lang=en`
})
after(() => house[Symbol.asyncDispose]())

const get = async (path: string) => (await house.app.request(path, { headers: { cookie, accept: 'text/html' } })).text()

test('who changed a trunk, and what of it, is told on a page that its own page opens', async () => {
  const token = (await house.token('admin')).secret
  const made = await house.api(token, 'POST', '/trunks', {
    ...{
      name: 'Telecom <1>',
      host: '127.0.0.9',
      port: 5060,
      callerIds: ['+8613812345678'],
      maxCalls: 30,
      callsPerSecond: 5,
    },
  })
  assert.equal(made.status, 201, await made.clone().text())
  const { id } = (await made.json()) as { id: string }
  assert.equal((await house.api(token, 'PATCH', `/trunks/${id}`, { maxCalls: 60 })).status, 200)
  const of = `/admin/changes?of=trunk%3A${id}`
  const form = await get(`/admin/trunks/${id}`)
  assert.ok(form.includes(`hx-get="${of}"`))
  const page = await get(of)
  assert.match(page, /<li>Calls at once <span class="mono">30<\/span> → <span class="mono">60<\/span>/)
  assert.match(page, /\+86138\*\*\*\*5678/)
  assert.ok(!page.includes('13812345678'))
  const all = await get('/admin/changes?kind=trunk')
  assert.match(all, /Trunk <b>Telecom &lt;1&gt;<\/b>/)
  assert.ok(!(await get('/admin/changes?kind=queue')).includes('Telecom'))
})

test('people, trunks and programs stand by their names, and settings by their words', async () => {
  const { secret, id } = await issueToken(house.deps.records, 'system', { name: 'night batch', role: 'admin' })
  const alice = await house.add('alice', 'agent', { displayName: 'Alice Li' })
  const trunk = await createTrunk(house.deps.records, 'system', {
    name: 'Unicom',
    host: '127.0.0.8',
    callerIds: ['+861012345678'],
  })
  await house.api(secret, 'POST', '/campaigns', {
    ...{ name: 'March', business: 'sales', mode: 'preview', trunks: [trunk.id] },
    ...{ agents: [alice.id], policy: 'LAB-ANY-HOUR' },
  })
  await saveSettings(house.deps.records, 'system', { 'recording.whenFull': 'refuse', 'centre.name': 'North' })
  const campaigns = await get('/admin/changes?kind=campaign')
  assert.match(campaigns, /night batch/)
  assert.match(campaigns, /Agents <span class="mono">Alice Li</)
  assert.match(campaigns, /Trunks <span class="mono">Unicom</)
  for (const raw of [alice.id, trunk.id, id]) assert.ok(!campaigns.replace(/href="[^"]*"/g, '').includes(raw), raw)
  const recordings = await get('/admin/changes?of=setting%3Arecording.')
  assert.match(recordings, /refuse/)
  assert.ok(!recordings.includes('Name of the centre'))
  assert.match(await get('/admin/changes?kind=setting'), /Setting <b>Name of the centre</)
})

test('every field of what is set has words in both languages', () => {
  const schemas = {
    userInput,
    trunkInput,
    trunkGroupInput,
    queueInput,
    numberInput,
    campaignInput,
    menuInput,
    policyInput,
  }
  const shapes = Object.values(schemas).flatMap(schema => Object.keys((schema as unknown as { shape: object }).shape))
  const rules = [lineRulesDefault, tollRulesDefault, plainConnection, defaultTrunkRules].flatMap(Object.keys)
  const definition = Object.keys((fieldDefinition as unknown as { shape: object }).shape)
  for (const field of new Set([
    ...shapes.filter(field => field !== 'id'),
    ...rules,
    ...definition,
    ...Object.keys(lenderRulesDefault),
  ]))
    for (const w of [wordsIn('zh-CN'), wordsIn('en')])
      assert.notEqual(fieldWord(field, w), field, `${field} has no word`)
  for (const key of settingKeys) assert.ok(changeFieldWords.zh.settings[key] && changeFieldWords.en.settings[key], key)
})

test('what nobody has changed, and what nobody asks for sensibly, is an empty list', async () => {
  for (const query of ['of=queue%3Anone', 'of=%27%3B--', 'kind=%00', `of=${'x'.repeat(5000)}`, 'cursor=rubbish'])
    assert.equal(
      (await house.app.request(`/admin/changes?${query}`, { headers: { cookie, accept: 'text/html' } })).status < 500,
      true,
      query,
    )
})
