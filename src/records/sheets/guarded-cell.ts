/**
 * A cell that a spreadsheet would take for a formula, or for a number in scientific notation, has an apostrophe before it (OWASP, CSV injection); so has
 * one that would be taken for such a cell. Reading takes one apostrophe away again: what was written comes back whole.
 */
const formula = '[=+\\-@\\t\\r\\n＝＋－＠]|[+-]?\\d+(?:[.,]\\d+)?[eE][+-]?\\d+$'
const toGuard = new RegExp(`^'*(?:${formula})`)
const guardedBefore = new RegExp(`^'+(?:${formula})`)

export function guarded(text: string): string {
  return toGuard.test(text) ? `'${text}` : text
}

export function unguarded(cell: string): string {
  return cell.charCodeAt(0) === 39 && guardedBefore.test(cell) ? cell.slice(1) : cell
}
