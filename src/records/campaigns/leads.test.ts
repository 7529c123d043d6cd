import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import iconv from 'iconv-lite'
import { type House, openHouse } from '../../http/testing/house.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { normalNumber } from '../numbers-e164.ts'
import { createTrunk } from '../telephony/trunks.ts'
import { createCampaign, setCampaignState } from './campaigns.ts'
import { importLeads, type LeadReport } from './leads.ts'

let house: House
let made = 0
before(async () => {
  house = await openHouse()
})
after(() => house[Symbol.asyncDispose]())

async function aCampaign(): Promise<CampaignId> {
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: `t${++made}`, host: '127.0.0.1', callerIds: ['1001'] })
  const given = { name: `c${made}`, business: 'sales', mode: 'manual', trunks: [trunk.id], policy: 'CN-SALES-DEFAULT' }
  return (await createCampaign(door, 'system', given)).id
}

function load(campaign: CampaignId, bytes: Iterable<Uint8Array>): Promise<LeadReport> {
  return importLeads(house.deps.records, 'system', { campaign, source: { kind: 'csv', bytes }, name: 'leads.csv' })
}
const utf8 = (text: string) => [Buffer.from(text)]
const leadsOf = async (campaign: CampaignId) => (await house.store.read('leads.page', { campaign, limit: 500 })).items

test('a list from Excel in GB18030 with Chinese headers is read as what it says', async () => {
  const campaign = await aCampaign()
  const text = '编号,姓名,手机号,关系,电话2,关系2,额度\r\nA1,张伟,138-0000-0001,本人,010-62345678,单位,"1,000"\r\n'
  const report = await load(campaign, [iconv.encode(text, 'gb18030')])
  assert.deepEqual([report.accepted, report.rejected, report.rejectedCount], [1, [], 0])
  const [lead] = await leadsOf(campaign)
  assert.equal(lead!.name, '张伟')
  assert.deepEqual(lead!.phones, [
    { number: '+8613800000001', relation: 'SELF' },
    { number: '+861062345678', relation: 'WORKPLACE' },
  ])
  assert.deepEqual(lead!.fields, { 额度: '1,000' })
})

test('UTF-8 with a byte order mark, semicolons, and chunks that cut a character in two come to the same', async () => {
  const campaign = await aCampaign()
  const bytes = Buffer.from('\ufeffref;name;phone\nB1;王芳;13800000002\n')
  const report = await load(
    campaign,
    [...bytes].map(byte => Uint8Array.of(byte)),
  )
  assert.equal(report.accepted, 1, JSON.stringify(report))
  assert.equal((await leadsOf(campaign))[0]!.name, '王芳')
})

test('each bad row is told by its number, field and reason, and the good rows around it are in', async () => {
  const campaign = await aCampaign()
  const rows = [
    'ref,phone,name',
    'C1,13800000003,a',
    ',13800000004,b',
    'C3,12,c',
    'C4,13800000005,d,too,many',
    'C1,13800000006,e',
    'C6,13800000007,f',
  ]
  const report = await load(campaign, utf8(rows.join('\n')))
  assert.equal(report.accepted, 2)
  assert.deepEqual(
    report.rejected.map(({ row, field }) => [row, field]),
    [
      [2, 'ref'],
      [3, 'phones.0.number'],
      [4, ''],
      [5, 'ref'],
    ],
  )
  assert.match(report.rejected[1]!.reason, /found "12"; allowed: a telephone number/)
})

test('the same file twice changes nothing', async () => {
  const campaign = await aCampaign()
  const file = utf8(`ref,phone\n${Array.from({ length: 1201 }, (_, at) => `D${at},138${10000000 + at}`).join('\n')}\n`)
  assert.equal((await load(campaign, file)).accepted, 1201)
  const slices = (await house.facts('leads.added'))
    .map(line => JSON.parse(line.body))
    .filter(fact => fact.campaign === campaign)
  assert.deepEqual(
    slices.map(fact => fact.leads.length),
    [500, 500, 201],
  )
  const again = await load(campaign, file)
  assert.deepEqual([again.accepted, again.rejectedCount, again.rejected.length], [0, 1201, 1000])
})

test('a file without the columns that are needed is refused as a whole, and says what it has', async () => {
  const campaign = await aCampaign()
  await assert.rejects(
    load(campaign, utf8('name,city\nx,y\n')),
    /header: found name, city; allowed: .*ref \(编号\) and phone \(电话\)/,
  )
  await assert.rejects(load(campaign, utf8('')), /an empty file/)
})

test('a quote that never closes ends the list with words, and what stood before it is in', async () => {
  const campaign = await aCampaign()
  const report = await load(campaign, utf8('ref,phone\nE1,13800000008\nE2,"13800000009\nE3,13800000010\n'))
  assert.equal(report.accepted, 1)
  assert.match(report.rejected[0]!.reason, /from here on the file is not CSV/)
})

test('a row without end is refused before it fills the memory', async () => {
  const campaign = await aCampaign()
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  function* endless() {
    yield Buffer.from('ref,phone\nF1,13800000011\nF2,')
    for (; sent < 2000; sent++) yield chunk
  }
  const report = await load(campaign, endless())
  assert.equal(report.accepted, 1)
  assert.ok(sent < 200, `${sent} chunks were read`)
})

test('a closed campaign takes no leads', async () => {
  const campaign = await aCampaign()
  await setCampaignState(house.deps.records, 'system', campaign, { state: 'closed' })
  await assert.rejects(load(campaign, utf8('ref,phone\nG1,13800000012\n')), { name: 'NotNow', rule: 'campaign-closed' })
})

test('a number is E.164 however it was written, and what is none is none', () => {
  const same = [
    '13812345678',
    '+86 138 1234 5678',
    '0086-138-1234-5678',
    '１３８１２３４５６７８',
    '(138)1234.5678',
    ' 138 1234 5678 ',
  ]
  for (const text of same) assert.equal(normalNumber(text), '+8613812345678', text)
  assert.equal(normalNumber('021-54321098'), '+862154321098')
  assert.equal(normalNumber('+85223456789'), '+85223456789')
  assert.equal(normalNumber('95588'), '95588')
  for (const text of ['', '12', 'abc', '1381234567890123456', '138x2345678', '+', "1' OR '1'='1"])
    assert.equal(normalNumber(text), null, text)
})
