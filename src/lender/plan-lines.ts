/** A repayment plan as people type it or paste it from a sheet: an instalment a line, `1 2026-12-01 1000.00 60.00 0.00 0.00 0.00`. */
import type { Instalment } from './loan.ts'
import { amountOf, amountTyped, type Component } from './money.ts'

/** After number and due date; what is left out at the end is nothing. `paid`: before repayments were recorded here. */
export const planColumns = ['principal', 'interest', 'fees', 'penalty'] as const satisfies readonly Component[]

/** Empty lines are passed over. What cannot be read stays a text or null, so that the schema says of which instalment. */
export function planOf(text: string, currency: string): unknown[] {
  const lines = text.split(/\r\n|\r|\n/).filter(line => line.trim() !== '')
  return lines.map((line, at) => {
    // A sheet pastes tabs, people type spaces; a line that begins with its date is numbered by its place.
    const cells = line.trim().split(/[\t ;，；]+/)
    const [no, dueOn = '', ...amounts] = /^\d{4}[-/]/.test(cells[0]!) ? [String(at + 1), ...cells] : cells
    const amount = (at: number) => (amounts[at] === undefined ? 0 : (amountOf(amounts[at], currency) ?? amounts[at]))
    return {
      no: /^\d{1,4}$/.test(no!) ? Number(no) : no,
      dueOn: dueOn.replaceAll('/', '-').replace(/-(\d)(?=-|$)/g, '-0$1'),
      ...Object.fromEntries(planColumns.map((column, at) => [column, amount(at)])),
      paidBefore: amount(planColumns.length),
      ...(amounts.length > planColumns.length + 1 ? { more: amounts[planColumns.length + 1] } : {}),
    }
  })
}

export function planTyped(plan: readonly Instalment[], currency: string): string {
  return plan
    .map(({ no, dueOn, paidBefore, ...parts }) =>
      [no, dueOn, ...planColumns.map(column => parts[column]), paidBefore]
        .map((cell, at) => (at < 2 ? cell : amountTyped(cell as number, currency)))
        .join(' '),
    )
    .join('\n')
}
