import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { workerFile } from '../../lib/places.ts'
import { changeCampaign, createCampaign } from '../../records/campaigns/campaigns.ts'
import { InvalidInput } from '../../records/errors.ts'
import { keepUnknown, libraryOf, unlabelledMax } from '../../records/telephony/announcements.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { convertWav } from '../../rtp/convert.ts'
import { wavOf } from '../../rtp/fixtures/wav-of.ts'
import { readWav, writeMono } from '../../rtp/wav.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  adam = (await house.signIn('adam')).cookie
  house.deps.phrases.convert = file => convertWav(file, workerFile('rtp/convert-worker'))
  house.deps.announcements.identify = async () => ({ label: 'POWER_OFF', confidence: 0.98, afterMs: 1_380 })
})
after(() => house[Symbol.asyncDispose]())

const powerOff = { label: 'POWER_OFF', language: 'zh-CN', words: '您拨打的电话已关机' }
const all = () => house.store.read('announcements.list', {})

function upload(path: string, field: string, file: Uint8Array, fields: Record<string, string>) {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.set(name, value)
  body.set(field, new File([file.slice()], 'x.wav'))
  const headers = { cookie: adam, 'sec-fetch-site': 'same-origin', accept: 'text/html' }
  return house.app.request(path, { method: 'POST', headers, body })
}

test('a recording is sent, listened to, labelled anew and removed; each is a fact, and the library is what ears are taught', async () => {
  const file = wavOf({ rate: 22_050, channels: 1, hz: 500, ms: 2_400 })
  assert.equal((await upload('/admin/announcements', 'file', file, powerOff)).status, 303)
  const [saved] = await all()
  assert.deepEqual(
    [saved!.label, saved!.language, saved!.words, saved!.call],
    ['POWER_OFF', 'zh-CN', powerOff.words, null],
  )
  assert.ok(Math.abs(saved!.durationMs - 2_400) < 5)
  const path = `/admin/announcements/${saved!.id}`
  const sound = await house.app.request(`${path}/sound.wav`, { headers: { cookie: adam } })
  assert.ok(readWav(new Uint8Array(await sound.arrayBuffer())).length > 19_000)
  const folder = house.deps.announcements.folder
  assert.deepEqual(
    (await libraryOf(house.deps.records, folder)).map(({ id, label }) => [id, label]),
    [[saved!.id, 'POWER_OFF']],
  )
  const anew = { label: 'VACANT', language: 'en', words: 'does not exist' }
  assert.equal((await send(house, adam, 'POST', `${path}/label`, anew)).status, 303)
  assert.equal((await all())[0]!.label, 'VACANT')
  assert.match((await look(house, adam, '/admin/announcements')).text, /does not exist/)
  assert.equal((await send(house, adam, 'POST', `${path}/remove`, {})).status, 303)
  assert.deepEqual(await all(), [])
  for (const type of ['announcement.saved', 'announcement.labelled', 'announcement.removed'] as const)
    assert.equal((await house.facts(type)).length, 1)
})

test('what is no WAV, too short, of no class, or of a call that has no such sound, is refused with what was found', async () => {
  const good = wavOf({ rate: 8_000, channels: 1, hz: 500, ms: 2_000 })
  for (const [file, fields, words] of [
    [new Uint8Array([1, 2, 3]), powerOff, /not a WAV file/],
    [wavOf({ rate: 8_000, channels: 1, hz: 500, ms: 900 }), powerOff, /0\.9 s/],
    [good, { ...powerOff, label: 'ANSWERED' }, /class of the list/],
    [good, { ...powerOff, label: '<b>' }, /&lt;b&gt;/],
  ] as const) {
    const answer = await upload('/admin/announcements', 'file', file, fields)
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), words)
  }
  const piece = { ...powerOff, call: 'c_nobody', fromS: '0', toS: '3' }
  const none = await send(house, adam, 'POST', '/admin/announcements/from-call', piece)
  assert.equal(none.status, 422)
  assert.equal((await send(house, adam, 'POST', '/admin/announcements/an_none/label', powerOff)).status, 404)
  assert.deepEqual(await all(), [])
})

test('a file that is tried is told what it would be recognised as, and is not kept', async () => {
  const file = wavOf({ rate: 8_000, channels: 1, hz: 500, ms: 2_000 })
  const answer = await upload('/admin/announcements/try', 'sample', file, {})
  assert.match(await answer.text(), /Recognised: Switched off, 98 % sure, after 1\.4 s/)
  assert.deepEqual(await all(), [])
})

test('sounds that nobody knows wait for a label, and when they are many the least heard and oldest makes room', async () => {
  const { folder } = house.deps.announcements
  const wav = writeMono(new Uint8Array(8 * 2_000).fill(0xd5), 'pcma')
  const ids: string[] = []
  for (let i = 0; i <= unlabelledMax; i++) {
    house.clock.advance(1_000)
    ids.push(await keepUnknown(house.deps.records, { folder, wav, durationMs: 2_000, from: null }))
  }
  const waiting = await all()
  assert.equal(waiting.length, unlabelledMax)
  assert.ok(!waiting.some(({ id }) => id === ids[0]))
  assert.ok(waiting.every(({ label }) => label === null))
})

test('answering machines are told from people only where an agent meets whoever answers', async () => {
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = {
    name: 'live',
    business: 'collections',
    mode: 'predictive',
    policy: 'LAB-ANY-HOUR',
    trunks: [trunk.id],
  }
  const campaign = await createCampaign(door, 'system', given)
  assert.deepEqual([campaign.machines, campaign.announcements], ['off', 'note'])
  assert.equal((await changeCampaign(door, 'system', campaign.id, { machines: 'end' })).machines, 'end')
  await assert.rejects(
    createCampaign(door, 'system', { ...given, name: 'by hand', mode: 'manual', machines: 'tell' }),
    InvalidInput,
  )
})
