/** The part of a campaign's form about which leads come next: quotas one a line, fresh ones first or those due longest, the best hour or not. */
import type { Filled } from '../../../web/parts/form.ts'
import type { Campaign, Quota } from '../../centre/entities.ts'
import { InvalidInput } from '../../records/errors.ts'
import { isChecked, linesOf, type Typed, textOf } from '../typed.ts'

export const freshOrder: Filled['values'] = { quotas: '', order: 'oldest', bestTime: 'true' }

export function orderValues({ quotas, order, bestTime }: Campaign): Filled['values'] {
  return {
    quotas: (quotas ?? []).map(lineOf).join('\n'),
    order: order ?? 'oldest',
    bestTime: String(bestTime ?? true),
  }
}

/** A form of before these fields sends none of them: they stay as they are. Throws InvalidInput for a line that has not the right parts. */
export function orderGiven(typed: Typed): Record<string, unknown> {
  if (typed.order === undefined) return {}
  return {
    quotas: linesOf(typed, 'quotas').map(quotaOf),
    order: textOf(typed, 'order'),
    bestTime: isChecked(typed, 'bestTime'),
  }
}

/** `Shanghai | connected | 500`; `*` is every segment by itself. */
function lineOf({ segment, count, max }: Quota): string {
  return [segment ?? '*', count, max].join(' | ')
}

function quotaOf(line: string): { segment: string | null; count: string; max: number } {
  const parts = line.split(/[|｜]/).map(part => part.trim())
  const [segment = '', count = '', max = ''] = parts
  if (parts.length !== 3 || !/^\d{1,8}$/.test(max))
    throw new InvalidInput([
      { field: 'quotas', found: line.slice(0, 60), allowed: 'segment or * | done or connected | a number' },
    ])
  return { segment: segment === '*' ? null : segment, count, max: Number(max) }
}
