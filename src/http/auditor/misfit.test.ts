/** A file that cannot be of its call is seen, heard, and accepted or left by an auditor, in words; nobody else decides. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import { type MisfitDesk, Misfits } from '../../engine/misfits.ts'
import { SecondLook } from '../../engine/second-look.ts'
import type { CallId, RecordingId } from '../../lib/ids.ts'
import { checkCalls } from '../../records/custody/evidence-calls.ts'
import { verifyEvidence } from '../../records/custody/evidence-check.ts'
import { lookAtRecording, RecordingFile, readAsSealed, salvageRecording } from '../../rtp/recording-file.ts'
import { look, send } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { auditorRoutes } from './auditor.ts'

let house: House
let olga = ''
let mayWrite = true
before(async () => {
  house = await openHouse({ pages: { routers: [auditorRoutes] } })
  const { store, log } = house.deps
  const fileOf = (path: string) => join(house.deps.config.recordingsDir, path)
  const never = { soon: () => {}, after: () => () => {} }
  const secondLook = new SecondLook({
    ...{ store, log, timers: never, mayLook: () => true, now: () => noon, monotonic: () => 0 },
    salvage: (path, fit) => salvageRecording(fileOf(path), fit),
  })
  house.deps.misfits = new Misfits({
    ...{ store, log, secondLook, mayWrite: () => mayWrite, now: () => noon },
    salvage: (path, as) => salvageRecording(fileOf(path), as),
    examine: (path, known) => lookAtRecording(fileOf(path), known),
    read: (path, looked, part) => readAsSealed(fileOf(path), looked, part),
  })
  await house.add('olga', 'auditor', { language: 'en', numbersMasked: false, displayName: 'Olga' })
  olga = (await house.signIn('olga')).cookie
})
after(() => house[Symbol.asyncDispose]())

const fileOf = (name: string) => join(house.deps.config.recordingsDir, `${name}.wav`)
const rowOf = async (name: string) => (await house.store.read('recordings.byId', { id: `r_${name}` as RecordingId }))!

/** Ten seconds of sound that were written long before their call, which was an hour ago and took a minute. */
async function aMisfit(name: string): Promise<void> {
  const [call, recording] = [`c_${name}` as CallId, `r_${name}` as RecordingId]
  lay(name, 0x55)
  const facts: [number, unknown][] = [
    [0, { type: 'call.offered', call, trunk: 't', leg: `g_${name}`, from: '+8613800000001', to: '1000' }],
    [0, { type: 'call.answered', call }],
    [0, { type: 'recording.opened', recording, call, path: `${name}.wav` }],
    [500, { type: 'recording.missing', recording, call, cause: 'misfit', reason: 'it was written last long ago' }],
    [
      60_000,
      {
        type: 'call.ended',
        call,
        ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
      },
    ],
  ]
  await house.store.commit({
    recorded: facts.map(([at, fact]) => ({ at: noon - 3_600_000 + at, actor: 'system', fact: fact as Fact })),
  })
}

function lay(name: string, octet: number): void {
  const file = new RecordingFile(fileOf(`${name}-new`), 8)
  file.append(new Uint8Array(160_000).fill(octet), 160_000)
  file.abandon()
  writeFileSync(fileOf(name), readFileSync(fileOf(`${name}-new`)))
  utimesSync(fileOf(name), 1_000_000, 1_000_000)
}

const pageOf = async (name: string, cookie = olga) => (await look(house, cookie, `/auditor/calls/c_${name}`)).text
const seenIn = (page: string) => /name="seen" value="([^"]+)"/.exec(page)![1]!
const afterIn = (page: string) => /name="after" value="([^"]+)"/.exec(page)![1]!
type Fields = { choice: string; reason: string; seen: string; after?: string }
const decide = (name: string, fields: Fields, cookie = olga) =>
  send(house, cookie, 'POST', `/auditor/recordings/r_${name}/misfit`, {
    ...{ choice: fields.choice, seen: fields.seen, after: fields.after ?? '0' },
    [`reason_r_${name}`]: fields.reason,
  })

function deskOf(misfits: MisfitDesk): MisfitDesk {
  return {
    look: id => misfits.look(id),
    isSealing: id => misfits.isSealing(id),
    accept: (id, as) => misfits.accept(id, as),
    leave: (id, after, write) => misfits.leave(id, after, write),
    read: (id, found, part) => misfits.read(id, found, part),
  }
}

test('an auditor sees what does not fit, hears it, and accepts it with a reason: it is sealed, and says so wherever it is shown', async () => {
  await aMisfit('taken')
  const page = await pageOf('taken')
  for (const words of ['It does not fit this call', '00:10, of 01:05 at most', '1970'])
    assert.ok(page.includes(words), words)
  const src = /src="([^"]+misfit\/audio[^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&')
  const part = await house.app.request(src, { headers: { cookie: olga, range: 'bytes=0-99' } })
  assert.deepEqual([part.status, part.headers.get('content-type')], [206, 'audio/wav'])
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), readFileSync(fileOf('taken')).subarray(0, 100))
  assert.equal((await house.facts('recording.listened')).length, 1)
  const seen = seenIn(page)
  for (const reason of ['', 'x', 'x'.repeat(501)]) {
    const refused = await decide('taken', { choice: 'accept', reason, seen })
    assert.ok(refused.status === 422 && refused.text.includes('Say why, in 5 to 500 characters.'))
  }
  const kept = await decide('taken', { choice: 'accept', reason: 'a <b>', seen: '' })
  assert.ok(kept.status === 422 && kept.text.includes('a &lt;b&gt;'), 'what was typed stays')
  const reason = 'the recorder’s clock was wrong'
  const both = await Promise.all([1, 2].map(() => decide('taken', { choice: 'accept', reason, seen })))
  assert.deepEqual(
    both.map(({ status, location }) => [status, location]),
    [1, 2].map(() => [303, '/auditor/calls/c_taken#recording-r_taken']),
  )
  const seals = await house.facts('recording.sealed')
  assert.equal(seals.length, 1, 'sent twice, it is sealed once')
  const { accepted, ...seal } = JSON.parse(seals[0]!.body)
  const sha256 = createHash('sha256')
    .update(readFileSync(fileOf('taken')))
    .digest('hex')
  assert.deepEqual([seal.sha256, seal.wasMissing, seal.durationMs], [sha256, true, 10_000])
  assert.match(seals[0]!.actor, /^user:/)
  assert.deepEqual([accepted.reason, accepted.misfits.includes('written'), accepted.writtenAt], [reason, true, 1e9])
  const shown = await pageOf('taken')
  assert.ok(shown.includes('Olga accepted it as its recording on') && shown.includes(reason))
  assert.ok(!shown.includes('misfit/audio') && shown.includes('accepted by hand'))
  assert.ok((await look(house, olga, '/auditor')).text.includes('accepted by hand'))
  const { secret } = await house.token('auditor')
  const told = (await (await house.api(secret, 'GET', '/recordings/r_taken')).json()) as { accepted: object }
  assert.deepEqual(told.accepted, accepted)
})

test('an export of evidence says who accepted it and why, and one that leaves that out is found out', async () => {
  await send(house, olga, 'POST', '/auditor/exports', { calls: 'c_taken', reason: 'complaint 17', what: 'chosen' })
  await house.deps.exports.idle()
  const [made] = await house.deps.exports.list()
  const zip = join(house.deps.config.exportsDir, `${made!.id}.zip`)
  assert.deepEqual((await verifyEvidence(zip)).faults, [])
  const lines = await house.store.read('journal.ofCall', { call: 'c_taken' as CallId })
  const { sha256, bytes, accepted } = await rowOf('taken')
  const faults = (told: object) => {
    const calls = [{ id: 'c_taken', recordings: [{ id: 'r_taken', file: 'missing', sha256, bytes, ...told }] }]
    const found: string[] = []
    checkCalls({ json: JSON.stringify(calls), csv: undefined, files: new Set() }, lines, found)
    return found.filter(fault => fault.includes('accepted'))
  }
  assert.deepEqual(faults({ accepted }), [])
  assert.match(faults({}).join(), /recording r_taken that its accepted is null; the journal says/)
})

test('what was left says by whom and why, stays as it lies, and may be accepted later', async () => {
  await aMisfit('left')
  const before = readFileSync(fileOf('left'))
  const seen = seenIn(await pageOf('left'))
  assert.equal((await decide('left', { choice: 'leave', reason: 'another voice', seen })).status, 303)
  assert.ok(readFileSync(fileOf('left')).equals(before))
  const page = await pageOf('left')
  assert.ok(
    page.includes('Olga left it as it lies on') && page.includes('another voice') && page.includes('name="seen"'),
  )
  assert.equal((await rowOf('left')).sealedAt, null)
  assert.equal((await decide('left', { choice: 'burn', reason: 'another voice', seen })).status, 422)
  assert.equal((await house.facts('recording.misfitLeft')).length, 1)
})

test('a file that was changed between the look and the word is not sealed, nor heard as the one that was seen', async () => {
  await aMisfit('swapped')
  const page = await pageOf('swapped')
  const src = /src="([^"]+misfit\/audio[^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&')
  lay('swapped-2', 0x2a)
  writeFileSync(fileOf('swapped'), readFileSync(fileOf('swapped-2'))) // as long, and as old
  utimesSync(fileOf('swapped'), 1_000_000, 1_000_000)
  const before = readFileSync(fileOf('swapped'))
  assert.equal((await house.app.request(src, { headers: { cookie: olga } })).status, 404)
  const answer = await decide('swapped', { choice: 'accept', reason: 'it is the one', seen: seenIn(page) })
  assert.ok(answer.status === 422 && answer.text.includes('The file has changed meanwhile'))
  assert.ok(readFileSync(fileOf('swapped')).equals(before))
  mayWrite = false
  const now = { choice: 'accept', reason: 'it is the one', seen: seenIn(answer.text) }
  assert.match((await decide('swapped', now)).text, /takes nothing now/)
  mayWrite = true
  assert.equal((await rowOf('swapped')).sealedAt, null)
  assert.equal((await decide('swapped', now)).status, 303)
  assert.notEqual((await rowOf('swapped')).sealedAt, null)
})

test('an auditor hears what would be sealed, whatever the header of the file says', async () => {
  await aMisfit('lying')
  const laid = readFileSync(fileOf('lying'))
  laid.fill(0, 54, 58) // by its own header there is no sound
  writeFileSync(fileOf('lying'), Buffer.concat([laid, Buffer.alloc(16_000, 0x2a), Buffer.alloc(100_000)]))
  const page = await pageOf('lying')
  assert.ok(page.includes('00:11, of 01:05 at most'))
  const src = /src="([^"]+misfit\/audio[^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&')
  const get = async (range?: string) => {
    const heard = await house.app.request(src, { headers: { cookie: olga, ...(range && { range }) } })
    return { bytes: Buffer.from(await heard.arrayBuffer()), of: heard.headers.get('content-range') }
  }
  const [whole, part] = [await get(), await get('bytes=20-99')]
  assert.equal((await decide('lying', { choice: 'accept', reason: 'it is the one', seen: seenIn(page) })).status, 303)
  const sealed = readFileSync(fileOf('lying'))
  assert.ok(whole.bytes.equals(sealed) && sealed.length === 176_058)
  assert.deepEqual([part.bytes, part.of], [sealed.subarray(20, 100), 'bytes 20-99/176058'])
})

test('nobody but an auditor hears it or decides, and no page of others does either', async () => {
  await aMisfit('mine')
  const seen = seenIn(await pageOf('mine'))
  const said = { choice: 'accept', reason: 'it is mine', seen }
  for (const role of ['quality', 'admin', 'supervisor', 'security', 'agent'] as const) {
    await house.add(`p_${role}`, role, { language: 'en' })
    const { cookie } = await house.signIn(`p_${role}`)
    assert.equal((await decide('mine', said, cookie)).status, 403, role)
    const heard = await house.app.request(`/auditor/recordings/r_mine/misfit/audio?seen=${seen}`, {
      headers: { cookie },
    })
    assert.equal(heard.status, 403, role)
    if (role !== 'quality') continue
    const page = await pageOf('mine', cookie)
    assert.ok(
      page.includes('cannot be of this call') && !page.includes('misfit/audio') && !page.includes('name="seen"'),
    )
  }
  const foreign = await house.app.request('/auditor/recordings/r_mine/misfit', {
    method: 'POST',
    headers: { cookie: olga, 'sec-fetch-site': 'cross-site' },
    body: new URLSearchParams({ choice: 'accept', seen, reason_r_mine: 'it is mine' }),
  })
  assert.equal(foreign.status, 403)
  assert.equal((await rowOf('mine')).sealedAt, null)
  assert.equal((await decide('none', said)).status, 404)
})

test('who decides on what another decided meanwhile is told who did, what, when and why, and nothing is done', async () => {
  await house.add('oscar', 'auditor', { language: 'en', displayName: 'Oscar' })
  const { cookie: oscar } = await house.signIn('oscar')
  await aMisfit('shared')
  const page = await pageOf('shared')
  const said = { reason: 'it is the one', seen: seenIn(page), after: afterIn(page) }
  const factsOf = async (type: string) => (await house.facts(type)).filter(({ body }) => body.includes('r_shared'))

  assert.equal((await decide('shared', { ...said, choice: 'leave', reason: 'another voice' }, oscar)).status, 303)
  for (const choice of ['accept', 'leave']) {
    const late = await decide('shared', { ...said, choice })
    assert.equal(late.status, 409, choice)
    assert.match(late.text, /Meanwhile Oscar left this file as it lies on .+: another voice. What you decided was not/)
    assert.ok(late.text.includes('it is the one'), 'what was typed stays')
  }
  assert.equal((await rowOf('shared')).sealedAt, null)
  assert.equal((await decide('shared', { ...said, choice: 'leave', reason: 'another voice' }, oscar)).status, 303)
  assert.equal((await factsOf('recording.misfitLeft')).length, 1, 'sent twice, it is said once')

  const again = { ...said, after: afterIn(await pageOf('shared')) }
  assert.equal((await decide('shared', { ...again, choice: 'accept', reason: 'the voice of Carl' }, oscar)).status, 303)
  for (const choice of ['accept', 'leave']) {
    const late = await decide('shared', { ...again, choice })
    assert.equal(late.status, 409, choice)
    assert.match(late.text, /Meanwhile Oscar accepted this file on .+: the voice of Carl. What you decided was not/)
  }
  const seals = await factsOf('recording.sealed')
  assert.deepEqual([seals.length, (await factsOf('recording.misfitLeft')).length], [1, 1])
})

test('of two auditors who leave it at once the second is told of the first; who sent it twice is not', async () => {
  const { cookie: oscar } = await house.signIn('oscar')
  await aMisfit('twice')
  const said = { choice: 'leave', seen: seenIn(await pageOf('twice')) }
  const both = await Promise.all([
    decide('twice', { ...said, reason: 'another voice' }),
    decide('twice', { ...said, reason: 'it is cut off' }, oscar),
    decide('twice', { ...said, reason: 'another voice' }),
  ])
  const leaves = (await house.facts('recording.misfitLeft')).filter(({ body }) => body.includes('r_twice'))
  assert.equal(leaves.length, 1)
  const isOlgas = leaves[0]!.body.includes('another voice')
  assert.deepEqual(
    both.map(({ status }) => status),
    isOlgas ? [303, 409, 303] : [409, 303, 409],
  )
  const late = both[isOlgas ? 1 : 0]!.text
  assert.match(late, isOlgas ? /Meanwhile Olga left this file as it lies/ : /Meanwhile Oscar left this file as it lies/)
})

test('who accepts what another leaves before it can be sealed is told so, and it is not sealed', async () => {
  const { cookie: oscar } = await house.signIn('oscar')
  await aMisfit('raced')
  const [said, { misfits }] = [{ seen: seenIn(await pageOf('raced')) }, house.deps]
  try {
    house.deps.misfits = {
      ...deskOf(misfits!),
      async accept(...of: Parameters<MisfitDesk['accept']>) {
        assert.equal((await decide('raced', { ...said, choice: 'leave', reason: 'another voice' }, oscar)).status, 303)
        return await misfits!.accept(...of)
      },
    }
    const late = await decide('raced', { ...said, choice: 'accept', reason: 'it is the one' })
    assert.equal(late.status, 409)
    assert.match(late.text, /Meanwhile Oscar left this file as it lies on .+: another voice. What you decided was not/)
    assert.equal((await rowOf('raced')).sealedAt, null)
  } finally {
    house.deps.misfits = misfits!
  }
})

test('what fits after all and was sealed meanwhile, or is no misfit any more, is told as that', async () => {
  await aMisfit('fits')
  const said = { choice: 'leave', reason: 'it is not the one', seen: seenIn(await pageOf('fits')) }
  const of = { recording: 'r_fits' as RecordingId, call: 'c_fits' as CallId }
  const tell = (fact: Fact) => house.store.commit({ recorded: [{ at: noon, actor: 'system', fact }] })
  await tell({ type: 'recording.missing', ...of, cause: 'absent', reason: 'gone' })
  for (const choice of ['accept', 'leave']) {
    const late = await decide('fits', { ...said, choice })
    assert.ok(late.status === 409 && late.text.includes('There is no file to decide on any more'), choice)
  }
  await tell({ type: 'recording.sealed', ...of, sha256: 'ab'.repeat(32), bytes: 58, durationMs: 0, salvaged: true })
  const late = await decide('fits', said)
  assert.ok(late.status === 409 && late.text.includes('Meanwhile the system sealed this file'))
})

test('a disk that does not answer in time, or seals slowly, is told in words, and nothing is said of what is being sealed', async () => {
  await aMisfit('slow')
  const { misfits } = house.deps
  const seen = seenIn(await pageOf('slow'))
  const said = { choice: 'accept', reason: 'it is the one', seen }
  try {
    house.deps.misfits = { ...deskOf(misfits!), accept: async () => 'unseen' as const }
    const unanswered = await decide('slow', said)
    assert.ok(unanswered.status === 422 && unanswered.text.includes('does not answer in time. Nothing was changed'))
    assert.ok(unanswered.text.includes('it is the one'), 'what was typed stays')
    house.deps.misfits = {
      ...deskOf(misfits!),
      look: async () => 'unseen' as const,
      accept: async () => 'unseen' as const,
    }
    assert.match((await decide('slow', said)).text, /Nothing was changed/, 'also where it is not seen again')
    house.deps.misfits = {
      ...deskOf(misfits!),
      accept: async () => 'sealing' as const,
      look: async () => 'sealing' as const,
    }
    const begun = await decide('slow', said)
    assert.ok(begun.text.includes('and its disk is slow') && !begun.text.includes('name="seen"'))
    house.deps.misfits = { ...deskOf(misfits!), isSealing: () => true }
    assert.match((await decide('slow', { ...said, choice: 'leave' })).text, /is being sealed/)
    assert.equal((await house.facts('recording.misfitLeft')).filter(({ body }) => body.includes('r_slow')).length, 0)
  } finally {
    house.deps.misfits = misfits!
  }
})
