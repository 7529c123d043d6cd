/** The review of a verification: by another person, with each answer heard where it was said. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, LegId, RecordingId, TrunkId, UserId } from '../../lib/ids.ts'
import { readSentence } from '../../records/campaigns/scripts.ts'
import { createParty } from '../../records/parties/parties.ts'
import { changeTeam, createTeam } from '../../records/people/teams.ts'
import { createApplication } from '../../records/verification/applications.ts'
import { saveConfirmations } from '../../records/verification/confirmations.ts'
import { answerItem } from '../../records/verification/task-answers.ts'
import { moveTaskBy } from '../../records/verification/tasks.ts'
import { auditorRoutes } from '../auditor/auditor.ts'
import { heardAt } from '../heard-answers.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
const cookies: Record<string, string> = {}
let id = ''
let alice: UserId
const call = 'c_1' as CallId
const recording = 'r_1' as RecordingId
/** A second of silence before the call was answered is on the recording: it began with the ringing. */
const earlyMs = 6_500
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes, auditorRoutes] } })
  alice = (await house.add('alice', 'agent')).id
  for (const [name, role] of [
    ['sam', 'supervisor'],
    ['sue', 'supervisor'],
    ['quentin', 'quality'],
    ['olga', 'auditor'],
  ] as const) {
    await house.add(name, role, { language: 'en' })
    cookies[name] = (await house.signIn(name)).cookie
  }
  const door = house.deps.records
  await createParty(door, 'system', { ref: 'K-1', name: 'Carl', phones: [{ number: '13812345678' }] })
  await createApplication(door, 'system', { ref: 'A-1', party: 'K-1', product: 'cash', amount: 1_000_000, term: 12 })
  id = (await house.store.read('tasks.page', {})).items[0]!.id
  await moveTaskBy(door, 'system', id, { type: 'assign', agent: alice })
  const { clock, store } = house
  const keep = (...facts: Fact[]) =>
    store.commit({ recorded: facts.map(fact => ({ at: clock.now(), actor: 'system' as const, fact })) })
  await keep(
    {
      ...{
        type: 'call.dialed',
        call,
        mode: 'manual',
        campaign: null,
        lead: null,
        party: 'K-1',
        name: 'Carl',
        relation: 'SELF',
      },
      ...{
        agent: alice,
        number: '+8613812345678',
        trunk: 't_1' as TrunkId,
        callerId: '+861012345678',
        leg: 'g_1' as LegId,
        task: { id, who: 'applicant', place: 0 },
      },
      verdict: { policy: 'LAB-ANY-HOUR', version: '1', rules: [] },
    },
    { type: 'recording.opened', recording, call, path: '2026/r_1.wav' },
  )
  await clock.advance(earlyMs)
  await keep({ type: 'call.answered', call }, { type: 'call.connected', call, agent: alice })
  await clock.advance(12_000)
  await answerItem(door, `user:${alice}`, id, { item: 'amount', said: '20000' })
  const read = { call, agent: alice, script: 'house', version: 0, sentence: 'recorded', read: true }
  await readSentence(door, `user:${alice}`, read)
  await clock.advance(3_000)
  await answerItem(door, `user:${alice}`, id, { item: 'name', said: 'Carl' })
  await clock.advance(10_000)
  const audio = new Uint8Array(8_000).fill(0xd5)
  mkdirSync(path.join(house.deps.config.recordingsDir, '2026'), { recursive: true })
  writeFileSync(path.join(house.deps.config.recordingsDir, '2026/r_1.wav'), audio)
  await keep(
    {
      type: 'call.ended',
      call,
      ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
    },
    {
      ...{ type: 'recording.sealed', recording, call, sha256: '0'.repeat(64), bytes: audio.length },
      ...{ durationMs: earlyMs + 25_000, salvaged: false },
    },
  )
  await moveTaskBy(door, `user:${alice}`, id, {
    type: 'submit',
    proposal: 'REJECT',
    reasons: ['IDENTITY'],
    note: 'odd',
  })
})
after(() => house[Symbol.asyncDispose]())

const page = async (name: string, where: string) => (await look(house, cookies[name]!, where)).text
const post = (name: string, where: string, fields: Record<string, string | string[]> = {}) =>
  send(house, cookies[name]!, 'POST', `/supervisor/tasks/${id}/${where}`, fields)

test('answers play from where they were said in the recording, which began before the call was answered', async () => {
  const text = await page('sam', `/supervisor/tasks/${id}`)
  const at = [...text.matchAll(/data-plays="audio-(\w+)" data-at="([\d.]+)"/g)].map(match => [
    match[1],
    Number(match[2]),
  ])
  assert.deepEqual(at, [
    ['r_1', (earlyMs + 12_000) / 1000],
    ['r_1', (earlyMs + 15_000) / 1000],
  ])
  assert.match(text, /expected <b>10000\.00<\/b>/)
  assert.match(text, /The verifier proposes: Reject \(Identity not confirmed\) — odd/)
})

test('on the page of the call an auditor sees each answer with what was expected, and hears it and what was read at its place', async () => {
  const text = await page('olga', `/auditor/calls/${call}`)
  const at = [...text.matchAll(/data-plays="audio-(\w+)" data-at="([\d.]+)"/g)].map(([, of, seconds]) => [
    of,
    Number(seconds),
  ])
  assert.deepEqual(at, [
    ['r_1', (earlyMs + 12_000) / 1000],
    ['r_1', (earlyMs + 15_000) / 1000],
    ['r_1', (earlyMs + 12_000) / 1000],
  ])
  assert.match(text, /<audio id="audio-r_1"/)
  assert.match(text, /1 mismatch/)
  assert.match(text, /Mismatch[\s\S]*said <b>20000<\/b>[\s\S]*expected <b>10000\.00<\/b>/)
  assert.match(text, /This call is recorded[\s\S]*read \d/)
  assert.ok(!text.includes(`/supervisor/tasks/${id}`), 'an auditor decides nothing')
  assert.ok((await page('quentin', `/auditor/calls/${call}`)).includes(`/supervisor/tasks/${id}`))
  assert.equal((await look(house, cookies['sam']!, `/auditor/calls/${call}`)).status, 403)
  const back = { call, agent: alice, script: 'house', version: 0, sentence: 'recorded', read: false }
  await readSentence(house.deps.records, `user:${alice}`, back)
  assert.match(await page('olga', `/auditor/calls/${call}`), /This call is recorded[\s\S]*not read/)
})

test('of several parts that one is played which has the answer, and none where nothing was recorded then', () => {
  const part = (id: string, openedAt: number, durationMs: number) => ({
    ...{ id: id as RecordingId, openedAt, durationMs, destroyedAt: null, sealedAt: 1 },
  })
  const parts = [part('r_a', 1_000, 5_000), part('r_b', 7_000, 5_000)]
  assert.deepEqual(heardAt(parts, { answeredAt: 2_000, offsetMs: 1_500 }), { recording: 'r_a', atMs: 2_500 })
  assert.deepEqual(heardAt(parts, { answeredAt: 2_000, offsetMs: 6_000 }), { recording: 'r_b', atMs: 1_000 })
  assert.equal(heardAt(parts, { answeredAt: 2_000, offsetMs: 4_500 }), null)
  assert.equal(heardAt([{ ...parts[0]!, destroyedAt: 9 }], { answeredAt: 2_000, offsetMs: 1_500 }), null)
})

test('the recording is heard from the task, each listen is in the journal, and no other recording is', async () => {
  const text = await page('quentin', `/supervisor/tasks/${id}`)
  const src = /<audio[^>]*src="([^"]+)"/.exec(text)![1]!.replaceAll('&amp;', '&')
  const heard = await house.app.request(src, { headers: { cookie: cookies['quentin']! } })
  assert.equal((await heard.arrayBuffer()).byteLength, 8_000)
  assert.equal((await house.facts('recording.listened')).length, 1)
  const other = await look(house, cookies['quentin']!, `/supervisor/tasks/${id}/recordings/r_2/audio`)
  assert.equal(other.status, 404)
})

test('who leads a team hears no call of another, from its task neither', async () => {
  const quinn = await house.add('quinn', 'quality', { language: 'en' })
  const { cookie } = await house.signIn('quinn')
  const door = house.deps.records
  const team = await createTeam(door, 'system', { name: 'North', members: [], leaders: [quinn.id] })
  const audio = `/supervisor/tasks/${id}/recordings/${recording}/audio`
  const shown = async () => (await look(house, cookie, `/supervisor/tasks/${id}`)).text
  assert.doesNotMatch(await shown(), /<audio|data-plays/)
  assert.equal((await look(house, cookie, audio)).status, 404)
  await changeTeam(door, 'system', team.id, { members: [alice] })
  for (const found of [/<audio/, /data-plays/]) assert.match(await shown(), found)
  assert.equal((await house.app.request(audio, { headers: { cookie } })).status, 200)
})

test('one person takes the review and decides with a reason; another is told to take it over first', async () => {
  assert.match(await page('sam', `/supervisor/tasks?state=SUBMITTED`), /A-1/)
  assert.doesNotMatch(await page('sam', `/supervisor/tasks?state=PASS`), /A-1/)
  assert.equal((await post('sam', 'review')).status, 303)
  assert.match((await post('sue', 'decision', { as: 'PASS' })).text, /Another person reviews this/)
  assert.match((await post('sam', 'decision', { as: 'REJECT' })).text, /Choose at least one reason/)
  assert.equal((await post('sam', 'decision', { as: 'x' })).status, 422)
  const missing = await post('sam', 'supplement', { missing: '', dueOn: '2026-12-01' })
  assert.match(missing.text, /What is missing, one a line/)
  assert.equal((await post('sam', 'supplement', { missing: 'payslip\nlease', dueOn: '2026-12-01' })).status, 303)
  assert.match(await page('sue', `/supervisor/tasks/${id}`), /payslip; lease · 2026-12-01/)
  assert.equal((await post('sue', 'arrival', { arriveNote: 'both' })).status, 303)
  assert.equal((await house.store.read('tasks.byId', { id }))?.state, 'ASSIGNED')
})

test('a task is given to somebody, called off with a reason, and new ones are shared out', async () => {
  const bob = (await house.add('bob', 'agent')).id
  assert.equal((await post('sam', 'assignment', { agent: bob })).status, 303)
  assert.equal((await house.store.read('tasks.byId', { id }))?.agent, bob)
  assert.equal((await post('sam', 'cancellation', { cancelNote: '' })).status, 422)
  assert.equal((await post('sam', 'cancellation', { cancelNote: 'withdrawn' })).status, 303)
  await createApplication(house.deps.records, 'system', {
    ref: 'A-2',
    party: 'K-1',
    product: 'cash',
    amount: 1,
    term: 1,
  })
  const shared = await send(house, cookies['sam']!, 'POST', '/supervisor/tasks/assignment')
  assert.match(shared.text, /1 shared out\./)
})

test('what the applicant was told stands on the review, and verifying anew takes back what was not sent yet', async () => {
  const door = house.deps.records
  const text = { 'zh-CN': '{application}', en: '{name}: {application} is approved' }
  await saveConfirmations(door, 'system', {
    needsConsent: false,
    templates: [{ as: 'PASS', product: null, channel: 'sms', text }],
  })
  await createParty(door, 'system', { ref: 'K-3', name: 'Dora', language: 'en', phones: [{ number: '13812340003' }] })
  await createApplication(door, 'system', { ref: 'A-3', party: 'K-3', product: 'cash', amount: 100, term: 1 })
  const task = (await house.store.read('tasks.page', { application: 'A-3' })).items[0]!
  const { openedAt: _, changedAt: __, submittedAt: ___, decidedAt: ____, ...bare } = task
  const fact = {
    type: 'task.moved',
    from: 'NEW',
    task: { ...bare, state: 'SUBMITTED', agent: alice, verifiers: [alice] },
  }
  await house.store.commit({ recorded: [{ at: house.clock.now(), actor: 'system', fact: fact as never }] })
  const where = `/supervisor/tasks/${task.id}`
  const to = (step: string, fields = {}, who = 'sam') => send(house, cookies[who]!, 'POST', `${where}/${step}`, fields)
  assert.match(await page('sam', where), /The applicant has not been written to/)
  await to('review')
  const both = await Promise.all([to('decision', { as: 'PASS' }), to('decision', { as: 'PASS' })])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [303, 409], 'of two browsers one decides')
  const decided = await page('sam', where)
  assert.match(decided, /waiting[\s\S]*Dora: A-3 is approved/)
  assert.equal((await house.facts('message.queued')).length, 1)
  assert.equal((await to('reopening', {}, 'quentin')).status, 403)
  const anew = await to('reopening')
  assert.equal(anew.status, 303)
  assert.notEqual(anew.location, where)
  const after = await page('sam', where)
  assert.match(after, /not sent[\s\S]*the decision was taken back first/)
  assert.doesNotMatch(after, /reopening/)
  assert.equal((await to('reopening')).status, 409, 'there is one that is open')
  assert.equal((await to('decision', { as: 'REJECT', reasons: 'IDENTITY' })).status, 409, 'what is decided stays')
})
