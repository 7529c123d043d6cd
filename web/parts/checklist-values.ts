/** A checklist as the values of its form. */
import type { Checklist, ChecklistItem } from '../../src/lender/checklist.ts'

export function checklistValues({ name, product, skill, recall, items }: Checklist): Record<string, string> {
  const all = items.flatMap((item, at) =>
    Object.entries(itemValues(item)).map(([field, value]) => [`${field}-${at}`, value]),
  )
  return {
    ...{ name, product: product ?? '', skill: skill ?? '', perDay: String(recall.perDay), days: String(recall.days) },
    ...{ gapMinutes: String(recall.gapMs / 60_000), otherSlot: String(recall.otherSlot) },
    slots: recall.slots.map(({ from, to }) => `${from}-${to}`).join('\n'),
    ...Object.fromEntries(all),
  }
}

function itemValues(item: ChecklistItem): Record<string, string> {
  const { expected } = item
  const isCustom = expected?.type === 'field' && expected.field.startsWith('fields.')
  return {
    ...{ key: item.key, zh: item.question['zh-CN'], en: item.question.en, kind: item.kind, asked: item.asked },
    ...{ weight: String(item.weight), required: String(item.required), rule: item.compare.rule },
    ...{ percent: String(item.compare.percent), offers: item.offers.join('\n'), choices: item.choices.join('\n') },
    expected: expected === null ? '' : expected.type === 'fixed' ? 'fixed' : isCustom ? 'custom' : expected.field,
    value:
      expected === null
        ? ''
        : expected.type === 'fixed'
          ? expected.value
          : isCustom
            ? expected.field.slice('fields.'.length)
            : '',
  }
}
