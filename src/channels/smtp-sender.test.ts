import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createSecureContext, type SecureContext } from 'node:tls'
import { ensureCertificate } from '../http/certificate.ts'
import type { MailTarget } from '../lender/mail.ts'
import type { Message } from '../lender/message.ts'
import { smtpSender } from './smtp-sender.ts'
import { openMailServer } from './testing/mail-server.ts'

const now = Date.parse('2026-11-24T12:00:00+08:00')
const login = { user: 'center', password: 'a password with ümlaut' }
let folder: string
let context: SecureContext
let ca: string
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'smtp-'))
  const made = await ensureCertificate({ dir: folder, names: ['localhost'], addresses: ['127.0.0.1'], now: Date.now() })
  context = createSecureContext({ cert: made.certPem, key: made.keyPem })
  ca = made.caPem!
})
after(() => rmSync(folder, { recursive: true, force: true }))

const message: Message = {
  ...{ id: 'ms_1', party: 'K-1', case: null, why: 'early: mail', to: 'carl@example.com' },
  channel: 'email',
  ...{ subject: '还款提醒', text: '王小明您好：\n应还 1000.00 元。\n.\n' },
}
const target = (port: number, more: Partial<MailTarget> = {}): MailTarget => ({
  ...{ host: 'localhost', port, security: 'starttls', user: login.user, password: login.password, ca },
  ...{ from: 'center@lender.example', fromName: '客服中心' },
  ...more,
})
const send = (where: MailTarget | null) => smtpSender({ target: async () => where, now: () => now }).send(message)

test('an e-mail goes over TLS, signed in, with an id that is the same when it is sent again', async () => {
  for (const security of ['starttls', 'tls'] as const) {
    await using server = await openMailServer({ security, context, login })
    const outcome = await send(target(server.port, { security }))
    assert.deepEqual(outcome, { ok: true, ref: '250 2.0.0 queued as 1' })
    await send(target(server.port, { security }))
    const [first, second] = server.taken
    assert.deepEqual(
      [first!.secure, first!.user, first!.from, first!.to],
      [true, login.user, 'center@lender.example', ['carl@example.com']],
    )
    for (const { data } of [first!, second!]) assert.match(data, /^Message-ID: <ms_1@lender\.example>\r$/m)
    assert.ok(first!.data.includes(`Subject: =?UTF-8?B?${Buffer.from(message.subject!).toString('base64')}?=\r\n`))
    assert.match(first!.data, /^Auto-Submitted: auto-generated\r$/m)
    const body = first!.data.split('\r\n\r\n').slice(1).join('\r\n\r\n')
    const text = /base64/i.test(first!.data) ? Buffer.from(body, 'base64').toString('utf8') : quoted(body)
    assert.match(text, /王小明您好：\r?\n应还 1000\.00 元。\r?\n\.\r?\n/)
  }
})

test('without TLS, with another certificate or another password nothing is said, and what is told holds no password', async () => {
  await using plain = await openMailServer({ security: 'none', login })
  const told = [await send(target(plain.port))]
  assert.ok(!told[0]!.ok && told[0]!.again, 'a server that offers no STARTTLS is not talked to')
  await using server = await openMailServer({ security: 'starttls', context, login })
  told.push(await send(target(server.port, { ca: '' })))
  told.push(await send(target(server.port, { password: 'another password' })))
  server.answers.set('AUTH', `535 ${login.password} ${Buffer.from(login.password).toString('base64')} is wrong`)
  told.push(await send(target(server.port)))
  for (const each of told) {
    assert.ok(!each.ok && each.again, JSON.stringify(each))
    for (const secret of [login.password, Buffer.from(login.password).toString('base64'), 'another password'])
      assert.ok(!each.reason.includes(secret), each.reason)
  }
  assert.match((told[2] as { reason: string }).reason, /refused the user name or password: 535/)
  assert.deepEqual([plain.taken, server.taken], [[], []])
})

test('a refusal for good is not tried again, one for now is, and so is a server that is not there', async () => {
  await using server = await openMailServer({ security: 'none' })
  const where = target(server.port, { security: 'none', user: '', password: null })
  server.answers.set('RCPT', '550 5.1.1 no such mailbox')
  assert.deepEqual(await send(where), {
    ...{ ok: false, reason: `localhost:${server.port} refused it: 550 5.1.1 no such mailbox`, again: false },
  })
  server.answers.set('RCPT', '451 4.7.1 greylisted')
  assert.deepEqual(await send(where), {
    ...{ ok: false, reason: `localhost:${server.port} takes it later: 451 4.7.1 greylisted`, again: true },
  })
  server.answers.clear()
  server.answers.set('DATA', '452 4.3.1 the disk is full')
  const full = await send(where)
  assert.ok(!full.ok && full.again)
  server.answers.clear()
  assert.ok((await send(where)).ok)
  await server[Symbol.asyncDispose]()
  const gone = await send(where)
  assert.ok(!gone.ok && gone.again && gone.reason.includes('could not be reached'), JSON.stringify(gone))
  assert.deepEqual(await send(null), { ok: false, reason: 'no mail server is set', again: true })
})

function quoted(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
