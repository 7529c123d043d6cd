import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import { LadderError, type Ladders } from '../../ladder/ladder.ts'
import type { CallId, LegId, TrunkId } from '../../lib/ids.ts'
import type { SipNote } from '../../store/telephony/ladder-file.ts'
import { look } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { auditorRoutes } from './auditor.ts'

let house: House
let asked: { legs: readonly string[]; from: number; to: number } | null = null
let failure: string | null = null
const cookies: Record<string, string> = {}
const call = 'c_1' as CallId

const note = (leg: string, at: number, direction: 'in' | 'out', first: string, more = ''): SipNote => ({
  at: noon + at,
  direction,
  transport: leg === 'w_1' ? 'tls' : 'udp',
  local: '10.0.0.2:5060',
  remote: leg === 'w_1' ? '10.0.0.1:5061' : '10.0.3.41:5062',
  leg,
  text: `${first}\r\nTo: <sip:138****5678@x>\r\nCSeq: 1 INVITE\r\n\r\n${more}`,
})
const sdp = 'v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 8 101\r\na=sendonly\r\n'
const notes = [
  note('w_1', 0, 'out', 'INVITE sip:138****5678@x SIP/2.0'),
  note('w_1', 500, 'out', 'INVITE sip:138****5678@x SIP/2.0'),
  note('w_1', 900.5, 'in', 'SIP/2.0 200 <b>OK</b>', sdp),
  note('w_shift', 1_000, 'out', 'BYE sip:1001@x SIP/2.0'),
  note('w_shift', 500_000, 'out', 'BYE sip:later@x SIP/2.0'),
]

before(async () => {
  house = await openHouse({ pages: { routers: [auditorRoutes] } })
  const alice = await house.add('alice', 'agent', { displayName: 'Alice' })
  for (const role of ['agent', 'supervisor', 'security', 'auditor', 'quality', 'admin'] as const) {
    await house.add(`one-${role}`, role, { language: 'en' })
    cookies[role] = (await house.signIn(`one-${role}`)).cookie
  }
  const ladders: Ladders = {
    days: 7,
    async ofLegs(legs, from, to) {
      asked = { legs, from, to }
      if (failure !== null) throw new LadderError(failure)
      return notes
    },
    others: async (_kind, limit) => notes.slice(0, limit),
    figures: { kept: 0, leftOut: 0, todayBytes: 0, todayFull: false, trouble: null, lost: 0 },
  }
  house.deps.ladders = ladders
  const facts: Fact[] = [
    { type: 'agent.stationChanged', agent: alice.id, up: true, leg: 'w_shift' as LegId, reason: '' },
    {
      type: 'call.dialed',
      call,
      mode: 'manual',
      campaign: null,
      lead: null,
      party: null,
      name: null,
      relation: null,
      agent: alice.id,
      number: '+8613812345678',
      trunk: 't_1' as TrunkId,
      callerId: '+861012345678',
      leg: 'w_1' as LegId,
      verdict: { policy: 'LAB-ANY-HOUR', version: '1', rules: [] },
    },
    { type: 'call.answered', call },
    { type: 'call.assigned', call, agent: alice.id, ringing: true, leg: 'w_rung' as LegId },
    { type: 'call.connected', call, agent: alice.id },
    {
      type: 'call.ended',
      call,
      ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
    },
  ]
  await house.store.commit({ recorded: facts.map((fact, n) => ({ at: noon + n * 400, actor: 'system', fact })) })
})
after(() => house[Symbol.asyncDispose]())

test('an auditor sees every leg of the call drawn: the line left, the phone of the shift right, and only what was said meanwhile', async () => {
  const { status, text } = await look(house, cookies['auditor']!, `/auditor/calls/${call}/ladder`)
  assert.equal(status, 200)
  assert.deepEqual(asked?.legs, ['w_1', 'w_rung', 'w_shift'])
  assert.equal(text.match(/<details/g)?.length, 4, 'the message long after the call is left out')
  assert.match(text, /200 &lt;b&gt;OK&lt;\/b&gt;/)
  assert.match(text, /INVITE · PCMA 10\.0\.0\.1:4000 sendonly</)
  assert.equal(text.match(/sent again/g)?.length, 1)
  const order = ['line', 'Switchroom', 'Alice'].map(name => text.indexOf(`text-anchor="middle">${name}<`))
  assert.ok(order.every(at => at > 0) && order[0]! < order[1]! && order[1]! < order[2]!, String(order))
  assert.match(text, /Switchroom to Alice: BYE/)
  assert.match(text, />tls 10\.0\.0\.1:5061</)
  assert.doesNotMatch(text, /<details class="rung" open/)
  const open = await look(house, cookies['auditor']!, `/auditor/calls/${call}/ladder?open=1`)
  assert.match(open.text, /<details class="rung" open/)
})

test('the call’s page links to it, and the capture is a file with every message', async () => {
  assert.match(
    (await look(house, cookies['auditor']!, `/auditor/calls/${call}`)).text,
    /href="\/auditor\/calls\/c_1\/ladder"/,
  )
  const answer = await house.app.request(`/auditor/calls/${call}/ladder.pcap`, {
    headers: { cookie: cookies['quality']! },
  })
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="c_1.pcap"')
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(bytes.readUInt32LE(0), 0xa1b2c3d4)
  assert.ok(bytes.includes('138****5678') && bytes.includes('BYE sip:1001'))
})

test('administrators, auditors and quality may look, and nobody else; the API says the same', async () => {
  for (const path of ['ladder', 'ladder.pcap'])
    for (const [role, allowed] of [
      ['admin', 200],
      ['quality', 200],
      ['auditor', 200],
      ['agent', 403],
      ['supervisor', 403],
      ['security', 403],
    ] as const)
      assert.equal(
        (await look(house, cookies[role]!, `/auditor/calls/${call}/${path}`)).status,
        allowed,
        `${role} ${path}`,
      )
  const quality = (await house.token('quality')).secret
  const reply = (await (await house.api(quality, 'GET', `/calls/${call}/sip`)).json()) as { items: SipNote[] }
  assert.deepEqual(
    reply.items.map(({ at }) => at - noon),
    [0, 500, 900.5, 1_000],
  )
  assert.equal(
    (await house.api(quality, 'GET', `/calls/${call}/sip.pcap`)).headers.get('content-type'),
    'application/vnd.tcpdump.pcap',
  )
  const supervisor = (await house.token('supervisor')).secret
  for (const path of ['sip', 'sip.pcap'])
    assert.equal((await house.api(supervisor, 'GET', `/calls/${call}/${path}`)).status, 403)
  assert.equal((await house.api(quality, 'GET', '/calls/c_none/sip')).status, 404)
  assert.deepEqual(await (await house.api(quality, 'GET', '/sip?kind=trunk&limit=2')).json(), {
    items: notes.slice(0, 2),
  })
  assert.equal((await house.api(quality, 'GET', '/sip?kind=all')).status, 422)
  assert.equal((await house.api(supervisor, 'GET', '/sip?kind=trunk')).status, 403)
})

test('while the messages cannot be read the page says so', async () => {
  failure = 'the thread does not answer'
  try {
    const { status, text } = await look(house, cookies['admin']!, `/auditor/calls/${call}/ladder`)
    assert.equal(status, 503)
    assert.match(text, /cannot be read now; try again in a moment: the thread does not answer/)
    const admin = (await house.token('admin')).secret
    assert.equal((await house.api(admin, 'GET', `/calls/${call}/sip`)).status, 503)
  } finally {
    failure = null
  }
})
