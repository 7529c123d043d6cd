/**
 * What a person says of a file that lies under the name of a recording and cannot be of its call: on its page alone. Behind a token stands the administrator who
 * asked for it, and a command names nobody, where who accepts evidence is an auditor by name.
 */
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import type { RecordingId } from '../../lib/ids.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotFound } from '../errors.ts'
import { parseInput } from '../parse.ts'

export const misfitChoices = ['accept', 'leave'] as const

const misfitInput = z.strictObject({
  choice: z.enum(misfitChoices),
  reason: z.string().trim().min(5).max(500),
  seen: z.string().min(1).max(200),
})
export type MisfitInput = z.infer<typeof misfitInput>

/** Throws InvalidInput. */
export function misfitSaid(given: unknown): MisfitInput {
  return parseInput(misfitInput, given)
}

/** It stays as it lies, and may be accepted later. Throws NotFound (no such recording, or none that is told as a misfit). */
export async function leaveMisfit(door: RecordsDoor, actor: Actor, id: RecordingId, reason: string): Promise<void> {
  const recording = await door.store.read('recordings.byId', { id })
  if (recording?.missingCause !== 'misfit' || recording.sealedAt !== null) throw new NotFound('misfit', id)
  await keep(door, actor, [{ type: 'recording.misfitLeft', recording: id, call: recording.call, reason }])
}
