import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LegId } from '../lib/ids.ts'
import { createBay } from './create-bay.ts'
import { FarEnd } from './far-end.ts'
import { loadLibc } from './libc.ts'
import { udpUnclaimed } from './udp-unclaimed.ts'

/** As ProcSubset=pid of systemd. */
const apart = ['--mount', '--pid', '--fork', 'sh', '-c', 'mount -t proc -o subset=pid proc /proc && exec "$@"', 'sh']
const carl = 'leg_carl' as LegId

test('what a stranger sends to a leg that hears its far end is dropped and counted by the kernel', {
  skip: loadLibc() === null,
}, async () => {
  const ports = { from: 41_300, to: 41_398 }
  await using bay = await createBay({ address: '127.0.0.1', ports, prompts: {}, wire: 'libc' })
  using phone = await FarEnd.bind()
  using mallory = await FarEnd.bind('pcma', '127.0.0.66')
  const port = await bay.open(carl, { kind: 'rtp', silenceMs: 0 })
  bay.configure(carl, phone.parameters())
  phone.say(1000, port)
  for (let tries = 0; (await bay.figures())[0]!.received < 3 && tries < 100; tries++) await pause(20)
  const before = (await udpUnclaimed())!
  for (let n = 0; n < 200; n++) mallory.send(port, 8, new Uint8Array(160).fill(0x55))
  await pause(200)
  const [leg] = await bay.figures()
  assert.ok((await udpUnclaimed())! - before >= 200, 'the kernel counted each of them')
  assert.deepEqual([leg!.foreign, leg!.dropped, leg!.audio.rivals], [0, 0, 0], 'none of them reached the leg')
  phone.hush()
})

test('there is a figure where the unit shows of /proc nothing but processes', {
  skip: spawnSync('unshare', [...apart, 'true']).status === 0 ? false : 'needs root, for a /proc of its own',
}, () => {
  const tell = `
    import { existsSync } from 'node:fs'
    import { udpUnclaimed } from ${JSON.stringify(new URL('udp-unclaimed.ts', import.meta.url).href)}
    console.log(JSON.stringify([existsSync('/proc/net/snmp'), await udpUnclaimed()]))`
  const args = [...apart, process.execPath, '--input-type=module', '--eval', tell]
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' })
  const [isWhole, figure] = JSON.parse(stdout || 'null') ?? [stderr]
  assert.equal(isWhole, false)
  assert.equal(typeof figure, 'number')
})

test('what is no such file, or says something else, is no figure', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-snmp-'))
  t.after(() => rmSync(folder, { recursive: true }))
  assert.equal(await udpUnclaimed(folder), null)
  for (const [text, found] of [
    ['Udp: InDatagrams NoPorts\nUdp: 7 12\n', 12],
    ['Udp: InDatagrams\nUdp: 7\n', null],
    ['Udp: NoPorts\n', null],
    ['Udp: NoPorts\nUdp: many\n', null],
  ] as const) {
    writeFileSync(join(folder, 'snmp'), text)
    assert.equal(await udpUnclaimed(folder), found, text)
  }
  writeFileSync(join(folder, 'snmp'), 'Udp: InDatagrams NoPorts\nUdp: 7 12\n')
  writeFileSync(join(folder, 'snmp6'), 'Udp6InDatagrams 3\nUdp6NoPorts                         30\n')
  assert.equal(await udpUnclaimed(folder), 42)
})
