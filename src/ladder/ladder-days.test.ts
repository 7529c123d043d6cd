import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import Sqlite from 'better-sqlite3'
import { VirtualClock } from '../lib/clock.ts'
import { dictionary } from '../store/telephony/ladder-file.ts'
import { LadderDays, legMessagesMax, othersMax, type RawNote } from './ladder-days.ts'

const folder = mkdtempSync(join(tmpdir(), 'ladder-'))
after(() => rmSync(folder, { recursive: true }))
const noon = Date.parse('2026-11-24T12:00:00Z')
const dayMs = 86_400_000
const bounds = { days: 7, bytesPerDay: 1e9 }
let serial = 0
const fresh = () => {
  const path = join(folder, String(serial++))
  return mkdtempSync(`${path}-`)
}

function note(callId: string, at: number, more: Partial<RawNote> = {}, method = 'INVITE'): RawNote {
  const text = `${method} sip:13812345678@10.0.0.1 SIP/2.0\r\nCall-ID: ${callId}\r\nCSeq: 1 ${method}\r\nContent-Length: 0\r\n\r\n`
  return { at, direction: 'out', transport: 'udp', local: '10.0.0.2:5060', remote: '10.0.0.1:5060', text, ...more }
}
const response = (callId: string, method: string) => `SIP/2.0 200 OK\r\nCall-ID: ${callId}\r\nCSeq: 1 ${method}\r\n\r\n`

test('a long call keeps its ladder while twenty thousand others come and go, as long as it is heard of', () => {
  const days = new LadderDays(fresh(), bounds)
  days.name('shift', 'w_shift')
  days.name('forgotten', 'w_forgotten')
  for (let n = 0; n < 15_000; n++) days.name(`a${n}`, `w_a${n}`)
  days.append([note('shift', noon, {}, 'OPTIONS')])
  for (let n = 0; n < 15_000; n++) days.name(`b${n}`, `w_b${n}`)
  days.append([note('shift', noon + 1000, {}, 'BYE'), note('forgotten', noon + 1000, {}, 'BYE')])
  assert.equal(days.ofLegs(['w_shift'], noon, noon + 2000).length, 2)
  assert.equal(days.ofLegs(['w_forgotten'], noon, noon + 2000).length, 0)
  days.close()
})

test('what a leg said is found again in order, masked, by a process started anew', () => {
  const path = fresh()
  const days = new LadderDays(path, bounds)
  days.name('one', 'w_1')
  days.name('two', 'w_2')
  days.append([
    note('one', noon),
    note('two', noon + 1),
    note('one', noon + 2, { direction: 'in', text: response('one', 'INVITE') }),
  ])
  days.append([note('one', noon + 500, {}, 'ACK')])
  days.close()
  const again = new LadderDays(path, bounds)
  const found = again.ofLegs(['w_1'], noon, noon + 1000)
  assert.deepEqual(
    found.map(({ at, direction, text, leg }) => [at, direction, text.split('\r\n')[0], leg]),
    [
      [noon, 'out', 'INVITE sip:138****5678@10.0.0.1 SIP/2.0', 'w_1'],
      [noon + 2, 'in', 'SIP/2.0 200 OK', 'w_1'],
      [noon + 500, 'out', 'ACK sip:138****5678@10.0.0.1 SIP/2.0', 'w_1'],
    ],
  )
  assert.equal(again.ofLegs(['w_1', 'w_2'], noon, noon).length, 4)
  again.close()
})

test('legs that share a page are told apart, and a file begun before there were pages is read', () => {
  const path = fresh()
  const days = new LadderDays(path, bounds)
  const many = Array.from({ length: 300 }, (_, n) => n)
  for (const n of many) days.name(`c${n}`, `w_${n}`)
  days.append([...many, ...many].map(n => note(`c${n}`, noon + n)))
  days.append(many.map(n => note(`c${n}`, noon + 1000 + n, {}, 'BYE')))
  for (const n of many)
    assert.deepEqual(
      days.ofLegs([`w_${n}`], noon, noon).map(({ at, leg, text }) => [at - noon, leg, /c\d+/.exec(text)?.[0]]),
      [n, n, 1000 + n].map(at => [at, `w_${n}`, `c${n}`]),
    )
  days.close()
  const file = new Sqlite(join(path, '2026-11-24.db'))
  assert.ok((file.prepare('SELECT count(*) FROM pages').pluck().get() as number) < 30)
  const old = deflateRawSync(
    JSON.stringify([[noon - 1, 'in', 'udp', '10.0.0.2:5060', '10.0.0.1:5060', 'SIP/2.0 old']]),
    {
      dictionary,
    },
  )
  file.prepare('INSERT INTO blocks (leg, bytes) VALUES (?, ?)').run('w_7', old)
  file.close()
  const again = new LadderDays(path, bounds)
  assert.deepEqual(
    again.ofLegs(['w_7'], noon, noon).map(({ at }) => at - noon),
    [-1, 7, 7, 1007],
  )
  again.close()
})

test('a call over midnight is whole', () => {
  const days = new LadderDays(fresh(), bounds)
  const midnight = Date.parse('2026-11-25T00:00:00Z')
  days.name('one', 'w_1')
  days.append([note('one', midnight - 5), note('one', midnight + 5, {}, 'BYE')])
  assert.equal(days.ofLegs(['w_1'], midnight - 5, midnight + 5).length, 2)
  days.close()
})

test('messages are kept for seven days and then go with their file', () => {
  const path = fresh()
  const clock = new VirtualClock(noon)
  const days = new LadderDays(path, bounds)
  days.name('one', 'w_1')
  days.append([note('one', clock.now())])
  clock.advance(7 * dayMs)
  days.prune(clock.now())
  assert.equal(days.ofLegs(['w_1'], noon, noon).length, 1, 'seven days later to the minute it is there')
  clock.advance(dayMs)
  days.prune(clock.now())
  assert.equal(days.ofLegs(['w_1'], noon, noon).length, 0)
  assert.deepEqual(readdirSync(path), [])
  days.append([note('one', clock.now())])
  assert.equal(days.ofLegs(['w_1'], clock.now(), clock.now()).length, 1, 'and it goes on')
  days.close()
})

test('a leg that never stops talking, and a day that is full, are bounded and counted', () => {
  const days = new LadderDays(fresh(), { days: 7, bytesPerDay: 100_000 })
  days.name('one', 'w_1')
  days.append(Array.from({ length: legMessagesMax + 50 }, (_, n) => note('one', noon + n)))
  assert.equal(days.ofLegs(['w_1'], noon, noon).length, legMessagesMax)
  assert.equal(days.figures.leftOut, 50)
  for (let n = 0; n < 400; n++) {
    days.name(`c${n}`, `w_${n}`)
    const noise = randomBytes(450).toString('base64')
    days.append([
      note(`c${n}`, noon + n, { text: note(`c${n}`, noon).text.replace('\r\n', `\r\nX-Noise: ${noise}\r\n`) }),
    ])
  }
  assert.equal(days.figures.todayFull, true)
  assert.ok(days.figures.leftOut > 60)
  days.name('next', 'w_next')
  days.append([note('next', noon + dayMs)])
  assert.equal(days.ofLegs(['w_next'], noon + dayMs, noon + dayMs).length, 1, 'a new day has room')
  assert.equal(days.figures.todayFull, false)
  days.close()
})

test('registrations, OPTIONS and strangers have rings of their own', () => {
  const days = new LadderDays(fresh(), bounds)
  days.append([
    note('a', noon, {}, 'OPTIONS'),
    note('a', noon + 1, { direction: 'in', text: response('a', 'OPTIONS') }),
    note('b', noon + 2, { direction: 'in' }, 'REGISTER'),
    note('c', noon + 3, { direction: 'in' }, 'INVITE'),
  ])
  const kinds = ['trunk', 'phone', 'stranger'] as const
  assert.deepEqual(
    kinds.map(kind => days.others(kind, 10).map(({ at }) => at - noon)),
    [[0, 1], [2], [3]],
  )
  for (let n = 0; n < 120; n++)
    days.append(Array.from({ length: 100 }, (_, i) => note(`s${n}-${i}`, noon + 10 + n, { direction: 'in' })))
  assert.ok(days.others('stranger', 1e6).length <= othersMax + 50 * 100)
  assert.equal(days.figures.trouble, null)
  assert.equal(days.figures.leftOut, 0)
  assert.equal(days.others('trunk', 10).length, 2, 'strangers push nobody out')
  days.close()
})

test('a file that is damaged costs its day and no more', () => {
  const path = fresh()
  writeFileSync(join(path, '2026-11-24.db'), 'no database at all, but long enough to look like one'.repeat(100))
  const days = new LadderDays(path, bounds)
  days.name('one', 'w_1')
  days.append([note('one', noon), note('one', noon + dayMs)])
  assert.match(days.figures.trouble ?? '', /^$|not a database/)
  assert.equal(days.ofLegs(['w_1'], noon, noon + dayMs).length, 1)
  assert.ok(days.figures.leftOut >= 1)
  days.close()
})

test('with no days to keep, those of before go too, today among them', () => {
  const path = fresh()
  const days = new LadderDays(path, bounds)
  days.append([note('one', noon - dayMs), note('two', noon)])
  days.close()
  assert.equal(readdirSync(path).filter(name => name.endsWith('.db')).length, 2)
  new LadderDays(path, { ...bounds, days: 0 }).prune(noon)
  assert.deepEqual(readdirSync(path), [])
})
