/** VoIP metrics that we send (RFC 3611), read by somebody else: tshark. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LegId } from '../lib/ids.ts'
import { createBay } from './create-bay.ts'
import { encode } from './g711.ts'
import { headerBytes, writeHeader } from './packet.ts'
import { readCompound } from './rtcp.ts'
import { tone } from './tone.ts'

const folder = mkdtempSync('/tmp/switchroom-voip-')
after(() => rmSync(folder, { recursive: true }))
const hasTshark = spawnSync('tshark', ['--version']).status === 0
/** Of 300 packets: one that is lost alone, and a burst of three among 21. */
const lost = new Set([50, 200, 210, 220])

test('a far end whose SDP asks for VoIP metrics gets them in our reports, which tshark reads as they are meant; another gets none', {
  skip: hasTshark ? false : 'needs tshark',
}, async () => {
  const from = 20_000 + 2 * Math.floor(Math.random() * 14_000)
  await using bay = await createBay({ address: '127.0.0.1', ports: { from, to: from + 99 }, prompts: {} })
  const reports = await Promise.all([hear(bay, true), hear(bay, false), hear(bay, true, 40)])
  const [asked, plain, long] = reports.map(each => each.map(packet => [...packet.values()]))
  assert.ok(asked!.length > 0 && plain!.length > 0 && long!.length > 0, 'all are reported to')
  const file = `${folder}/report.pcap`
  writeFileSync(file, pcapOf(Buffer.from(asked!.at(-1)!)))
  const fields = [
    'rtcp.xr.bt',
    'rtcp.ssrc.fraction',
    'rtcp.xr.voipmetrics.burstdensity',
    'rtcp.xr.voipmetrics.gapdensity',
    'rtcp.xr.voipmetrics.burstduration',
    'rtcp.xr.voipmetrics.gapduration',
    'rtcp.xr.voipmetrics.gmin',
    'rtcp.xr.voipmetrics.moslq',
    'rtcp.xr.voipmetrics.signallevel',
    '_ws.malformed',
  ]
  const args = ['-r', file, '-d', 'udp.port==4001,rtcp', '-T', 'fields', ...fields.flatMap(name => ['-e', name])]
  const tshark = spawnSync('tshark', args, { encoding: 'utf8' })
  assert.equal(tshark.status, 0, tshark.stderr)
  const [block, loss, burst, gap, burstMs, gapMs, gmin, mos, level, bad] = tshark.stdout.replace(/\n$/, '').split('\t')
  const share = (text = '') => Number(text) / 256
  assert.equal(block, '7')
  assert.ok(Math.abs(share(loss!.split(',').at(-1)) - 4 / 300) < 0.003, `loss ${loss}`)
  assert.ok(Math.abs(share(burst) - 3 / 21) < 0.003, `burst density ${burst}`)
  assert.ok(share(gap) < 0.005, `gap density ${gap}`)
  assert.deepEqual([Number(burstMs), Number(gmin)], [420, 16])
  assert.ok(Math.abs(Number(gapMs) - 2790) < 30, `gaps ${gapMs} ms`)
  // Four of 300 lost, unconcealed: R is 76 to 77.
  assert.ok(Number(mos) >= 3.5 && Number(mos) <= 4.2, `MOS ${mos}`)
  assert.ok(Math.abs(Number(level) + 12) <= 3, `level ${level} dBm0`)
  assert.equal(bad, '')
  const heard = readCompound(Uint8Array.from(plain!.at(-1)!), plain!.at(-1)!.length, 7)
  // 12 octets behind the block's head: how long bursts last (RFC 3611 section 4.7.3), of packets of 40 ms.
  const ofLong = Buffer.from(long!.at(-1)!)
  assert.equal(ofLong.readUInt16BE(ofLong.length - 36 + 12), 840)
  assert.deepEqual([heard?.voip, Buffer.from(plain!.at(-1)!).includes(Buffer.from([0x80, 207]))], [null, false])
})

/** Says 300 packets to a leg of its own, and answers the RTCP that came. */
async function hear(bay: Awaited<ReturnType<typeof createBay>>, asks: boolean, packetMs = 20): Promise<Buffer[]> {
  const [rtp, rtcp] = await pair()
  using _both = { [Symbol.dispose]: () => [rtp, rtcp].forEach(socket => void socket.close()) }
  const heard: Buffer[] = []
  rtcp.on('message', packet => heard.push(packet))
  const leg = `leg_${asks}_${packetMs}` as LegId
  const at = await bay.open(leg, { kind: 'rtp', silenceMs: 0 })
  const remote = { address: '127.0.0.1', port: rtp.address().port }
  const direction = { send: true, receive: true, latch: true, allowedSources: [] }
  bay.configure(leg, { codec: 'pcma', dtmfPayloadType: null, remote, ptimeMs: 20, wantsVoip: asks, ...direction })
  const voice = encode(tone({ hz: [1000], ms: packetMs, level: 0.18 }), 'pcma')
  const packet = new Uint8Array(headerBytes + voice.length)
  packet.set(voice, headerBytes)
  for (let n = 0; n < 300; n++) {
    writeHeader(packet, 8, n === 0, (65_400 + n) & 0xffff, n * voice.length, 7)
    if (!lost.has(n)) rtp.send(Uint8Array.from(packet), at.port, '127.0.0.1')
    if (n % 10 === 9) await pause(5)
  }
  for (let waited = 0; waited < 12_000 && !heard.some(report => report.length > 60); waited += 50) await pause(50)
  return heard
}

/** Two ports in a row. */
async function pair(): Promise<[Socket, Socket]> {
  for (;;) {
    const [rtp, rtcp] = [createSocket('udp4').bind(0, '127.0.0.1'), createSocket('udp4')]
    await once(rtp, 'listening')
    const next = rtp.address().port + 1
    const isFree = await new Promise<boolean>(resolve => {
      rtcp.once('error', () => resolve(false))
      rtcp.bind(next, '127.0.0.1', () => resolve(true))
    })
    if (isFree) return [rtp, rtcp]
    rtp.close()
  }
}

/** One datagram to port 4001, as raw IP. */
function pcapOf(payload: Buffer): Buffer {
  const [udp, ip, record, file] = [8, 20, 16, 24].map(size => Buffer.alloc(size)) as [Buffer, Buffer, Buffer, Buffer]
  udp.writeUInt16BE(4000, 0)
  udp.writeUInt16BE(4001, 2)
  udp.writeUInt16BE(8 + payload.length, 4)
  ip.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17])
  ip.writeUInt16BE(28 + payload.length, 2)
  ip.set([127, 0, 0, 1, 127, 0, 0, 1], 12)
  record.writeUInt32LE(28 + payload.length, 8)
  record.writeUInt32LE(28 + payload.length, 12)
  file.writeUInt32LE(0xa1b2c3d4, 0)
  file.writeUInt16LE(2, 4)
  file.writeUInt16LE(4, 6)
  file.writeUInt32LE(65_535, 16)
  file.writeUInt32LE(101, 20)
  return Buffer.concat([file, record, ip, udp, payload])
}
