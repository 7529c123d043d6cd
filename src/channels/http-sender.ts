/**
 * Carries messages to a gateway of the lender's by HTTP: a POST of JSON to one address, signed, so that the gateway knows whose it is and that nothing was
 * changed; the id is in it, so that what is sent again after a broken answer is known there. Redirects are not followed.
 */
import { createHmac } from 'node:crypto'
import type { MessageSender } from '../lender/message.ts'

const waitMs = 10_000
const answerMax = 4_096

export type HttpSenderOptions = {
  /** Asked each time: an administrator may have changed it. null: none is set. */
  target: () => Promise<{ url: string; secret: string } | null>
  now: () => number
}

export function httpSender({ target, now }: HttpSenderOptions): MessageSender {
  return {
    async send({ id, channel, to, text, party }) {
      const where = await target()
      if (where === null) return { ok: false, reason: 'no gateway is set', again: true }
      const body = JSON.stringify({ id, channel, to, text, party })
      const at = String(now())
      const signature = createHmac('sha256', where.secret).update(`${at}.${body}`).digest('hex')
      try {
        const response = await fetch(where.url, {
          method: 'POST',
          redirect: 'error',
          signal: AbortSignal.timeout(waitMs),
          headers: {
            'content-type': 'application/json',
            'idempotency-key': id,
            'switchroom-timestamp': at,
            'switchroom-signature': `sha256=${signature}`,
          },
          body,
        })
        const said = await beginningOf(response)
        if (response.ok) return { ok: true, ref: refOf(said) }
        const again = response.status >= 500 || response.status === 429 || response.status === 408
        return { ok: false, reason: `the gateway answered ${response.status}`, again }
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
        return { ok: false, reason: `the gateway could not be reached: ${cause}`, again: true }
      }
    },
  }
}

/** Of what it says no more than is read: a gateway that answers without end is not listened to without end. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= answerMax) break // closes the connection
  }
  return Buffer.concat(chunks).subarray(0, answerMax).toString('utf8')
}

/** The gateway's own id of it, when it tells one. */
function refOf(said: string): string {
  try {
    const { id } = JSON.parse(said) as { id?: unknown }
    return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 64) : ''
  } catch {
    return ''
  }
}
