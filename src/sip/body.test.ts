import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sdpOf } from './body.ts'
import { alice, callCarl, carl, Net, sdpA } from './fixtures/net.ts'
import { serialise } from './message.ts'
import { parseMessage } from './parse.ts'

function read(type: string, body: string): string | null {
  const parsed = parseMessage(
    serialise(
      'INVITE sip:a@b SIP/2.0',
      [
        ['Via', 'SIP/2.0/UDP b;branch=z9hG4bK1'],
        ['From', '<sip:a@b>;tag=1'],
        ['To', '<sip:a@b>'],
        ['Call-ID', '1'],
        ['CSeq', '1 INVITE'],
        ['Content-Type', type],
      ],
      body,
    ),
  )
  return parsed.type === 'message' ? sdpOf(parsed.message) : assert.fail(JSON.stringify(parsed))
}

const isup = '--b1\r\nContent-Type: application/ISUP;version=itu-t92+\r\n\r\n\x01\x00\x20\r\n'
const sdpPart = `--b1\r\nContent-Disposition: session\r\ncontent-type:application/sdp\r\n\r\n${sdpA}`

test('SDP is found alone, with parameters, and beside ISUP on either side', () => {
  assert.equal(read('application/sdp', sdpA), sdpA)
  assert.equal(read('Application/SDP ;charset=utf-8', sdpA), sdpA)
  assert.equal(read('multipart/mixed;boundary=b1', `${isup}${sdpPart}\r\n--b1--\r\n`), `${sdpA}\r\n`)
  assert.equal(read('multipart/mixed; boundary="b1"', `preamble\r\n${sdpPart}\r\n${isup}--b1--`), `${sdpA}\r\n`)
})

for (const [name, type, body] of [
  ['another type', 'application/isup', sdpA],
  ['a multipart body without SDP', 'multipart/mixed;boundary=b1', `${isup}--b1--`],
  ['no boundary', 'multipart/mixed', `${sdpPart}\r\n--b1--`],
  ['a boundary that never comes', 'multipart/mixed;boundary=x', `${sdpPart}\r\n--b1--`],
  ['a part without an end', 'multipart/mixed;boundary=b1', sdpPart],
  ['twenty parts before it', 'multipart/mixed;boundary=b1', `${isup.repeat(20)}${sdpPart}\r\n--b1--`],
] as const)
  test(`there is no SDP in ${name}`, () => {
    assert.equal(read(type, body), null)
  })

test('a gateway that sends ISUP along has its call offered', () => {
  const net = new Net()
  net.add(alice)
  net.add(carl)
  net.lose = text => text.startsWith('INVITE') && !text.includes('multipart')
  callCarl(net)
  net.run(1)
  const body = `${isup}${sdpPart}\r\n--b1--\r\n`
  const invite = net.wire[0]!.text.replace(/Content-Type: .*/, 'Content-Type: multipart/mixed;boundary=b1').replace(
    /Content-Length: \d+\r\n\r\n[\s\S]*/,
    `Content-Length: ${body.length}\r\n\r\n${body}`,
  )
  net.put(alice, carl, Buffer.from(invite, 'latin1'))
  net.run(10)
  assert.equal(net.of(carl, 'incoming')[0]!.sdp, `${sdpA}\r\n`)
})
