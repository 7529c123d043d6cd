/** The texts that cells of a workbook share: as UTF-8 in few large buffers, since a million texts of their own cost ten times as much. */
import { readXml, XmlError } from './xml-events.ts'

/** Beyond, a workbook is to be sent as CSV. */
const textBytesMax = 160 * 1024 * 1024
const textsMax = 8_000_000
const blockBytes = 4 * 1024 * 1024

export class SharedStrings {
  readonly #blocks: Buffer[] = []
  /** Where each text begins in all blocks as one, and where the last ends; a text lies in one block. */
  #starts = new Float64Array(1024)
  #lengths = new Uint16Array(1024)
  #used = blockBytes
  #count = 0

  static async read(bytes: AsyncIterable<Uint8Array>): Promise<SharedStrings> {
    const strings = new SharedStrings()
    let text = ''
    let inText = false
    let inPhonetic = false
    const handler = {
      open(name: string) {
        if (name === 'si') text = ''
        else if (name === 'rPh') inPhonetic = true
        else if (name === 't') inText = !inPhonetic
      },
      text(piece: string) {
        if (inText && text.length < cellMax) text += piece
      },
      close(name: string) {
        if (name === 't') inText = false
        else if (name === 'rPh') inPhonetic = false
        else if (name === 'si') strings.#add(text.slice(0, cellMax))
      },
    }
    for await (const _ of readXml(bytes, handler)) {
    }
    return strings
  }

  /** null: there is no such text. */
  at(index: number): string | null {
    if (!(index >= 0 && index < this.#count)) return null
    const start = this.#starts[index]!
    const block = this.#blocks[Math.floor(start / blockBytes)]
    const from = start % blockBytes
    return block === undefined ? '' : block.toString('utf8', from, from + this.#lengths[index]!)
  }

  #add(text: string): void {
    const length = Buffer.byteLength(text)
    if (this.#used + length > blockBytes) {
      if ((this.#blocks.length + 1) * blockBytes > textBytesMax)
        throw new XmlError(`it has more than ${textBytesMax / 2 ** 20} MB of texts; save it as CSV`)
      this.#blocks.push(Buffer.allocUnsafeSlow(blockBytes))
      this.#used = 0
    }
    if (this.#count >= textsMax) throw new XmlError(`it has more than ${textsMax} texts; save it as CSV`)
    if (this.#count >= this.#starts.length) this.#grow()
    this.#starts[this.#count] = (this.#blocks.length - 1) * blockBytes + this.#used
    this.#lengths[this.#count++] = length
    this.#used += this.#blocks.at(-1)!.write(text, this.#used)
  }

  #grow(): void {
    const [starts, lengths] = [this.#starts, this.#lengths]
    this.#starts = new Float64Array(starts.length * 2)
    this.#starts.set(starts)
    this.#lengths = new Uint16Array(lengths.length * 2)
    this.#lengths.set(lengths)
  }
}

/** Of a cell; UTF-8 of it fits 16 bits. */
export const cellMax = 16_000
