/** A piece of what the customer said, out of a recording on disk: read where it lies, however long the recording is. */
import { open } from 'node:fs/promises'
import { payloadTypeOf, transcode } from './g711.ts'
import { framesPerMs } from './recording-ring.ts'
import { wavHeaderBytes, writeMono } from './wav.ts'

/** Offset of the format tag in our header; 6 is A-law. */
const formatAt = 20
const alaw = 6
const pieceMsMax = 60_000

/** As an A-law WAV; null when there is no such file, or it is shorter. */
export async function cutCustomer(file: string, fromMs: number, toMs: number): Promise<Uint8Array | null> {
  const frames = Math.round(Math.min(pieceMsMax, toMs - fromMs) * framesPerMs)
  const handle = await open(file, 'r').catch(() => null)
  if (handle === null || frames <= 0) return null
  await using _ = handle
  const header = Buffer.alloc(wavHeaderBytes)
  await handle.read(header, 0, header.length, 0)
  const both = Buffer.alloc(frames * 2)
  const { bytesRead } = await handle.read(both, 0, both.length, wavHeaderBytes + Math.round(fromMs * framesPerMs) * 2)
  if (header.toString('latin1', 0, 4) !== 'RIFF' || bytesRead < both.length) return null
  const customer = Uint8Array.from({ length: frames }, (_, i) => both[i * 2]!)
  if (header.readUInt16LE(formatAt) !== alaw) transcode(customer, 0, customer.length, payloadTypeOf.pcma)
  return writeMono(customer, 'pcma')
}
