/** The SIP ladder of a real call: sipp challenges, answers and hangs up; Wireshark reads what was kept, and nobody's number is in it. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pcapOf } from '../ladder/pcap.ts'
import { glance } from '../ladder/sip-note.ts'
import type { CampaignId } from '../lib/ids.ts'
import { RtpPeer } from './rtp-peer.ts'
import { has, hasSipp, Sipp } from './sipp.ts'
import { World } from './world.ts'

const number = '13812345678'
const password = 'trunk-secret-of-a-test'
const whole = [
  'out INVITE',
  'in 407 INVITE',
  'out ACK',
  'out INVITE',
  'in 180 INVITE',
  'in 200 INVITE',
  'out ACK',
  'in BYE',
  'out 200 BYE',
]

test('a call with a challenge is kept whole, masked on disk, outlives a restart, and opens in Wireshark', {
  skip: !hasSipp || !has('tshark', '--version') ? 'needs sipp and tshark' : false,
}, async () => {
  await using customer = await RtpPeer.open('127.0.0.23', 440)
  await using carrier = await Sipp.carrier({
    address: '127.0.0.22',
    media: customer,
    acts: [
      { do: 'challenge', status: 407, username: 'us', password },
      { do: 'ring' },
      { do: 'pause', ms: 200 },
      { do: 'answer' },
      { do: 'pause', ms: 400 },
      { do: 'bye' },
    ],
  })
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-ladder-'))
  try {
    const first = await World.open({ address: '127.0.0.1', folder })
    const leg = await called(first, carrier).finally(() => first.close())
    await using again = await World.open({ address: '127.0.0.1', folder })
    const now = Date.now()
    const notes = await again.house.ladder.ofLegs([leg], now - 60_000, now)
    const short = notes.map(({ direction, text }) => {
      const { status, method } = glance(text)
      return [direction, status, method].filter(part => part !== null).join(' ')
    })
    assert.deepEqual(
      short.filter(
        (one, at) =>
          one !== 'in 100 INVITE' && !(short.indexOf(one) < at && notes[at]!.text === notes[short.indexOf(one)]!.text),
      ),
      whole,
    )
    assert.match(notes[3]!.text, /\r\nProxy-Authorization: Digest \(removed\)\r\n/)

    const kept = notes.map(({ text }) => text).join('')
    const files = readdirSync(join(folder, 'ladder')).map(name => readFileSync(join(folder, 'ladder', name), 'latin1'))
    for (const bytes of [kept, ...files]) assert.ok(!/1381234|response=|carrier\.test/.test(bytes))
    assert.match(kept, /sip:\+?(?:86)?138\*\*\*\*5678@127\.0\.0\.22/)

    const capture = join(folder, 'call.pcap')
    writeFileSync(capture, pcapOf(notes))
    const read = (...more: string[]) => execFileSync('tshark', ['-r', capture, ...more], { encoding: 'utf8' }).trim()
    assert.equal(read('-Y', 'sip').split('\n').length, notes.length)
    assert.equal(read('-Y', '_ws.malformed || _ws.expert.severity == error'), '')
    const calls = read('-q', '-z', 'sip,stat')
    assert.match(calls, /INVITE\s+: 2|INVITE .*2/, calls)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** One call of a notice to the number; answers its leg when it is over. */
async function called(world: World, carrier: Sipp): Promise<string> {
  const trunk = await world.trunk(carrier, { username: 'us' }, password)
  const campaign = await world.campaign({
    id: 'k_ladder' as CampaignId,
    mode: 'notice',
    trunks: [trunk],
    agents: [],
    notice: { language: 'en', parts: [{ prompt: 'thank-you' }], maxLines: 1, waitMs: 5_000 },
  })
  await world.leads(campaign, [`+86${number}`])
  const { leg } = await world.fact('call.dialed')
  await world.fact('call.ended')
  await carrier.done()
  return leg
}
