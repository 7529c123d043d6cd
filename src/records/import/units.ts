/** Rows of a table as units that the records door takes one by one: a row each, but of loans all rows of one loan, which stand together. */
import type { ImportKind } from '../../centre/records/file-import.ts'
import type { CellProblem, ReadRow } from '../sheets/row-reader.ts'
import type { TableRow } from '../sheets/table-file.ts'

export type SourceRow = { row: number; cells: string[] }
export type Unit = { rows: SourceRow[]; value: Record<string, unknown>; problem: null } | BadUnit
type BadUnit = { rows: SourceRow[]; value: null; problem: CellProblem & { row: number } }

/** Loans in one file whose refs are remembered, so that one of them coming back further down is told. */
const loansMax = 2_000_000
const instalmentsMax = 600

export function unitsOf(
  kind: ImportKind,
  rows: AsyncIterable<TableRow>,
  read: (cells: readonly string[]) => ReadRow,
): AsyncIterable<Unit> {
  const single = singles(rows, read)
  return kind === 'loans' ? loansOf(single) : single
}

async function* singles(
  rows: AsyncIterable<TableRow>,
  read: (cells: readonly string[]) => ReadRow,
): AsyncGenerator<Unit> {
  for await (const given of rows) {
    if ('fault' in given) {
      const reason = `from here on the file is not CSV: ${given.fault}`
      yield { rows: [{ row: given.row, cells: [] }], value: null, problem: { row: given.row, field: '', reason } }
      return
    }
    const result = read(given.cells)
    yield 'problem' in result
      ? { rows: [given], value: null, problem: { row: given.row, ...result.problem } }
      : { rows: [given], value: result.value, problem: null }
  }
}

/** A loan with one bad row is refused as a whole: half a plan would be a wrong one. */
async function* loansOf(rows: AsyncIterable<Unit>): AsyncGenerator<Unit> {
  const seen = new Map<string, number>()
  let open: { ref: string; units: Unit[] } | null = null
  const close = (): Unit[] => {
    if (open === null) return []
    const loan = loanOf(open.ref, open.units, seen)
    open = null
    return [loan]
  }
  for await (const unit of rows) {
    const ref = unit.problem === null ? headOf(unit)['ref'] : null
    if (unit.problem !== null && open !== null && unit.rows[0]!.cells.length > 0) {
      // Its ref may be the very thing that cannot be read: it stands with the loan before it when its cells say so.
      if (unit.rows[0]!.cells.includes(open.ref)) {
        open.units.push(unit)
        continue
      }
    }
    if (typeof ref === 'string' && open?.ref === ref && open.units.length < instalmentsMax) {
      open.units.push(unit)
      continue
    }
    yield* close()
    if (typeof ref === 'string') open = { ref, units: [unit] }
    else if (unit.problem !== null) yield unit
    else
      yield bad([unit], {
        row: unit.rows[0]!.row,
        field: 'ref',
        reason: 'found nothing; allowed: a text that is not empty',
      })
  }
  yield* close()
}

function loanOf(ref: string, units: Unit[], seen: Map<string, number>): Unit {
  const [first] = units as [Unit, ...Unit[]]
  const broken = units.find(unit => unit.problem !== null)
  if (broken?.problem) return bad(units, broken.problem)
  const { row } = first.rows[0]!
  const before = seen.get(ref)
  if (before !== undefined)
    return bad(units, {
      row,
      field: 'ref',
      reason: `${ref} stands in row ${before} already; rows of one loan stand together`,
    })
  if (seen.size < loansMax) seen.set(ref, row)
  const head = headOf(first)
  for (const unit of units.slice(1))
    for (const [field, value] of Object.entries(headOf(unit)))
      if (head[field] !== value) {
        const reason = `found ${JSON.stringify(value)}; allowed: ${JSON.stringify(head[field] ?? '')}, as in the first row of this loan`
        return bad(units, { row: unit.rows[0]!.row, field, reason })
      }
  const plan = units.map((unit, at) => ({ no: at + 1, ...(unit.value!['instalment'] as object) }))
  const lent =
    head['principal'] ?? plan.reduce((sum, part) => sum + Number((part as { principal?: number }).principal ?? 0), 0)
  return { rows: units.flatMap(unit => unit.rows), value: { ...head, principal: lent, plan }, problem: null }
}

function bad(units: Unit[], problem: CellProblem & { row: number }): Unit {
  return { rows: units.flatMap(unit => unit.rows), value: null, problem }
}

function headOf(unit: Unit): Record<string, unknown> {
  return (unit.value?.['head'] ?? {}) as Record<string, unknown>
}
