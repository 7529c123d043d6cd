import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { type Diverted, diversionReasons, divertedOf } from './diverted.ts'
import { parseMessage } from './parse.ts'

const invite = (...lines: string[]) =>
  [
    'INVITE sip:02151860000@10.0.0.2 SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1',
    'Max-Forwards: 70',
    'From: <sip:13900001111@10.0.0.1>;tag=a',
    'To: <sip:02151860000@10.0.0.2>',
    'Call-ID: c',
    'CSeq: 1 INVITE',
    ...lines,
    '\r\n',
  ].join('\r\n')

/** undefined: the message does not come so far. */
function said(text: string): Diverted | null | undefined {
  const parsed = parseMessage(Buffer.from(text, 'latin1'))
  return parsed.type === 'message' && parsed.message.kind === 'request' ? divertedOf(parsed.message) : undefined
}

const saidBy = (...lines: string[]) => {
  const diverted = said(invite(...lines))
  assert.ok(diverted !== undefined, lines[0])
  return diverted && [diverted.user, diverted.reason]
}

test('who sent the call on last stands in the topmost Diversion, with the reason', () => {
  assert.equal(saidBy(), null)
  assert.deepEqual(
    saidBy(
      'Diversion: "Front, desk" <sip:13800001234@pbx;user=phone>;reason=no-answer;counter=2, <tel:+861088880000>',
      'Diversion: <sip:1001@pbx>;reason=user-busy',
    ),
    ['13800001234', 'no-answer'],
  )
  assert.deepEqual(saidBy('Diversion: <tel:+8613800001234;ext=7>;reason="User-Busy"'), ['+8613800001234', 'user-busy'])
  assert.deepEqual(saidBy('Diversion: sip:+8613800001234@pbx'), ['+8613800001234', 'unknown'])
  for (const reason of diversionReasons)
    assert.deepEqual(saidBy(`Diversion: <sip:1001@pbx>;reason=${reason}`), ['1001', reason])
  for (const reason of ['constructor', '__proto__', '302', '"<b>"', 'no%2Danswer'])
    assert.deepEqual(saidBy(`Diversion: <sip:1001@pbx>;reason=${reason}`), ['1001', 'unknown'])
})

test('a number that is to be withheld is not read: of a Diversion, of the History-Info, and of the whole message', () => {
  for (const privacy of ['full', 'uri', 'FULL', '"full"', 'whatever'])
    assert.deepEqual(saidBy(`Diversion: <sip:1001@pbx>;reason=away;privacy=${privacy}`), [null, 'away'], privacy)
  for (const privacy of ['off', 'name'])
    assert.deepEqual(saidBy(`Diversion: <sip:1001@pbx>;privacy=${privacy}`), ['1001', 'unknown'], privacy)
  const own = '<sip:02151860000@10.0.0.2;cause=486>;index=1.1;mp=1'
  for (const privacy of ['history', 'Session', 'header%3Bid'])
    assert.deepEqual(saidBy(`History-Info: <sip:1001@pbx?Privacy=${privacy}>;index=1, ${own}`), [null, 'user-busy'])
  assert.deepEqual(saidBy(`History-Info: <sip:1001@pbx?privacy=none>;index=1, ${own}`), ['1001', 'user-busy'])
  for (const privacy of ['history', 'id; history', 'none;Header', 'session'])
    for (const line of ['Diversion: <sip:1001@pbx>;reason=away', `History-Info: <sip:1001@pbx>;index=1, ${own}`])
      assert.equal(saidBy(line, `Privacy: ${privacy}`)?.[0], null, privacy)
  assert.equal(saidBy('Diversion: <sip:1001@pbx>', 'Privacy: id')?.[0], '1001', 'that is of the caller')
})

test('of a History-Info the last change to somebody else counts, and the reason that goes with it', () => {
  const entries = (...all: string[]) => saidBy(`History-Info: ${all.join(', ')}`)
  assert.deepEqual(
    entries(
      '<sip:1001@pbx>;index=1',
      '<sip:1002@pbx;cause=302>;index=1.1;mp=1',
      '<sip:02151860000@c;cause=408>;index=1.1.1;mp=1.1',
      '<sip:trunk@10.0.0.2>;index=1.1.1.1;rc=1.1.1',
    ),
    ['1002', 'no-answer'],
  )
  assert.deepEqual(
    entries('<sip:1001@pbx>;index=1', '<sip:1002@pbx>;index=1.1;mp=1', '<sip:021@c>;index=1.2;mp=1'),
    ['1001', 'unknown'],
    'the entry that mp names, and not the one before',
  )
  for (const [cause, reason] of [
    [302, 'unconditional'],
    [404, 'unknown'],
    [408, 'no-answer'],
    [480, 'deflection'],
    [486, 'user-busy'],
    [487, 'deflection'],
    [503, 'unavailable'],
    ['constructor', 'unknown'],
  ] as const)
    assert.deepEqual(entries('<sip:1001@pbx>;index=1', `<sip:021@c;cause=${cause}>;index=1.1;mp=1`), ['1001', reason])
  for (const [answer, reason] of [
    ['SIP%3Bcause%3D486%3Btext%3D%22Busy%22', 'user-busy'],
    ['Q.850%3Bcause%3D19,SIP%3Bcause%3D408', 'no-answer'],
    ['SIP%3Bcause%3D480', 'unavailable'],
    ['SIP%3Bcause%3D4%ZZ', 'unknown'],
  ] as const)
    assert.deepEqual(entries(`<sip:1001@pbx?Reason=${answer}>;index=1`, '<sip:021@c>;index=1.1'), ['1001', reason])
  assert.deepEqual(
    saidBy('History-Info: <tel:+861088880000>;index=1', 'History-Info: <sip:021@c>;index=1.1'),
    ['+861088880000', 'unknown'],
    'a line each',
  )
})

test('who went no further than to another place of the same user sent nothing on', () => {
  for (const history of [
    '<sip:02151860000@c>;index=1',
    '<sip:02151860000@c>;index=1, <sip:02151860000@10.0.0.2>;index=1.1',
    '<sip:02151860000@c>;index=1, <sip:line@10.0.0.2>;index=1.1;rc=1',
    '<sip:02151860000@c>;index=1, <sip:line@10.0.0.2>;index=1.1;np=1',
    '<sip:1001@pbx>;index=1;index=2, <sip:021@c>;index=1.1;mp=1',
    '<<>',
  ])
    assert.equal(saidBy(`History-Info: ${history}`), null, history)
  const readable = 'History-Info: <sip:1001@pbx>;index=1, <sip:021@c;cause=302>;index=1.1'
  assert.deepEqual(saidBy('Diversion: <sip:', readable), ['1001', 'unconditional'], 'a Diversion that cannot be read')
})

test('whatever stands there, nothing is thrown, and what is kept is bounded', () => {
  const random = seededRandom(5806)
  const one = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!
  const parts = [
    ...['<sip:', '<tel:', '1001', '@pbx', '>', ';', ',', '=', '?', '&', '%', '%3B', '"', '\\', ' ', '%00', '\xff'],
    ...['index=1', 'index=1.1', 'mp=1', 'rc', 'cause=302', 'cause=', 'Reason=SIP%3Bcause%3D486', 'Privacy=history'],
    ...['reason=no-answer', 'privacy=', 'x'.repeat(200), '<sip:1001@pbx>;index=1, <sip:2@c>;index=1.1;mp=1', '['],
  ]
  let read = 0
  for (let n = 0; n < 5_000; n++) {
    const value = Array.from({ length: 1 + Math.floor(random() * 12) }, () => one(parts)).join('')
    const diverted = said(
      invite(`${one(['Diversion', 'History-Info', 'Privacy'])}: ${value}`, `History-Info: ${value}`),
    )
    if (!diverted) continue
    read++
    assert.ok(diverted.user === null || (diverted.user.length > 0 && diverted.user.length <= 64))
    assert.ok(diversionReasons.includes(diverted.reason))
  }
  assert.ok(read > 200, `${read} said something`)
  const many = Array.from({ length: 70 }, (_, n) => `History-Info: <sip:${n}@p>;index=${n}`)
  assert.deepEqual(saidBy(...many), ['68', 'unknown'])
  assert.equal(saidBy(`Diversion: <sip:${'1'.repeat(3_000)}@pbx>`)?.[0]?.length, 64)
})
