/** The torture messages of RFC 4475, whole: what the RFC expects of a user agent server, and that we do it. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseMessage } from './parse.ts'
import { UserAgent } from './user-agent.ts'

/** `status`: the final answer; `call`: a call is offered; `nothing`: no answer, as for responses that match no request. */
type Expected = { answer: number | 'call' | 'nothing'; because: string }

const expectations: Record<string, Expected> = {
  // 3.1.1 Valid messages
  wsinv: { answer: 481, because: '3.1.1.1: valid, though its To tag names a dialog that is none of ours' },
  intmeth: { answer: 501, because: '3.1.1.2: every character allowed, in an unknown method' },
  esc01: { answer: 'call', because: '3.1.1.3: escapes in URIs' },
  escnull: { answer: 401, because: '3.1.1.4: escaped nulls are a user part like another' },
  esc02: { answer: 501, because: '3.1.1.5: a percent sign in a method is no escape; RE%47IST%45R is not REGISTER' },
  lwsdisp: { answer: 200, because: '3.1.1.6: no blank between display name and <' },
  longreq: { answer: 'call', because: '3.1.1.7: long values' },
  dblreq: { answer: 401, because: '3.1.1.8: what follows the body in a datagram is ignored' },
  semiuri: { answer: 200, because: '3.1.1.9: semicolon-separated parameters in a user part' },
  transports: { answer: 200, because: '3.1.1.10: unknown transports in lower Vias' },
  mpart01: { answer: 405, because: '3.1.1.11: a multipart MESSAGE is valid; we do not take MESSAGE' },
  unreason: { answer: 'nothing', because: '3.1.1.12: UTF-8 in a reason phrase; a valid response' },
  noreason: { answer: 'nothing', because: '3.1.1.13: an empty reason phrase; a valid response' },
  // 3.1.2 Invalid messages
  badinv01: { answer: 400, because: '3.1.2.1: extraneous separators' },
  clerr: { answer: 400, because: '3.1.2.2: Content-Length beyond the datagram' },
  ncl: { answer: 400, because: '3.1.2.3: negative Content-Length' },
  scalar02: { answer: 400, because: '3.1.2.4: scalars out of range' },
  scalarlg: { answer: 'nothing', because: '3.1.2.5: a response with scalars out of range is dropped' },
  quotbal: { answer: 400, because: '3.1.2.6: unterminated quoted string' },
  ltgtruri: { answer: 400, because: '3.1.2.7: <> around the Request-URI' },
  lwsruri: { answer: 400, because: '3.1.2.8: blank within the Request-URI' },
  lwsstart: { answer: 400, because: '3.1.2.9: several blanks in the start line' },
  trws: { answer: 400, because: '3.1.2.10: blanks at the end of the start line' },
  escruri: { answer: 400, because: '3.1.2.11: escaped headers in the Request-URI' },
  baddate: { answer: 'call', because: '3.1.2.12: a Date with a bad zone may be ignored' },
  regbadct: { answer: 400, because: '3.1.2.13: Contact with ? outside of <>' },
  badaspec: { answer: 400, because: '3.1.2.14: blanks within <>' },
  baddn: { answer: 400, because: '3.1.2.15: a comma in an unquoted display name' },
  badvers: { answer: 505, because: '3.1.2.16: unknown version' },
  mismatch01: { answer: 400, because: '3.1.2.17: start line and CSeq disagree' },
  mismatch02: { answer: 400, because: '3.1.2.18: the same with an unknown method (501 is allowed too)' },
  bigcode: { answer: 'nothing', because: '3.1.2.19: a status code of ten digits' },
  // 3.2 Transaction layer
  badbranch: { answer: 200, because: '3.2.1: a branch of the bare cookie is matched as RFC 2543 did' },
  // 3.3 Application layer
  insuf: { answer: 400, because: '3.3.1: required headers are missing' },
  unkscm: { answer: 416, because: '3.3.2: unknown URI scheme' },
  novelsc: { answer: 416, because: '3.3.3: known but not for calls' },
  unksm2: { answer: 400, because: '3.3.4: a registrar wants a SIP URI in To' },
  bext01: { answer: 420, because: '3.3.5: unknown option in Require' },
  invut: { answer: 415, because: '3.3.6: unknown content type' },
  regaut01: { answer: 401, because: '3.3.7: an unknown scheme is as good as no credentials' },
  multi01: { answer: 400, because: '3.3.8: single headers repeated' },
  mcl01: { answer: 400, because: '3.3.9: two values of Content-Length' },
  bcast: { answer: 'nothing', because: '3.3.10: a response with two Vias is not for us' },
  zeromf: { answer: 200, because: '3.3.11: Max-Forwards 0 at its destination' },
  cparam01: { answer: 401, because: '3.3.12: unknown Contact parameter; valid' },
  cparam02: { answer: 401, because: '3.3.13: unknown URI parameter in Contact; valid' },
  regescrt: { answer: 401, because: '3.3.14: escaped header in a Contact URI; valid' },
  sdp01: { answer: 406, because: '3.3.15: the caller could not read SDP' },
  // 3.4 Backward compatibility
  inv2543: { answer: 'call', because: '3.4.1: an INVITE of RFC 2543, without tag, branch, Contact, Max-Forwards' },
  // Not of the RFC: from the drafts before it
  badcseq: { answer: 400, because: 'a CSeq that is no number' },
  test: { answer: 'nothing', because: 'no SIP version: not SIP/2.0, and nothing to answer by' },
}

const folder = new URL('fixtures/rfc4475/', import.meta.url)
const flow = { transport: 'udp' as const, source: { address: '192.0.2.77', port: 5060 }, local: 'udp' }

function agent(): UserAgent {
  let serial = 0
  return new UserAgent({
    name: 'test',
    endpoints: [{ id: 'udp', transport: 'udp', contact: () => ({ address: '192.0.2.1', port: 5060 }) }],
    secret: bytes => `s${bytes}-${serial++}`,
    random: () => 0.5,
    registrar: { realm: 'test', lookup: () => null },
  })
}

test('the table names every message of the set', () => {
  const names = readdirSync(folder).map(name => name.replace('.dat', ''))
  assert.deepEqual(names.sort(), Object.keys(expectations).sort())
})

for (const [name, { answer, because }] of Object.entries(expectations)) {
  test(`${name} is answered ${answer} (${because})`, () => {
    const ua = agent()
    ua.receive(readFileSync(new URL(`${name}.dat`, folder)), flow, 0)
    const { send, events } = ua.drain()
    const finals = send
      .map(one => Number(/^SIP\/2\.0 (\d{3})/.exec(one.bytes.toString('latin1'))?.[1]))
      .filter(s => s > 100)
    if (answer === 'call') {
      assert.deepEqual([finals, events.filter(one => one.type === 'incoming').length], [[], 1])
      // And the call can be answered, retransmitted and given up.
      const incoming = events.find(one => one.type === 'incoming')
      if (incoming?.type === 'incoming') ua.reject(incoming.session, 486, 17, 1)
      assert.match(ua.drain().send[0]!.bytes.toString('latin1'), /^SIP\/2\.0 486 Busy Here/)
    } else assert.deepEqual(finals, answer === 'nothing' ? [] : [answer])
    assert.equal(events.filter(one => one.type === 'dropped' && one.reason.startsWith('our fault')).length, 0)
  })
}

test('escapes, folding and quoting are read as the RFC explains them', () => {
  const read = (name: string) => {
    const parsed = parseMessage(readFileSync(new URL(`${name}.dat`, folder)))
    assert.equal(parsed.type, 'message')
    return parsed.type === 'message' ? parsed.message : assert.fail()
  }
  const wsinv = read('wsinv')
  assert.deepEqual([wsinv.fromTag, wsinv.toTag, wsinv.cseq.number], ['98asjd8', '1918181833n', 9])
  assert.equal(wsinv.from.displayName, 'J Rosenberg \\"')
  assert.equal(wsinv.via.parameters.get('branch'), '390skdjuw')
  assert.equal(
    wsinv.headers.find(one => one.name === 'newfangledheader')?.value,
    'newfangled value continued newfangled value',
  )
  const intmeth = read('intmeth')
  assert.equal(intmeth.to.displayName, 'BEL:\x07 NUL:\0 DEL:\x7f')
  assert.equal(intmeth.fromTag, "_token~1'+`*%!-.")
  const long = read('longreq')
  assert.equal(long.callId.length, 'longreq.one'.length + 'really'.length * 20 + 'longcallid'.length)
  assert.equal(long.body.length, 150)
  assert.equal(read('dblreq').body.length, 0)
})
