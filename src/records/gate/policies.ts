/** The centre's own policies: each save is a new version, and what was decided under an old one keeps its number. */
import type { Actor } from '../../centre/facts.ts'
import type { Policy } from '../../centre/policy/policy.ts'
import { stacks } from '../../centre/policy/policy.ts'
import { policyPresets } from '../../centre/policy/presets.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { policyInput } from './policy-schema.ts'

/** A shipped policy is not changed: its text is its source's. Copy it under a name of your own. */
export function savePolicy(door: RecordsDoor, actor: Actor, given: unknown): Promise<Policy> {
  return inTurn(door, () => save(door, actor, given))
}

async function save(door: RecordsDoor, actor: Actor, given: unknown): Promise<Policy> {
  const { id, ...rest } = parseInput(policyInput, given)
  if (policyPresets.has(id) || Object.hasOwn(stacks, id))
    throw new InvalidInput([{ field: 'id', found: id, allowed: 'a name that no shipped policy or stack has' }])
  const [last] = await door.store.read('policies.versions', { id })
  const version = String(Number(last?.policy.version ?? 0) + 1)
  const policy: Policy = { id, version, ...rest, own: true }
  await keep(door, actor, [{ type: 'policy.saved', policy }])
  return policy
}
