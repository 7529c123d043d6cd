import { createHash } from 'node:crypto'
import type { Ctx, Deps } from '../deps.ts'
import { BadRequest } from '../problem.ts'

/** Requests with a key that are being answered now. */
const underWay = new Set<string>()
const keyPattern = /^[\x21-\x7e]{1,200}$/
const rememberedMs = 86_400_000

/**
 * With `Idempotency-Key`, the same request of the same client is done once: asked again it gets the first answer. Another request with the
 * key is refused. Only what was done is remembered: after a refusal the key may be used again.
 */
export async function once(
  c: Ctx,
  deps: Deps,
  secret: boolean,
  handler: (c: Ctx) => Response | Promise<Response>,
): Promise<Response> {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return handler(c)
  if (secret) throw new BadRequest(400, 'found Idempotency-Key; this answer holds a secret and cannot be kept for it')
  if (!keyPattern.test(key)) throw new BadRequest(400, 'Idempotency-Key: allowed are 1 to 200 visible ASCII characters')
  const owner = c.var.client.actor
  const requestHash = await hashOf(c)
  const former = deps.store.remembered(owner, key)
  if (former !== null && former.at > deps.clock.now() - rememberedMs) {
    if (former.requestHash !== requestHash)
      throw new BadRequest(422, 'this Idempotency-Key was used for another request; take a fresh one')
    c.header('Idempotency-Replayed', 'true')
    if (former.status === 204) return c.body(null, 204)
    return c.body(former.response, former.status as 200, { 'Content-Type': 'application/json' })
  }
  const name = `${owner} ${key}`
  if (underWay.has(name)) throw new BadRequest(409, 'the first request with this Idempotency-Key is still under way')
  underWay.add(name)
  try {
    if (former !== null) await deps.store.operate('idempotency.forget', { before: deps.clock.now() - rememberedMs })
    const response = await handler(c)
    if (response.ok) {
      const text = await response.clone().text()
      const at = deps.clock.now()
      await deps.store.operate('idempotency.put', {
        owner,
        key,
        requestHash,
        status: response.status,
        response: text,
        at,
      })
    }
    return response
  } finally {
    underWay.delete(name)
  }
}

async function hashOf(c: Ctx): Promise<string> {
  const hash = createHash('sha256').update(`${c.req.method} ${c.req.path}${new URL(c.req.url).search}\n`)
  return hash.update(new Uint8Array(await c.req.arrayBuffer())).digest('hex')
}
