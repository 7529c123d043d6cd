/** Whatever a browser of a person who may come here sends: never a fault of the program, and no refusal in another language than the page's. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createCampaign } from '../records/campaigns/campaigns.ts'
import { importLeads } from '../records/campaigns/leads.ts'
import { createParty } from '../records/parties/parties.ts'
import { giveConsent } from '../records/parties/party-details.ts'
import { moveOrderBy, openOrder, saveProduct, saveProspects } from '../records/sales/sales.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { createApplication } from '../records/verification/applications.ts'
import { adminRoutes } from './admin/admin.ts'
import { supervisorRoutes } from './supervisor/supervisor.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
const cookies: Record<string, string> = {}
const ids: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, supervisorRoutes] } })
  for (const role of ['admin', 'supervisor'] as const) {
    await house.add(`one-${role}`, role, { language: 'zh-CN' })
    cookies[role] = (await house.signIn(`one-${role}`)).cookie
  }
  const door = house.deps.records
  const alice = await house.add('alice', 'agent')
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const campaign = await createCampaign(door, 'system', {
    ...{ name: 'due', business: 'collections', mode: 'manual', trunks: [trunk.id], agents: [alice.id], policy: 'UK' },
  })
  const source = { kind: 'json' as const, rows: [{ ref: 'carl', phones: [{ number: '13800000001' }] }] }
  const { list } = await importLeads(door, 'system', { campaign: campaign.id, source, name: 'march' })
  await createParty(door, 'system', { ref: 'K-1', name: 'Carl', phones: [{ number: '13812345678' }] })
  await createApplication(door, 'system', { ref: 'A-1', party: 'K-1', product: 'cash', amount: 1, term: 1 })
  await saveProduct(door, 'system', {
    id: 'phone',
    name: 'phone',
    amountMin: 100,
    amountMax: 900,
    terms: [3],
    ratePpm: 0,
  })
  await saveProspects(door, 'system', [{ party: 'K-1' }])
  await giveConsent(door, 'system', { party: 'K-1', purpose: 'sales', basis: 'form', evidence: '17' })
  const order = await openOrder(door, 'system', {
    party: 'K-1',
    product: 'phone',
    amount: 500,
    term: 3,
    agent: alice.id,
  })
  await moveOrderBy(door, 'system', order.id, { type: 'submit' })
  const [task] = (await house.store.read('tasks.page', {})).items
  Object.assign(ids, {
    campaigns: campaign.id,
    lists: list,
    trunks: trunk.id,
    users: alice.id,
    calendars: 'ID',
    tasks: task!.id,
    checklists: 'standard',
    products: 'phone',
    prospects: 'K-1',
    orders: order.id,
  })
})
after(() => house[Symbol.asyncDispose]())

/** Each of these as the value of every field. */
const values = [
  '',
  '1e308',
  '9'.repeat(400),
  '0x10',
  '__proto__',
  'constructor',
  '\u0000',
  '<b>"\'&',
  '{a b c}',
  ': : :',
  '9999-12-31T23:59',
  '+86138',
  '% _ \\ "',
  '\n'.repeat(1000),
  '𠮷'.repeat(60_000),
]
/** Fields of all forms there are, by the names in their sources. */
const fields = `
  name displayName role password extension sipPassword station skills language enabled host port transport register username
  callerIds maxCalls callsPerSecond minShare maxShare callerIdShares codecs number target strategy members maxWaitMs serviceLevelMs
  callbackAfterMs business mode trunks agents policy ringMs wrapMs previewMs abandonRateMax occupancyMax linesPerAgentMax priority
  share retries dispositions reserved abandoned modeRules notice noticeLanguage noticeMaxLines noticeWait order quotas bestTime seen
  weight paused reasons reason until restBelow restSamplesMin callsPerHourMax restMs placeBonus id source from to relations consent
  holidays limits weekdays hoursUnlessAgreed abandonMax abandonDays note code dates how date campaign relation party at state day
  limit theta key value centreName zone outboundProxy lookUp tlsName authorities certificate privateKey sips trust srtp
  srtpInClear registerS groupTrunks trunkGroup deviceSrtp deviceSha256 music call agent stays supervision
  keepCollections keepVerification keepSales keepOther holdKind holdTarget holdWhat holdReason
  numbersOut numbersIn callerIdForm userPhone fromUser asserted withheld diversion overflowOn responseMs ringMinMs ringMaxMs forceRport dtmf earlyMedia redirects
  results echoNumber ulawFirst tryNumber trySignalled
  others stepKey stepTitleZh stepTextZh stepAnswers mustKey mustTo mustTextZh writeUpFields do promise grade
  transferNumbers passAgent passSupervisor maxMinutes
  greeting bargeIn extensions waitMs betweenMs triesMax outsideMax hoursCalendar fallback fallbackNumber closed closedNumber hoursFrom hoursTo keyStar keyHash
  buckets products owedFrom owedBelow skill keepLast groups seed capacity capacities openCases fromDays assign ids all plan scope stepLines party kind text loan amount dueOn resolution approve reminders url secret
  kind column0 column1 unit list duplicates duplicatesIn saveAs
  checklistId perDay gapMinutes days slots otherSlot count add product key-0 zh-0 en-0 kind-0 asked-0 expected-0 value-0 rule-0 percent-0 offers-0
  choices-0 required-0 weight-0
  as proposal missing dueOn arriveNote cancelNote place who item said judged result
  refusal checkNote heard cancelReason saleId saleName amountMin amountMax terms way ratePercent coolingDays upfrontPercent monthlyPercent validFrom
  validUntil saleCurrency active due grade
  key1 key2 number1 numberStar announceLanguage announceEvery announceEstimate`
  .trim()
  .split(/\s+/)

type Sent = { type: string; bytes: ArrayBuffer }

/** As bytes: a handler need not read them. */
async function sent(body: URLSearchParams | FormData | string): Promise<Sent> {
  const response = new Response(body)
  return { type: response.headers.get('content-type')!, bytes: await response.arrayBuffer() }
}

/** All fields with this value, once as a form sends them, and each twice with a file beside them. Every route gets the same. */
async function formsOf(value: string): Promise<Sent[]> {
  const once = new URLSearchParams(
    fields.map((name): [string, string] => [
      name,
      value.slice(0, Math.max(400, Math.floor(200_000 / fields.length / 12))),
    ]),
  )
  const twice = new FormData()
  for (const name of fields) for (const each of [value.slice(0, 400), 'x']) twice.append(name, each)
  twice.append('file', new File([value], value.slice(0, 50)))
  return [await sent(once), await sent(twice)]
}

async function statusOf(
  role: string,
  method: string,
  path: string,
  body?: Sent,
): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = {
    cookie: cookies[role]!,
    accept: 'text/html',
    'sec-fetch-site': 'same-origin',
    ...(body === undefined ? {} : { 'content-type': body.type }),
  }
  const bytes = body === undefined ? {} : { body: body.bytes }
  const response = await house.app.request(path, { method, headers, ...bytes })
  return { status: response.status, text: await response.text() }
}

function routesOf(role: 'admin' | 'supervisor') {
  const all = (role === 'admin' ? adminRoutes : supervisorRoutes)(house.deps).routes
  return [
    ...new Set(
      all
        .filter(({ method, path }) => method !== 'ALL' && (role !== 'admin' || path.startsWith('/admin')))
        .map(({ method, path }) => `${method} ${path}`),
    ),
  ].map(each => {
    const [method, path] = each.split(' ') as [string, string]
    // Of a noun that the house has one of: that one; else an id that nobody has.
    return { method, path: path.replace(/(\w+)\/:\w+/g, (_, noun: string) => `${noun}/${ids[noun] ?? 'nobody'}`) }
  })
}

/** Sentences of the records door; a page in Chinese has its own. */
const english = /allowed:|found |at least|at most|a whole number|a text|not empty|one of/
const errorsIn = (text: string) =>
  [
    ...text.matchAll(
      /class="error"[^>]*>(.*?)<\/p>|class="notice red"[^>]*>(.*?)<\/p>|<code class="command">(.*?)<\/code>/gs,
    ),
  ].map(match => (match[1] ?? match[2] ?? match[3] ?? '').replace(/<[^>]+>/g, '').replace(/（填写的是：.*?）/gs, ''))

for (const role of ['admin', 'supervisor'] as const)
  test(`nothing that the ${role} types is a fault, and each refusal is in Chinese`, async () => {
    const bad: string[] = []
    const forms = await Promise.all(values.map(formsOf))
    const odd = [await sent(new URLSearchParams()), await sent('not a form')]
    for (const { method, path } of routesOf(role))
      for (const [at, value] of values.entries()) {
        const what = `${method} ${path} value ${at}`
        const answers = []
        if (method === 'GET') {
          const query = new URLSearchParams(
            [
              'q',
              'state',
              'cursor',
              'number',
              'day',
              'type',
              'recycled',
              'campaign',
              'saved',
              'edit',
              'copy',
              'calendar',
              'policy',
              'from',
              'to',
              'theta',
              'limit',
            ].map((name): [string, string] => [name, value.slice(0, 3000)]),
          )
          answers.push(await statusOf(role, method, `${path}?${query}`))
        } else {
          const [once, twice] = forms[at]!
          answers.push(await statusOf(role, method, path, once))
          if (at === 0) for (const each of odd) answers.push(await statusOf(role, method, path, each))
          answers.push(await statusOf(role, method, path, twice))
        }
        for (const { status, text } of answers) {
          if (status >= 500) bad.push(`${what}: ${status}`)
          for (const error of errorsIn(text)) if (english.test(error)) bad.push(`${what}: ${error.slice(0, 160)}`)
        }
      }
    assert.deepEqual([...new Set(bad)], [])
  })
