/** What a message on the wire says to who keeps it. */

/** Why messages that belong to no call were exchanged: each kind has a ring of its own, so that strangers push nobody out. */
export const otherKinds = ['trunk', 'phone', 'stranger'] as const
export type OtherKind = (typeof otherKinds)[number]

/** What a message says in its first line and its CSeq; empty texts where it says nothing. */
export function glance(text: string): { status: number | null; method: string; callId: string } {
  const [, code] = /^SIP\/2\.0 (\d{3})/.exec(text) ?? []
  const cseq = /^cseq[ \t]*:[ \t]*\d+[ \t]+([A-Za-z]+)/im.exec(text)?.[1] ?? ''
  const method = code === undefined ? (/^[A-Za-z]+/.exec(text)?.[0] ?? '') : cseq
  const callId = /^(?:call-id|i)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r?$/im.exec(text)?.[1] ?? ''
  return { status: code === undefined ? null : Number(code), method, callId }
}

/** Null when it is no `ADDRESS:PORT`. */
export function readEndpoint(text: string): { address: string; port: number } | null {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const address = six ?? four
  return address === undefined ? null : { address, port: Number(port) }
}
