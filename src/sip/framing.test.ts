import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { Framer } from './framing.ts'

const message = (body: string, line = `Content-Length: ${Buffer.byteLength(body)}`) =>
  `OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n${line}\r\n\r\n${body}`

test('messages come out whole however the stream is cut', () => {
  const random = seededRandom(7)
  const sent = Array.from({ length: 40 }, (_, at) =>
    message('b'.repeat(at * 37), at % 2 ? `l : ${at * 37}` : undefined),
  )
  const stream = Buffer.from(sent.join('\r\n\r\n'))
  for (let round = 0; round < 50; round++) {
    const framer = new Framer()
    const got: string[] = []
    let pings = 0
    for (let at = 0; at < stream.length; ) {
      const take = 1 + Math.floor(random() ** 4 * (round < 5 ? 3 : 4_000))
      const framed = framer.push(stream.subarray(at, at + take))
      assert.equal(framed.fault, null)
      got.push(...framed.messages.map(String))
      pings += framed.pings
      at += take
    }
    assert.deepEqual(got, sent)
    assert.ok(pings <= 39)
  }
})

test('two CRLFs are a ping', () => {
  assert.equal(new Framer().push(Buffer.from('\r\n\r\n')).pings, 1)
})

for (const [name, bytes] of [
  ['no Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n\r\n'],
  ['a Content-Length of letters', message('', 'Content-Length: abc')],
  ['a negative Content-Length', message('', 'Content-Length: -1')],
  ['two Content-Lengths', message('', 'Content-Length: 0\r\nl: 5')],
  ['a body of a megabyte', message('', 'Content-Length: 1000000')],
  ['a head without end', 'a'.repeat(40_000)],
] as const)
  test(`${name} loses the frames of the stream`, () => {
    assert.notEqual(new Framer().push(Buffer.from(bytes)).fault, null)
  })

test('a sender of single bytes is neither costly nor remembered', () => {
  const framer = new Framer()
  const started = performance.now()
  for (let at = 0; at < 16_000; at++) framer.push(Buffer.from('a'))
  const took = performance.now() - started
  assert.ok(took < 500, `${took} ms`)
})

test('twelve thousand empty messages in one piece are a fault, not a stack overflow', () => {
  assert.notEqual(new Framer().push(Buffer.from('x\r\n\r\n'.repeat(12_000))).fault, null)
})
