import { z } from '@hono/zod-openapi'
import { InvalidInput } from '../../records/errors.ts'
import { confirmationsOf, saveConfirmations, versionOf } from '../../records/verification/confirmations.ts'
import { confirmationsInput } from '../../records/verification/verification-schemas.ts'
import type { Deps } from '../deps.ts'
import { type Api, define, jsonBody } from './route.ts'

const versioned = z
  .strictObject({
    version: z.string().max(64).openapi({ description: 'As it was read; another one is refused with 409' }),
    ...confirmationsInput.shape,
  })
  .openapi('VersionedConfirmations')

/** `/confirmations`: what applicants are told of decisions in writing, all texts at once. */
export function confirmationsApi(api: Api, deps: Deps): void {
  const { records } = deps
  const [path, roles] = ['/confirmations', ['admin'] as const]
  const current = async () => {
    const kept = await confirmationsOf(records)
    return { version: versionOf(kept), ...kept }
  }

  define(
    api,
    deps,
    { method: 'get', path, roles, summary: 'What applicants are told of decisions', reply: versioned },
    async c => c.json(await current()),
  )
  define(
    api,
    deps,
    {
      method: 'put',
      path,
      roles,
      summary: 'All texts of confirmations, in place of those of the version that was read',
      body: versioned,
      reply: versioned,
    },
    async c => {
      const body = await jsonBody(c)
      const { version, ...given } = Object(body) as Record<string, unknown>
      if (typeof version !== 'string')
        throw new InvalidInput([
          {
            field: 'version',
            found: version === undefined ? 'nothing' : typeof version,
            allowed: 'the version that was read',
          },
        ])
      const saved = await saveConfirmations(records, c.var.client.actor, given, version)
      return c.json({ version: versionOf(saved), ...saved })
    },
  )
}
