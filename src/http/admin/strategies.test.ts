/** Strategies as an administrator writes them, the page of a case that explains them, and the outbox. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { openCase } from '../../records/collections/cases.ts'
import { createLoan } from '../../records/collections/loans.ts'
import { runStrategies, strategiesOf } from '../../records/collections/strategies.ts'
import { createParty } from '../../records/parties/parties.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { supervisorRoutes } from '../supervisor/supervisor.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let id: string
const cookies: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, supervisorRoutes] } })
  for (const role of ['admin', 'supervisor', 'auditor'] as const) {
    await house.add(`one-${role}`, role, { language: 'en', numbersMasked: role !== 'admin' })
    cookies[role] = (await house.signIn(`one-${role}`)).cookie
  }
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const plain = { name: 'early reminder', business: 'collections', mode: 'manual', policy: 'LAB-ANY-HOUR' }
  await createCampaign(door, 'system', { ...plain, trunks: [trunk.id], agents: [] })
  await createParty(door, 'system', { ref: 'K-1', name: 'Carl <b>', phones: [{ number: '+8613800005678' }] })
  const plan = [{ no: 1, dueOn: '2026-11-22', principal: 10_000 }]
  await createLoan(door, 'system', { ref: 'L-1', party: 'K-1', product: 'cash', principal: 10_000, plan })
  id = (await openCase(door, 'system', { party: 'K-1' })).id
})
after(() => house[Symbol.asyncDispose]())

async function open(role: string, path: string, body?: Record<string, string>) {
  const response = await house.app.request(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { cookie: cookies[role]!, accept: 'text/html', 'sec-fetch-site': 'same-origin' },
    ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
  })
  return { status: response.status, text: await response.text(), to: response.headers.get('location') }
}

const steps =
  'text | 1 | sms | no promise | {name}: {owed}\nring | 2 | call early reminder | \npaper | 2 | letter | | Dear {name}\nlaw | 40 | send LEGAL | '

test('a strategy is written one step a line, and what is wrong is said beside the field', async () => {
  const wrong = async (more: Record<string, string>) => {
    const { status, text } = await open('admin', '/admin/strategies', {
      name: 'early',
      buckets: 'M1',
      stepLines: steps,
      ...more,
    })
    return [status, text.includes('One a line: NAME')]
  }
  assert.deepEqual(await wrong({ stepLines: 'text | 1 | fax | | x' }), [422, true])
  assert.deepEqual(await wrong({ stepLines: 'text | 0 | sms | | x' }), [422, true])
  assert.deepEqual(await wrong({ stepLines: 'a | 1 | sms | | x\na | 2 | sms | | x' }), [422, true])
  assert.equal(
    (await open('admin', '/admin/strategies', { name: 'early', buckets: 'M1', stepLines: steps })).to,
    '/admin/strategies?saved=1',
  )
  const shown = await open('admin', '/admin/strategies/0')
  assert.ok(
    shown.text.includes('ring | 2 | call early reminder') &&
      shown.text.includes('text | 1 | sms | no promise | {name}: {owed}'),
  )
  const reminders = { reminders: 'before | 1 | sms | | tomorrow' }
  assert.equal((await open('admin', '/admin/strategies/reminders', reminders)).to, '/admin/strategies?saved=1')
  assert.equal((await open('admin', '/admin/strategies/reminders', { reminders: 'x | 1 | letter | | y' })).status, 422)
  const all = await strategiesOf(house.deps.records)
  assert.deepEqual([all.version, all.strategies[0]!.steps.length, all.reminders[0]!.daysBefore], [2, 4, 1])
})

test('the gateway’s secret is taken and never shown', async () => {
  const bad = await open('admin', '/admin/strategies/sender', { url: 'gopher://x', secret: 'a secret of 16 letters' })
  assert.ok(bad.status === 422 && !bad.text.includes('a secret of 16'))
  const good = await open('admin', '/admin/strategies/sender', {
    url: 'http://127.0.0.1:9/x',
    secret: 'a secret of 16 letters',
  })
  assert.equal(good.to, '/admin/strategies?saved=1')
  const page = await open('admin', '/admin/strategies')
  assert.ok(page.text.includes('http://127.0.0.1:9/x') && !page.text.includes('a secret of 16'))
})

test('the mail server is set by a form that never shows its password, and a test e-mail says what came of it', async () => {
  const given = {
    host: 'mail.lender.example',
    port: '587',
    security: 'starttls',
    user: 'center',
    from: 'c@lender.example',
  }
  const clear = await open('admin', '/admin/strategies/mail', {
    ...given,
    security: 'none',
    password: 'Quite-A-Secret-9',
  })
  assert.ok(clear.status === 422 && clear.text.includes('TLS or STARTTLS') && !clear.text.includes('Quite-A-Secret-9'))
  const saved = await open('admin', '/admin/strategies/mail', { ...given, password: 'Quite-A-Secret-9' })
  assert.equal(saved.to, '/admin/strategies?saved=1')
  const page = await open('admin', '/admin/strategies')
  assert.ok(page.text.includes('mail.lender.example') && !page.text.includes('Quite-A-Secret-9'))
  assert.equal((await open('admin', '/admin/strategies/mail/tests', { to: 'a@b.cn, c@d.cn' })).status, 422)
  const reason = '<b>no such mailbox</b>'
  house.deps.mail = { send: async () => ({ ok: false, reason, again: false }) }
  const tried = await open('admin', '/admin/strategies/mail/tests', { to: 'it@lender.example' })
  assert.ok(tried.status === 409 && tried.text.includes('&lt;b&gt;no such mailbox') && !tried.text.includes(reason))
})

test('the page of a case says which step is next and why others were not done', async () => {
  const before = await open('auditor', `/supervisor/cases/${id}`)
  assert.ok(
    before.text.includes('due now') && before.text.includes('not yet') && before.text.includes('Carl &lt;b&gt;'),
  )
  assert.equal(await runStrategies(house.deps.records), 3)
  const later = await open('auditor', `/supervisor/cases/${id}`)
  assert.equal(later.text.match(/>done</g)?.length, 3)
  assert.equal((await open('auditor', '/supervisor/cases/ca_none')).status, 404)
})

test('the outbox masks numbers by role, exports for administrators alone, and a letter is printed', async () => {
  const masked = await open('auditor', '/supervisor/messages')
  assert.ok(/138\W{3,8}5678/.test(masked.text) && !masked.text.includes('13800005678'))
  assert.equal((await open('supervisor', '/supervisor/messages/exports', {})).status, 403)
  const csv = await open('admin', '/supervisor/messages/exports', {})
  assert.ok(csv.text.includes('+8613800005678') && csv.text.includes('100.00'))
  assert.ok(!(await open('admin', '/supervisor/messages/exports', {})).text.includes('13800005678'), 'each once')
  const letter = (await house.store.read('messages.page', { channel: 'letter' })).items[0]!
  const printed = await open('supervisor', `/supervisor/letters/${letter.id}`, {})
  assert.ok(printed.status === 200 && printed.text.includes('Dear Carl &lt;b&gt;'))
  assert.equal((await house.store.read('messages.byId', { id: letter.id }))!.state, 'sent')
})
