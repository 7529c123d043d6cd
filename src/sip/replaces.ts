/** Replaces (RFC 3891): one call takes the place of another, which its dialog's Call-ID and tags name, as the side that is called sees them. */
import { isCallId, isToken, parseParameters, Scanner } from './grammar.ts'

export type Replaces = { callId: string; toTag: string; fromTag: string; earlyOnly: boolean }

/** `12@host;to-tag=a;from-tag=b;early-only`; null when it is none. */
export function parseReplaces(value: string): Replaces | null {
  const scan = new Scanner(value)
  scan.space()
  const callId = scan.until('; \t')
  const parameters = parseParameters(scan)
  scan.space()
  if (!isCallId(callId) || parameters === null || !scan.done) return null
  const [toTag, fromTag] = [parameters.get('to-tag'), parameters.get('from-tag')]
  if (!toTag || !fromTag || !isToken(toTag) || !isToken(fromTag)) return null
  return { callId, toTag, fromTag, earlyOnly: parameters.has('early-only') }
}

export function formatReplaces({ callId, toTag, fromTag, earlyOnly }: Replaces): string {
  return `${callId};to-tag=${toTag};from-tag=${fromTag}${earlyOnly ? ';early-only' : ''}`
}
