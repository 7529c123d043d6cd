import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { Business } from './centre/entities.ts'
import type { Fact } from './centre/facts.ts'
import { Custody } from './custody.ts'
import { Erasure } from './erasure.ts'
import { type House, noon, openHouse } from './http/testing/house.ts'
import type { CallId, CampaignId, LegalHoldId, RecordingId } from './lib/ids.ts'
import type { Logger } from './lib/log.ts'
import { liftHold, placeHold } from './records/custody/legal-holds.ts'
import { minimaOf, saveRecordingRules } from './records/custody/retention.ts'
import { keep } from './records/door.ts'
import { campaignNamed, recorded } from './store/testing/people.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const inYears = (years: number, days = 0) => Date.parse(`${2026 + years}-11-24T12:00:00+08:00`) + days * dayMs

let house: House
before(async () => {
  house = await openHouse()
  for (const [business, policy] of [
    ['collections', 'LAB-ANY-HOUR'],
    ['verification', 'LAB-ANY-HOUR'],
    ['sales', 'LAB-ANY-HOUR'],
  ] as [Business, string][])
    await campaign(business, business, policy)
})
after(() => house[Symbol.asyncDispose]())

const fileOf = (name: string) => path.join(house.deps.config.recordingsDir, `2026/r_${name}.wav`)
const rowOf = async (name: string) => (await house.store.read('recordings.byId', { id: `r_${name}` as RecordingId }))!
const idOf = (name: string) => `k_${name}` as CampaignId

async function campaign(name: string, business: Business, policy: string): Promise<void> {
  const saved = { ...campaignNamed(name), id: idOf(name), business, policy }
  await keep(house.deps.records, 'system', [{ type: 'campaign.saved', campaign: saved }])
}

/** An answered call with a sealed recording. */
async function aCall(
  name: string,
  of: { campaign?: string; party?: string; policy?: string; of?: string; at?: number } = {},
): Promise<void> {
  const [call, recording] = [`c_${name}` as CallId, `r_${name}` as RecordingId]
  mkdirSync(path.dirname(fileOf(name)), { recursive: true })
  writeFileSync(fileOf(name), name)
  const sha256 = createHash('sha256').update(name).digest('hex')
  const facts: Fact[] = [
    {
      ...{ type: 'call.dialed', call, mode: 'manual', lead: null, party: of.party ?? null, relation: null },
      ...{ agent: null, name: null, campaign: of.campaign === undefined ? null : idOf(of.campaign) },
      ...{ number: '+8613800000001', trunk: 't_1' as never, callerId: '+861012345678', leg: `g_${name}` as never },
      verdict: { policy: of.policy ?? 'LAB-ANY-HOUR', version: '1', rules: [] },
      ...(of.of === undefined ? {} : { of: { call: `c_${of.of}` as CallId, agent: null, why: 'transfer' } }),
    } as Fact,
    { type: 'call.answered', call },
    { type: 'recording.opened', recording, call, path: `2026/r_${name}.wav` },
    {
      type: 'call.ended',
      call,
      ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
    },
    { type: 'recording.sealed', recording, call, sha256, bytes: name.length, durationMs: 2000, salvaged: false },
  ]
  await house.store.commit({ recorded: facts.map(fact => recorded(fact, of.at ?? noon)) })
}

/** A custody of its own looks at everything once, at that time. */
function custodyAt(time: { now: number }, log: Logger = house.deps.log, isClockSettled = true): Custody {
  return new Custody({
    door: { ...house.deps.records, clock: { now: () => time.now, monotonic: () => time.now } },
    recordingsDir: house.deps.config.recordingsDir,
    deriver: { share: 0, derive: () => Promise.reject(new Error('none')), rest: async () => undefined },
    floor: () => ({ calls: 0, isStrained: false }),
    isClockSettled: () => isClockSettled,
    log,
  })
}
const lookAt = (now: number) => custodyAt({ now }).turn()
const areThere = (...names: string[]) => names.map(name => existsSync(fileOf(name)))
const rules = (values: Record<string, string>) => saveRecordingRules(house.deps.records, 'system', values)

test('nothing is destroyed by a clock that may be wrong, and that is told once', async () => {
  await aCall('believed', { campaign: 'sales' })
  const told: string[] = []
  const log = { ...house.deps.log, error: (_: object, words: string) => void told.push(words) } as unknown as Logger
  const custody = custodyAt({ now: inYears(6) }, log, false)
  await custody.turn()
  await custody.turn()
  assert.deepEqual(areThere('believed'), [true])
  assert.equal(told.filter(words => words.includes('time of this machine may be wrong')).length, 1)
  await lookAt(inYears(6))
  assert.deepEqual(areThere('believed'), [false])
})

test('answered calls are kept for the years of their business, to the end of the day; those of no campaign for good', async () => {
  const names = ['collections', 'verification', 'sales']
  for (const name of names) await aCall(name, { campaign: name })
  await aCall('by hand')
  await aCall('asked for', { of: 'sales' })
  await lookAt(inYears(3))
  assert.deepEqual(areThere(...names, 'asked for'), [true, true, true, true])
  await lookAt(inYears(3, 1))
  assert.deepEqual(areThere(...names, 'asked for'), [true, true, false, false])
  await lookAt(inYears(5, 1))
  assert.deepEqual(areThere(...names, 'by hand'), [false, false, false, true])
  await lookAt(inYears(40))
  assert.deepEqual(areThere('by hand'), [true])

  const row = await rowOf('sales')
  assert.deepEqual(row.destroyedBy, {
    ...{ reason: 'retention', business: 'sales', kept: { n: 3, of: 'YEAR' }, policy: null },
  })
  assert.ok(row.destroyedAt && row.erasedAt)
  const told = (await house.facts('recording.erased')).map(({ body }) => JSON.parse(body).recording)
  assert.equal(told.filter(id => id === 'r_sales').length, 1)
})

test('a recording that was found long after its call is kept from the call on, and no longer', async () => {
  await aCall('heard', { campaign: 'sales' })
  for (const campaign of ['sales', 'nobody answered']) {
    const [call, recording] = [`c_found ${campaign}` as CallId, `r_found ${campaign}` as RecordingId]
    writeFileSync(fileOf(`found ${campaign}`), 'found')
    const dialed = {
      ...{
        type: 'call.dialed',
        call,
        mode: 'manual',
        lead: null,
        party: null,
        relation: null,
        agent: null,
        name: null,
      },
      ...{ campaign: idOf('sales'), number: '+8613800000001', trunk: 't_1', callerId: '+861012345678' },
      ...{ leg: 'g_found', verdict: { policy: 'LAB-ANY-HOUR', version: '1', rules: [] } },
    }
    const facts: unknown[] = [
      dialed,
      ...(campaign === 'sales' ? [{ type: 'call.answered', call }] : []),
      { type: 'recording.opened', recording, call, path: `2026/r_found ${campaign}.wav` },
      { type: 'recording.missing', recording, call, cause: 'absent', reason: 'ENOENT' },
    ]
    await house.store.commit({ recorded: facts.map(fact => recorded(fact as Fact, noon)) })
    const whole = { sha256: '0'.repeat(64), bytes: 5, durationMs: 1, salvaged: true, wasMissing: true }
    const found = { type: 'recording.sealed', recording, call, ...whole, foundAfterMs: inYears(2) - noon }
    await house.store.commit({ recorded: [recorded(found as Fact, inYears(2))] })
  }
  const names = ['heard', 'found sales', 'found nobody answered']
  await keep(house.deps.records, 'system', [{ type: 'setting.saved', key: 'recording.unansweredDays', value: '1000' }])
  await lookAt(inYears(2, 200))
  assert.deepEqual(areThere(...names), [true, true, true])
  await lookAt(inYears(3))
  assert.deepEqual(areThere(...names), [true, true, false])
  await lookAt(inYears(3, 1))
  assert.deepEqual(areThere(...names), [false, false, false])
  await keep(house.deps.records, 'system', [{ type: 'setting.saved', key: 'recording.unansweredDays', value: '' }])
})

test('0 keeps for good, and a value that nobody could have saved does too', async () => {
  await rules({ 'recording.keepYears.sales': '0' })
  await aCall('never', { campaign: 'sales' })
  await lookAt(inYears(45))
  assert.deepEqual(areThere('never'), [true])
  await keep(house.deps.records, 'system', [{ type: 'setting.saved', key: 'recording.keepYears.sales', value: '-1' }])
  await lookAt(inYears(45))
  assert.deepEqual(areThere('never'), [true])
  await assert.rejects(rules({ 'recording.keepYears.sales': '-1' }), /allowed: a whole number of years from 1 to 50; 0/)
  await assert.rejects(rules({ 'recording.keepYears.sales': '' }), /0: kept for good/)
  await rules({ 'recording.keepYears.sales': '1' })
  await lookAt(inYears(1, 1))
  assert.deepEqual(areThere('never'), [false])
})

test('nothing goes before the minimum that a policy of its campaign states, or stated when it was dialled', async () => {
  await campaign('strict', 'sales', 'CN-CFC-2024+CN-SALES-DEFAULT')
  await assert.rejects(
    rules({ 'recording.keepYears.sales': '4' }),
    /found 4; allowed: at least 5 \(CN-CFC-2024\), or 0/,
  )
  await aCall('strict', { campaign: 'strict' })
  await aCall('dialled under it', { campaign: 'sales', policy: 'CN-SALES-DEFAULT' })
  await lookAt(inYears(3))
  assert.deepEqual(areThere('strict', 'dialled under it'), [true, true])
  await lookAt(inYears(3, 1))
  assert.deepEqual(areThere('strict', 'dialled under it'), [true, false])
  await lookAt(inYears(5))
  assert.deepEqual(areThere('strict'), [true])
  await lookAt(inYears(5, 1))
  assert.deepEqual(areThere('strict'), [false])
  assert.equal((await rowOf('strict')).destroyedBy?.reason, 'retention')
  assert.deepEqual((await minimaOf(house.deps.records)).sales, { period: { n: 5, of: 'YEAR' }, policy: 'CN-CFC-2024' })
  await campaign('strict', 'sales', 'LAB-ANY-HOUR')
})

test('what is held, itself, by its call or by its party, goes by no rule until the hold is lifted with a reason', async () => {
  const { records } = house.deps
  const held = ['itself', 'call', 'outside', 'party']
  await aCall('itself', { campaign: 'sales' })
  await aCall('call', { campaign: 'sales' })
  await aCall('outside', { campaign: 'sales', of: 'call' })
  await aCall('party', { campaign: 'sales', party: 'REF-7' })
  await aCall('free', { campaign: 'sales', party: 'REF-8' })
  const place = (kind: string, target: string) =>
    placeHold(records, 'user:u_olga', { kind, target, reason: 'lawsuit 2026-17' })
  const holds = [await place('recording', 'r_itself'), await place('call', 'c_call'), await place('party', 'REF-7')]
  await lookAt(inYears(9))
  assert.deepEqual(areThere(...held, 'free'), [true, true, true, true, false])
  await assert.rejects(place('call', 'c_call'), /already/)
  await assert.rejects(place('call', 'c_nobody'), /no call c_nobody/)
  await assert.rejects(place('recording', 'r_free'), /destroyed already/)
  assert.deepEqual(
    (await house.store.read('legalHolds.ofCall', { call: 'c_outside' as CallId })).map(({ id }) => id),
    [holds[1]!.id],
  )
  const lift = (id: LegalHoldId, reason: string) => liftHold(records, 'user:u_olga', id, { reason })
  await assert.rejects(lift(holds[0]!.id, ' '), /reason/)
  for (const { id } of holds) await lift(id, 'the court has ruled')
  await assert.rejects(lift(holds[0]!.id, 'the court has ruled'), /no hold in force/)
  await lookAt(inYears(9))
  assert.deepEqual(areThere(...held), [false, false, false, false])
  assert.equal((await house.facts('legalHold.lifted')).length, 3)
})

test('a hold keeps what other rules would remove, too', async () => {
  await aCall('unheard', { campaign: 'sales' })
  const { records } = house.deps
  await keep(records, 'system', [{ type: 'setting.saved', key: 'recording.sourceDays', value: '1' }])
  const derived = { path: '2026/r_unheard.opus', source: '00', bytes: 3 }
  writeFileSync(path.join(house.deps.config.recordingsDir, derived.path), 'abc')
  const sha256 = createHash('sha256').update('abc').digest('hex')
  const about = { recording: 'r_unheard' as RecordingId, call: 'c_unheard' as CallId }
  await keep(records, 'system', [{ type: 'recording.derived', ...about, ...derived, sha256 }])
  const given = { kind: 'recording', target: 'r_unheard', reason: 'lawsuit 2026-18' }
  const { id } = await placeHold(records, 'system', given)
  await lookAt(noon + 3 * dayMs)
  assert.deepEqual(areThere('unheard'), [true])
  await liftHold(records, 'system', id, { reason: 'it is over' })
  await lookAt(noon + 3 * dayMs)
  assert.deepEqual(areThere('unheard'), [false])
  await keep(records, 'system', [{ type: 'setting.saved', key: 'recording.sourceDays', value: '' }])
})

test('what an export is being made of waits until it is made', async () => {
  await aCall('exported', { campaign: 'sales' })
  const asked = (at: number) => ({ ...house.deps.records, clock: { now: () => at, monotonic: () => at } })
  const filter = JSON.stringify({ filter: { calls: ['c_exported'] }, audio: 'wav' })
  const about = { export: 'e_1' as never, user: 'u_olga' as never, reason: 'court order', calls: 1, filter }
  await keep(asked(inYears(8, 20)), 'system', [{ type: 'export.requested', ...about }])
  const time = { now: inYears(8, 21) }
  const custody = custodyAt(time)
  await custody.turn()
  assert.deepEqual(areThere('exported'), [true])
  await keep(asked(time.now), 'system', [{ type: 'export.finished', export: 'e_1' as never, sha256: '00', bytes: 1 }])
  time.now += hourMs
  await custody.turn()
  assert.deepEqual(areThere('exported'), [false])
})

test('a recording that the disk does not give up is told of, and tried again every hour until it is gone', async () => {
  await aCall('stuck', { campaign: 'sales' })
  rmSync(fileOf('stuck'))
  mkdirSync(path.join(fileOf('stuck'), 'in the way'), { recursive: true }) // no file to unlink: EISDIR
  const alarms: unknown[] = []
  const log = { ...house.deps.log, error: (of: object) => void alarms.push(of) } as unknown as Logger
  const time = { now: inYears(9) }
  const custody = custodyAt(time, log)
  await custody.turn()
  await custody.turn()
  assert.equal(alarms.length, 1)
  assert.deepEqual([(await rowOf('stuck')).destroyedAt, (await rowOf('stuck')).erasedAt], [time.now, null])
  rmSync(fileOf('stuck'), { recursive: true })
  writeFileSync(fileOf('stuck'), 'a file again')
  time.now += hourMs - 1
  await custody.turn()
  assert.deepEqual(areThere('stuck'), [true])
  time.now += 1
  await custody.turn()
  assert.deepEqual(areThere('stuck'), [false])
  assert.ok((await rowOf('stuck')).erasedAt)
})

test('while the disk of recordings is not mounted nothing is told as gone from it', async () => {
  await aCall('elsewhere', { campaign: 'sales' })
  const folder = path.dirname(fileOf('elsewhere'))
  renameSync(folder, `${folder}-elsewhere`)
  await lookAt(inYears(9))
  assert.deepEqual([(await rowOf('elsewhere')).destroyedAt, (await rowOf('elsewhere')).erasedAt], [inYears(9), null])
  renameSync(`${folder}-elsewhere`, folder)
  await lookAt(inYears(9))
  assert.deepEqual(areThere('elsewhere'), [false])
  assert.ok((await rowOf('elsewhere')).erasedAt)
})

test('however many are kept for now, what comes after them goes in its time', async () => {
  const facts: Fact[] = []
  const sealed = (name: string, policy: string, at: number) => {
    const [call, recording] = [`c_${name}` as CallId, `r_${name}` as RecordingId]
    facts.push(
      {
        ...{
          type: 'call.dialed',
          call,
          mode: 'manual',
          lead: null,
          party: null,
          relation: null,
          agent: null,
          name: null,
        },
        ...{ campaign: idOf('sales'), number: '+8613800000001', trunk: 't_1' as never, callerId: '+861012345678' },
        ...{ leg: `g_${name}` as never, verdict: { policy, version: '1', rules: [] } },
      } as Fact,
      { type: 'call.answered', call },
      { type: 'recording.opened', recording, call, path: `2026/r_${name}.wav` },
      {
        type: 'call.ended',
        call,
        ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
      },
      { type: 'recording.sealed', recording, call, sha256: '0'.repeat(64), bytes: 1, durationMs: 1, salvaged: false },
    )
    return facts.splice(0).map(fact => recorded(fact, at))
  }
  // Dialled under a policy that asks for five years, in a campaign that asks for three.
  const many = Array.from({ length: 1_250 }, (_, n) => sealed(`kept ${n}`, 'CN-CFC-2024', noon - 3_600_000))
  await house.store.commit({ recorded: many.flat() })
  await house.store.commit({ recorded: sealed('after them', 'LAB-ANY-HOUR', noon) })
  const time = { now: inYears(3, 1) }
  const custody = custodyAt(time)
  for (let turn = 0; turn < 8; turn++) await custody.turn()
  assert.equal((await rowOf('after them')).destroyedBy?.reason, 'retention')
  assert.equal((await rowOf('kept 0')).destroyedAt, null)
})

test('nothing is told as gone from the disk while another folder is there, as beneath a mount that is gone', async t => {
  const root = mkdtempSync(path.join(tmpdir(), 'switchroom-erasure-'))
  t.after(() => rmSync(root, { recursive: true }))
  const [recordingsDir, away] = [path.join(root, 'recordings'), path.join(root, 'away')]
  const day = path.join(recordingsDir, '2026')
  mkdirSync(day, { recursive: true })
  writeFileSync(path.join(recordingsDir, '.switchroom'), 'the mark\n')
  writeFileSync(path.join(day, 'r_1.wav'), 'what was said')
  const told: string[] = []
  const store = {
    read: async () => [{ id: 'r_1', call: 'c_1', path: '2026/r_1.wav', derivedPath: null }],
    commit: async ({ recorded: all }: { recorded: { fact: Fact }[] }) =>
      void told.push(...all.map(one => one.fact.type)),
  }
  let now = 0
  const door = { store, clock: { now: () => now }, tell: () => {} } as never
  const log = { error: () => {} } as unknown as Logger
  const erasure = new Erasure({ door, recordingsDir, mark: () => 'the mark', log })
  const turn = () => erasure.turn(...([() => false, () => false] as const))
  renameSync(recordingsDir, away)
  mkdirSync(day, { recursive: true })
  await turn()
  assert.deepEqual(told, [])
  rmSync(recordingsDir, { recursive: true })
  renameSync(away, recordingsDir)
  now += hourMs
  await turn()
  assert.deepEqual([told, existsSync(path.join(day, 'r_1.wav'))], [['recording.erased'], false])
})

test('nothing is removed through a link in place of the folder of a day, and nothing told as gone; that is told', async t => {
  const root = mkdtempSync(path.join(tmpdir(), 'switchroom-erasure-'))
  t.after(() => rmSync(root, { recursive: true }))
  const [recordingsDir, moved] = [path.join(root, 'recordings'), path.join(root, 'moved')]
  const day = path.join(recordingsDir, '2026')
  for (const each of [recordingsDir, moved]) mkdirSync(each)
  writeFileSync(path.join(moved, 'r_1.wav'), 'what was said')
  symlinkSync(moved, day)
  const [gone, told] = [[] as string[], [] as string[]]
  const store = {
    read: async () => [{ id: 'r_1', call: 'c_1', path: '2026/r_1.wav', derivedPath: null }],
    commit: async ({ recorded: all }: { recorded: { fact: Fact }[] }) =>
      void gone.push(...all.map(one => one.fact.type)),
  }
  let now = 0
  const door = { store, clock: { now: () => now }, tell: () => {} } as never
  const log = { error: ({ err }: { err: Error }) => void told.push(err.message) } as unknown as Logger
  const erasure = new Erasure({ door, recordingsDir, log })
  const turn = () => erasure.turn(...([() => false, () => false] as const))
  await turn()
  assert.deepEqual([gone, existsSync(path.join(moved, 'r_1.wav'))], [[], true])
  assert.match(told.join(), /2026 is a link: nothing is written, read or removed/)
  unlinkSync(day)
  renameSync(moved, day)
  now += hourMs
  await turn()
  assert.deepEqual([gone, existsSync(path.join(day, 'r_1.wav'))], [['recording.erased'], false])
})
