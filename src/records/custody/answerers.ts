/** Who answered a call, as somebody hears it in the recording: what the judgement of the sound is measured by. */
import { z } from '@hono/zod-openapi'
import { toldAnswerers } from '../../centre/calls/heard.ts'
import type { Actor } from '../../centre/facts.ts'
import type { CallId } from '../../lib/ids.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'

export const answererInput = z.strictObject({ answerer: z.enum(toldAnswerers) }).openapi('AnswererInput')

/** It may be said anew: the last word stands, and the journal has all. Throws InvalidInput, NotFound, NotNow (nobody answered, or it goes on). */
export function tellAnswerer(door: RecordsDoor, actor: Actor, id: CallId, given: unknown): Promise<void> {
  return inTurn(door, async () => {
    const { answerer } = parseInput(answererInput, given)
    const call = await door.store.read('calls.byId', { id })
    if (call === null) throw new NotFound('call', id)
    if (call.direction !== 'out' || call.answeredAt === null || call.endedAt === null)
      throw new NotNow('answerer-unheard', 'only of a call that went out, was answered and is over can this be said')
    await keep(door, actor, [{ type: 'call.answererTold', call: id, answerer, by: 'auditor' }])
  })
}
