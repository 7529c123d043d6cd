/** What the API answers of recordings: what is kept, what was destroyed and why, and what goes out as evidence. */
import { z } from '@hono/zod-openapi'
import { businesses } from '../../centre/entities.ts'
import { missingCauses } from '../../centre/recording/recording-rules.ts'
import { misfits } from '../../lib/fit.ts'

const id = z.string()
const instant = z.int().openapi({ description: 'Unix time, ms' })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

export const recordingReply = z
  .object({
    id,
    call: id,
    openedAt: instant,
    sealedAt: orNull(instant),
    sha256: orNull(z.string()),
    bytes: orNull(z.int()),
    durationMs: orNull(z.int()),
    salvaged: z.boolean(),
    missingReason: orNull(z.string()),
    missingCause: orNull(z.enum(missingCauses)),
    /** It had been told as missing, and its file was there after all. */
    wasMissing: z.boolean(),
    /** So long after the end of its call; 0: in it, or it was never missing. */
    foundAfterMs: z.int(),
    /** A person took it for the recording of its call, which by its length or times it cannot be. */
    accepted: orNull(
      z.object({
        by: id,
        reason: z.string(),
        misfits: z.array(z.enum(misfits)),
        mostMs: z.number(),
        writtenAt: instant,
        changedAt: instant,
        writtenFrom: instant,
        writtenUntil: instant,
      }),
    ),
    /** `consultation`: the talk of those who look after the party, who waits meanwhile. */
    kind: z.enum(['call', 'consultation']),
    /** Silence stands in it for so long where sound was lost, and at most 100 places where: [from, for] in ms. */
    lostMs: z.int(),
    lost: orNull(z.array(z.array(z.int()).length(2))),
    /** Of the smaller form, Ogg Opus. */
    derivedAt: orNull(instant),
    derivedSha256: orNull(z.string()),
    derivedBytes: orNull(z.int()),
    /** Since when the smaller form stands alone, and since when there is neither. */
    sourceRemovedAt: orNull(instant),
    destroyedAt: orNull(instant),
    /** Since when no file of it is left on the disk. */
    erasedAt: orNull(instant),
  })
  .openapi('Recording')

export const destructionReply = z
  .object({
    recording: id,
    call: id,
    openedAt: instant,
    sealedAt: orNull(instant),
    durationMs: orNull(z.int()),
    bytes: orNull(z.int()),
    sha256: orNull(z.string()),
    derivedSha256: orNull(z.string()),
    listens: z.int(),
    destroyedAt: instant,
    by: orNull(
      z.union([
        z.object({ reason: z.literal('unanswered'), days: z.int() }),
        z.object({
          reason: z.literal('retention'),
          business: orNull(z.enum(businesses)),
          kept: z.object({ n: z.int(), of: z.enum(['DAY', 'YEAR']) }),
          /** Whose minimum that is; null: the centre's own rule. */
          policy: orNull(z.string()),
        }),
      ]),
    ),
    /** null: the disk has not given up the files yet. */
    erasedAt: orNull(instant),
    journal: z.object({ seq: z.int(), hash: z.string() }),
  })
  .openapi('Destruction')

export const exportReply = z
  .object({
    id,
    state: z.enum(['waiting', 'refused', 'queued', 'running', 'finished', 'failed', 'erased']).openapi({
      description:
        'waiting: for a second person; refused: by one, or it expired; erased: its zip was kept for its time, ask for it again',
    }),
    calls: z.int(),
    done: z.int(),
    reason: z.string(),
    requestedAt: instant,
    finishedAt: orNull(instant),
    sha256: orNull(z.string()),
    bytes: orNull(z.int()),
    downloads: z.int(),
    keptUntil: orNull(instant).openapi({ description: 'Until when the zip can be fetched' }),
    erasedAt: orNull(instant),
    trouble: orNull(z.string()),
  })
  .openapi('Export')
