import type { Guard } from './deps.ts'
import { BadRequest } from './problem.ts'

/**
 * Refuses a body larger than `maxBytes`: by the length it announces, else while it is read. One of unknown length (chunked) is not taken in
 * before a handler asks for it: the roles are checked first, and a stranger fills no memory.
 */
export function bodyMax(maxBytes: number): Guard {
  return (c, next) => {
    const { raw } = c.req
    const length = c.req.header('transfer-encoding') === undefined ? c.req.header('content-length') : undefined
    if (length !== undefined) {
      if (!(Number(length) <= maxBytes)) throw tooLarge(maxBytes)
      return next()
    }
    if (raw.body === null) return next()
    let seen = 0
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength
        if (seen > maxBytes) controller.error(tooLarge(maxBytes))
        else controller.enqueue(chunk)
      },
    })
    c.req.raw = new Request(raw, { body: raw.body.pipeThrough(counter), duplex: 'half' } as RequestInit)
    return next()
  }
}

function tooLarge(maxBytes: number): BadRequest {
  return new BadRequest(413, `found more than ${maxBytes} bytes; allowed: at most ${maxBytes}. Send it in parts.`)
}
