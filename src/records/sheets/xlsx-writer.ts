/** A table as a workbook with one sheet, written as its rows come. Every text is an inline one, so that nothing is taken for a formula or a number. */
import type { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

export type Cell = string | number | null

/** What one sheet holds (Excel's own limit), headings included. */
export const sheetRowsMax = 1_048_576
const pieceChars = 64 * 1024

export function xlsxOf(rows: AsyncIterable<readonly Cell[]>, mtime: Date): Readable {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  ;(zip as EventEmitter).on('error', (error: Error) => output.destroy(error))
  for (const [name, text] of Object.entries(parts)) zip.addBuffer(Buffer.from(text), name, { mtime })
  zip.addReadStream(Readable.from(sheetOf(rows)), 'xl/worksheets/sheet1.xml', { mtime })
  zip.end()
  return output
}

async function* sheetOf(rows: AsyncIterable<readonly Cell[]>): AsyncGenerator<Buffer> {
  let text = `${head}<worksheet xmlns="${main}"><sheetData>`
  let count = 0
  for await (const row of rows) {
    if (++count > sheetRowsMax) throw new RangeError(`more than ${sheetRowsMax} rows in a sheet`)
    text += `<row>${row.map(cellOf).join('')}</row>`
    if (text.length < pieceChars) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(`${text}</sheetData></worksheet>`)
}

function cellOf(cell: Cell): string {
  if (cell === null || cell === '') return '<c/>'
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`
}

/** XML 1.0 has no control characters but these three, and no half characters. */
function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const application = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** The least that every program takes for a workbook (ECMA-376 part 1, section 8). */
export const parts: Record<string, string> = {
  '[Content_Types].xml': `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${application}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${application}.worksheet+xml"/></Types>`,
  '_rels/.rels': `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
}
