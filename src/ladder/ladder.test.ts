import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { systemClock } from '../lib/clock.ts'
import { workerFile } from '../lib/places.ts'
import { Ladder, type NotedMessage } from './ladder.ts'

const folder = mkdtempSync(join(tmpdir(), 'ladder-'))
after(() => rmSync(folder, { recursive: true }))

function open(days = 7, worker = workerFile('ladder/ladder-worker')): { ladder: Ladder; faults: string[] } {
  const faults: string[] = []
  const bounds = { days, bytesPerDay: 1e9 }
  return {
    ladder: new Ladder({ folder, bounds, worker, clock: systemClock, onFault: words => faults.push(words) }),
    faults,
  }
}

function said(callId: string, line: string, direction: 'in' | 'out' = 'out'): NotedMessage {
  const bytes = Buffer.from(`${line}\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`)
  const [local, remote] = [
    { address: '10.0.0.2', port: 5060 },
    { address: '2001:db8::1', port: 5061 },
  ]
  return { direction, transport: 'tls', local, remote, bytes }
}

test('what was noted a moment ago is read back, and after a restart too', async () => {
  const now = systemClock.now()
  {
    await using opened = open().ladder
    opened.note(said('one', 'INVITE sip:13812345678@x SIP/2.0'))
    opened.name('one', 'w_1')
    opened.note(said('one', 'SIP/2.0 200 OK', 'in'))
    opened.note(said('other', 'INVITE sip:x@x SIP/2.0', 'in'))
    const [first, second, ...more] = await opened.ofLegs(['w_1'], now, now)
    assert.deepEqual(more, [])
    assert.match(first!.text, /^INVITE sip:138\*\*\*\*5678@x SIP\/2\.0\r\n/)
    assert.deepEqual([first!.local, first!.remote, first!.transport], ['10.0.0.2:5060', '[2001:db8::1]:5061', 'tls'])
    assert.ok(Math.abs(first!.at - now) < 60_000 && first!.at <= second!.at)
    assert.equal((await opened.others('stranger', 10)).length, 1)
    opened.note(said('one', 'BYE sip:x@x SIP/2.0')) // not asked for: the close writes it
  }
  await using again = open().ladder
  assert.deepEqual(
    (await again.ofLegs(['w_1'], now, now)).map(({ text }) => text.slice(0, 3)),
    ['INV', 'SIP', 'BYE'],
  )
})

test('a burst beyond what is taken on its way is left out and counted, and the rest goes on', async () => {
  await using opened = open().ladder
  const big = { ...said('two', 'INVITE sip:x@x SIP/2.0'), bytes: Buffer.alloc(200_000, 0x41) }
  for (let n = 0; n < 60; n++) opened.note(big)
  assert.ok(opened.figures.lost > 20, String(opened.figures.lost))
  await opened.others('stranger', 1)
  opened.name('three', 'w_3')
  opened.note(said('three', 'INVITE sip:x@x SIP/2.0'))
  assert.equal((await opened.ofLegs(['w_3'], systemClock.now(), systemClock.now())).length, 1)
})

test('with no days to keep nothing is noted, and who asks is told why', async () => {
  await using opened = open(0).ladder
  opened.note(said('one', 'INVITE sip:x@x SIP/2.0'))
  await assert.rejects(opened.ofLegs(['w_1'], 0, 1), /ladder\.days is 0/)
})

test('a thread that cannot start is told and given up in the end; noting goes on as if nothing were', async () => {
  const { ladder, faults } = open(7, join(folder, 'no-such-worker.ts'))
  await using opened = ladder
  for (let waited = 0; waited < 5000 && faults.length === 0; waited += 20)
    await new Promise(done => setTimeout(done, 20))
  assert.match(faults[0] ?? '', /died/)
  opened.note(said('one', 'INVITE sip:x@x SIP/2.0'))
  await assert.rejects(opened.ofLegs(['w_1'], 0, 1), /not running/)
})
