import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Campaign } from '../../centre/entities.ts'
import { asset, workerFile } from '../../lib/places.ts'
import { changeCampaign, createCampaign } from '../../records/campaigns/campaigns.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { convertWav } from '../../rtp/convert.ts'
import { wavOf } from '../../rtp/fixtures/wav-of.ts'
import { encode } from '../../rtp/g711.ts'
import { loadFragments } from '../../rtp/prompts.ts'
import { goertzel, sequence } from '../../rtp/tone.ts'
import { readWav, writeMono } from '../../rtp/wav.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let campaign: Campaign
let adam = ''
let ada = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  for (const name of ['adam', 'ada']) await house.add(name, 'admin', { language: 'en' })
  await house.add('alice', 'agent')
  adam = (await house.signIn('adam')).cookie
  ada = (await house.signIn('ada')).cookie
  // As the telephone does it: the sound of these prompts out of their folders.
  const folders = [house.deps.phrases.folder, asset('assets/speech')]
  house.deps.phrases.convert = file => convertWav(file, workerFile('rtp/convert-worker'))
  house.deps.speech = prompts => {
    const found = loadFragments(folders, prompts, words => assert.fail(words))
    return writeMono(encode(sequence(...prompts.map(name => found[name]!)), 'pcma'), 'pcma')
  }
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = { name: 'notices', business: 'collections', mode: 'notice', policy: 'LAB-ANY-HOUR' }
  campaign = await createCampaign(door, 'system', { ...given, trunks: [trunk.id] })
})
after(() => house[Symbol.asyncDispose]())

async function upload(cookie: string, file: Uint8Array, name = 'welcome', words = 'Good day.'): Promise<Response> {
  const body = new FormData()
  body.set('name', name)
  body.set('words', words)
  body.set('file', new File([file.slice()], 'x.wav'))
  return house.app.request('/admin/phrases', {
    method: 'POST',
    headers: { cookie, 'sec-fetch-site': 'same-origin', accept: 'text/html' },
    body,
  })
}

const sound = (cookie: string, path: string) => house.app.request(path, { headers: { cookie } })
const tone = (hz: number) => wavOf({ rate: 44_100, channels: 2, hz, ms: 600 })
const says = (prompt: string) => ({ notice: { language: 'en', parts: [{ prompt }, { prompt: 'press-1' }] } })

test('a recording is sent, heard, put to use, and then said in notices: only then, and by whoever heard it', async () => {
  assert.equal((await upload(adam, tone(800))).status, 303)
  await assert.rejects(changeCampaign(house.deps.records, 'system', campaign.id, says('own/welcome')), /own\/welcome/)
  const unheard = await send(house, adam, 'POST', '/admin/phrases/welcome/1/use')
  assert.equal(unheard.status, 422)
  assert.match(unheard.text, /[Ll]isten/)

  const heard = await sound(ada, '/admin/phrases/welcome/1/sound.wav')
  assert.equal(heard.headers.get('content-type'), 'audio/wav')
  assert.equal((await send(house, adam, 'POST', '/admin/phrases/welcome/1/use')).status, 422, 'ada heard it, not adam')
  assert.equal((await send(house, ada, 'POST', '/admin/phrases/welcome/1/use')).status, 303)
  await changeCampaign(house.deps.records, 'system', campaign.id, says('own/welcome'))

  const notice = await sound(adam, `/admin/campaigns/${campaign.id}/notice.wav`)
  assert.equal(notice.status, 200)
  assert.equal(notice.headers.get('content-type'), 'audio/wav')
  const samples = readWav(new Uint8Array(await notice.arrayBuffer()))
  assert.ok(samples.length > 4_800 + 8_000, 'the phrase behind it is said too')
  assert.ok(goertzel(samples.subarray(200, 4_600), 800) > 0.45, 'it begins with the recording')
})

test('a new version is said only when it is put to use, and the journal tells which was when', async () => {
  assert.equal((await upload(ada, tone(1_200))).status, 303)
  const first = async () => {
    const wav = await (await sound(ada, `/admin/campaigns/${campaign.id}/notice.wav`)).arrayBuffer()
    const samples = readWav(new Uint8Array(wav)).subarray(200, 4_600)
    return goertzel(samples, 800) > 0.45 ? 800 : goertzel(samples, 1_200) > 0.45 ? 1_200 : 0
  }
  assert.equal(await first(), 800)
  await sound(ada, '/admin/phrases/welcome/2/sound.wav')
  await send(house, ada, 'POST', '/admin/phrases/welcome/2/use')
  assert.equal(await first(), 1_200)
  await send(house, ada, 'POST', '/admin/phrases/welcome/1/use')
  assert.equal(await first(), 800, 'one may go back')
  assert.deepEqual((await house.store.setup(house.clock.now())).phrases, [{ name: 'welcome', version: 1 }])
  const saved = (await house.facts('phrase.saved')).map(fact => JSON.parse(fact.body))
  assert.deepEqual(
    saved.map(({ version, words }) => [version, words]),
    [
      [1, 'Good day.'],
      [2, 'Good day.'],
    ],
  )
  assert.notEqual(saved[0].sha256, saved[1].sha256)
  assert.match((await look(house, ada, '/admin/phrases')).text, /in use/)
})

test('what is no recording, or has no name, is refused beside its field and leaves nothing behind', async () => {
  const of = async (response: Promise<Response>) => {
    const { status } = await response
    return [status, (await (await response).text()).match(/class="error" id="e-(\w+)"/)?.[1]]
  }
  assert.deepEqual(await of(upload(adam, Buffer.from('MZ this is a program'))), [422, 'file'])
  assert.deepEqual(await of(upload(adam, new Uint8Array(0))), [422, 'file'])
  assert.deepEqual(await of(upload(adam, tone(500), '../../etc/passwd')), [422, 'name'])
  assert.deepEqual(await of(upload(adam, tone(500), 'fine', ' ')), [422, 'words'])
  const versions = await house.store.read('phrases.list', {})
  assert.deepEqual(
    versions.map(({ name, version }) => `${name}@${version}`),
    ['welcome@2', 'welcome@1'],
  )
  assert.equal((await sound(adam, '/admin/phrases/nobody/1/sound.wav')).status, 404)
  assert.equal((await sound((await house.signIn('alice')).cookie, '/admin/phrases')).status, 403)
})

test('a sound that was changed on disk is not played as what was saved', async () => {
  const file = join(house.deps.phrases.folder, 'own', 'welcome@2.wav')
  const before = readFileSync(file)
  writeFileSync(file, Buffer.concat([before.subarray(0, 100), Buffer.from([1]), before.subarray(101)]))
  assert.equal((await sound(adam, '/admin/phrases/welcome/2/sound.wav')).status, 404)
  writeFileSync(file, before)
  assert.equal((await sound(adam, '/admin/phrases/welcome/2/sound.wav')).status, 200)
})
