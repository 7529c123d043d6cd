import type { WriteUp } from '../../../src/lender/write-up.ts'

/** `owed`: the most that may be promised, minor units. `today`: the first day. */
export type Promisable = { currency: string; owed: number; today: string }

/** `promisable` null: there is nothing that this party could promise on this call. */
export type DeskWriteUp = Pick<WriteUp, 'fields' | 'promise' | 'grade'> & { promisable: Promisable | null }

export function fieldName(key: string): string {
  return `field-${key}`
}
