/**
 * SIP in the middle of calls of every kind: an endpoint that is called, calls, registers and qualifies, and a far end whose every message is
 * mutated. Text is broken where SIP breaks: whole messages are aimed at live dialogs first, or nothing would come past the door. `proved`: at a
 * desk phone's door, by one that knows its password and signs whatever it says.
 */
import { crc32 } from 'node:zlib'
import { type Random, seededRandom } from '../../src/lib/random.ts'
import { digestResponse, ha1 } from '../../src/sip/digest.ts'
import type { DeviceSecret } from '../../src/sip/events.ts'
import type { Drained, Flow, SessionId, UaEvent } from '../../src/sip/user-agent.ts'
import { UserAgent } from '../../src/sip/user-agent.ts'
import type { Target } from './target.ts'

const far = '10.0.0.1'
const own = '10.0.0.2'
const sdp = `v=0\r\no=- 1 1 IN IP4 ${far}\r\ns=-\r\nc=IN IP4 ${far}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n`
const sessionsMax = 40
const realm = 'r'
const secretOf = (username: string): DeviceSecret => {
  const credentials = { username, password: 'right' }
  return { ha1Md5: ha1('MD5', credentials, realm), ha1Sha256: '', offerSha256: false }
}
const secrets: Record<string, DeviceSecret> = { 1: secretOf('1'), 2: secretOf('2') }
/** What the far end has seen of us: messages are aimed with these. */
type Seen = {
  tag: string
  callId: string
  via: string
  branch: number
  seq: number
  cseq: string
  rseq: string
  from: string
  inviteSeq: string
  /** The last that we were challenged with, and how often it was used. */
  nonce: string
  count: number
}

export function sipTarget(random: Random, proved = false): Target {
  let now = 0
  let fed = 0
  let serial = 0
  let heard = 0
  let admitted = 0
  /** What comes next must be no repeat. */
  let isNew = false
  let registered = 0
  const live: SessionId[] = []
  const seen: Seen = {
    tag: 'x',
    callId: 'c',
    via: '',
    branch: 1,
    seq: 1,
    cseq: '1',
    rseq: '1',
    from: `<sip:1@${own}>`,
    inviteSeq: '1',
    nonce: '',
    count: 0,
  }
  const agent = new UserAgent({
    name: 'fuzz',
    endpoints: [{ id: 'udp', transport: 'udp', contact: () => ({ address: own, port: 5060 }) }],
    secret: bytes => `${bytes}x${(serial++).toString(36)}`,
    random,
    registrar: { realm, lookup: name => (proved && name in secrets ? secrets[name]! : null) },
    ...(proved && { admit: () => 'challenge' as const }),
    maxSessions: sessionsMax,
    maxTransactions: 400,
  })
  const flow: Flow = { transport: 'udp', source: { address: far, port: 5060 }, local: 'udp' }

  const place = () => {
    const target = `sip:1@${far}`
    const destination = { transport: 'udp' as const, address: far, port: 5060 }
    live.push(
      agent.invite(
        { target, destination, from: `sip:2@${own}`, sdp: random() < 0.3 ? null : sdp, redirect: () => destination },
        now,
      ),
    )
  }

  /** What the phone layer does, and more often than a sane one would. */
  const react = (event: UaEvent) => {
    heard++
    switch (event.type) {
      case 'incoming':
        if (event.extension !== null) admitted++
        live.push(event.session)
        if (random() < 0.5) agent.progress(event.session, 183, sdp, now)
        if (random() < 0.6) agent.accept(event.session, sdp, now)
        break
      case 'reoffer':
        agent.answerReoffer(event.session, random() < 0.8 ? { sdp } : { status: 488 }, now)
        break
      case 'refer':
        agent.answerRefer(event.session, event.refer, random() < 0.5 ? 202 : 603, now)
        if (random() < 0.5) agent.notifyRefer(event.session, event.refer, 200, now)
        break
      case 'accepted':
      case 'confirmed':
        if (random() < 0.2) agent.reinvite(event.session, sdp, now)
        if (random() < 0.2) agent.refer(event.session, { to: `sip:9@${far}` }, now)
        if (random() < 0.2) agent.sendInfo(event.session, '5', 100, now)
        break
      case 'dropped':
        if (event.reason.startsWith('our fault')) throw new Error(event.reason)
        break
      default:
    }
  }

  const drain = () => {
    for (let round = 0; round < 20; round++) {
      const drained: Drained = agent.drain()
      for (const { bytes } of drained.send) look(bytes.toString('latin1'), seen)
      registered = Math.max(registered, agent.bindingsOf('2').length)
      for (const event of drained.events) react(event)
      if (drained.events.length === 0) return
    }
  }

  const aim = (text: string): string => {
    let aimed = text
      .replace('{tag}', seen.tag)
      .replace('{callid}', random() < 0.8 ? seen.callId : `n${seen.branch}`)
      .replace('{branch}', `z9hG4bK${isNew || random() < 0.9 ? seen.branch++ : seen.branch}`)
      .replace('{seq}', String(isNew || random() < 0.8 ? ++seen.seq : seen.seq))
      .replace('{via}', seen.via)
      .replace('{cseq}', seen.cseq)
      .replace('{rseq}', seen.rseq)
      .replace('{from}', seen.from)
      .replaceAll('{invite}', seen.inviteSeq)
    if (aimed.startsWith('INVITE') && !aimed.includes(`tag=${seen.tag}`))
      aimed = aimed.replace(seen.callId, `n${seen.branch}`)
    return proved ? signed(aimed) : aimed
  }

  /** With the right credentials for what it has become, each time by a count that was not there. */
  const signed = (text: string): string => {
    const [, method, uri] = /^([A-Z]+) (\S+) SIP/.exec(text) ?? []
    if (method === undefined || uri === undefined || seen.nonce === '') return text
    const username = method === 'REGISTER' ? '2' : '1'
    const qop = { nc: (++seen.count).toString(16).padStart(8, '0'), cnonce: 'c' }
    const response = digestResponse({
      algorithm: 'MD5',
      ha1: secrets[username]!.ha1Md5,
      method,
      uri,
      nonce: seen.nonce,
      qop,
    })
    const said = `Digest username="${username}", realm="${realm}", nonce="${seen.nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=${qop.nc}, cnonce="c"`
    const bare = text.replace(/\r\nAuthorization:[^\r]*/, '')
    return bare.replace('\r\n', `\r\nAuthorization: ${said}\r\n`)
  }

  return {
    name: proved ? 'proved' : 'sip',
    seeds: seeds.map(text => Buffer.from(text, 'latin1')),
    feed(bytes) {
      now += random() * 120
      if (fed++ % 20 === 0) place()
      const text = isGentle(bytes) ? gentle(bytes) : Buffer.from(bytes).toString('latin1')
      agent.receive(Buffer.from(aim(text), 'latin1'), flow, now)
      isNew = false
      drain()
      agent.advance(now)
      drain()
      while (live.length > sessionsMax / 2) agent.hangUp(live.shift()!, 16, now)
      if (agent.figures.transactions > 501 || agent.figures.sessions > sessionsMax + 200)
        throw new Error(`over its bounds: ${JSON.stringify(agent.figures)}`)
    },
    renew() {
      isNew = true
    },
    isWell() {
      for (const session of live.splice(0)) agent.hangUp(session, 16, now)
      for (let minute = 0; minute < 40; minute++) {
        agent.advance((now += 60_000))
        drain()
      }
      for (const session of live.splice(0)) agent.hangUp(session, 16, now)
      const before = heard
      const text = aim(seeds[0]!).replace(/Call-ID: .*/, 'Call-ID: well')
      agent.receive(Buffer.from(text, 'latin1'), flow, now)
      drain()
      const isProved = !proved || (admitted > 0 && registered > 0)
      return (proved || heard > before) && isProved && agent.figures.transactions < 100
    },
  }
}

/** Octets broken anywhere stop at the parser: two of three stand for a message that is whole but for a word or two. */
const isGentle = (bytes: Uint8Array) => crc32(bytes) % 3 !== 0

/** Chosen by the octets alone, so that what was slow is the same when it is fed again. */
function gentle(bytes: Uint8Array): string {
  const random = seededRandom(crc32(bytes))
  let text = seeds[Math.floor(random() * seeds.length)]!
  for (let changes = Math.floor(random() * 3); changes > 0; changes--) {
    const at = text.indexOf(random() < 0.8 ? ': ' : '\r\n', Math.floor(random() * text.length))
    if (at < 0) continue
    const from = at + 2 + Math.floor(random() * 12)
    const word = words[Math.floor(random() * words.length)]!
    text = text.slice(0, from) + word + text.slice(from + (random() < 0.5 ? 0 : Math.floor(random() * 20)))
  }
  return text
}

const words = [
  ...[
    ';',
    ',',
    '"',
    '<',
    '>',
    ':',
    '@',
    '=',
    '?',
    '%',
    '%00',
    '%7B',
    '\0',
    ' ',
    '\r\n',
    '\r\n ',
    '0',
    '1',
    '-1',
    '4294967296',
  ],
  ...[
    '2147483647',
    'INVITE',
    'BYE',
    ';tag=x',
    ';to-tag=',
    ';refresher=uas',
    ';early-only',
    'Require: x\r\n',
    'x'.repeat(900),
  ],
  ...[
    '1 INVITE',
    'terminated',
    'refer;id=',
    'sip:',
    'tel:1',
    '[::1]',
    '0.0.0.0',
    ';lr',
    '*',
    ';expires=0',
    '\t'.repeat(900),
  ],
]

/** Reads what we sent, as a far end would that means to answer it. */
function look(text: string, seen: Seen): void {
  const isResponse = text.startsWith('SIP/2.0')
  const tag = new RegExp(`\\r\\n${isResponse ? 'To' : 'From'}: [^\\r]*;tag=([^\\r;]+)`).exec(text)?.[1]
  if (tag !== undefined && !/^SIP\/2\.0 [4-6]/.test(text)) seen.tag = tag
  const callId = /\r\nCall-ID: ([^\r]+)/.exec(text)?.[1]
  if (callId !== undefined) seen.callId = callId
  const nonce = /\r\nWWW-Authenticate: Digest [^\r]*nonce="([^"]+)"/.exec(text)?.[1]
  if (nonce !== undefined) Object.assign(seen, { nonce, count: 0 })
  const rseq = /\r\nRSeq: (\d+)/.exec(text)?.[1]
  if (rseq !== undefined) seen.rseq = rseq
  if (isResponse && /\r\nCSeq: \d+ INVITE/.test(text)) seen.inviteSeq = /\r\nCSeq: (\d+)/.exec(text)![1]!
  if (isResponse) return
  seen.via = /\r\nVia: ([^\r]+)/.exec(text)?.[1] ?? ''
  seen.cseq = /\r\nCSeq: ([^\r]+)/.exec(text)?.[1] ?? ''
  seen.from = /\r\nFrom: ([^\r]+)/.exec(text)?.[1] ?? ''
}

const message = (start: string, lines: string[], body = '') =>
  [start, ...lines, `Content-Length: ${body.length}`, '', body].join('\r\n')

const request = (method: string, lines: string[], body = '', to = ';tag={tag}') =>
  message(
    `${method} sip:2@${own} SIP/2.0`,
    [
      `Via: SIP/2.0/UDP ${far}:5060;branch={branch};rport`,
      'Max-Forwards: 70',
      `From: "Carl" <sip:1@${far}>;tag=far`,
      `To: <sip:2@${own}>${to}`,
      'Call-ID: {callid}',
      `CSeq: {seq} ${method}`,
      `Contact: <sip:1@${far}:5060>`,
      ...lines,
    ],
    body,
  )

const response = (status: string, lines: string[], body = '') =>
  message(
    `SIP/2.0 ${status}`,
    [
      'Via: {via}',
      'From: {from}',
      `To: <sip:1@${far}>;tag=far`,
      'Call-ID: {callid}',
      'CSeq: {cseq}',
      `Contact: <sip:1@${far}:5060>`,
      ...lines,
    ],
    body,
  )

const typed = 'Content-Type: application/sdp'
export const seeds = [
  request(
    'INVITE',
    [
      'Supported: 100rel, timer, replaces',
      'Session-Expires: 1800;refresher=uac',
      'Min-SE: 90',
      'Allow: INVITE, UPDATE, PRACK',
      typed,
    ],
    sdp,
    '',
  ),
  request('INVITE', ['Require: 100rel', `Diversion: "X" <sip:3@${far}>;reason=no-answer;privacy=off`, typed], sdp, ''),
  request('INVITE', ['Replaces: {callid};to-tag={tag};from-tag=far', 'Require: replaces', typed], sdp, ''),
  request(
    'INVITE',
    [
      `History-Info: <sip:3@${far}?Reason=SIP%3Bcause%3D486&Privacy=none>;index=1, <sip:2@${own};cause=486>;index=1.1;mp=1`,
    ],
    '',
    '',
  ),
  request('INVITE', ['Session-Expires: 90;refresher=uas', 'Supported: timer', typed], sdp),
  request('ACK', []).replace('{seq}', '{invite}'),
  request('ACK', [typed], sdp).replace('{seq}', '{invite}'),
  request('PRACK', ['RAck: {rseq} {invite} INVITE']),
  request('PRACK', ['RAck: {rseq} {invite} INVITE', typed], sdp),
  request('UPDATE', ['Session-Expires: 90;refresher=uac', 'Supported: timer']),
  request('UPDATE', [typed], sdp),
  request('REFER', [
    `Refer-To: <sip:1002@${own}?Replaces=%7Bcallid%7D%3Bto-tag%3Da%3Bfrom-tag%3Db>`,
    `Referred-By: <sip:1@${far}>`,
  ]),
  request('REFER', ['Refer-To: "X" <tel:+8613800138000>', 'Refer-Sub: false']),
  request(
    'NOTIFY',
    ['Event: refer;id=2', 'Subscription-State: active;expires=60', 'Content-Type: message/sipfrag'],
    'SIP/2.0 180 Ringing\r\n',
  ),
  request(
    'NOTIFY',
    ['Event: refer', 'Subscription-State: terminated;reason=noresource', 'Content-Type: message/sipfrag'],
    'SIP/2.0 200 OK\r\n',
  ),
  request('INFO', ['Content-Type: application/dtmf-relay'], 'Signal=5\r\nDuration=160\r\n'),
  request('OPTIONS', ['Accept: application/sdp']),
  request('BYE', ['Reason: Q.850;cause=16;text="x"']),
  request('CANCEL', [], '', ''),
  request(
    'REGISTER',
    ['Expires: 3600', 'Authorization: Digest username="2", realm="r", nonce="n", uri="sip:x", response="0"'],
    '',
    '',
  ),
  response('183 Session Progress', ['Require: 100rel', 'RSeq: 1', 'Allow: UPDATE', typed], sdp),
  response('180 Ringing', ['Require: 100rel', 'RSeq: 2']),
  response('180 Ringing', []),
  response(
    '200 OK',
    [
      'Require: timer',
      'Session-Expires: 90;refresher=uac',
      'Allow: UPDATE, REFER',
      'Record-Route: <sip:10.0.0.9;lr>',
      typed,
    ],
    sdp,
  ),
  response('200 OK', []),
  response('202 Accepted', []),
  response('302 Moved', [`Contact: <sip:3@${far}>;q=0.5, <sip:4@${far}:5070>`]),
  response('401 Unauthorized', ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"']),
  response('422 Session Interval Too Small', ['Min-SE: 300']),
  response('481 No', []),
  response('486 Busy', ['Reason: Q.850;cause=17']),
  response('491 Request Pending', []),
  response('500 Error', ['Retry-After: 3']),
]
