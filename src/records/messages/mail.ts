/** The lender's mail server: where it is, how it is spoken to, and who e-mails come from. The password is among the secrets, and shown to nobody. */
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import { isEmail } from '../../lender/fields.ts'
import { type MailSettings, type MailTarget, mailKey, mailSecurities, readMailSettings } from '../../lender/mail.ts'
import type { MessageSender } from '../../lender/message.ts'
import { maskEmail } from '../../lib/mask.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'

const address = z.string().trim().max(254).refine(isEmail, 'an e-mail address, e.g. office@example.com')
const plain = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine(text => !/\p{Cc}/u.test(text), 'a text of one line')

export const mailInput = z
  .strictObject({
    /** Empty: no e-mail is sent. */
    host: z.union([
      z.literal(''),
      z
        .string()
        .trim()
        .max(253)
        .regex(/^[a-zA-Z\d.:-]+$/),
    ]),
    port: z.int().min(1).max(65_535).default(587),
    security: z.enum(mailSecurities).default('starttls'),
    user: plain(200).default(''),
    /** Left out: as it was. */
    password: z.string().min(1).max(500).optional(),
    from: z.union([z.literal(''), address]).default(''),
    fromName: plain(100).default(''),
    ca: z.string().max(20_000).default(''),
  })
  .openapi('MailInput')
export const mailTestInput = z.strictObject({ to: address }).openapi('MailTestInput')

export type MailShown = MailSettings & { hasPassword: boolean }

const owner = 'mail'

/** null: none is set. */
export async function mailTarget(door: RecordsDoor): Promise<MailTarget | null> {
  const settings = await settingsOf(door)
  return settings.host === '' ? null : { ...settings, password: door.store.secret(owner, 'mail-password') }
}

export async function mailShown(door: RecordsDoor): Promise<MailShown> {
  return { ...(await settingsOf(door)), hasPassword: door.store.secret(owner, 'mail-password') !== null }
}

/** A message of no party, past the outbox: what the server says is told as it is, and who sent it where stands in the journal. */
export async function tryMail(
  door: RecordsDoor,
  actor: Actor,
  sender: MessageSender | undefined,
  { to, subject, text }: { to: string; subject: string; text: string },
): Promise<{ ok: true } | { ok: false; reason: string }> {
  if (sender === undefined) return { ok: false, reason: 'nothing here carries e-mail' }
  const id = newId<'message'>('mt')
  const outcome = await sender.send({ id, party: '', case: null, why: 'test', channel: 'email', to, subject, text })
  const detail = `${maskEmail(to)}: ${outcome.ok ? 'taken' : outcome.reason}`.slice(0, 300)
  await keep(door, actor, [{ type: 'audit.noted', what: 'mail.tested', detail }])
  return outcome
}

/** Throws InvalidInput. A password that is left out stays, unless another server or user is named: it was not meant for those. */
export async function saveMail(door: RecordsDoor, actor: Actor, given: unknown): Promise<void> {
  const { password, ...settings } = parseInput(mailInput, given)
  const wrong = (field: string, found: string, allowed: string) => new InvalidInput([{ field, found, allowed }])
  if (settings.host !== '' && settings.from === '') throw wrong('from', 'nothing', 'the address that e-mails come from')
  if (settings.security === 'none' && settings.user !== '')
    throw wrong('security', 'none', 'tls or starttls: a password is not sent in the clear')
  if (
    settings.ca !== '' &&
    !/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/.test(settings.ca.trim())
  )
    throw wrong('ca', 'another text', 'certificates in PEM, or nothing')
  const before = await settingsOf(door)
  const isElsewhere = before.host !== settings.host || before.user !== settings.user
  const value = settings.user === '' ? null : password
  const had = door.store.secret(owner, 'mail-password') !== null
  if (settings.user !== '' && password === undefined && (isElsewhere || !had))
    throw wrong('password', 'nothing', 'the password of this user at this server')
  const secrets = value === undefined ? [] : [{ owner, kind: 'mail-password' as const, value }]
  await keep(door, actor, [{ type: 'setting.saved', key: mailKey, value: JSON.stringify(settings) }], secrets)
}

async function settingsOf(door: RecordsDoor): Promise<MailSettings> {
  return readMailSettings((await door.store.read('settings.all', {}))[mailKey])
}
