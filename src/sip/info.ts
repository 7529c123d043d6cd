/** Digits in INFO, as gateways send them: `Signal=5\r\nDuration=160` (application/dtmf-relay) or the digit alone (application/dtmf). */
export type InfoDigit = { digit: string; durationMs: number | null }

/** null when the body is no digit. */
export function parseDigit(contentType: string, body: Buffer): InfoDigit | null {
  if (body.length > 256) return null
  const text = body.toString('latin1')
  if (/^application\/dtmf-relay\b/i.test(contentType)) {
    const digit = digitOf(/^[ \t]{0,8}Signal[ \t]{0,8}=[ \t]{0,8}([^\r\n]{1,4})/im.exec(text)?.[1] ?? '')
    const duration = /^[ \t]{0,8}Duration[ \t]{0,8}=[ \t]{0,8}(\d{1,5})/im.exec(text)?.[1]
    return digit === null ? null : { digit, durationMs: duration === undefined ? null : Number(duration) }
  }
  if (!/^application\/dtmf\b/i.test(contentType)) return null
  const digit = digitOf(text)
  return digit === null ? null : { digit, durationMs: null }
}

/** Some gateways write the event numbers of RFC 4733: 10 is `*`, 11 `#`. */
function digitOf(text: string): string | null {
  const word = text.trim().toUpperCase()
  if (word === '10') return '*'
  if (word === '11') return '#'
  return /^[0-9*#A-D]$/.test(word) ? word : null
}

/** A digit as we say it. `plain` is what older gateways know. */
export function digitBody(digit: string, durationMs: number, form: 'relay' | 'plain'): { type: string; body: string } {
  return form === 'relay'
    ? { type: 'application/dtmf-relay', body: `Signal=${digit}\r\nDuration=${durationMs}\r\n` }
    : { type: 'application/dtmf', body: digit }
}
