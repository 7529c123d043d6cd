/** What an agency is given of a batch as a file: numbers and ID numbers masked, made whole before it goes, so that the journal has its SHA-256. */

import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Actor } from '../../centre/facts.ts'
import { amountTyped } from '../../lender/money.ts'
import { bucketOf, dpdOf } from '../../lender/overdue.ts'
import { maskSecret } from '../../lender/sealed.ts'
import { maskNumber } from '../../lib/mask.ts'
import { csvCell } from '../custody/evidence-texts.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { type Cell, xlsxOf } from '../sheets/xlsx-writer.ts'
import { batchExportInput } from './placement-schemas.ts'
import { batchById } from './placements.ts'

export type BatchFile = { name: string; type: string; bytes: Buffer; sha256: string }

const head = [
  'case',
  'ref',
  'name',
  'idNo',
  'phones',
  'product',
  'bucket',
  'daysPastDue',
  'owed',
  'currency',
  'placedAt',
]
const types = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

/** Of the cases that are placed now. Throws NotNow `batch-empty` when there are none. */
export async function exportBatch(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<BatchFile> {
  const { format, reason } = parseInput(batchExportInput, given)
  const { agency } = await batchById(door, id)
  let rows = 0
  async function* counted(): AsyncGenerator<readonly Cell[]> {
    yield head
    for await (const row of rowsOf(door, id)) {
      rows++
      yield row
    }
  }
  const bytes = format === 'xlsx' ? await buffer(xlsxOf(counted(), new Date(door.clock.now()))) : await csvOf(counted())
  if (rows === 0) throw new NotNow('batch-empty', 'nothing of this batch is placed now')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await keep(door, actor, [
    { type: 'batch.exported', batch: id, agency, format, rows, bytes: bytes.length, sha256, reason },
  ])
  return { name: `${id}.${format}`, type: types[format], bytes, sha256 }
}

async function* rowsOf(door: RecordsDoor, batch: string): AsyncGenerator<readonly Cell[]> {
  const { rules, today } = await reckoningOf(door)
  for (let cursor: string | null = null; ; ) {
    const page: {
      items: { case: string; party: string; currency: string; placedAt: number | null }[]
      next: string | null
    } = await door.store.read('placements.page', { batch, state: 'PLACED', cursor, limit: 500 })
    const [cases, parties] = await Promise.all([
      door.store.read('cases.byIds', { ids: page.items.map(each => each.case) }),
      door.store.read('parties.byRefs', { refs: page.items.map(({ party }) => party) }),
    ])
    const caseOf = new Map(cases.map(each => [each.id, each]))
    const partyOf = new Map(parties.map(each => [each.ref, each]))
    for (const { case: id, party: ref, currency, placedAt } of page.items) {
      const found = caseOf.get(id)
      const party = partyOf.get(ref)
      if (found === undefined || party === undefined) continue
      const days = found.oldestDueOn === null ? 0 : dpdOf(found.oldestDueOn, today)
      const clear = party.idNo === null ? '' : door.store.sealer.open({ party: ref, field: 'idNo' }, party.idNo)
      const phones = party.phones.filter(({ relation }) => relation === 'SELF').map(({ number }) => maskNumber(number))
      yield [
        ...[id, ref, party.name, clear === null ? '******' : clear === '' ? '' : maskSecret(clear), phones.join(' ')],
        ...[found.product ?? '', bucketOf(days, rules), days, Number(amountTyped(found.owed, currency)), currency],
        placedAt === null ? '' : new Date(placedAt).toISOString(),
      ]
    }
    cursor = page.next
    if (cursor === null) return
  }
}

/** With the mark by which spreadsheets know UTF-8. */
async function csvOf(rows: AsyncIterable<readonly Cell[]>): Promise<Buffer> {
  const pieces: Buffer[] = [Buffer.from('\ufeff')]
  for await (const row of rows)
    pieces.push(Buffer.from(`${row.map(each => (typeof each === 'number' ? each : csvCell(each))).join(',')}\r\n`))
  return Buffer.concat(pieces)
}
