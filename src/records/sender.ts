/** Where messages are handed over: an address of the lender's gateway, and the secret that they are signed with. */
import type { Actor } from '../centre/facts.ts'
import { senderInput } from './collections-schemas.ts'
import { keep, type RecordsDoor } from './door.ts'
import { parseInput } from './parse.ts'

const key = 'sender.url'
const owner = 'sender'

export async function senderTarget(door: RecordsDoor): Promise<{ url: string; secret: string } | null> {
  const url = (await door.store.read('settings.all', {}))[key] ?? ''
  const secret = door.store.secret(owner, 'sender-secret')
  return url === '' || secret === null ? null : { url, secret }
}

export async function senderShown(door: RecordsDoor): Promise<{ url: string; hasSecret: boolean }> {
  const url = (await door.store.read('settings.all', {}))[key] ?? ''
  return { url, hasSecret: door.store.secret(owner, 'sender-secret') !== null }
}

/** An empty `url`: none is sent, they wait to be exported. A secret that is left out stays. */
export async function saveSender(door: RecordsDoor, actor: Actor, given: unknown): Promise<void> {
  const { url, secret } = parseInput(senderInput, given)
  const secrets = secret === undefined ? [] : [{ owner, kind: 'sender-secret' as const, value: secret }]
  await keep(door, actor, [{ type: 'setting.saved', key, value: url }], secrets)
}
