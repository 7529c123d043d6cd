import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { TrunkConnection } from '../centre/trunks/trunk-connection.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Bay, LegFigures, OpenSpec } from '../rtp/bay.ts'
import type { InviteSpec, SessionId, UaEvent, UserAgentPort } from '../sip/events.ts'
import { judged, testCall } from './trunk-test.ts'

const back = { roundTripMs: 40, hz: 1004, lossDb: 0.2 }
const flowing = { received: 150, sent: 150, lost: 0, jitterMs: 0.4, early: 0, foreign: 0, dropped: 0 }

function said(
  figures: Partial<LegFigures>,
  echo: { back: typeof back | null; loudness: number } = { back, loudness: 0.1 },
  { remote = '203.0.113.9', from = '203.0.113.5' } = {},
) {
  return judged(
    { number: '*43', destination: { transport: 'udp', address: from, port: 5060 } },
    {
      echo,
      figures: { ...flowing, ...figures } as LegFigures,
      remote,
      codec: 'pcma',
      side: { address: '198.51.100.1', port: 20_000 },
    },
  ).map(({ state, found }) => `${state}: ${found}`)
}

const nothing = { back: null, loudness: 0 }

test('sound both ways is said with its figures', () => {
  assert.deepEqual(said({}), [
    'ok: *43 answers, sound passes both ways: 1004 Hz back after 40 ms, 0.2 dB softer, pcma, loss 0 %, jitter 0.4 ms',
  ])
})

test('what is wrong is named with the side on which it is', () => {
  assert.match(
    said({ received: 0 }, nothing)[0]!,
    /^bad: .* no sound that we can hear: none came to 198\.51\.100\.1:20000/,
  )
  assert.match(
    said({ received: 0, foreign: 90 }, nothing)[0]!,
    /^bad: .*90 packets came from an address that the signalling never/,
  )
  assert.match(
    said({ received: 0, dropped: 80 }, nothing)[0]!,
    /^bad: .*80 packets came in another codec than agreed \(pcma\)/,
  )
  assert.match(said({}, nothing)[0]!, /^bad: sound comes from \*43 \(150 packets\), and our tone is not in it/)
})

test('a private address in the SDP of a public gateway is seen, one within the house is none', () => {
  const [nat, rest] = said({}, undefined, { remote: '192.168.1.9' })
  assert.match(nat!, /^warn: its SDP names 192\.168\.1\.9, a private address, .* 203\.0\.113\.5 \(NAT\)/)
  assert.match(rest!, /^ok: /)
  assert.equal(said({}, undefined, { remote: '10.0.0.9', from: '10.0.0.5' }).length, 1)
})

test('a level far off, another frequency and a long delay are looked at', () => {
  for (const off of [{ lossDb: 30 }, { hz: 980 }, { roundTripMs: 900 }])
    assert.match(said({}, { back: { ...back, ...off }, loudness: 0.1 })[0]!, /^warn: /)
})

/** What is offered, and where the media port is, of a call that is declined. */
async function offered(
  connection: Partial<TrunkConnection>,
  { transport = 'udp' as const, peer = '203.0.113.5' } = {},
) {
  let hear: (event: UaEvent) => void = () => undefined
  const invites: InviteSpec[] = []
  const opened: OpenSpec[] = []
  const ua = {
    invite(spec: InviteSpec) {
      invites.push(spec)
      queueMicrotask(() =>
        hear({
          type: 'failed',
          session: 's',
          by: 'remote',
          status: 603,
          reason: 'no',
          q850: null,
        } as unknown as UaEvent),
      )
      return 's' as SessionId
    },
    hangUp: () => undefined,
  } as unknown as UserAgentPort
  const bay = {
    async open(_leg: string, spec: OpenSpec) {
      opened.push(spec)
      return { address: peer.includes(':') ? '::' : '0.0.0.0', port: 20_000 }
    },
    close: () => undefined,
    stopRecording: () => undefined,
  } as unknown as Bay
  const trunk = {
    ...{
      id: 't_1' as TrunkId,
      name: 'c',
      host: 'carrier.example',
      port: 5060,
      transport,
      register: false,
      username: null,
    },
    ...{ callerIds: ['+861'], maxCalls: 1, callsPerSecond: 1, codecs: ['pcma'], enabled: true, connection },
  } as unknown as Trunk
  const findings = await testCall(
    {
      ...{ ua, bay, onMedia: () => () => undefined, now: () => 0, flush: () => undefined },
      onEvent: listener => {
        hear = listener
        return () => undefined
      },
    },
    {
      ...{
        trunk,
        password: null,
        destination: { transport, address: peer, port: 5060 },
        at: 'carrier.example',
        routes: [],
      },
      ...{ host: peer.includes(':') ? '2001:db8::2' : '198.51.100.1', number: '*43' },
    },
  )
  assert.equal(findings[0]?.code, 'refused')
  return { sdp: invites[0]!.sdp ?? '', spec: opened[0]! }
}

test('a trunk is tested as its calls are placed: with its encryption, and over the family of addresses where it is', async () => {
  const plain = await offered({})
  assert.match(plain.sdp, /RTP\/AVP 8/)
  assert.doesNotMatch(plain.sdp, /crypto/)
  assert.match((await offered({ srtp: 'required' })).sdp, /RTP\/SAVP 8[\s\S]*a=crypto:1 /)
  assert.doesNotMatch((await offered({ srtp: 'wanted' })).sdp, /crypto/, 'keys do not travel in the clear')
  assert.match((await offered({ srtp: 'wanted', srtpInClear: true })).sdp, /a=crypto:1 /)
  const six = await offered({}, { peer: '2001:db8::5' })
  assert.match(six.sdp, /c=IN IP6 2001:db8::2/)
  assert.deepEqual(
    [plain.spec, six.spec].map(spec => spec.kind === 'rtp' && spec.family),
    [4, 6],
  )
})
