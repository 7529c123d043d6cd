/** Scripts and what has to be written down: saved by administrators in versions; and what agents read and answered on a call, with its place in the recording. */
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import { fieldKeyPattern, fieldTypes } from '../../lender/fields.ts'
import { amountMax } from '../../lender/money.ts'
import {
  answersMax,
  audiences,
  faultsOf,
  keyPattern,
  mustMax,
  type Script,
  type ScriptFault,
  stepsMax,
} from '../../lender/script.ts'
import { type WriteUp, writeUpFieldsMax } from '../../lender/write-up.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { words } from '../words.ts'

const text = (max: number) => z.union([words(max), z.literal('')])
const both = (max: number) => z.strictObject({ 'zh-CN': text(max), en: text(max) })
const key = z.string().regex(keyPattern, 'small letters, digits and _, at most 40')

export const scriptInput = z.strictObject({
  name: words(60),
  places: z.array(z.string().max(64)).max(200),
  must: z.array(z.strictObject({ key, text: both(500), to: z.enum(audiences) })).max(mustMax),
  steps: z
    .array(
      z.strictObject({
        ...{ key, title: both(60), text: both(2000) },
        answers: z.array(z.strictObject({ words: both(60), to: key.nullable() })).max(answersMax),
      }),
    )
    .min(1, 'at least one step')
    .max(stepsMax),
  others: key.nullable(),
})

/** Beyond the form of its fields: the script as a whole does not hold together. */
export class ScriptFaults extends Error {
  override name = 'ScriptFaults'
  readonly faults: ScriptFault[]
  constructor(faults: ScriptFault[]) {
    super(faults.map(fault => Object.values(fault).join(' ')).join('; '))
    this.faults = faults
  }
}

/** As it was typed, looked through and not kept. Throws InvalidInput, ScriptFaults. */
export function readScript(given: unknown, id: string): Script {
  const script = { id, ...parseInput(scriptInput, given) }
  const faults = faultsOf(script)
  if (faults.length > 0) throw new ScriptFaults(faults)
  return script
}

/** A new version; calls that go through an older one go on with it. `id` null: a new script. Throws InvalidInput, ScriptFaults, NotFound. */
export function saveScript(
  door: RecordsDoor,
  actor: Actor,
  id: string | null,
  given: unknown,
): Promise<{ script: Script; version: number }> {
  return inTurn(door, async () => {
    const [last] = id === null ? [] : await door.store.read('scripts.versions', { id })
    if (id !== null && last === undefined) throw new NotFound('script', id)
    const script = readScript(given, id ?? newId<'script'>('sc'))
    await checkPlaces(door, script.places)
    const version = (last?.version ?? 0) + 1
    await keep(door, actor, [{ type: 'script.saved', script, version }])
    return { script, version }
  })
}

async function checkPlaces({ store }: RecordsDoor, places: readonly string[]): Promise<void> {
  const [campaigns, queues] = await Promise.all([store.read('campaigns.list', {}), store.read('queues.list', {})])
  const known = new Set<string>([...campaigns, ...queues].map(({ id }) => id))
  const unknown = places.filter(place => !known.has(place))
  if (unknown.length > 0)
    throw new InvalidInput([
      { field: 'places', found: unknown.join(', ').slice(0, 60), allowed: 'campaigns and queues' },
    ])
}

export const writeUpInput = z.strictObject({
  place: z.string().max(64),
  fields: z
    .array(
      z.strictObject({
        key: z.string().regex(fieldKeyPattern, 'small letters, digits and _, at most 40'),
        label: z.strictObject({ 'zh-CN': words(60), en: words(60) }),
        type: z.enum(fieldTypes).exclude(['secret']),
        required: z.boolean(),
        min: z.number().min(-amountMax).max(amountMax).nullable().default(null),
        max: z.number().min(-amountMax).max(amountMax).nullable().default(null),
        choices: z.array(words(100)).max(50).default([]),
        codes: z.array(z.string().max(32)).max(50).default([]),
      }),
    )
    .max(writeUpFieldsMax)
    .refine(
      all => all.every(({ type, choices }) => (type === 'choice') === choices.length > 0),
      'choices for the type choice, and for no other',
    )
    .refine(all => new Set(all.map(field => field.key)).size === all.length, 'each key once'),
  promise: z.array(z.string().max(32)).max(50),
  grade: z.array(z.string().max(32)).max(50),
})

export async function saveWriteUp(door: RecordsDoor, actor: Actor, given: unknown): Promise<WriteUp> {
  const writeUp: WriteUp = parseInput(writeUpInput, given)
  await checkPlaces(door, [writeUp.place])
  await keep(door, actor, [{ type: 'writeUp.saved', writeUp }])
  return writeUp
}

/** `version` 0: the house's own words, for places that have no script. */
type OnCall = { call: CallId; agent: UserId; script: string; version: number }

/** An answer was given, or an earlier step is gone back to (`answer` null). */
export async function turnScript(
  door: RecordsDoor,
  actor: Actor,
  on: OnCall & { to: string; from: string | null; answer: number | null },
): Promise<void> {
  await keep(door, actor, [{ type: 'script.turned', ...on, offsetMs: await offsetOf(door, on.call) }])
}

/** A sentence that must be read was read now; `read` false takes back a tick by mistake, and both stand. */
export async function readSentence(
  door: RecordsDoor,
  actor: Actor,
  on: OnCall & { sentence: string; read: boolean },
): Promise<void> {
  await keep(door, actor, [{ type: 'script.read', ...on, offsetMs: await offsetOf(door, on.call) }])
}

/** Into the recording of a call that goes on; null: nothing is being recorded. */
export async function offsetOf({ store, clock }: RecordsDoor, call: CallId): Promise<number | null> {
  const open = (await store.read('recordings.ofCall', { call })).find(each => each.kind === 'call')
  return open === undefined || open.sealedAt !== null ? null : Math.max(0, clock.now() - open.openedAt)
}
