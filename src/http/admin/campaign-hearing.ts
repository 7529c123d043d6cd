/** The part of a campaign's form about what is heard. */
import type { Filled } from '../../../web/parts/form.ts'
import type { Campaign } from '../../centre/entities.ts'
import { type Typed, textOf } from '../typed.ts'

export const freshHearing: Filled['values'] = { announcements: 'note', machines: 'off' }

export function hearingValues({ announcements, machines }: Campaign): Filled['values'] {
  return { announcements: announcements ?? 'note', machines: machines ?? 'off' }
}

/** A form of before these fields sends none of them: they stay as they are. */
export function hearingGiven(typed: Typed): Record<string, unknown> {
  if (typed.machines === undefined) return {}
  return { announcements: textOf(typed, 'announcements'), machines: textOf(typed, 'machines') }
}
