/** A workbook (ECMA-376, .xlsx) as rows of cells: the first sheet that is shown. What it says of sizes is not believed, and what is no data is not opened. */
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { dateOfSerial, isDateCode, isDateFormat, textOfNumber } from './cell-number.ts'
import { columnsMax } from './columns.ts'
import { cellMax, SharedStrings } from './shared-strings.ts'
import type { SourceFile } from './source-file.ts'
import { readXml, XmlError } from './xml-events.ts'

export type Workbook = {
  rows: AsyncIterable<string[]>
  /** Bytes of the sheet that were read, of `total`. */
  read(): number
  total: number
}

const entriesMax = 2_000
const partBytesMax = 4 * 1024 ** 3
/** Deflate comes to 1,032:1 at most; tables of real people come to 5 to 40. */
const ratioMax = 250
const ratioFreeBytes = 50 * 1024 * 1024
const smallPartMax = 16 * 1024 * 1024

/** A zip is read from its end on, part by part. */
class ZipSource extends yauzl.RandomAccessReader {
  readonly #source: SourceFile

  constructor(source: SourceFile) {
    super()
    this.#source = source
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.range(start, end))
  }

  override close(callback: (error: Error | null) => void): void {
    this.#source[Symbol.asyncDispose]().then(() => callback(null), callback)
  }
}

/** Closes the source with its rows, or as it throws XmlError in words: when it is no workbook, or one that is not read. */
export async function openWorkbook(source: SourceFile): Promise<Workbook> {
  const open = promisify<ZipSource, number, object, ZipFile>(yauzl.fromRandomAccessReader)
  const options = { lazyEntries: true, autoClose: false }
  const zip = await open(new ZipSource(source), source.bytes, options).catch(error => {
    throw new XmlError(`the zip cannot be read: ${(error as Error).message.slice(0, 100)}`)
  })
  try {
    const entries = await entriesOf(zip)
    if (!entries.has('xl/workbook.xml')) throw new XmlError('it is a zip, but no workbook')
    if (entries.has('xl/vbaProject.bin')) throw new XmlError('it has macros (.xlsm); save it as .xlsx without them')
    const { sheets, is1904 } = await sheetsOf(partOf(zip, entries, 'xl/workbook.xml', smallPartMax))
    const targets = await targetsOf(partOf(zip, entries, 'xl/_rels/workbook.xml.rels', smallPartMax))
    const sheet = sheets.find(({ isShown }) => isShown)
    const target = sheet && targets.get(sheet.relation)
    if (target === undefined) throw new XmlError('it has no sheet that is shown')
    if (!/\/worksheet$/.test(target.type)) throw new XmlError('its first sheet holds no cells (a chart or macro sheet)')
    const dates = entries.has('xl/styles.xml') ? await datesOf(partOf(zip, entries, 'xl/styles.xml', smallPartMax)) : []
    const strings = entries.has('xl/sharedStrings.xml')
      ? await SharedStrings.read(partOf(zip, entries, 'xl/sharedStrings.xml', partBytesMax))
      : null
    const name = target.path.startsWith('/') ? target.path.slice(1) : `xl/${target.path}`
    const entry = entries.get(name)
    if (entry === undefined) throw new XmlError('its sheet is missing')
    let read = 0
    const bytes = async function* () {
      for await (const chunk of partOf(zip, entries, name, partBytesMax)) {
        read += chunk.length
        yield chunk
      }
    }
    const rows = rowsOf(bytes(), { strings, dates, is1904 }, () => zip.close())
    return { rows, read: () => read, total: entry.uncompressedSize }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  if (zip.entryCount > entriesMax) throw new XmlError(`it has more than ${entriesMax} parts`)
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry)
      zip.readEntry()
    })
    zip.on('end', resolve)
    zip.on('error', error => reject(new XmlError(`the zip cannot be read: ${error.message.slice(0, 100)}`)))
    zip.readEntry()
  })
  return entries
}

async function* partOf(zip: ZipFile, entries: Map<string, Entry>, name: string, most: number): AsyncGenerator<Buffer> {
  const entry = entries.get(name)
  if (entry === undefined) throw new XmlError(`its part ${name} is missing`)
  const { uncompressedSize, compressedSize } = entry
  const isBomb = uncompressedSize > ratioFreeBytes && uncompressedSize > ratioMax * compressedSize
  if (isBomb || uncompressedSize > most)
    throw new XmlError(`its part ${name} would grow from ${compressedSize} to ${uncompressedSize} bytes`)
  const stream = await promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip))(entry)
  try {
    // yauzl ends with an error when there is more than the size it was told.
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    throw new XmlError(`its part ${name} cannot be read: ${(error as Error).message.slice(0, 100)}`)
  }
}

type Sheet = { relation: string; isShown: boolean }

async function sheetsOf(bytes: AsyncIterable<Buffer>): Promise<{ sheets: Sheet[]; is1904: boolean }> {
  const sheets: Sheet[] = []
  let is1904 = false
  await all(bytes, (name, attributes) => {
    if (name === 'workbookPr') is1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
    if (name !== 'sheet') return
    const relation = Object.entries(attributes).find(([key]) => /(^|:)id$/.test(key))?.[1] ?? ''
    sheets.push({ relation, isShown: (attributes['state'] ?? 'visible') === 'visible' })
  })
  return { sheets, is1904 }
}

async function targetsOf(bytes: AsyncIterable<Buffer>): Promise<Map<string, { path: string; type: string }>> {
  const targets = new Map<string, { path: string; type: string }>()
  await all(bytes, (name, { Id = '', Target = '', Type = '', TargetMode = '' }) => {
    if (name === 'Relationship' && TargetMode !== 'External') targets.set(Id, { path: Target, type: Type })
  })
  return targets
}

/** For each style of a cell whether it shows a date. */
async function datesOf(bytes: AsyncIterable<Buffer>): Promise<boolean[]> {
  const codes = new Map<number, boolean>()
  const dates: boolean[] = []
  let inCells = false
  const handler = {
    open(name: string, attributes: Record<string, string>) {
      if (name === 'cellXfs') inCells = true
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), isDateCode(attributes['formatCode'] ?? ''))
      if (name !== 'xf' || !inCells) return
      const id = Number(attributes['numFmtId'] ?? 0)
      dates.push(codes.get(id) ?? isDateFormat(id))
    },
    close(name: string) {
      if (name === 'cellXfs') inCells = false
    },
  }
  for await (const _ of readXml(bytes, handler)) {
  }
  return dates
}

async function all(
  bytes: AsyncIterable<Buffer>,
  open: (name: string, attributes: Record<string, string>) => void,
): Promise<void> {
  for await (const _ of readXml(bytes, { open })) {
  }
}

type About = { strings: SharedStrings | null; dates: boolean[]; is1904: boolean }

async function* rowsOf(bytes: AsyncIterable<Buffer>, about: About, close: () => void): AsyncGenerator<string[]> {
  let ready: string[][] = []
  let cells: string[] = []
  let cell = { column: 0, type: 'n', isDate: false }
  let next = 0
  let value = ''
  let inValue = false
  const handler = {
    open(name: string, attributes: Record<string, string>) {
      if (name === 'row') {
        cells = []
        next = 0
      } else if (name === 'c') {
        const column = columnOf(attributes['r'] ?? '') ?? next
        next = column + 1
        value = ''
        cell = { column, type: attributes['t'] ?? 'n', isDate: about.dates[Number(attributes['s'] ?? -1)] === true }
      } else inValue = name === 'v' || (name === 't' && cell.type === 'inlineStr')
    },
    text(piece: string) {
      if (inValue && value.length < cellMax) value += piece
    },
    close(name: string) {
      if (name === 'v' || name === 't') inValue = false
      else if (name === 'row') ready.push(cells)
      else if (name === 'c') {
        const text = textOf(value, cell, about).trim()
        if (text === '') return
        // One more than may be is enough to be told of.
        const column = Math.min(cell.column, columnsMax)
        while (cells.length < column) cells.push('')
        cells[column] = text
      }
    },
  }
  try {
    for await (const _ of readXml(bytes, handler)) {
      yield* ready
      ready = []
    }
    yield* ready
  } finally {
    close()
  }
}

function textOf(raw: string, { type, isDate }: { type: string; isDate: boolean }, about: About): string {
  switch (type) {
    case 's':
      return about.strings?.at(Number(raw)) ?? ''
    case 'n':
      if (raw === '') return ''
      return (isDate ? dateOfSerial(Number(raw), about.is1904) : null) ?? textOfNumber(raw)
    case 'b':
      return raw === '1' ? 'true' : 'false'
    case 'd':
      return raw.replace(/T00:00:00(?:\.0+)?Z?$/, '').replace('T', ' ')
    default: // texts, and errors such as #N/A
      return raw
  }
}

/** `B2` is 1; null when it says nothing. */
function columnOf(reference: string): number | null {
  const letters = /^([A-Z]{1,3})\d{1,7}$/.exec(reference)?.[1]
  if (letters === undefined) return null
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}
