/**
 * SIP over TCP and TLS: a stream of messages, broken anywhere, that comes in pieces cut anywhere. However it is cut the same messages must come out
 * of it. Each feed is a connection of its own, so that what is fed again is no more of the same stream.
 */
import { crc32 } from 'node:zlib'
import { seededRandom } from '../../src/lib/random.ts'
import { Framer } from '../../src/sip/framing.ts'
import { messageBytesMax, parseMessage } from '../../src/sip/parse.ts'
import { seeds } from './sip-target.ts'
import type { Target } from './target.ts'

const piecesMax = 40
const whole = Buffer.from(seeds[0]!, 'latin1')

export function streamTarget(): Target {
  return {
    name: 'stream',
    seeds: [...seeds, '\r\n\r\n', `${seeds[0]}\r\n\r\n${seeds[1]}`, seeds.join('')].map(text =>
      Buffer.from(text, 'latin1'),
    ),
    feed(bytes) {
      const random = seededRandom(crc32(bytes))
      const stream = Buffer.concat([
        random() < 0.5 ? whole : Buffer.alloc(0),
        bytes,
        random() < 0.5 ? whole : Buffer.alloc(0),
      ])
      const cuts = Array.from({ length: Math.floor(random() * piecesMax) }, () => Math.floor(random() * stream.length))
      const inPieces = framed(
        stream,
        [...cuts, stream.length].sort((a, b) => a - b),
      )
      const atOnce = framed(stream, [stream.length])
      if (
        inPieces.isFault !== atOnce.isFault ||
        !Buffer.concat(inPieces.messages).equals(Buffer.concat(atOnce.messages))
      )
        throw new Error('a stream that is cut otherwise is read otherwise')
      for (const message of inPieces.messages) {
        if (message.length > messageBytesMax) throw new Error(`a message of ${message.length} octets`)
        parseMessage(message, true)
      }
    },
    isWell: () => framed(whole, [7, whole.length]).messages[0]?.equals(whole) === true,
  }
}

function framed(stream: Buffer, cuts: number[]): { messages: Buffer[]; isFault: boolean } {
  const framer = new Framer()
  const messages: Buffer[] = []
  let from = 0
  for (const to of cuts) {
    const got = framer.push(stream.subarray(from, to))
    messages.push(...got.messages)
    if (got.fault !== null) return { messages, isFault: true }
    from = to
  }
  return { messages, isFault: false }
}
