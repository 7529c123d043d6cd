/**
 * What an agent typed on the call in hand and has not saved: kept here as well as in the browser, so that another browser goes on where a dead
 * one stopped. Only its agent ever gets it back. Two tabs: of each field the last that came stands, fields that only one of them touched both
 * stay. All agents' drafts go to the disk together, at most once in `everyMs`, outside of the journal.
 */
import type { CallId, UserId } from '../../lib/ids.ts'
import type { Sealer } from '../../store/sealer.ts'
import type { Store } from '../../store/store.ts'

/** Text, or whether it is ticked, by the field's id on the desk. */
export type DraftFields = Record<string, string | boolean>
/** null: the field is as the page has it again. */
export type DraftChange = Record<string, string | boolean | null>

const everyMs = 1_000
const keptMs = 86_400_000
export const fieldsMax = 400
/** Of one draft, as JSON: a note of 2,000 characters, forty fields and a checklist. */
export const charactersMax = 32_768

type Waiting = { agent: UserId; call: CallId; fields: DraftFields; at: number }
type Keeper = {
  /** By agent and call; of an agent at most the calls that it had within a second. */
  waiting: Map<string, Waiting>
  /** On their way to the disk: what is read there may still be of before them. */
  leaving: Map<string, Waiting>
  /** Resolves when what waits is on the disk. */
  flushing: Promise<void> | null
  /** Resolves when what leaves is there, or failed. */
  left: Promise<void>
  /** By agent and call: a change is made to the draft as the change before left it. */
  turns: Map<string, Promise<unknown>>
}

const keepers = new WeakMap<Store, Keeper>()

export async function draftOf(store: Store, agent: UserId, call: CallId, now: number): Promise<DraftFields> {
  const keeper = keepers.get(store)
  const key = `${agent} ${call}`
  const waiting = keeper?.waiting.get(key) ?? keeper?.leaving.get(key)
  if (waiting !== undefined) return waiting.fields
  const text = await store.read('drafts.of', { agent, call, since: now - keptMs })
  const opened = text === null ? null : store.sealer.open(placeOf(agent, call), { text, hash: '' })
  return opened === null ? {} : (JSON.parse(opened) as DraftFields)
}

/** Resolves when it is on the disk: `too-large`, and kept as it was, where it would be more than one may be; `over` once the call is written up. */
export async function keepDraft(
  store: Store,
  {
    agent,
    call,
    change,
    now,
    isOpen,
  }: { agent: UserId; call: CallId; change: DraftChange; now: number; isOpen(): boolean },
): Promise<'kept' | 'too-large' | 'over'> {
  const keeper = keeperOf(store)
  const key = `${agent} ${call}`
  const taken = await inTurn(keeper, key, async () => {
    const fields: DraftFields = { ...(await draftOf(store, agent, call, now)) }
    for (const [field, value] of Object.entries(change))
      if (value === null) delete fields[field]
      else fields[field] = value
    if (Object.keys(fields).length > fieldsMax || JSON.stringify(fields).length > charactersMax) return 'too-large'
    // Saved while this was read: it must not come back.
    if (!isOpen()) return 'over'
    keeper.waiting.set(key, { agent, call, fields, at: now })
    keeper.flushing ??= flushed(store, keeper)
    return { onDisk: keeper.flushing }
  })
  if (typeof taken === 'string') return taken
  await taken.onDisk
  return 'kept'
}

/** It is saved, or nobody's any more. */
export async function forgetDraft(store: Store, agent: UserId, call: CallId): Promise<void> {
  const keeper = keepers.get(store)
  keeper?.waiting.delete(`${agent} ${call}`)
  keeper?.leaving.delete(`${agent} ${call}`)
  await store.operate('drafts.forget', { agent, call })
}

function keeperOf(store: Store): Keeper {
  const keeper = keepers.get(store) ?? {
    ...{ waiting: new Map(), leaving: new Map(), flushing: null, left: Promise.resolve(), turns: new Map() },
  }
  keepers.set(store, keeper)
  return keeper
}

async function inTurn<Taken>({ turns }: Keeper, key: string, take: () => Promise<Taken>): Promise<Taken> {
  const turn = (turns.get(key) ?? Promise.resolve()).then(take, take)
  turns.set(key, turn)
  try {
    return await turn
  } finally {
    if (turns.get(key) === turn) turns.delete(key)
  }
}

async function flushed(store: Store, keeper: Keeper): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, everyMs))
  await keeper.left
  keeper.leaving = keeper.waiting
  keeper.waiting = new Map()
  keeper.flushing = null
  const all = [...keeper.leaving.values()]
  const since = Math.max(0, ...all.map(({ at }) => at)) - keptMs
  const drafts = all.map(({ fields, ...draft }) => ({ ...draft, text: sealed(store.sealer, draft, fields) }))
  const leaves = store.operate('drafts.keep', { drafts, since }).finally(() => keeper.leaving.clear())
  keeper.left = leaves.catch(() => {})
  await leaves
}

function sealed(sealer: Sealer, { agent, call }: { agent: UserId; call: CallId }, fields: DraftFields): string {
  return sealer.seal(placeOf(agent, call), JSON.stringify(fields)).text
}

/** A draft that is moved to another agent or call does not open. */
function placeOf(agent: UserId, call: CallId) {
  return { party: `${agent} ${call}`, field: 'draft' }
}
