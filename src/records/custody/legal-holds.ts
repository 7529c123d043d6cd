/** Legal holds: what is placed under one is destroyed by no rule until it is lifted; both with a reason, both in the journal. */
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import { legalHoldKinds } from '../../centre/records/record-facts.ts'
import type { CallId, LegalHoldId, RecordingId } from '../../lib/ids.ts'
import { idPattern } from '../../lib/ids.ts'
import type { LegalHold } from '../../store/calls/legal-holds.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'

const reason = z.string().trim().min(5).max(500)
export const legalHoldInput = z
  .strictObject({
    kind: z.enum(legalHoldKinds),
    target: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .openapi({ description: 'Id of the recording or call, reference of the party' }),
    reason,
  })
  .openapi('LegalHoldInput')
export const liftingInput = z.strictObject({ reason }).openapi('LegalHoldLifting')

/** Throws InvalidInput, NotFound (no such recording, call or party), NotNow (one is in force, or it is destroyed already). */
export function placeHold(door: RecordsDoor, actor: Actor, given: unknown): Promise<LegalHold> {
  return inTurn(door, async () => {
    const { kind, target, reason } = parseInput(legalHoldInput, given)
    const call = await callOf(door, kind, target)
    if ((await door.store.read('legalHolds.on', { kind, target })) !== null)
      throw new NotNow('legal-hold-in-force', `there is a hold on this ${kind} already`)
    const hold = newId<'legalHold'>('lh')
    await keep(door, actor, [{ type: 'legalHold.placed', hold, kind, target, call, reason }])
    return holdById(door, hold)
  })
}

/** Throws InvalidInput, NotFound (none in force). */
export function liftHold(door: RecordsDoor, actor: Actor, id: LegalHoldId, given: unknown): Promise<LegalHold> {
  return inTurn(door, async () => {
    const { reason } = parseInput(liftingInput, given)
    const hold = await holdById(door, id)
    const call = hold.kind === 'party' ? null : await callOf(door, hold.kind, hold.target)
    await keep(door, actor, [{ type: 'legalHold.lifted', hold: id, kind: hold.kind, call, reason }])
    return hold
  })
}

async function holdById(door: RecordsDoor, id: LegalHoldId): Promise<LegalHold> {
  const hold = await door.store.read('legalHolds.byId', { id })
  if (hold === null) throw new NotFound('hold in force', id)
  return hold
}

/** The call that it is told of; a party need not be known to the lender's records: its calls name it. */
async function callOf(door: RecordsDoor, kind: LegalHold['kind'], target: string): Promise<CallId | null> {
  if (kind === 'party') return null
  if (!idPattern.test(target)) throw new NotFound(kind, target)
  if (kind === 'call') {
    const call = await door.store.read('calls.byId', { id: target as CallId })
    if (call === null) throw new NotFound('call', target)
    return call.id
  }
  const recording = await door.store.read('recordings.byId', { id: target as RecordingId })
  if (recording === null) throw new NotFound('recording', target)
  if (recording.destroyedAt !== null) throw new NotNow('recording-destroyed', 'this recording is destroyed already')
  return recording.call
}
