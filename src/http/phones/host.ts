import type { HttpBindings } from '@hono/node-server'
import type { Ctx } from '../deps.ts'

/** Our own address as whoever asks has reached it: the socket's, and not what a header says. */
export function localHost(c: Ctx): string {
  const bindings = c.env as Partial<HttpBindings> | undefined
  return bindings?.incoming?.socket?.localAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1'
}
