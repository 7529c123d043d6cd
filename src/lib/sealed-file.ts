/**
 * A file that is written from its beginning to its end, sealed with AES-256-GCM by pieces, so that it is never in memory as a whole. Its first
 * bytes are a salt, from which and from a key of the house comes the key of this one file; the number of a piece is its nonce, and whether it is the
 * last one is authenticated with it: pieces that are changed, moved, left out or cut off at the end do not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

const mark = Buffer.from('SWSEAL1\n')
const saltBytes = 32
const pieceBytes = 64 * 1024
const tagBytes = 16
/** Length of what is sealed, and its highest bit: the last piece. */
const headBytes = 4
const lastBit = 0x8000_0000
const wholeBytes = headBytes + pieceBytes + tagBytes

export type FileKey = (salt: Buffer) => Buffer

export async function* sealedFile(bytes: AsyncIterable<Buffer>, keyOf: FileKey): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes)
  const key = keyOf(salt)
  let count = 0
  const piece = (plain: Buffer, isLast: boolean): Buffer => {
    const head = Buffer.alloc(headBytes)
    head.writeUInt32BE(plain.length + (isLast ? lastBit : 0))
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(count++)).setAAD(head)
    return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }
  yield Buffer.concat([mark, salt])
  let held: Buffer[] = []
  let size = 0
  for await (const chunk of bytes) {
    held.push(chunk)
    size += chunk.length
    if (size <= pieceBytes) continue
    const all = Buffer.concat(held)
    let at = 0
    for (; all.length - at > pieceBytes; at += pieceBytes) yield piece(all.subarray(at, at + pieceBytes), false)
    held = [all.subarray(at)]
    size = all.length - at
  }
  yield piece(Buffer.concat(held), true)
}

export class SealedFileError extends Error {
  override name = 'SealedFileError'
}

/** Throws SealedFileError when it is not one of ours, was sealed with another key, or is not whole. */
export async function* openedFile(bytes: AsyncIterable<Buffer>, keyOf: FileKey): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0)
  let key: Buffer | null = null
  let count = 0
  for await (const chunk of bytes) {
    held = Buffer.concat([held, chunk])
    if (key === null) {
      if (held.length < mark.length + saltBytes) continue
      if (!held.subarray(0, mark.length).equals(mark)) throw new SealedFileError('this is no sealed file of ours')
      key = keyOf(held.subarray(mark.length, mark.length + saltBytes))
      held = held.subarray(mark.length + saltBytes)
    }
    while (held.length >= headBytes) {
      const head = held.subarray(0, headBytes)
      const isLast = head.readUInt32BE() >= lastBit
      const length = head.readUInt32BE() % lastBit
      if (length > pieceBytes) throw new SealedFileError('this sealed file is damaged')
      const whole = headBytes + length + tagBytes
      if (held.length < whole) break
      yield opened(held.subarray(0, whole), key, count++)
      held = held.subarray(whole)
      if (isLast && held.length === 0) return
      if (isLast) throw new SealedFileError('there is something behind the end of this sealed file')
    }
  }
  throw new SealedFileError('this sealed file is cut off')
}

/** Any place of a sealed file, whose pieces but the last are of one length; holds one piece. */
export class SealedReader {
  /** Of what is sealed in it. */
  readonly bytes: number
  readonly #handle: FileHandle
  readonly #key: Buffer
  readonly #count: number
  #held: { index: number; plain: Buffer } | null = null

  /** null: it is no sealed file of ours. Throws SealedFileError when it is cut off; the handle stays the caller's to close. */
  static async of(handle: FileHandle, keyOf: FileKey): Promise<SealedReader | null> {
    const start = await bytesAt(handle, 0, mark.length + saltBytes)
    if (!start.subarray(0, mark.length).equals(mark)) return null
    return new SealedReader(handle, keyOf(start.subarray(mark.length)), (await handle.stat()).size - start.length)
  }

  private constructor(handle: FileHandle, key: Buffer, sealedBytes: number) {
    this.#handle = handle
    this.#key = key
    this.#count = Math.ceil(sealedBytes / wholeBytes)
    this.bytes = sealedBytes - this.#count * (wholeBytes - pieceBytes)
    if (sealedBytes <= 0 || this.bytes < (this.#count - 1) * pieceBytes)
      throw new SealedFileError('this sealed file is cut off')
  }

  /** From there to the end of its piece; `position` lies before `bytes`. Throws SealedFileError. */
  async from(position: number): Promise<Buffer> {
    const index = Math.floor(position / pieceBytes)
    const plain = this.#held?.index === index ? this.#held.plain : await this.#piece(index)
    this.#held = { index, plain }
    return plain.subarray(position - index * pieceBytes)
  }

  async #piece(index: number): Promise<Buffer> {
    const isLast = index === this.#count - 1
    const length = isLast ? this.bytes - index * pieceBytes : pieceBytes
    const at = mark.length + saltBytes + index * wholeBytes
    const piece = await bytesAt(this.#handle, at, headBytes + length + tagBytes)
    if (piece.length < headBytes + length + tagBytes) throw new SealedFileError('this sealed file is cut off')
    if (piece.readUInt32BE() !== length + (isLast ? lastBit : 0))
      throw new SealedFileError(`this sealed file is ${isLast ? 'cut off' : 'damaged'}`)
    return opened(piece, this.#key, index)
  }
}

/** Fewer than asked for at the end of the file. */
async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

function opened(piece: Buffer, key: Buffer, count: number): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(count), { authTagLength: tagBytes })
    .setAAD(piece.subarray(0, headBytes))
    .setAuthTag(piece.subarray(piece.length - tagBytes))
  try {
    const plain = decipher.update(piece.subarray(headBytes, piece.length - tagBytes))
    return Buffer.concat([plain, decipher.final()])
  } catch (cause) {
    throw new SealedFileError('this sealed file does not open with the key file', { cause })
  }
}

function nonceOf(count: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(count, 8)
  return nonce
}
