import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import iconv from 'iconv-lite'
import { ZipFile } from 'yazl'
import { sealedFile } from '../../lib/sealed-file.ts'
import { InvalidInput } from '../errors.ts'
import { sourceKey } from './source-file.ts'
import { openTable, type TableRow } from './table-file.ts'
import { parts, xlsxOf } from './xlsx-writer.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-table-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

const key = Buffer.alloc(32, 7)

/** As it is sealed in the data folder; one that an earlier version left there in clear reads the same. */
async function tableOf(content: string | Uint8Array) {
  const sealed: Buffer[] = []
  const plain = Buffer.from(content as Uint8Array)
  for await (const piece of sealedFile(Readable.from([plain]), sourceKey(key))) sealed.push(piece)
  const opened = await openedTable(Buffer.concat(sealed))
  const clear = await openedTable(plain)
  assert.deepEqual(opened, clear)
  if (opened.problem !== null) throw opened.problem
  return opened.table
}

async function openedTable(content: Uint8Array) {
  const file = path.join(folder, `${files++}`)
  writeFileSync(file, content)
  const opened = await openTable(file, key).catch((error: Error) => error)
  if (opened instanceof Error) return { problem: opened }
  const { form, headings, rows } = opened
  const read: TableRow[] = []
  for await (const row of rows) read.push(row)
  return { problem: null, table: { form, headings, rows: read } }
}

const refusal = (content: string | Uint8Array) =>
  tableOf(content).then(
    () => 'nothing was refused',
    error => {
      assert.ok(error instanceof InvalidInput, String(error?.stack))
      return error.problems[0]!.found
    },
  )

/** A workbook with these parts in place of, or beside, the usual ones. */
async function workbook(given: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, text] of Object.entries({ ...parts, ...given })) zip.addBuffer(Buffer.from(text), name)
  zip.end()
  return buffer(zip.outputStream as NodeJS.ReadableStream)
}

const sheet = (rows: string, before = '') =>
  workbook({ 'xl/worksheets/sheet1.xml': `${before}<worksheet><sheetData>${rows}</sheetData></worksheet>` })
const text = (...cells: string[]) =>
  `<row>${cells.map(cell => `<c t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`

test('a table is told by its first bytes: UTF-8 with and without its mark, UTF-16 with it, GB18030, XLSX', async () => {
  const content = '编号\t姓名\n1\t龘靐\n'
  for (const [bytes, form] of [
    [Buffer.from(content), 'utf8'],
    [Buffer.from(`\ufeff${content}`), 'utf8'],
    [iconv.encode(content, 'utf16le', { addBOM: true }), 'utf16le'],
    [iconv.encode(content, 'gb18030'), 'gb18030'],
    [await sheet(text('编号', '姓名') + text('1', '龘靐')), 'xlsx'],
  ] as const)
    assert.deepEqual(await tableOf(bytes), {
      ...{ form, headings: ['编号', '姓名'], rows: [{ row: 1, cells: ['1', '龘靐'] }] },
    })
})

test('what we write as a workbook reads as it was, formulas and zeros included', async () => {
  const rows = [
    ['ref', 'name', 'n'],
    ['000123', '=1+1 <b>&"', 12.5],
    ['+8613812345678', ' \u0001x', null],
  ]
  const bytes = await buffer(
    xlsxOf(
      (async function* () {
        yield* rows
      })(),
      new Date(0),
    ),
  )
  const { rows: read } = await tableOf(bytes)
  assert.deepEqual(
    read.map(row => 'cells' in row && row.cells),
    [
      ['000123', '=1+1 <b>&"', '12.5'],
      ['+8613812345678', 'x'],
    ],
  )
})

test('days are dates, whole numbers have no fraction, and a number that has lost its end keeps its E', async () => {
  const styles =
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>'
  const number = (value: string, style = 0) => `<c s="${style}"><v>${value}</v></c>`
  const cells = [
    number('46350', 1),
    number('46350.395833333336', 2),
    number('13812345678'),
    number('1.3812345678E10'),
    number('1.1010119900307123E+17'),
    number('1200.0999999999999'),
    number('0.24', 3),
    '<c t="e"><v>#N/A</v></c>',
    '<c t="b"><v>1</v></c>',
  ]
  const bytes = await workbook({
    'xl/styles.xml': styles,
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${text(...'abcdefghi')}<row>${cells.join('')}</row></sheetData></worksheet>`,
  })
  const { rows } = await tableOf(bytes)
  const expected = [
    '2026-11-24',
    '2026-11-24 09:30:00',
    '13812345678',
    '13812345678',
    '1.1010119900307123e+17',
    '1200.1',
    '0.24',
    '#N/A',
    'true',
  ]
  assert.deepEqual(rows, [{ row: 1, cells: expected }])
})

test('shared texts, merged cells and rows with gaps come to their columns; readings of characters do not', async () => {
  const bytes = await workbook({
    'xl/sharedStrings.xml':
      '<sst><si><t>编号</t></si><si><r><t>王</t></r><r><t>小明</t></r><rPh><t>wang</t></rPh></si></sst>',
    'xl/worksheets/sheet1.xml':
      '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c><x:c r="C2" t="str"><x:v>x</x:v></x:c></x:row><x:row r="9"><x:c r="C9" t="s"><x:v>1</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A2:B2"/></x:mergeCells></x:worksheet>',
  })
  assert.deepEqual(await tableOf(bytes), {
    form: 'xlsx',
    headings: ['编号', '', 'x'],
    rows: [{ row: 1, cells: ['', '', '王小明'] }],
  })
})

test('hostile workbooks are refused in words: bombs, document types, macros, passwords, zips of other things', async () => {
  const bomb = await sheet(`<row><c><v>${'0'.repeat(80_000_000)}</v></c></row>`)
  assert.ok(bomb.length < 200_000, String(bomb.length))
  assert.match(await refusal(bomb), /would grow from \d+ to 80\d+ bytes/)
  const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
  assert.match(await refusal(await sheet(text('&b;'), laughs)), /it has a document type/)
  assert.match(
    await refusal(await sheet(text('a'), '<!DOCTYPE x SYSTEM "file:///etc/passwd">')),
    /it has a document type/,
  )
  assert.match(await refusal(await workbook({ 'xl/vbaProject.bin': 'x' })), /it has macros/)
  const macro = parts['xl/_rels/workbook.xml.rels']!.replace('relationships/worksheet', 'relationships/xlMacrosheet')
  assert.match(await refusal(await workbook({ 'xl/_rels/workbook.xml.rels': macro })), /chart or macro sheet/)
  assert.match(await refusal(Buffer.from('d0cf11e0a1b11ae1', 'hex')), /Excel 97 \(\.xls\), or one with a password/)
  const other = new ZipFile()
  other.addBuffer(Buffer.from('x'), 'a.txt')
  other.end()
  assert.match(await refusal(await buffer(other.outputStream as NodeJS.ReadableStream)), /a zip, but no workbook/)
  assert.match(await refusal(await sheet('<row><c></row>')), /workbook that is not read/)
  assert.match(await refusal(await sheet(`<row ${'a'.repeat(3_000_000)}`)), /workbook that is not read/)
  assert.match(await refusal(await sheet('<row>'.repeat(200))), /more than 64 deep/)
  const cut = await sheet(text('a', 'b').repeat(1000))
  assert.match(await refusal(cut.subarray(0, cut.length / 2)), /the zip cannot be read/)
})

test('hostile CSV is refused in words, or told from the row on that cannot be read', async () => {
  assert.match(await refusal(Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(10)])), /no text/)
  assert.match(await refusal(`${'a,'.repeat(1_000_000)}\n`), /no table: /)
  assert.match(await refusal(`${'a,'.repeat(500)}\n1\n`), /501 columns; at most 400/)
  assert.match(await refusal('\n\n  \n'), /no row with anything in it/)
  assert.match(await refusal('x'.repeat(10_000_000)), /no table: /)
  const open = await tableOf(`ref,name\n1,a\n2,"b\n${'3,c\n'.repeat(50_000)}`)
  assert.deepEqual(open.rows[0], { row: 1, cells: ['1', 'a'] })
  assert.ok('fault' in open.rows[1]! && open.rows.length === 2)
  const long = await tableOf(`ref,name\n1,a\n2,${'b'.repeat(10_000_000)}\n3,c\n`)
  assert.ok('fault' in long.rows[1]!)
  const wide = await tableOf(`ref,name\n${','.repeat(50_000)}x\n2,b\n`)
  assert.equal(wide.rows.length, 2)
})

test('a workbook of many pieces is read out of its seal, and one that was cut off there is not half a table', async () => {
  // Digits that hardly deflate, so that parts and the zip's own list lie in pieces of their own.
  const rows = Array.from({ length: 20_000 }, (_, at) => [`N${at}`, createHash('sha256').update(`${at}`).digest('hex')])
  const bytes = await buffer(xlsxOf(Readable.from([['ref', 'name'], ...rows]), new Date(0)))
  assert.ok(bytes.length > 10 * 65_536, String(bytes.length))
  const table = await tableOf(bytes)
  assert.deepEqual(
    table.rows.map(row => 'cells' in row && row.cells),
    rows,
  )
  for (const content of [bytes, Buffer.from(`ref,name\n${rows.join('\n')}\n`)]) {
    const pieces: Buffer[] = []
    for await (const piece of sealedFile(Readable.from([content]), sourceKey(key))) pieces.push(piece)
    const file = path.join(folder, `${files++}`)
    writeFileSync(file, Buffer.concat(pieces.slice(0, -1)))
    await assert.rejects(async () => {
      const { rows: cut } = await openTable(file, key)
      for await (const _ of cut) {
      }
    }, /cut off/)
    writeFileSync(file, Buffer.concat(pieces))
    await assert.rejects(openTable(file, Buffer.alloc(32, 8)), /does not open with the key file/)
  }
})
