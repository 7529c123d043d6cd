/** The file that somebody sent, in the data folder: sealed from its first byte on, and opened piece by piece where it is read. No clear copy of it is ever on the disk. */
import { hkdfSync } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { type FileKey, SealedReader } from '../../lib/sealed-file.ts'

const pieceBytes = 64 * 1024

/** `key`: of this import. */
export function sourceKey(key: Uint8Array): FileKey {
  return salt => Buffer.from(hkdfSync('sha256', key, salt, 'switchroom import source', 32))
}

export class SourceFile implements AsyncDisposable {
  /** Of the file as it was sent. */
  readonly bytes: number
  readonly #handle: FileHandle
  readonly #sealed: SealedReader | null

  /** What an earlier version left in clear is read too. Throws SealedFileError when it does not open with this key, or is cut off. */
  static async open(file: string, key: Uint8Array): Promise<SourceFile> {
    const handle = await open(file)
    try {
      const sealed = await SealedReader.of(handle, sourceKey(key))
      return new SourceFile(handle, sealed, sealed?.bytes ?? (await handle.stat()).size)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  private constructor(handle: FileHandle, sealed: SealedReader | null, bytes: number) {
    this.#handle = handle
    this.#sealed = sealed
    this.bytes = bytes
  }

  /** Up to `to`, which is not among them; both lie within the file. */
  async *range(from: number, to: number): AsyncGenerator<Buffer> {
    for (let at = from; at < to; ) {
      const piece = (await (this.#sealed?.from(at) ?? this.#clear(at))).subarray(0, to - at)
      if (piece.length === 0) throw new Error('the file has become shorter while it was read')
      at += piece.length
      yield piece
    }
  }

  async #clear(at: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at)
    return buffer.subarray(0, bytesRead)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }
}
