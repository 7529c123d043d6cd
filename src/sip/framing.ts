/** SIP over a stream (RFC 3261 §18.3): messages are told apart by Content-Length, within bounds, however the bytes are cut. */
import { messageBytesMax } from './parse.ts'

export type Framed = { messages: Buffer[]; pings: number; fault: string | null }

export class Framer {
  #buffer = Buffer.allocUnsafe(2048)
  #length = 0
  /** No end of head before here. */
  #searched = 0

  /** Whole messages so far. After a `fault` the stream has lost its frames and must be closed. */
  push(bytes: Buffer): Framed {
    const framed: Framed = { messages: [], pings: 0, fault: null }
    for (let at = 0; at < bytes.length && framed.fault === null; ) {
      // At most one message more than fits is ever held: a sender of many small ones does not make us copy.
      const taken = bytes.subarray(at, at + messageBytesMax)
      at += taken.length
      this.#append(taken)
      this.#take(framed)
    }
    return framed
  }

  #append(bytes: Buffer): void {
    const needed = this.#length + bytes.length
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    bytes.copy(this.#buffer, this.#length)
    this.#length = needed
  }

  #take(framed: Framed): void {
    let start = 0
    for (;;) {
      while (start < this.#length && (this.#buffer[start] === 13 || this.#buffer[start] === 10)) {
        // CRLF CRLF between messages is a ping (RFC 5626 §3.5.1)
        if (this.#buffer.toString('latin1', start, Math.min(start + 4, this.#length)) === '\r\n\r\n') {
          framed.pings++
          start += 3
        }
        start++
      }
      const held = this.#buffer.subarray(start, this.#length)
      const end = held.indexOf('\r\n\r\n', Math.max(0, this.#searched - start), 'latin1')
      if (end < 0) {
        if (held.length > messageBytesMax) framed.fault = 'a head over 16 KB'
        this.#searched = Math.max(start, this.#length - 3)
        break
      }
      const length = contentLength(held.toString('latin1', 0, end))
      if (length === null || end + 4 + length > messageBytesMax) {
        framed.fault = 'bad Content-Length, or over 16 KB'
        break
      }
      this.#searched = start + end
      if (held.length < end + 4 + length) break
      framed.messages.push(Buffer.from(held.subarray(0, end + 4 + length)))
      start += end + 4 + length
      this.#searched = start
    }
    this.#buffer.copyWithin(0, start, this.#length)
    this.#length -= start
    this.#searched = Math.max(0, this.#searched - start)
  }
}

/** The one Content-Length of a head; null when it is absent, double or no number. */
function contentLength(head: string): number | null {
  const lines = head.match(/\r\n(?:content-length|l)[ \t]{0,64}:[^\r\n]{0,64}/gi)
  if (lines?.length !== 1) return null
  const value = lines[0]!.slice(lines[0]!.indexOf(':') + 1).trim()
  return /^\d{1,6}$/.test(value) ? Number(value) : null
}
