import { z } from '@hono/zod-openapi'
import { hasUnseen } from '../lib/unseen.ts'

/** A text that people write for people: a name, a reason. Trimmed, not empty. */
export function words(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(text => !hasUnseen(text), 'a text without control characters and changes of direction')
}
