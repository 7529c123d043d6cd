import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { openedFile, SealedFileError, SealedReader, sealedFile } from './sealed-file.ts'

const keyOf = (salt: Buffer) => createHash('sha256').update(salt).update('key').digest()

const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-sealed-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The whole by its places, last one first. null: none of ours. */
async function readBackwards(bytes: Buffer, key = keyOf): Promise<Buffer | null> {
  const file = path.join(folder, 'sealed')
  writeFileSync(file, bytes)
  await using handle = await open(file)
  const reader = await SealedReader.of(handle, key)
  if (reader === null) return null
  const plain = Buffer.alloc(reader.bytes)
  for (let end = reader.bytes; end > 0; ) {
    const at = Math.max(0, end - 50_000)
    const found = await reader.from(at)
    found.copy(plain, at)
    if (at + found.length < end) (await reader.from(at + found.length)).copy(plain, at + found.length)
    end = at
  }
  return plain
}

async function* parts(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function all(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('what is sealed opens as it was, whatever its length and however it comes', async () => {
  for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000])
    for (const size of [1_000, 70_000, 300_000]) {
      const plain = randomBytes(length)
      const sealed = await all(sealedFile(parts(plain, size), keyOf))
      assert.equal(length > 32 && sealed.includes(plain.subarray(0, 32)), false)
      assert.deepEqual(await all(openedFile(parts(sealed, 50_000), keyOf)), plain)
      assert.deepEqual(await readBackwards(sealed), plain)
    }
})

test('a sealed file that is changed, cut off, longer, put together anew or of another key does not open', async () => {
  const sealed = await all(sealedFile(parts(Buffer.alloc(150_000, 'a'), 10_000), keyOf))
  const piece = 4 + 65_536 + 16
  const changed = Buffer.from(sealed)
  changed[100]! ^= 1
  const swapped = Buffer.concat([
    sealed.subarray(0, 40),
    sealed.subarray(40 + piece, 40 + 2 * piece),
    sealed.subarray(40, 40 + piece),
    sealed.subarray(40 + 2 * piece),
  ])
  const bad = [
    ...[changed, swapped, sealed.subarray(0, 40 + piece), sealed.subarray(0, -1), Buffer.concat([sealed, sealed])],
    ...[Buffer.alloc(100), Buffer.alloc(0)],
  ]
  for (const bytes of bad) await assert.rejects(all(openedFile(parts(bytes, 40_000), keyOf)), SealedFileError)
  for (const bytes of bad.slice(0, 5)) await assert.rejects(readBackwards(bytes), SealedFileError)
  assert.equal(await readBackwards(bad[5]!), null)
  await assert.rejects(readBackwards(sealed.subarray(0, 40)), SealedFileError)
  const other = (salt: Buffer) => keyOf(Buffer.concat([salt, salt]))
  await assert.rejects(all(openedFile(parts(sealed, 40_000), other)), SealedFileError)
  await assert.rejects(readBackwards(sealed, other), SealedFileError)
})
