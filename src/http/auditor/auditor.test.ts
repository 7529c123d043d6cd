import assert from 'node:assert/strict'
import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { missingWords } from '../../../web/words/custody.ts'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, LegId, RecordingId, TrunkId, UserId } from '../../lib/ids.ts'
import { evidenceZip } from '../../records/custody/evidence.ts'
import { changeTeam, createTeam } from '../../records/people/teams.ts'
import { look, send } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { auditorRoutes } from './auditor.ts'

let house: House
let olga = ''
let agent: UserId
const audio = Buffer.alloc(9000, 0xd5)
before(async () => {
  house = await openHouse({ pages: { routers: [auditorRoutes] } })
  const alice = await house.add('alice', 'agent', { displayName: 'Alice' })
  agent = alice.id
  await house.add('olga', 'auditor', { language: 'en', numbersMasked: false })
  olga = (await house.signIn('olga')).cookie
  mkdirSync(path.join(house.deps.config.recordingsDir, '2026'))
  for (const n of [1, 2]) {
    writeFileSync(path.join(house.deps.config.recordingsDir, `2026/r_${n}.wav`), audio)
    const call = `c_${n}` as CallId
    const recording = `r_${n}` as RecordingId
    const facts: Fact[] = [
      {
        type: 'call.dialed',
        call,
        mode: 'manual',
        campaign: null,
        lead: null,
        party: null,
        name: n === 1 ? 'Carl <i>' : 'Dora',
        relation: 'SELF',
        agent: alice.id,
        number: `+861381234567${n}`,
        trunk: 't_1' as TrunkId,
        callerId: '+861012345678',
        leg: `g_${n}` as LegId,
        verdict: {
          policy: 'LAB-ANY-HOUR',
          version: '1',
          rules: ['contact_hours', 'rule_of_before'],
          override: 'he asked from 13987654321',
        },
      },
      { type: 'call.answered', call },
      { type: 'call.connected', call, agent: alice.id },
      { type: 'recording.opened', recording, call, path: `2026/r_${n}.wav` },
      {
        type: 'call.ended',
        call,
        ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
      },
      {
        type: 'recording.sealed',
        recording,
        call,
        sha256: `${n}`.repeat(64),
        bytes: audio.length,
        durationMs: 97_000,
        salvaged: false,
      },
    ]
    await house.store.commit({
      recorded: facts.map((fact, at) => ({ at: noon - n * 3600_000 + at * 1000, actor: 'system', fact })),
    })
  }
})
after(() => house[Symbol.asyncDispose]())

test('recordings are found by time, agent and number, and only they', async () => {
  const all = await look(house, olga, '/auditor')
  assert.equal(all.status, 200)
  assert.ok(all.text.includes('Carl &lt;i&gt;') && all.text.includes('Dora'))
  const found = async (query: Record<string, string>) =>
    (await look(house, olga, `/auditor?${new URLSearchParams(query)}`)).text
  const recent = await found({ from: '2026-11-24T10:30' })
  assert.ok(recent.includes('Carl') && !recent.includes('Dora'), 'from half past ten on')
  const byNumber = await found({ number: '138 1234 5672' })
  assert.ok(byNumber.includes('Dora') && !byNumber.includes('Carl'))
  assert.ok(!(await found({ number: 'none at all' })).includes('Dora'), 'a number that is none finds nothing')
  assert.ok(!(await found({ agent: 'u_nobody' })).includes('Dora'))
  assert.equal((await look(house, olga, '/auditor?cursor=nonsense')).status, 422)
})

test('a call’s page says in words what was checked before it was dialled, with the name in the journal, and who went past a limit why', async () => {
  const olgas = (await look(house, olga, '/auditor/calls/c_1')).text
  assert.ok(olgas.includes('<dd><span title="contact_hours">contact hours</span> · <span title="rule_of_before">'))
  assert.ok(olgas.includes('beyond a limit, allowed by a supervisor: he asked from 13987654321'))
  await house.add('qin', 'quality', { language: 'zh-CN' })
  const { cookie } = await house.signIn('qin')
  const qins = (await look(house, cookie, '/auditor/calls/c_1')).text
  assert.ok(
    qins.includes('<span title="contact_hours">拨打时段</span>') &&
      qins.includes('班长放行：he asked from 139****4321'),
  )
})

test('a call’s page shows its facts, and its audio can be sought in; seeking is one listen in the journal', async () => {
  const page = await look(house, olga, '/auditor/calls/c_1')
  assert.equal(page.status, 200)
  for (const words of ['LAB-ANY-HOUR', 'answered', '1'.repeat(64), '01:37']) assert.ok(page.text.includes(words), words)
  const src = /<audio[^>]*src="([^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&')
  const part = (range: string) => house.app.request(src, { headers: { cookie: olga, range } })
  const first = await part('bytes=0-99')
  assert.equal(first.status, 206)
  assert.equal(first.headers.get('content-range'), `bytes 0-99/${audio.length}`)
  assert.equal((await first.arrayBuffer()).byteLength, 100)
  await (await part('bytes=5000-5999')).arrayBuffer()
  const whole = (url: string, cookie = olga) => house.app.request(url, { headers: { cookie } })
  await Promise.all([whole(src), whole(src)].map(async each => (await each).arrayBuffer()))
  const listens = async () => (await house.facts('recording.listened')).length
  assert.equal(await listens(), 1)
  const again = /<audio[^>]*src="([^"]+)"/.exec((await look(house, olga, '/auditor/calls/c_1')).text)![1]!
  await Promise.all([whole(again), whole(again)].map(async each => (await each).arrayBuffer()))
  assert.equal(await listens(), 2, 'the page opened a second time is a second listen')
  const chosen = src.replace(/opening=.*/, 'opening=mine')
  for (const _ of [1, 2]) await (await whole(chosen)).arrayBuffer()
  assert.equal(await listens(), 4, 'an opening of one’s own choice hides no listen')
  for (const _ of [1, 2]) await (await whole(src.replace('r_1', 'r_2'))).arrayBuffer()
  assert.equal(await listens(), 6, 'nor does that of another recording')
  await house.add('quentin', 'quality')
  const { cookie } = await house.signIn('quentin')
  for (const _ of [1, 2]) await (await whole(src, cookie)).arrayBuffer()
  assert.equal(await listens(), 8, 'nor that of another person')
  assert.equal((await look(house, olga, '/auditor/calls/c_none')).status, 404)
})

test('nothing is heard or exported through a link, be it in place of the folder of a day or of a recording', async () => {
  const folder = path.join(house.deps.config.recordingsDir, '2026')
  const [moved, file] = [path.join(house.folder, 'moved'), path.join(folder, 'r_1.wav')]
  const heard = async () =>
    (await house.app.request('/auditor/recordings/r_1/audio', { headers: { cookie: olga } })).status
  const said = async () => {
    const about = { export: 'x_1', reason: 'r', requestedBy: 'olga', at: noon, version: '1' }
    const { recordingsDir } = house.deps.config
    const parts: Buffer[] = []
    const zip = evidenceZip({ store: house.store, recordingsDir, calls: ['c_1' as CallId], missingWords, about })
    for await (const part of zip) parts.push(part as Buffer)
    return Buffer.concat(parts).includes('audio/r_1.wav')
  }
  assert.deepEqual([await heard(), await said()], [200, true])
  renameSync(folder, moved)
  symlinkSync(moved, folder)
  assert.deepEqual([await heard(), await said()], [404, false])
  unlinkSync(folder)
  renameSync(moved, folder)
  renameSync(file, moved)
  symlinkSync(moved, file)
  assert.deepEqual([await heard(), await said()], [404, false])
  unlinkSync(file)
  renameSync(moved, file)
  assert.equal(await heard(), 200)
})

test('who listens says who answered, which stands beside what the sound was judged to be, and measures it', async () => {
  const call = 'c_2' as CallId
  await house.store.commit({
    recorded: [
      {
        at: noon,
        actor: 'system',
        fact: {
          type: 'call.judged',
          call,
          verdict: 'machine',
          reason: 'long_greeting',
          confidence: 0.82,
          afterMs: 2100,
          features: { greetingMs: 1900, recording: null },
        },
      },
    ],
  })
  const before = await look(house, olga, '/auditor/answerers')
  assert.match(before.text, /Nobody has listened to a call that was taken for a machine/)
  const path = `/auditor/calls/${call}/answerer`
  assert.ok((await look(house, olga, `/auditor/calls/${call}`)).text.includes(`action="${path}"`))
  assert.equal((await send(house, olga, 'POST', path, { answerer: 'parrot' })).status, 422)
  assert.equal((await send(house, olga, 'POST', '/auditor/calls/c_none/answerer', { answerer: 'human' })).status, 404)
  assert.equal((await send(house, olga, 'POST', path, { answerer: 'human' })).status, 303)
  const shown = (await look(house, olga, `/auditor/calls/${call}`)).text
  assert.match(shown, /value="human" aria-pressed="true"/)
  assert.match(shown, /a person · told from the recording/)
  const after = (await look(house, olga, '/auditor/answerers?days=7')).text
  assert.match(after, /Of 1 taken for machines that somebody listened to, 1 were people \(100/)
  assert.ok(after.includes(`/auditor/calls/${call}`) && after.includes('greetingMs 1900'))
  const quincy = await house.add('quincy', 'quality', { language: 'en' })
  const { cookie } = await house.signIn('quincy')
  const door = house.deps.records
  const team = await createTeam(door, 'system', { name: 'North', members: [], leaders: [quincy.id] })
  const ofNorth = async () => (await look(house, cookie, '/auditor/answerers')).text
  assert.doesNotMatch(await ofNorth(), /c_2|Of 1 taken/, 'of calls of others a leader counts none')
  await changeTeam(door, 'system', team.id, { members: [agent] })
  assert.match(await ofNorth(), /Of 1 taken for machines/)
  assert.equal((await send(house, olga, 'POST', path, { answerer: 'machine' })).status, 303)
  const agreed = (await look(house, olga, '/auditor/answerers')).text
  assert.match(agreed, /Of 1 that people say were machines, the sound missed 0/)
  assert.match(agreed, /They agree on every call/)
  assert.equal((await house.facts('call.answererTold')).length, 2, 'the last word stands, and the journal has both')
})

test('an export needs a reason and a choice; refused, it keeps what was typed', async () => {
  const short = await send(house, olga, 'POST', '/auditor/exports', { calls: 'c_1', reason: 'x', what: 'chosen' })
  assert.equal(short.status, 422)
  assert.match(short.text, /at least 5 characters/)
  assert.ok(short.text.includes('name="reason" value="x"'))
  const none = await send(house, olga, 'POST', '/auditor/exports', { reason: 'complaint 17', what: 'chosen' })
  assert.equal(none.status, 422)
  assert.match(none.text, /No calls were chosen/)
})

test('an export with a reason is made, listed and downloaded, and each is a fact', async () => {
  const fields = { calls: ['c_1', 'c_2'], reason: 'complaint 17', what: 'chosen' }
  assert.equal((await send(house, olga, 'POST', '/auditor/exports', fields)).status, 303)
  await house.deps.exports.idle()
  const list = await look(house, olga, '/auditor/exports')
  const file = /href="(\/auditor\/exports\/[^"]+\/file)"/.exec(list.text)?.[1]
  assert.ok(file, list.text.slice(0, 3000))
  const zip = await house.app.request(file, { headers: { cookie: olga } })
  assert.equal(zip.headers.get('content-type'), 'application/zip')
  assert.equal(
    Buffer.from(await zip.arrayBuffer())
      .subarray(0, 2)
      .toString(),
    'PK',
  )
  for (const type of ['export.requested', 'export.finished', 'export.downloaded'])
    assert.equal((await house.facts(type)).length, 1, type)
})

test('all that the search finds can be exported without choosing', async () => {
  const fields = { reason: 'quarterly check', what: 'all', number: '138 1234 5672', from: '2026-11-24T00:00' }
  const answer = await send(house, olga, 'POST', '/auditor/exports', fields)
  assert.equal(answer.status, 303, answer.text.slice(0, 2000))
  await house.deps.exports.idle()
  const made = (await house.deps.exports.list()).find(each => each.reason === 'quarterly check')
  assert.equal(made?.calls, 1)
})

test('quality listens and exports nothing', async () => {
  await house.add('quinn', 'quality')
  const quinn = (await house.signIn('quinn')).cookie
  const page = await look(house, quinn, '/auditor')
  assert.equal(page.status, 200)
  assert.ok(!page.text.includes('name="reason"'))
  assert.equal((await send(house, quinn, 'POST', '/auditor/exports', { reason: 'curious', what: 'all' })).status, 403)
})

test('an auditor holds a call on its page, and lifts it there; the page tells both, and quality only sees it', async () => {
  const form = { holdWhat: 'call c_1', holdReason: 'lawsuit 2026-17, as olga asked' }
  const at = '/auditor/calls/c_1/holds'
  const refused = await send(house, olga, 'POST', at, { ...form, holdReason: 'x' })
  assert.equal(refused.status, 422)
  assert.ok(refused.text.includes('Say why, in 5 to 500 characters.'))
  assert.equal((await send(house, olga, 'POST', at, { ...form, holdWhat: 'call c_none' })).status, 422)
  assert.equal((await send(house, olga, 'POST', at, form)).location, '/auditor/calls/c_1#holds')
  const page = (await look(house, olga, '/auditor/calls/c_1')).text
  assert.ok(page.includes('lawsuit 2026-17') && page.includes('Legal hold placed'))
  assert.match(page, /Legal hold placed<\/b><span class="muted">olga · /, 'also where the reason names her')
  assert.ok(!(await look(house, olga, '/auditor/calls/c_2')).text.includes('lawsuit 2026-17'))

  await house.add('quirin', 'quality', { language: 'en' })
  const quinn = (await house.signIn('quirin')).cookie
  const seen = (await look(house, quinn, '/auditor/calls/c_1')).text
  assert.ok(seen.includes('lawsuit 2026-17') && !seen.includes(`action="${at}"`))
  assert.equal((await send(house, quinn, 'POST', at, form)).status, 403)

  const [action] = new RegExp(`${at}/lh_[\\w-]+/lifting`).exec(page)!
  const unsaid = await send(house, olga, 'POST', action, { reason: '' })
  assert.ok(unsaid.status === 422 && unsaid.text.includes('Say why'))
  assert.equal((await send(house, olga, 'POST', action, { reason: 'the court has ruled' })).status, 303)
  assert.ok((await look(house, olga, '/auditor/calls/c_1')).text.includes('Nothing is held.'))
  assert.equal((await house.facts('legalHold.lifted')).length, 1)
})

test('of a recording that was destroyed the page has a certificate: what it was, why it went, and the line that proves it', async () => {
  const none = await look(house, olga, '/auditor/recordings/r_2/destruction')
  assert.equal(none.status, 404)
  const kept = { n: 5, of: 'YEAR' } as const
  const about = { recording: 'r_2' as RecordingId, call: 'c_2' as CallId }
  const facts: Fact[] = [
    { type: 'recording.destroyed', ...about, reason: 'retention', business: 'sales', kept, policy: 'CN-CFC-2024' },
  ]
  const { seq: lineBefore } = await house.store.read('journal.head', {})
  await house.store.commit({ recorded: facts.map(fact => ({ at: noon, actor: 'system', fact })) })
  const call = (await look(house, olga, '/auditor/calls/c_2')).text
  assert.ok(call.includes('href="/auditor/recordings/r_2/destruction"'))
  const at = (await look(house, olga, '/auditor/recordings/r_2/destruction')).text
  for (const said of ['2'.repeat(64), 'kept for 5 years, as policy CN-CFC-2024 asks', 'not given up the files yet'])
    assert.ok(at.includes(said), said)

  const { secret } = await house.token('auditor')
  const told = (await (await house.api(secret, 'GET', '/recordings/r_2/destruction')).json()) as {
    by: object
    erasedAt: number | null
    journal: { seq: number; hash: string }
  }
  assert.deepEqual(told.by, { reason: 'retention', business: 'sales', kept, policy: 'CN-CFC-2024' })
  assert.deepEqual([told.erasedAt, told.journal.seq], [null, lineBefore + 1])
  assert.ok(at.includes(told.journal.hash))
  assert.equal((await house.api(secret, 'GET', '/recordings/r_1/destruction')).status, 404)
})

test('holds by the API: placed, listed and lifted with reasons, by auditor and security alone', async () => {
  const { secret } = await house.token('security')
  const given = { kind: 'party', target: 'REF-9', reason: 'lawsuit 2026-19' }
  const placed = await house.api(secret, 'POST', '/legal-holds', given)
  assert.equal(placed.status, 201, await placed.clone().text())
  const { id } = (await placed.json()) as { id: string }
  assert.equal((await house.api(secret, 'POST', '/legal-holds', given)).status, 409)
  assert.equal((await house.api(secret, 'POST', '/legal-holds', { ...given, reason: '' })).status, 422)
  const { items } = (await (await house.api(secret, 'GET', '/legal-holds')).json()) as { items: { target: string }[] }
  assert.deepEqual(
    items.map(({ target }) => target),
    ['REF-9'],
  )
  for (const role of ['admin', 'supervisor', 'quality', 'agent'] as const)
    assert.equal((await house.api((await house.token(role)).secret, 'POST', '/legal-holds', given)).status, 403)
  const lifted = await house.api(secret, 'POST', `/legal-holds/${id}/lifting`, { reason: 'it is over' })
  assert.equal(lifted.status, 204)
  const ofCall = { kind: 'call', target: 'c_2', reason: 'lawsuit 2026-20' }
  assert.equal((await house.api(secret, 'POST', '/legal-holds', ofCall)).status, 201)
  const page = (await look(house, olga, '/auditor/calls/c_2')).text
  assert.match(page, /Legal hold placed<\/b><span class="muted">program “test security” · /)
  assert.match(page, /<td>program “test security”<\/td>/, 'also in the table of holds')
  const again = await house.api(secret, 'POST', `/legal-holds/${id}/lifting`, { reason: 'it is over' })
  assert.equal(again.status, 404)
})

test('the journal is checked line by line, and a line that was changed is named', async () => {
  const whole = await send(house, olga, 'POST', '/auditor/journal/check', {}, true)
  assert.match(whole.text, /Whole: all \d+ entries agree/)
  const { default: Database } = await import('better-sqlite3')
  const raw = new Database(path.join(house.folder, 'switchroom.db'))
  // Whoever can write the file can drop what guards it; the chain still tells.
  const guards = raw.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'").all()
  for (const { name } of guards as { name: string }[]) raw.exec(`DROP TRIGGER ${name}`)
  raw.prepare("UPDATE journal SET body = replace(body, 'Dora', 'Dara') WHERE type = 'call.dialed'").run()
  const { seq } = raw.prepare("SELECT seq FROM journal WHERE body LIKE '%Dara%'").get() as { seq: number }
  raw.close()
  const broken = await send(house, olga, 'POST', '/auditor/journal/check', {}, true)
  assert.ok(broken.text.includes(`entry ${seq} does not agree`), broken.text)
})

test('a recording that was told as missing and found after all can be heard, and its call says what became of it', async () => {
  const [call, recording, file] = ['c_found' as CallId, 'r_found' as RecordingId, '2026/r_found.wav']
  writeFileSync(path.join(house.deps.config.recordingsDir, file), audio)
  const line = { trunk: 't_1' as TrunkId, leg: 'g_found' as LegId, from: '+8613900000009', to: '1000' }
  const whole = { sha256: 'f'.repeat(64), bytes: audio.length, durationMs: 97_000 }
  const facts: Fact[] = [
    { type: 'call.offered', call, ...line },
    { type: 'call.answered', call },
    { type: 'recording.opened', recording, call, path: file },
    { type: 'recording.missing', recording, call, cause: 'io_error', reason: 'EIO: i/o error, fdatasync' },
    {
      type: 'recording.sealed',
      recording,
      call,
      ...whole,
      salvaged: true,
      wasMissing: true,
      foundAfterMs: 3 * 86_400_000,
    },
  ]
  const tell = (some: Fact[]) =>
    house.store.commit({ recorded: some.map(fact => ({ at: noon + 1000, actor: 'system', fact })) })
  await tell(facts.slice(0, 4))
  const before = (await look(house, olga, `/auditor/calls/${call}`)).text
  assert.ok(!before.includes('<audio') && !before.includes('was found'))
  await tell(facts.slice(4))
  const after = (await look(house, olga, `/auditor/calls/${call}`)).text
  assert.match(after, /<audio/)
  assert.match(after, /It had been told as missing; its file was found on the disk 3 days after the call/)
  assert.match(after, /had been missing: yes/)
  const { secret } = await house.token('auditor')
  const told = await (await house.api(secret, 'GET', `/recordings/${recording}`)).json()
  assert.equal((told as { wasMissing: boolean }).wasMissing, true)
})

test('a call that was sent on to us says by whom and why, masked for whom numbers are, and so does the API', async () => {
  await house.add('qiu', 'quality', { language: 'zh-CN', numbersMasked: true })
  const qiu = (await house.signIn('qiu')).cookie
  const line = { type: 'call.offered', trunk: 't_1' as TrunkId, from: '+8613900000009', to: '1000' } as const
  const diverted = { number: '+8613800001234', reason: 'no-answer' } as const
  const calls = ['c_sent', 'c_hidden', 'c_plain'] as CallId[]
  const told: Fact[] = [
    { ...line, call: calls[0]!, leg: 'g_s' as LegId, diverted },
    { ...line, call: calls[1]!, leg: 'g_h' as LegId, diverted: { number: null, reason: 'unknown' } },
    { ...line, call: calls[2]!, leg: 'g_p' as LegId },
  ]
  await house.store.commit({ recorded: told.map(fact => ({ at: noon + 1500, actor: 'system', fact })) })
  const pages = async (who: string) =>
    Promise.all(calls.map(async call => (await look(house, who, `/auditor/calls/${call}`)).text))
  const [sent, hidden, plain] = await pages(olga)
  assert.equal(sent!.split('138 0000 1234 · no answer').length - 1, 2, 'in the details, and in what happened')
  assert.match(hidden!, /Forwarded by<\/dt><dd>a number that is not shown<\/dd>/)
  assert.ok(!plain!.includes('Forwarded by'))
  const [masked] = await pages(qiu)
  assert.equal(masked!.split('138 **** 1234 · 无人接听').length - 1, 2)
  assert.ok(!/0000 ?1234/.test(masked!))
  const { secret } = await house.token('auditor')
  const replies = calls.map(async call => (await house.api(secret, 'GET', `/calls/${call}`)).json())
  assert.deepEqual(
    (await Promise.all(replies)).map(reply => (reply as { diverted: unknown }).diverted),
    [diverted, { number: null, reason: 'unknown' }, null],
  )
})

test('why a recording is missing is said in the reader’s language, by the journal too, and what the system said is not', async () => {
  await house.add('lin', 'auditor', { language: 'zh-CN' })
  const { cookie } = await house.signIn('lin')
  const [call, recording] = ['c_gone' as CallId, 'r_gone' as RecordingId]
  const line = { trunk: 't_1' as TrunkId, leg: 'g_gone' as LegId, from: '+8613900000009', to: '1000' }
  const tell = (...facts: Fact[]) =>
    house.store.commit({ recorded: facts.map(fact => ({ at: noon + 2000, actor: 'system', fact })) })
  await tell(
    { type: 'call.offered', call, ...line },
    { type: 'recording.opened', recording, call, path: '2026/r_gone.wav' },
    { type: 'recording.missing', recording, call, cause: 'thread', reason: 'the recording thread died: exit code 9' },
  )
  for (const [who, words] of [
    [cookie, '录音程序中断'],
    [olga, 'the part of the program that records stopped'],
  ] as const) {
    const { text } = await look(house, who, `/auditor/calls/${call}`)
    assert.equal(text.split(words).length - 1, 2, 'beside the recording, and in what happened')
    assert.ok(!text.includes('exit code 9'))
  }
  for (const [cause, zh, en] of [
    ['misfit', '不可能是这次通话的录音', 'cannot be of this call'],
    ['unsealed', '文件未能封存', 'could not be sealed'],
  ] as const) {
    await tell({ type: 'recording.missing', recording, call, cause, reason: 'as the system says it' })
    assert.ok((await look(house, cookie, `/auditor/calls/${call}`)).text.includes(zh))
    assert.ok((await look(house, olga, `/auditor/calls/${call}`)).text.includes(en))
  }
  await tell({ type: 'recording.missing', recording, call, reason: 'told before there were causes' })
  assert.match((await look(house, cookie, `/auditor/calls/${call}`)).text, /没有录音： 原因见审计日志/)
})

test('why a recording has no smaller form is said in the reader’s language, by the journal too; what was told of old as it was told', async () => {
  await house.add('mei', 'auditor', { language: 'zh-CN' })
  const { cookie } = await house.signIn('mei')
  const [call, recording] = ['c_1' as CallId, 'r_1' as RecordingId]
  const tell = (fact: Fact) => house.store.commit({ recorded: [{ at: noon + 3000, actor: 'system', fact }] })
  const reason = 'the file is not what was sealed: its SHA-256 is 0123'
  await tell({ type: 'recording.underivable', recording, call, cause: 'changed', reason })
  for (const [who, words] of [
    [cookie, '内容已不是封存时的内容'],
    [olga, 'it holds something else'],
  ] as const) {
    const { text } = await look(house, who, `/auditor/calls/${call}`)
    assert.equal(text.split(words).length - 1, 2, 'beside the recording, and in what happened')
    assert.ok(!text.includes(reason))
  }
  await tell({ type: 'recording.underivable', recording, call, reason })
  assert.ok((await look(house, cookie, `/auditor/calls/${call}`)).text.includes(reason))
})
