import { z } from '@hono/zod-openapi'

/** Characters that are not seen and make a text look like another one: control characters, the overrides of writing direction, half characters. */
const unseen = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u

/** A text that people write for people: a name, a reason. Trimmed, not empty. */
export function words(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(text => !unseen.test(text), 'a text without control characters and changes of direction')
}
