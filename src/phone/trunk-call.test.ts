import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { TrunkRules } from '../centre/trunks/trunk-rules.ts'
import type { TrunkId } from '../lib/ids.ts'
import { inviteOn } from './trunk-call.ts'

const trunk: Trunk = {
  id: 't_1' as TrunkId,
  name: 'E1',
  host: 'gw.example',
  port: 5070,
  transport: 'udp',
  register: false,
  username: null,
  callerIds: ['+862151860000', '+862151860001'],
  maxCalls: 10,
  callsPerSecond: 5,
  codecs: ['pcma'],
  enabled: true,
}

function invited(rules: Partial<TrunkRules>, more: Partial<Trunk> = {}) {
  return inviteOn({
    trunk: { ...trunk, ...more, rules },
    destination: { transport: 'udp', address: '10.0.0.9', port: 5070 },
    at: '10.0.0.9:5070',
    routes: [],
    host: '10.0.0.1',
    number: '+8613812345678',
    callerId: '+862151860000',
    password: null,
    sdp: 'v=0',
  })
}

test('without rules the number and our own go out as the centre has them, and ours is asserted', () => {
  const { target, from, displayName, assertedIdentity, headers } = invited({})
  assert.deepEqual(
    { target, from, displayName, assertedIdentity, headers },
    {
      target: 'sip:+8613812345678@10.0.0.9:5070',
      from: 'sip:+862151860000@10.0.0.1',
      displayName: '+862151860000',
      assertedIdentity: 'sip:+862151860000@10.0.0.1',
      headers: [],
    },
  )
})

test('numbers are written as the gateway wants them', () => {
  const numbersOut = [{ pattern: '+861XXXXXXXXXX', strip: 3, prefix: '9' }]
  const spec = invited({ numbersOut, callerIdForm: 'national' })
  assert.equal(spec.target, 'sip:913812345678@10.0.0.9:5070')
  assert.equal(spec.from, 'sip:02151860000@10.0.0.1')
  assert.equal(spec.assertedIdentity, 'sip:02151860000@10.0.0.1')
})

test('a trunk that registers is called from its user, unless the caller ID is wanted there', () => {
  const account = { register: true, username: 'lender' }
  assert.equal(invited({}, account).from, 'sip:lender@10.0.0.1')
  assert.equal(invited({ fromUser: 'caller_id' }, account).from, 'sip:+862151860000@10.0.0.1')
})

test('who we are is asserted in the header that the carrier reads', () => {
  const remote = '<sip:+862151860000@10.0.0.1>;party=calling;screen=yes;privacy=off'
  assert.equal(invited({ asserted: 'none' }).assertedIdentity, undefined)
  assert.deepEqual(invited({ asserted: 'rpid' }).headers, [['Remote-Party-ID', remote]])
  assert.equal(invited({ asserted: 'rpid' }).assertedIdentity, undefined)
  assert.equal(invited({ asserted: 'both' }).assertedIdentity, 'sip:+862151860000@10.0.0.1')
})

test('a withheld number stands where the network reads it alone', () => {
  const spec = invited({ withheld: true, asserted: 'both' })
  assert.equal(spec.from, 'sip:anonymous@anonymous.invalid')
  assert.equal(spec.displayName, 'Anonymous')
  assert.equal(spec.assertedIdentity, 'sip:+862151860000@10.0.0.1')
  assert.deepEqual(spec.headers?.[0], ['Privacy', 'id'])
  assert.match(spec.headers?.[1]?.[1] ?? '', /privacy=full$/)
  const [, [, diversion] = []] = invited({ withheld: true, diversion: '+862151860001' }).headers ?? []
  assert.match(diversion ?? '', /;privacy=full$/, 'who diverted it is a number of ours as well')
})

test('who diverted the call is said with a number of ours', () => {
  const { headers } = invited({ diversion: '+862151860001', callerIdForm: 'plain' })
  const said = '<sip:862151860001@10.0.0.1>;reason=unconditional;counter=1;privacy=off'
  assert.deepEqual(headers, [['Diversion', said]])
})

test('numbers are said to be numbers where the carrier wants that, and names are not', () => {
  const said = { userPhone: true, asserted: 'both', diversion: '+862151860001' } as const
  const spec = invited(said)
  assert.equal(spec.target, 'sip:+8613812345678@10.0.0.9:5070;user=phone')
  assert.equal(spec.from, 'sip:+862151860000@10.0.0.1;user=phone')
  assert.equal(spec.assertedIdentity, 'sip:+862151860000@10.0.0.1;user=phone')
  for (const [, value] of spec.headers ?? []) assert.match(value, /^<sip:\+86215186000\d@10\.0\.0\.1;user=phone>;/)
  assert.equal(invited(said, { register: true, username: 'lender' }).from, 'sip:lender@10.0.0.1')
  assert.equal(invited({ ...said, withheld: true }).from, 'sip:anonymous@anonymous.invalid')
})
