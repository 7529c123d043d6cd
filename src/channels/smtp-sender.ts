/**
 * Carries e-mail to the lender's own mail server by SMTP (RFC 5321), over TLS from the start or by STARTTLS, which is then insisted on. The Message-ID is the
 * message's own, so that what is sent again after a broken answer is known at the other end.
 */
import { createTransport } from 'nodemailer'
import type { MailTarget } from '../lender/mail.ts'
import type { Message, MessageSender } from '../lender/message.ts'

const waitMs = 10_000
const reasonMax = 160

export type SmtpSenderOptions = {
  /** Asked each time: an administrator may have changed it. null: none is set. */
  target: () => Promise<MailTarget | null>
  now: () => number
}

export function smtpSender({ target, now }: SmtpSenderOptions): MessageSender {
  return {
    async send(message) {
      const where = await target()
      if (where === null) return { ok: false, reason: 'no mail server is set', again: true }
      return sendBy(where, message, now())
    },
  }
}

async function sendBy(
  where: MailTarget,
  { id, to, subject = '', text }: Message,
  now: number,
): ReturnType<MessageSender['send']> {
  const { host, port, security, user, password, from, fromName, ca } = where
  const transport = createTransport({
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
    tls: { minVersion: 'TLSv1.2', ...(ca === '' ? {} : { ca }) },
    ...{ connectionTimeout: waitMs, greetingTimeout: waitMs, socketTimeout: waitMs, dnsTimeout: waitMs },
    // What is sent is text that we wrote: nothing is read from files or the network for it.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  try {
    const sent = await transport.sendMail({
      ...{ from: { name: fromName, address: from }, to: { name: '', address: to }, subject, text, date: new Date(now) },
      messageId: `<${id}@${from.slice(from.indexOf('@') + 1)}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    return { ok: true, ref: String(sent.response ?? '').slice(0, 64) }
  } catch (error) {
    return failed(error, where)
  } finally {
    transport.close()
  }
}

type SmtpError = { code?: string; responseCode?: number; response?: string; message?: string }

/** A mail server's 5xx is for good; that it does not know us, or cannot be reached, is for an administrator to mend meanwhile. */
function failed(error: unknown, { host, port, password }: MailTarget): { ok: false; reason: string; again: boolean } {
  const { code = '', responseCode = 0, response, message } = (error ?? {}) as SmtpError
  const plain = (response ?? message ?? String(error)).replace(/\s+/g, ' ')
  // Whatever a server says back, what signs us in is not shown to anybody.
  const secrets = password ? [password, Buffer.from(password).toString('base64')] : []
  const said = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), plain).slice(0, reasonMax)
  const at = `${host}:${port}`
  if (code === 'EAUTH') return { ok: false, reason: `${at} refused the user name or password: ${said}`, again: true }
  if (responseCode >= 500) return { ok: false, reason: `${at} refused it: ${said}`, again: false }
  if (responseCode >= 400) return { ok: false, reason: `${at} takes it later: ${said}`, again: true }
  if (code === 'ETLS')
    return { ok: false, reason: `${at} offers no TLS, or not one to be trusted: ${said}`, again: true }
  return { ok: false, reason: `${at} could not be reached: ${said}`, again: true }
}
