/** How lines are chosen: the rules of rest, and the table of home cities of mobile numbers that the centre imports. */
import { setImmediate as breathe } from 'node:timers/promises'
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import { isArea, isMobilePrefix } from '../../centre/lines/area.ts'
import { type LineRules, lineRulesDefault } from '../../centre/lines/rest.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'

export const lineRulesInput = z
  .strictObject({
    restBelow: z.number().min(0).max(0.95).default(lineRulesDefault.restBelow),
    restSamplesMin: z.int().min(20).max(10_000).default(lineRulesDefault.restSamplesMin),
    callsPerHourMax: z.int().min(1).max(100_000).nullable().default(lineRulesDefault.callsPerHourMax),
    restMs: z.int().min(60_000).max(86_400_000).default(lineRulesDefault.restMs),
    placeBonus: z.number().min(0).max(1).default(lineRulesDefault.placeBonus),
  })
  .openapi('LineRulesInput')

export async function saveLineRules(door: RecordsDoor, actor: Actor, given: unknown): Promise<LineRules> {
  const rules = parseInput(lineRulesInput, given)
  await keep(door, actor, [{ type: 'lines.rulesSaved', rules }])
  return rules
}

export type AreaReport = {
  accepted: number
  rejected: { row: number; field: string; reason: string }[]
  rejectedCount: number
}

/** China had some 420,000 prefixes in 2025; the whole numbering space is 700,000. */
const rowsMax = 1_000_000
const sliceRows = 5_000
const rejectedShown = 100
const lineMaxChars = 200
/** Calls are signalled on this same thread: after so many rows (about 2 ms) they have their turn. */
const breatheRows = 500
/** Decoded and cut into lines in one go. */
const pieceBytes = 64 * 1024

/**
 * CSV of `prefix,area code`: `1380013,010`. A first row without digits is a header; further columns (names of cities) are passed over. What a
 * row says anew holds from then on; rows that are not in the file stay as they are.
 */
export async function importAreas(
  door: RecordsDoor,
  actor: Actor,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<AreaReport> {
  const report: AreaReport = { accepted: 0, rejected: [], rejectedCount: 0 }
  let slice: [number, number][] = []
  let row = 0
  let lines = 0
  for await (const line of linesIn(bytes)) {
    if (++lines % breatheRows === 0) await breathe()
    if (line.trim() === '') continue
    if (row === 0 && !/\d/.test(line)) continue
    if (++row > rowsMax)
      throw new InvalidInput([{ field: 'file', found: `more than ${rowsMax} rows`, allowed: `at most ${rowsMax}` }])
    const read = readRow(line)
    if ('reason' in read) {
      report.rejectedCount++
      if (report.rejected.length < rejectedShown) report.rejected.push({ row, ...read })
      continue
    }
    slice.push(read.pair)
    report.accepted++
    if (slice.length < sliceRows) continue
    await keep(door, actor, [{ type: 'attribution.added', rows: slice }])
    slice = []
  }
  if (slice.length > 0) await keep(door, actor, [{ type: 'attribution.added', rows: slice }])
  if (row === 0)
    throw new InvalidInput([
      { field: 'file', found: 'no rows', allowed: 'CSV: seven digits of a mobile number, area code' },
    ])
  return report
}

export async function clearAreas(door: RecordsDoor, actor: Actor): Promise<void> {
  await keep(door, actor, [{ type: 'attribution.cleared' }])
}

function readRow(line: string): { pair: [number, number] } | { field: string; reason: string } {
  const [prefix = '', area = ''] = line.split(/[,;\t]/, 2).map(cell => cell.trim().replace(/^"(.*)"$/, '$1'))
  if (!/^\d{7}$/.test(prefix) || !isMobilePrefix(Number(prefix)))
    return { field: 'prefix', reason: `found ${quoted(prefix)}; allowed: seven digits from 1300000 to 1999999` }
  if (!/^0?\d{2,3}$/.test(area) || !isArea(Number(area)))
    return { field: 'area', reason: `found ${quoted(area)}; allowed: an area code, e.g. 010, 021, 0755` }
  return { pair: [Number(prefix), Number(area)] }
}

function quoted(text: string): string {
  return text === '' ? 'nothing' : JSON.stringify(text.slice(0, 40))
}

/** Only the digits and the separators matter, so the encoding of names of cities may be any. A line too long is cut. */
async function* linesIn(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes)
      const lines = (rest + decoder.decode(piece, { stream: true })).split(/\r\n|\n|\r/)
      rest = (lines.pop() ?? '').slice(0, lineMaxChars)
      yield* lines.map(line => line.slice(0, lineMaxChars))
    }
  if (rest !== '') yield rest
}
