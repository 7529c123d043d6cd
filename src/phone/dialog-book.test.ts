import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger } from '../lib/log.ts'
import type { KeptDialog } from '../sip/events.ts'
import { DialogBook } from './dialog-book.ts'

const dialog = (serial: number, more: Partial<KeptDialog> = {}): KeptDialog => ({
  callId: `call-${serial}`,
  localTag: 'ours',
  remoteTag: 'theirs',
  local: '"Switchroom" <sip:4001@10.0.0.1>;tag=ours',
  remote: '<sip:13800138000@10.0.0.2>;tag=theirs',
  localSeq: 1,
  remoteTarget: 'sip:13800138000@10.0.0.2:5070',
  routes: ['<sip:10.0.0.8;lr>'],
  peer: { transport: 'udp', address: '10.0.0.2', port: 5060, local: 'udp:0.0.0.0:5060', peer: undefined },
  symmetric: false,
  extension: null,
  account: null,
  caller: null,
  ourAddress: '10.0.0.1',
  ...more,
})

/** A folder, and a log whose warnings are counted. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-dialogs-'))
  const warnings: string[] = []
  const log = createLogger('silent')
  log.warn = ((_about: object, words: string) => void warnings.push(words)) as typeof log.warn
  const clock = { now: 0 }
  const file = join(folder, 'data', 'dialogs.jsonl')
  mkdirSync(join(folder, 'data'))
  return {
    file,
    warnings,
    clock,
    folder: join(folder, 'data'),
    open: () => new DialogBook({ file, now: () => clock.now, log }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

test('a call that is up is there for the next process, one that is over is not, and nobody else may read them', async () => {
  using here = place()
  const book = here.open()
  assert.deepEqual(book.read(), [])
  const name = dialog(2, {
    remote: '"\u00e9\u009b\u00a8" <sip:1001@10.0.0.3>;tag=theirs',
    extension: '1001',
    symmetric: true,
  })
  book.keep(dialog(1))
  book.keep({ ...name, peer: { ...name.peer, transport: 'tls', connection: 'c7', peer: 't_1' } })
  book.keep(dialog(3))
  book.drop(dialog(1))
  book.keep(dialog(3, { remoteTarget: 'sip:13800138000@10.0.0.9' }))
  await book.settle()
  assert.equal(statSync(here.file).mode & 0o777, 0o600)
  const left = here.open().read()
  assert.deepEqual(left, [
    JSON.parse(JSON.stringify({ ...name, peer: { ...name.peer, transport: 'tls', peer: 't_1' } })),
    JSON.parse(JSON.stringify(dialog(3, { remoteTarget: 'sip:13800138000@10.0.0.9' }))),
  ])
  assert.deepEqual(here.warnings, [])
})

test('when the last call is over the file is empty', async () => {
  using here = place()
  const book = here.open()
  for (const serial of [1, 2]) book.keep(dialog(serial))
  await book.settle()
  assert.notEqual(readFileSync(here.file, 'utf8'), '')
  for (const serial of [1, 2]) book.drop(dialog(serial))
  await book.settle()
  assert.equal(readFileSync(here.file, 'utf8'), '')
})

test('what was read stays for one more process until it is dropped', async () => {
  using here = place()
  const book = here.open()
  for (const serial of [1, 2]) book.keep(dialog(serial))
  await book.settle()
  const next = here.open()
  for (const left of next.read().slice(0, 1)) next.drop(left)
  await next.settle()
  assert.deepEqual(
    here
      .open()
      .read()
      .map(({ callId }) => callId),
    ['call-2'],
  )
})

test('lines that are not ours are told of once and lose nothing else; no line of a message can be smuggled in', async () => {
  using here = place()
  const book = here.open()
  book.keep(dialog(1))
  await book.settle()
  const hostile: unknown[] = [
    dialog(10, { remote: '<sip:1@10.0.0.2>\r\nX-Evil: 1' }),
    dialog(11, { callId: 'a\r\nb' }),
    dialog(12, { remoteTarget: 'sip:1@10.0.0.2> SIP/2.0\r\nX: 1' }),
    dialog(13, { routes: ['<sip:10.0.0.8>\r\nX: 1'] }),
    dialog(14, { peer: { transport: 'udp', address: 'carrier.example', port: 5060 } }),
    dialog(15, { peer: { transport: 'udp', address: '224.0.0.1', port: 5060 } }),
    dialog(16, { localSeq: 2 ** 31 }),
    dialog(17, { localTag: 'a;b' }),
    { ...dialog(18), more: 1 },
    null,
    [],
    { over: 7 },
  ]
  appendFileSync(here.file, hostile.map(one => `${JSON.stringify(one)}\n`).join(''))
  appendFileSync(here.file, `\u0000\u0001{{{\n${'['.repeat(200_000)}\n`)
  appendFileSync(here.file, `${JSON.stringify(dialog(2))}\n${JSON.stringify(dialog(3)).slice(0, 80)}`)
  assert.deepEqual(
    here
      .open()
      .read()
      .map(({ callId }) => callId),
    ['call-1', 'call-2'],
  )
  assert.equal(here.warnings.length, 1)
})

test('a file that is too long to be ours is not read, and is ours again afterwards', async () => {
  using here = place()
  writeFileSync(here.file, '')
  truncateSync(here.file, 65 * 1024 * 1024)
  const book = here.open()
  assert.deepEqual(book.read(), [])
  assert.equal(here.warnings.length, 1)
  await book.settle()
  assert.equal(statSync(here.file).size, 0)
})

test('a day of short calls beside one long one does not make the file grow', async () => {
  using here = place()
  const book = here.open()
  book.keep(dialog(0))
  let largest = 0
  for (let serial = 1; serial <= 4_000; serial++) {
    book.keep(dialog(serial))
    book.drop(dialog(serial))
    if (serial % 50 !== 0) continue
    await book.settle()
    largest = Math.max(largest, statSync(here.file).size)
  }
  assert.ok(largest < 512 * 1024, `${largest} bytes`)
  assert.deepEqual(
    here
      .open()
      .read()
      .map(({ callId }) => callId),
    ['call-0'],
  )
})

test('a disk that refuses is told of once in five seconds, and has everything when it takes it again', async () => {
  using here = place()
  rmSync(here.folder, { recursive: true })
  const book = here.open()
  for (let serial = 1; serial <= 20; serial++) {
    book.keep(dialog(serial))
    await book.settle()
  }
  book.drop(dialog(1))
  assert.equal(here.warnings.length, 1)
  mkdirSync(here.folder)
  book.advance()
  await book.settle()
  here.clock.now = 5_000
  book.advance()
  await book.settle()
  assert.equal(here.open().read().length, 19)
})

test('a call that was told as up is unwritten until its line is in the file; ends, and a disk that refuses, are waited for by nobody', async () => {
  using here = place()
  const book = here.open()
  const lines = () => readFileSync(here.file, 'utf8').split('\n').length - 1
  assert.equal(book.unwritten, null)
  book.keep(dialog(1))
  assert.notEqual(book.unwritten, null)
  await book.unwritten
  assert.deepEqual([lines(), book.unwritten], [1, null])
  book.keep(dialog(2))
  await book.unwritten
  assert.equal(lines(), 2)
  book.drop(dialog(1))
  assert.equal(book.unwritten, null)
  await book.settle()
  rmSync(here.folder, { recursive: true })
  const other = here.open()
  other.keep(dialog(3))
  await other.unwritten
  assert.equal(other.unwritten, null)
  other.keep(dialog(4))
  assert.equal(other.unwritten, null, 'the disk rests')
})

test('an end is written with what is up next, or a moment later, and costs the disk nothing of its own', async () => {
  using here = place()
  const book = here.open()
  const lines = () => readFileSync(here.file, 'utf8').split('\n').length - 1
  for (const serial of [1, 2, 3]) book.keep(dialog(serial))
  await book.unwritten
  book.drop(dialog(1))
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual([book.unwritten, lines()], [null, 3])
  book.keep(dialog(4))
  await book.unwritten
  assert.equal(lines(), 5)
  book.drop(dialog(2))
  book.advance()
  await book.settle()
  assert.equal(lines(), 6)
})

for (const [what, harm] of [
  ['deleted', file => rmSync(file)],
  [
    'replaced',
    file => {
      writeFileSync(`${file}.other`, '')
      renameSync(`${file}.other`, file)
    },
  ],
  ['cut', file => truncateSync(file, 0)],
] satisfies [string, (file: string) => void][])
  test(`a file that somebody has ${what} while it is written to is written anew, whole, and that is told once`, async () => {
    using here = place()
    const book = here.open()
    for (const serial of [1, 2, 3]) book.keep(dialog(serial))
    await book.settle()
    harm(here.file)
    book.drop(dialog(1))
    book.keep(dialog(4))
    here.clock.now = 2_000
    await book.settle()
    const left = () =>
      here
        .open()
        .read()
        .map(({ callId }) => callId)
    assert.deepEqual(left(), ['call-2', 'call-3', 'call-4'])
    assert.equal(here.warnings.length, 1)
  })

test('a file that is as it was is not written anew', async () => {
  using here = place()
  const book = here.open()
  for (const serial of [1, 2]) book.keep(dialog(serial))
  await book.settle()
  const { ino } = statSync(here.file)
  for (const now of [2_000, 4_000, 6_000]) {
    here.clock.now = now
    book.keep(dialog(3 + now))
    await book.settle()
  }
  assert.deepEqual([statSync(here.file).ino, here.warnings], [ino, []])
})
