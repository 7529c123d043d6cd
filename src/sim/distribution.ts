import { z } from 'zod'
import type { Random } from '../lib/random.ts'

/**
 * How long something takes, in ms: a fixed time, a log-normal by mean and coefficient of variation (clamped to `min`..`max`), or a weighted
 * mixture of such.
 */
export type Distribution =
  | number
  | { mean: number; cv: number; min?: number | undefined; max?: number | undefined }
  | { weight: number; mean: number; cv: number }[]

export const distributionSchema: z.ZodType<Distribution> = z.union([
  z.number().min(0),
  z.strictObject({
    mean: z.number().positive(),
    cv: z.number().min(0),
    min: z.number().min(0).optional(),
    max: z.number().min(0).optional(),
  }),
  z.array(z.strictObject({ weight: z.number().positive(), mean: z.number().positive(), cv: z.number().min(0) })).min(1),
])

/** One draw, in whole ms. */
export function draw(distribution: Distribution, random: Random): number {
  if (typeof distribution === 'number') return Math.round(distribution)
  if (Array.isArray(distribution)) {
    const part = pickWeighted(distribution, random)
    return Math.round(logNormal(part.mean, part.cv, random))
  }
  const value = logNormal(distribution.mean, distribution.cv, random)
  return Math.round(Math.min(Math.max(value, distribution.min ?? 0), distribution.max ?? Number.MAX_SAFE_INTEGER))
}

/** One of the parts, by weight. The list is not empty. */
export function pickWeighted<T extends { weight: number }>(parts: readonly T[], random: Random): T {
  let total = 0
  for (const part of parts) total += part.weight
  let left = random() * total
  for (const part of parts) {
    left -= part.weight
    if (left < 0) return part
  }
  return parts[parts.length - 1]!
}

/** Log-normal with the given mean and coefficient of variation (Box–Muller). */
export function logNormal(mean: number, cv: number, random: Random): number {
  if (cv === 0) return mean
  const variance = Math.log(1 + cv * cv)
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(Math.log(mean) - variance / 2 + Math.sqrt(variance) * normal)
}
