import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  adam = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

const line = {
  ...{ name: 'carrier', host: '127.0.0.1', port: '5060', transport: 'udp', maxCalls: '30', callsPerSecond: '5' },
  ...{ codecs: ['pcma', 'pcmu'], enabled: 'true', callerIds: '+862151860000\n+862151860001' },
}
const rules = {
  overflowOn: '500 503, 403',
  responseMs: '2.5',
  ringMinMs: '20',
  ringMaxMs: '45',
  numbersOut: '+861XXXXXXXXXX 3\n+86. 3 0\n. 0 9',
  numbersIn: '1nXXXXXXXXX 0 +86',
  callerIdForm: 'national',
  userPhone: 'true',
  fromUser: 'caller_id',
  asserted: 'both',
  diversion: '+862151860001',
  forceRport: 'true',
  dtmf: 'info',
  earlyMedia: 'ringback',
  redirects: 'follow',
  results: 'sip 480 q850 20 POWER_OFF\ntext "out of service" sip 480 suspended',
  tones: 'uk',
  machines: 'true',
  echoNumber: '*43',
}

const trunks = () => house.deps.store.read('trunks.list', {})

test('rules typed on the form are the rules of the trunk, and the form shows them as they were typed', async () => {
  const saved = await send(house, adam, 'POST', '/admin/trunks', { ...line, ...rules, ulawFirst: 'true' })
  assert.equal(saved.status, 303)
  const [trunk] = await trunks()
  assert.deepEqual(trunk!.codecs, ['pcmu', 'pcma'])
  assert.deepEqual(trunk!.rules, {
    overflowOn: [500, 503, 403],
    responseMs: 2500,
    ringMinMs: 20_000,
    ringMaxMs: 45_000,
    numbersOut: [
      { pattern: '+861XXXXXXXXXX', strip: 3, prefix: '' },
      { pattern: '+86.', strip: 3, prefix: '0' },
      { pattern: '.', strip: 0, prefix: '9' },
    ],
    numbersIn: [{ pattern: '1NXXXXXXXXX', strip: 0, prefix: '+86' }],
    callerIdForm: 'national',
    userPhone: true,
    fromUser: 'caller_id',
    asserted: 'both',
    withheld: false,
    diversion: '+862151860001',
    forceRport: true,
    dtmf: 'info',
    earlyMedia: 'ringback',
    redirects: 'follow',
    results: [
      { sip: 480, q850: 20, result: 'POWER_OFF' },
      { sip: 480, text: 'out of service', result: 'SUSPENDED' },
    ],
    hearing: false,
    tones: 'uk',
    machines: true,
    echoNumber: '*43',
  })
  const page = (await look(house, adam, `/admin/trunks/${trunk!.id}`)).text
  assert.match(page, />\+861XXXXXXXXXX 3\n\+86\. 3 0\n\. 0 9</)
  assert.match(page, /sip 480 text &quot;out of service&quot; SUSPENDED/)
})

test('a form of before there were rules leaves them', async () => {
  const [trunk] = await trunks()
  assert.equal(
    (await send(house, adam, 'POST', `/admin/trunks/${trunk!.id}`, { ...line, name: 'renamed' })).status,
    303,
  )
  const [after] = await trunks()
  assert.deepEqual([after!.name, after!.rules], ['renamed', trunk!.rules])
})

for (const [words, changes, field, found] of [
  ['a status that the callee’s side gives', { overflowOn: '503 486' }, 'overflowOn', /486/],
  ['a number of ours that is none', { diversion: '+861012345678' }, 'diversion', /\+861012345678/],
  ['a pattern with a dot in its middle', { numbersOut: '+86. 3 0\n1.2 0' }, 'numbersOut', /No. 2: .*1\.2 0/],
  ['a line without a number to strip', { numbersIn: '0. x +86' }, 'numbersIn', /0\. x \+86/],
  ['a prefix of letters', { numbersOut: '. 0 abc' }, 'numbersOut', /abc/],
  ['a result that there is not', { results: 'sip 480 GONE' }, 'results', /No. 1: .*sip 480 GONE/],
  ['an answer as the result of a refusal', { results: 'sip 480 ANSWERED' }, 'results', /ANSWERED/],
  ['a rule without a condition', { results: 'BUSY' }, 'results', /BUSY/],
  ['a condition twice', { results: 'sip 480 sip 486 BUSY' }, 'results', /sip 480 sip 486/],
  ['a ring that is least above most', { ringMinMs: '50', ringMaxMs: '40' }, 'ringMaxMs', /40/],
  ['a withheld number that is asserted nowhere', { withheld: 'true', asserted: 'none' }, 'asserted', /none/],
] as const)
  test(`${words} is refused beside its field, with what was found`, async () => {
    const sent = { ...line, name: `n-${field}`, ...rules, ...changes }
    const { status, text } = await send(house, adam, 'POST', '/admin/trunks', sent)
    assert.equal(status, 422)
    const error = new RegExp(`id="e-${field}">(.*?)</p>`, 's').exec(text)?.[1] ?? `no error at ${field}`
    assert.match(error.replace(/<[^>]+>/g, ''), found)
    assert.equal((await trunks()).length, 1)
  })

test('an example is tried on the rules as they stand in the form, right or not, and nothing is saved', async () => {
  const before = await trunks()
  const tried = {
    ...line,
    ...rules,
    tryNumber: '138 1234 5678',
    trySignalled: '480 20 x',
    numbersIn: 'oops\n1N. 0 +86',
  }
  const { status, text } = await send(house, adam, 'POST', '/admin/trunks/trials', tried)
  assert.equal(status, 200)
  const plain = text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
  assert.match(plain, /\+8613812345678 → 13812345678 rule 1/)
  assert.match(plain, /Shown 02151860000/)
  assert.match(plain, /switched off trunk 1: sip 480 q850 20/i)
  assert.match(plain, /1 lines are not right/)
  assert.match(plain, /Numbers for help leave by this trunk changed: 110 → 9110, 119 → 9119/)
  const apart = await send(house, adam, 'POST', '/admin/trunks/trials', {
    ...tried,
    numbersOut: '1XX 0\n12XXX 0\n9XX 0\n. 0 9',
  })
  assert.doesNotMatch(apart.text, /119/)
  assert.deepEqual(await trunks(), before)
})
