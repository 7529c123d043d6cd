/** The carrier simulator says in 183 why a call fails, with a SIP status that says something else: the class is on the call within 2 s. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Campaign, Notice } from '../centre/entities.ts'
import type { CampaignId } from '../lib/ids.ts'
import { asset } from '../lib/places.ts'
import { addAnnouncement } from '../records/telephony/announcements.ts'
import { encode } from '../rtp/g711.ts'
import { readWav, writeMono } from '../rtp/wav.ts'
import { scenarioSchema } from '../sim/carrier/scenario.ts'
import { type RunningCarrier, startCarrier } from '../sim/carrier/start.ts'
import { World } from './world.ts'

const voices = {
  POWER_OFF: 'power-off-zh',
  VACANT: 'vacant-zh',
  SUSPENDED: 'suspended-zh',
  VOICEMAIL: 'voicemail-zh',
} as const
const strange = '+8613800000009'
const address = '127.0.0.46'

let world: World
let carrier: RunningCarrier
before(async () => {
  world = await World.open({ address: '127.0.0.1' })
  const says = (voice: string) => ({ kind: 'announcement', voice, sipStatus: 486, q850: 17 }) as const
  carrier = await startCarrier({
    scenario: scenarioSchema.parse({
      listen: [`udp:${address}:5080`],
      mediaAddress: address,
      people: [{ kind: 'busy' }],
      numbers: {
        '*01': says(voices.POWER_OFF),
        '*02': says(voices.VACANT),
        '*03': says(voices.SUSPENDED),
        '*09': says('en-carl'),
      },
    }),
    recordTo: null,
    log: () => undefined,
    onFault: error => assert.fail(String(error)),
  })
  await teach('POWER_OFF', 'VOICEMAIL')
})
after(async () => {
  await carrier?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

/** A robot dials: no agent is needed. */
async function dial(name: string, numbers: string[], more: Partial<Campaign> = {}): Promise<void> {
  const trunk = await world.trunk({ address, port: 5080 }, { id: `t_${name}` as never })
  const notice: Notice = { language: 'zh-CN', parts: [{ prompt: 'press-1' }], maxLines: 10, waitMs: 30_000 }
  const kept: Partial<Campaign> = { mode: 'notice', notice, ...more }
  const id = `k_${name}` as CampaignId
  await world.leads(await world.campaign({ id, trunks: [trunk], agents: [], ...kept }), numbers)
}

async function teach(...labels: (keyof typeof voices)[]): Promise<void> {
  for (const label of labels) {
    const samples = readWav(readFileSync(asset(`assets/voices/${voices[label]}.wav`)))
    const elsewhere = readWav(writeMono(encode(samples, 'pcmu'), 'pcmu')) // kept from a trunk of the other law
    await addAnnouncement(world.house.door, 'system', {
      ...{ folder: `${world.folder}/announcements`, wav: writeMono(encode(elsewhere, 'pcma'), 'pcma') },
      ...{ durationMs: samples.length / 8, from: null, label, language: 'zh-CN', words: voices[label] },
    })
  }
}

test('what the carrier says in 183 stands on the call with class and confidence within 2 s, beside the status that says busy', async () => {
  await dial('note', ['+8613800000001'])
  const { call } = await world.fact('call.dialed', fact => fact.number === '+8613800000001')
  const early = await world.fact('call.early', fact => fact.call === call)
  const announced = await world.fact('call.announced', fact => fact.call === call)
  assert.deepEqual([announced.by, announced.result], ['recording', 'POWER_OFF'])
  assert.ok(announced.confidence >= 0.85, `${announced.confidence}`)
  assert.ok(announced.afterMs <= 2_000, `${announced.afterMs} ms of listening`)
  // Beyond are how late the ear reads, the disk, and a loaded machine.
  const tookMs = world.timeOf(announced) - world.timeOf(early)
  assert.ok(tookMs <= 2_500, `${tookMs} ms`)
  const ended = await world.fact('call.ended', fact => fact.call === call)
  assert.deepEqual([ended.ending.result, ended.ending.sipStatus], ['BUSY', 486])
  const row = await world.house.store.read('calls.byId', { id: call })
  assert.deepEqual([row!.announcement, row!.announced!.by, row!.result], ['POWER_OFF', 'recording', 'BUSY'])
})

test('what nobody knows waits for a label with its sound, and is known by it the next time', async () => {
  await dial('strange', [strange])
  const { call } = await world.fact('call.dialed', fact => fact.number === strange)
  const saved = await world.fact('announcement.saved', fact => fact.label === null, 20_000)
  assert.equal(saved.from, call)
  assert.ok(saved.durationMs > 1_500)
  await dial('again', ['+8613900000009'])
  const again = await world.fact('call.dialed', fact => fact.number === '+8613900000009')
  const announced = await world.fact(
    'call.announced',
    fact => fact.call === again.call && fact.what === saved.announcement,
  )
  assert.equal(announced.result, null)
})

test('announcements that begin with the same words are told from each other where they part, and a campaign that wants it hangs up then', async () => {
  await teach('VACANT', 'SUSPENDED')
  const numbers = { POWER_OFF: '+8613900000001', VACANT: '+8613900000002', SUSPENDED: '+8613900000003' }
  await dial('end', Object.values(numbers), { announcements: 'end' })
  for (const [label, number] of Object.entries(numbers)) {
    const { call } = await world.fact('call.dialed', fact => fact.number === number)
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ending.cause, ending.result, ending.sipStatus], ['announced', label, null])
  }
})
