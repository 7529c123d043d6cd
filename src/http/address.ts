import type { HttpBindings } from '@hono/node-server'
import type { Ctx } from './deps.ts'

/** The peer's address as the socket says it; headers that a client could write itself are not asked. */
export function addressOf(c: Ctx): string {
  const bindings = c.env as Partial<HttpBindings> | undefined
  return bindings?.incoming?.socket?.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\./.test(address)
}
