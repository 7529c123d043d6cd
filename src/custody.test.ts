import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { Fact } from './centre/facts.ts'
import { Custody } from './custody.ts'
import { type House, noon, openHouse } from './http/testing/house.ts'
import type { Logger } from './lib/log.ts'
import { workerFile } from './lib/places.ts'
import { verifyEvidence } from './records/custody/evidence-check.ts'
import { saveSettings } from './records/settings.ts'
import { payloadTypeOf } from './rtp/g711.ts'
import { Deriver } from './rtp/opus/deriver.ts'
import { wavHeader } from './rtp/wav.ts'
import { recorded } from './store/testing/people.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

let house: House
let deriver: Deriver
before(async () => {
  house = await openHouse()
  deriver = new Deriver(workerFile('rtp/opus/derive-worker'))
})
after(async () => {
  await deriver[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

const fileOf = (which: number, form: 'wav' | 'opus') =>
  path.join(house.deps.config.recordingsDir, `2026/r_${which}.${form}`)

/** A call with a sealed recording of two seconds. */
async function aCall(which: number, { isAnswered = true, at = noon } = {}): Promise<void> {
  const [call, recording] = [`c_${which}` as never, `r_${which}` as never]
  const data = Buffer.alloc(32_000, 0xd5 ^ which)
  const audio = Buffer.concat([wavHeader(payloadTypeOf.pcma, 2, data.length), data])
  mkdirSync(path.dirname(fileOf(which, 'wav')), { recursive: true })
  writeFileSync(fileOf(which, 'wav'), audio)
  const sha256 = createHash('sha256').update(audio).digest('hex')
  const none = { campaign: null, lead: null, party: null, relation: null, agent: null, name: null }
  const result = isAnswered ? 'ANSWERED' : 'NO_ANSWER'
  const facts: Fact[] = [
    {
      ...{ type: 'call.dialed', call, mode: 'manual', ...none, number: '+8613800000001', trunk: 't_1' as never },
      ...{ callerId: '+861012345678', leg: `g_${which}` as never, verdict: { policy: 'CN', version: '1', rules: [] } },
    } as Fact,
    ...(isAnswered ? [{ type: 'call.answered', call } as Fact] : []),
    { type: 'recording.opened', recording, call, path: `2026/r_${which}.wav` },
    { type: 'call.ended', call, ending: { by: 'party', cause: 'hangup', result, sipStatus: 200, q850: 16 } },
    { type: 'recording.sealed', recording, call, sha256, bytes: audio.length, durationMs: 2000, salvaged: false },
  ]
  await house.store.commit({ recorded: facts.map(fact => recorded(fact, at)) })
}

function custody(now: number, floor = { calls: 0, isStrained: false }, log: Logger = house.deps.log): Custody {
  return custodyAt({ now }, floor, log)
}

function custodyAt(time: { now: number }, floor = { calls: 0, isStrained: false }, log: Logger = house.deps.log) {
  return new Custody({
    door: { ...house.deps.records, clock: { now: () => time.now, monotonic: () => time.now } },
    recordingsDir: house.deps.config.recordingsDir,
    deriver,
    floor: () => floor,
    isClockSettled: () => true,
    log,
  })
}

const set = (values: Record<string, string>) => saveSettings(house.deps.records, 'system', values)
const rowOf = (which: number) => house.store.read('recordings.byId', { id: `r_${which}` as never })

test('nothing is made smaller, and nothing removed, where nobody asked for it', async () => {
  await aCall(1)
  await custody(noon + 4000 * dayMs).turn()
  assert.deepEqual([existsSync(fileOf(1, 'wav')), existsSync(fileOf(1, 'opus'))], [true, false])
})

test('after its hours a recording has a smaller form, with both hashes in the journal; it is heard, exported and verified', async () => {
  await set({ 'recording.opusAfterHours': '2' })
  await custody(noon + 2 * hourMs).turn()
  assert.equal(existsSync(fileOf(1, 'opus')), false)
  const early = custody(noon + 2 * hourMs + 1)
  await early.turn()
  assert.equal(early.figures.derived, 1)
  const [line] = await house.facts('recording.derived')
  const fact = JSON.parse(line!.body)
  const [wav, opus] = [readFileSync(fileOf(1, 'wav')), readFileSync(fileOf(1, 'opus'))]
  assert.deepEqual([fact.source, fact.sha256], [hashOf(wav), hashOf(opus)])
  assert.equal(fact.bytes, opus.length)

  const auditor = (await house.token('auditor')).secret
  const heard = await house.api(auditor, 'GET', '/recordings/r_1/audio?form=opus')
  assert.equal(heard.headers.get('content-type'), 'audio/ogg; codecs=opus')
  assert.deepEqual(Buffer.from(await heard.arrayBuffer()), opus)
  const whole = await house.api(auditor, 'GET', '/recordings/r_1/audio')
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), wav)

  for (const [audio, files] of [
    ['wav', 1],
    ['opus', 1],
    ['both', 2],
  ] as const) {
    const report = await verifyEvidence(await anExport(auditor, audio))
    assert.deepEqual([report.faults, report.recordings], [[], files], audio)
  }
  writeFileSync(fileOf(1, 'opus'), Buffer.concat([opus, Buffer.from('!')]))
  const changed = await verifyEvidence(await anExport(auditor, 'opus'))
  assert.match(changed.faults.join(), /audio\/r_1\.opus is not the smaller form that was made of the recording/)
  writeFileSync(fileOf(1, 'opus'), opus)
})

test('the recording goes by policy alone, and only when its smaller form is as journaled', async () => {
  await aCall(2)
  await custody(noon + 3 * hourMs).turn()
  writeFileSync(fileOf(2, 'opus'), 'something else')
  await set({ 'recording.sourceDays': '30' })
  await custody(noon + 30 * dayMs).turn()
  assert.equal(existsSync(fileOf(1, 'wav')), true)
  await custody(noon + 30 * dayMs + 1).turn()
  assert.deepEqual([existsSync(fileOf(1, 'wav')), existsSync(fileOf(1, 'opus'))], [false, true])
  assert.deepEqual([existsSync(fileOf(2, 'wav')), (await rowOf(2))!.sourceRemovedAt], [true, null])
  assert.equal((await house.facts('recording.sourceRemoved')).length, 1)

  const auditor = (await house.token('auditor')).secret
  const heard = await house.api(auditor, 'GET', '/recordings/r_1/audio')
  assert.equal(heard.headers.get('content-type'), 'audio/ogg; codecs=opus')
  assert.equal((await house.api(auditor, 'GET', '/recordings/r_1/audio?form=wav')).status, 404)
  const report = await verifyEvidence(await anExport(auditor, 'wav'))
  assert.deepEqual([report.faults, report.recordings], [[], 1], 'the smaller form stands in')
  await set({ 'recording.sourceDays': '' })
})

test('a smaller form that is not as journaled is told of once a day, and holds up nobody', async () => {
  await set({ 'recording.sourceDays': '30' })
  const told: unknown[] = []
  const log = { error: (fields: unknown) => told.push(fields) } as unknown as Logger
  const time = { now: noon + 31 * dayMs }
  const again = custodyAt(time, undefined, log)
  for (const hour of [0, 1, 23.9]) {
    time.now = noon + 31 * dayMs + hour * hourMs
    await again.turn()
  }
  assert.deepEqual(told, [{ recording: 'r_2', alarm: true }])
  time.now = noon + 32 * dayMs + 1
  await again.turn()
  assert.equal(told.length, 2)
  assert.equal(existsSync(fileOf(2, 'wav')), true)
  await set({ 'recording.sourceDays': '' })
})

test('recordings of unanswered calls go after their days, both forms, and those of answered calls stay', async () => {
  await aCall(3, { isAnswered: false })
  await aCall(4)
  await custody(noon + 3 * hourMs).turn()
  await set({ 'recording.unansweredDays': '7' })
  await custody(noon + 7 * dayMs + 1).turn()
  assert.deepEqual([existsSync(fileOf(3, 'wav')), existsSync(fileOf(3, 'opus'))], [false, false])
  assert.deepEqual([existsSync(fileOf(4, 'wav')), existsSync(fileOf(4, 'opus'))], [true, true])
  assert.ok((await rowOf(3))!.destroyedAt)
})

test('a recording that is not what was sealed is alarmed once, and keeps its place in the journal', async () => {
  await aCall(5)
  writeFileSync(fileOf(5, 'wav'), readFileSync(fileOf(4, 'wav')))
  await custody(noon + 3 * hourMs).turn()
  await custody(noon + 3 * hourMs).turn()
  const lines = await house.facts('recording.underivable')
  assert.equal(lines.length, 1)
  assert.match(lines[0]!.body, /not what was sealed/)
  assert.equal((await rowOf(5))!.underivableCause, 'changed')
  assert.equal(existsSync(fileOf(5, 'opus')), false)
})

test('what a process that was killed left by halves is made good at the next start', async () => {
  await aCall(6)
  const { recordingsDir } = house.deps.config
  writeFileSync(`${fileOf(6, 'opus')}.part`, 'half')
  writeFileSync(fileOf(6, 'opus'), 'made, and not yet told')
  writeFileSync(path.join(recordingsDir, '.deriving'), '2026/r_6.opus')
  writeFileSync(fileOf(1, 'wav'), 'told as removed, and still there')
  await set({ 'recording.opusAfterHours': '' })
  {
    await using again = custody(noon + 31 * dayMs)
    await again.start()
  }
  assert.deepEqual([existsSync(fileOf(6, 'opus')), existsSync(`${fileOf(6, 'opus')}.part`)], [false, false])
  assert.deepEqual([existsSync(fileOf(1, 'wav')), existsSync(path.join(recordingsDir, '.deriving'))], [false, false])
  await set({ 'recording.opusAfterHours': '0' })
  await custody(noon + 31 * dayMs).turn()
  assert.equal((await rowOf(6))!.derivedSha256, hashOf(readFileSync(fileOf(6, 'opus'))))
})

test('while the disk or the main thread is behind, the thread waits', async () => {
  await aCall(7)
  const floor = { calls: 3, isStrained: true }
  const strained = custody(noon + 3 * hourMs, floor)
  const turn = strained.turn()
  await new Promise(resolve => setTimeout(resolve, 400))
  assert.equal(strained.figures.derived, 0)
  floor.isStrained = false
  await turn
  assert.equal(strained.figures.derived, 1)
})

test('a disk of recordings that is not mounted makes no recording one that is lost for good; a file that is gone is one', async () => {
  const folder = path.dirname(fileOf(8, 'wav'))
  await aCall(10)
  await aCall(11)
  rmSync(fileOf(11, 'wav'))
  renameSync(folder, `${folder}-elsewhere`)
  await custody(noon + 3 * hourMs).turn()
  assert.equal((await rowOf(10))!.underivable, null)
  renameSync(`${folder}-elsewhere`, folder)
  await custody(noon + 3 * hourMs).turn()
  assert.notEqual((await rowOf(10))!.derivedAt, null)
  assert.match((await rowOf(11))!.underivable!, /ENOENT/)
  assert.equal((await rowOf(11))!.underivableCause, 'absent')
})

test('on a full disk, where nothing is derived, what a policy removes goes all the same, and nobody derives what has gone', async () => {
  await aCall(12)
  await aCall(13, { isAnswered: false, at: noon + 1 })
  await set({ 'recording.unansweredDays': '7' })
  const floor = { calls: 0, isStrained: true }
  await using waiting = custodyAt({ now: noon + 7 * dayMs + 2 }, floor)
  await waiting.start()
  await until(() => !existsSync(fileOf(13, 'wav')))
  assert.equal(waiting.figures.derived, 0)
  floor.isStrained = false
  await until(() => waiting.figures.derived === 1)
  assert.deepEqual([existsSync(fileOf(12, 'opus')), existsSync(fileOf(13, 'opus'))], [true, false])
  assert.equal(waiting.figures.failed, 0)
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 500, 'it did not come')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

async function anExport(auditor: string, audio: string): Promise<string> {
  const given = { reason: 'court order 2026-17', audio, filter: { calls: ['c_1'] } }
  const response = await house.api(auditor, 'POST', '/exports', given)
  assert.equal(response.status, 202, await response.clone().text())
  const { id } = (await response.json()) as { id: string }
  await house.deps.exports.idle()
  return path.join(house.deps.config.exportsDir, `${id}.zip`)
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test('what cannot be made smaller holds up no removal, and a smaller form that is not as journaled is told once an hour', async () => {
  await set({ 'recording.unansweredDays': '' })
  await aCall(8)
  await custody(noon + 3 * hourMs).turn()
  await aCall(9) // waits for its smaller form
  await set({ 'recording.sourceDays': '30' })
  const inHand = path.join(house.deps.config.recordingsDir, '.deriving')
  mkdirSync(inHand) // as on a disk without room: it cannot be written
  const alarms: unknown[] = []
  const log = { ...house.deps.log, error: (of: object) => void alarms.push(of) }
  const stuck = custody(noon + 40 * dayMs, undefined, log as never)
  await assert.rejects(stuck.turn(), /EISDIR/)
  rmdirSync(inHand)
  assert.equal(existsSync(fileOf(8, 'wav')), false)
  const told = () => alarms.filter(each => (each as { recording?: string }).recording === 'r_2').length
  assert.equal(told(), 1)
  await stuck.turn()
  assert.equal(told(), 1)
  await set({ 'recording.sourceDays': '' })
})

test('however many recordings wait for their smaller form, each gets one', async () => {
  for (let which = 100; which < 125; which++) await aCall(which)
  const first = custody(noon + 41 * dayMs)
  await first.turn()
  assert.equal(first.figures.derived, 25)
})

test('while the disk of recordings is not there, no more than a few are tried in a turn, however many wait', async () => {
  for (let which = 200; which < 245; which++) await aCall(which)
  const folder = path.dirname(fileOf(200, 'wav'))
  renameSync(folder, `${folder}-elsewhere`)
  const gone = custody(noon + 42 * dayMs)
  await gone.turn()
  assert.deepEqual([gone.figures.derived, gone.figures.failed], [0, 20])
  renameSync(`${folder}-elsewhere`, folder)
})

test('a smaller form behind a link is told as that, once with the way out, and not as another than was journaled; both stay', async () => {
  await aCall(300)
  await aCall(301)
  await custody(noon + 43 * dayMs).turn()
  assert.notEqual((await rowOf(301))!.derivedAt, null)
  await set({ 'recording.sourceDays': '30' })
  const folder = path.dirname(fileOf(300, 'wav'))
  renameSync(folder, `${folder}-archive`)
  symlinkSync(`${folder}-archive`, folder)
  const told: { err?: Error; words: string }[] = []
  const log = {
    ...house.deps.log,
    error: (of: { err?: Error }, words: string) => void told.push({ ...of, words }),
  } as unknown as Logger
  const looking = custody(noon + 45 * dayMs, undefined, log)
  await looking.turn()
  await looking.turn()
  rmSync(folder)
  renameSync(`${folder}-archive`, folder)
  const links = told.filter(({ words }) => words.includes('behind a link'))
  assert.equal(links.length, 1)
  assert.match(links[0]!.err!.message, /2026 is a link: .*mount --bind/)
  assert.deepEqual(
    told.filter(({ words }) => words.includes('journaled')),
    [],
  )
  assert.equal((await rowOf(300))!.sourceRemovedAt, null)
  await custody(noon + 45 * dayMs).turn()
  assert.notEqual((await rowOf(300))!.sourceRemovedAt, null)
  await set({ 'recording.sourceDays': '' })
})

/** A house of its own with one call, whose smaller form is due; what was asked of the deriver, and told. */
async function dueHouse() {
  const its = await openHouse()
  const { recordingsDir } = its.deps.config
  const [before, asked, told] = [house, [] as string[], [] as string[]]
  house = its
  try {
    await aCall(1)
    await set({ 'recording.opusAfterHours': '0' })
  } finally {
    house = before
  }
  const log = {
    ...its.deps.log,
    error: (of: { reason?: string }, words: string) => void told.push(of.reason ?? words),
  } as unknown as Logger
  const time = { now: noon + hourMs }
  const custodyOf = (mark: string | null) =>
    new Custody({
      door: { ...its.deps.records, clock: { now: () => time.now, monotonic: () => time.now } },
      ...{ recordingsDir, mark: () => mark, isClockSettled: () => true, log },
      deriver: {
        share: 0,
        rest: async () => undefined,
        derive: async ({ target }) => {
          asked.push(target)
          return { ok: false, reason: 'not now', forGood: null }
        },
      },
      floor: () => ({ calls: 0, isStrained: false }),
    })
  return { its, recordingsDir, asked, told, time, custodyOf }
}

test('while the disk of recordings is not there, custody makes no folder and no file where it was to be', async () => {
  const { its, recordingsDir, asked, told, custodyOf } = await dueHouse()
  await using _ = its
  writeFileSync(path.join(recordingsDir, '.switchroom'), 'mine\n')
  renameSync(recordingsDir, `${recordingsDir}-away`)
  await custodyOf('mine').turn()
  await custodyOf(null).turn()
  assert.equal(existsSync(recordingsDir), false)
  mkdirSync(path.join(recordingsDir, '2026'), { recursive: true }) // what lies beneath the mount
  await custodyOf('mine').turn()
  assert.deepEqual(readdirSync(recordingsDir), ['2026'])
  assert.deepEqual(asked, [])
  assert.match(told.at(-1)!, /looks like another folder/)
  assert.equal((await its.store.read('recordings.byId', { id: 'r_1' as never }))!.underivable, null)
  rmSync(recordingsDir, { recursive: true })
  renameSync(`${recordingsDir}-away`, recordingsDir)
  await custodyOf('mine').turn()
  assert.equal(asked.length, 1)
})

test('no smaller form is made through a link in place of the folder of a day, and what is noted in hand is written to no link', async () => {
  const { its, recordingsDir, asked, told, custodyOf } = await dueHouse()
  await using _ = its
  const [day, moved, database] = ['2026', 'moved', 'switchroom.db'].map((name, n) =>
    path.join(n === 0 ? recordingsDir : its.folder, name),
  ) as [string, string, string]
  renameSync(day, moved)
  symlinkSync(moved, day)
  await custodyOf(null).turn()
  assert.match(told.at(-1)!, /2026 is a link/)
  rmSync(day)
  renameSync(moved, day)
  assert.deepEqual(asked, [])
  const note = path.join(recordingsDir, '.deriving')
  for (const lay of [() => symlinkSync(database, note), () => execFileSync('mkfifo', [note])]) {
    const before = readFileSync(database).length
    lay()
    await custodyOf(null).turn()
    assert.ok(readFileSync(database).length >= before)
  }
  assert.deepEqual([asked.length, existsSync(note)], [2, false])
})

test('by what somebody noted as in hand nothing is removed but what we make of a recording that we know, and it is told', async () => {
  const { its, recordingsDir, told, custodyOf } = await dueHouse()
  await using _ = its
  const note = path.join(recordingsDir, '.deriving')
  symlinkSync(its.folder, path.join(recordingsDir, 'x'))
  writeFileSync(path.join(recordingsDir, '2026/other.opus'), 'of nobody')
  writeFileSync(path.join(its.folder, 'backup.opus'), 'kept elsewhere')
  const started = async () => {
    await using custody = custodyOf(null)
    await custody.start()
  }
  for (const noted of [
    'x/switchroom.db',
    '2026/r_1.wav',
    '2026/other.opus',
    'x/backup.opus',
    '../backup.opus',
    '\0.opus',
  ]) {
    told.length = 0
    writeFileSync(note, noted)
    await started()
    assert.match(told.join(), /^the note of what was being made smaller names no/, noted)
    assert.equal(existsSync(note), false)
    await started()
    assert.equal(told.length, 1)
  }
  for (const noted of ['', '\0'.repeat(100)]) {
    told.length = 0
    writeFileSync(note, noted)
    await started()
    assert.deepEqual([told, existsSync(note)], [[], false], 'as a power cut leaves it')
  }
  for (const file of ['x/switchroom.db', '2026/r_1.wav', '2026/other.opus', 'x/backup.opus'])
    assert.ok(existsSync(path.join(recordingsDir, file)), file)
  for (const lay of [() => symlinkSync(its.folder, note), () => execFileSync('mkfifo', [note])]) {
    told.length = 0
    lay()
    await started()
    assert.deepEqual(told, ['the custody of recordings met a fault; it goes on'])
    rmSync(note)
  }
})

test('a share that hangs keeps no start waiting; that custody has not begun is told after a minute and every hour, and what was left by halves is made good when it answers', async t => {
  const { its, recordingsDir, told, custodyOf } = await dueHouse()
  await using _ = its
  const half = path.join(recordingsDir, '2026/r_1.opus.part')
  writeFileSync(half, 'half')
  writeFileSync(path.join(recordingsDir, '.deriving'), '2026/r_1.opus')
  const answers = Promise.withResolvers<void>()
  const read = its.store.read.bind(its.store) as (...args: unknown[]) => Promise<unknown>
  t.mock.method(its.store, 'read', async (...args: unknown[]) => {
    await answers.promise
    return await read(...args)
  })
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  await using service = custodyOf(null)
  const start = service.start()
  t.mock.timers.tick(1_500)
  await start
  t.mock.timers.tick(59_999)
  assert.deepEqual(told, [])
  for (const [ms, times] of [
    [1, 1],
    [3_540_000, 2],
    [3_600_000, 3],
  ] as const) {
    t.mock.timers.tick(ms)
    assert.equal(told.length, times)
  }
  assert.match(told[0]!, /has not begun/)
  answers.resolve()
  while (existsSync(half)) await new Promise(resolve => setImmediate(resolve))
})
