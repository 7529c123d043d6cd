/** Octets as a far end that went mad, or an attacker who knows the protocol, would send them: made by chance from real ones. */
import type { Random } from '../../src/lib/random.ts'

const bytesMax = 2048
/** Values on which lengths and counts are wrong most often. */
const edges = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xfe, 0xff]

export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const one = pick(seeds, random)
  if (random() < 0.05) return noise(random)
  if (random() < 0.1) return one.slice() // what is right brings it to where the next one is wrong
  let bytes: Uint8Array<ArrayBufferLike> = one.slice()
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) bytes = change(bytes, seeds, random)
  return bytes
}

function change(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  if (bytes.length === 0) return noise(random)
  const at = Math.floor(random() * bytes.length)
  switch (Math.floor(random() * 8)) {
    case 0: // a bit
      bytes[at]! ^= 1 << Math.floor(random() * 8)
      return bytes
    case 1: // an edge value
      bytes[at] = edges[Math.floor(random() * edges.length)]!
      return bytes
    case 2: // two octets of a length
      bytes[at] = edges[Math.floor(random() * edges.length)]!
      if (at + 1 < bytes.length) bytes[at + 1] = edges[Math.floor(random() * edges.length)]!
      return bytes
    case 3: // cut
      return bytes.slice(0, at)
    case 4: // a part twice
      return joined(bytes, bytes.subarray(at, at + 1 + Math.floor(random() * 64)), random)
    case 5: // the head of one, the tail of another
      return joined(bytes.subarray(0, at), pick(seeds, random).subarray(at), random, false)
    case 6: // a long run
      return joined(
        bytes.subarray(0, at),
        new Uint8Array(Math.floor(random() * bytesMax)).fill(Math.floor(random() * 256)),
        random,
      )
    default: {
      const run = Math.min(bytes.length - at, 1 + Math.floor(random() * 16))
      for (let n = 0; n < run; n++) bytes[at + n] = Math.floor(random() * 256)
      return bytes
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array, random: Random, mayCut = true): Uint8Array {
  const whole = new Uint8Array(Math.min(bytesMax, a.length + b.length))
  whole.set(a.subarray(0, whole.length))
  whole.set(b.subarray(0, whole.length - Math.min(a.length, whole.length)), Math.min(a.length, whole.length))
  return mayCut && random() < 0.1 ? whole.slice(0, Math.floor(random() * whole.length)) : whole
}

function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: Math.floor(random() * 256) }, () => Math.floor(random() * 256))
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)]!
}
