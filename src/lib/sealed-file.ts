/**
 * A file that is written and read from its beginning to its end, sealed with AES-256-GCM by pieces, so that it is never in memory as a whole. Its first
 * bytes are a salt, from which and from a key of the house comes the key of this one file; the number of a piece is its nonce, and whether it is the
 * last one is authenticated with it: pieces that are changed, moved, left out or cut off at the end do not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const mark = Buffer.from('SWSEAL1\n')
const saltBytes = 32
const pieceBytes = 64 * 1024
const tagBytes = 16
/** Length of what is sealed, and its highest bit: the last piece. */
const headBytes = 4
const lastBit = 0x8000_0000

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
