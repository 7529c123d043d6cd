/** What an agent has to write down after a call of a campaign or queue, besides the outcome and a note: fields, a promise, a grade. */
import type { FieldDefinition } from './fields.ts'

export const grades = ['A', 'B', 'C', 'D'] as const
export type Grade = (typeof grades)[number]

/** Outcomes of sales that are a grade by themselves, where no grade was asked for besides. */
export const gradesByOutcome: Readonly<Record<string, Grade>> = {
  buy_now: 'A',
  interested: 'B',
  cold: 'C',
  refused: 'D',
}

/** `codes`: outcomes with which the field is asked for; []: with each. */
export type WriteUpField = Pick<FieldDefinition, 'key' | 'label' | 'type' | 'required' | 'min' | 'max' | 'choices'> & {
  codes: string[]
}

export type WriteUp = {
  /** Id of the campaign or queue. */
  place: string
  fields: WriteUpField[]
  /** Outcomes with which a promise is made. */
  promise: string[]
  /** Outcomes that want a grade of intent. */
  grade: string[]
}

export const writeUpFieldsMax = 20

/** Where nobody has written otherwise: a promise is asked for with the outcome that says so. */
export function defaultWriteUp(place: string, business: 'verification' | 'sales' | 'collections' | null): WriteUp {
  return {
    ...{ place, fields: [] },
    promise: business === 'collections' ? ['promise', 'PTP'] : [],
    grade: business === 'sales' ? ['callback'] : [],
  }
}

export function fieldsFor(writeUp: Pick<WriteUp, 'fields'>, code: string): WriteUpField[] {
  return writeUp.fields.filter(({ codes }) => codes.length === 0 || codes.includes(code))
}

/** As `readFields` takes it. */
export function definitionOf({ codes: _, ...field }: WriteUpField): FieldDefinition {
  return { ...field, shown: true, searchable: false }
}
