/** Where messages are handed over: an address of the lender's gateway, and the secret that they are signed with. */
import type { Actor } from '../../centre/facts.ts'
import { manualStack, stackNames, textPolicyKey } from '../../centre/policy/policy.ts'
import { policyPresets } from '../../centre/policy/presets.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { senderInput } from '../collections/collections-schemas.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'

const key = 'sender.url'
const owner = 'sender'

export async function senderTarget(door: RecordsDoor): Promise<{ url: string; secret: string } | null> {
  const url = (await door.store.read('settings.all', {}))[key] ?? ''
  const secret = door.store.secret(owner, 'sender-secret')
  return url === '' || secret === null ? null : { url, secret }
}

export async function senderShown(door: RecordsDoor): Promise<{ url: string; hasSecret: boolean; policy: string }> {
  const settings = await door.store.read('settings.all', {})
  const hasSecret = door.store.secret(owner, 'sender-secret') !== null
  return { url: settings[key] ?? '', hasSecret, policy: settings[textPolicyKey] ?? '' }
}

/** An empty `url`: none is sent, they wait to be exported. A secret that is left out stays. Throws InvalidInput. */
export async function saveSender(door: RecordsDoor, actor: Actor, given: unknown): Promise<void> {
  const { url, secret, policy } = parseInput(senderInput, given)
  if (policy) await checkPolicies(door, policy)
  const secrets = secret === undefined ? [] : [{ owner, kind: 'sender-secret' as const, value: secret }]
  const facts: RecordFact[] = [{ type: 'setting.saved', key, value: url }]
  if (policy !== undefined) facts.push({ type: 'setting.saved', key: textPolicyKey, value: policy })
  await keep(door, actor, facts, secrets)
}

/** What is not known is not allowed: a name that is none would hold every text back. */
async function checkPolicies(door: RecordsDoor, text: string): Promise<void> {
  const own = await door.store.read('policies.list', {})
  const known = new Set([...policyPresets.keys(), ...own.map(({ id }) => id)])
  const unknown = stackNames(text).find(name => !known.has(name))
  if (unknown !== undefined)
    throw new InvalidInput([{ field: 'policy', found: unknown, allowed: [manualStack, ...known].join(', ') }])
}
