import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resultOf } from '../calls/call-results.ts'
import type { Business, Relation } from '../entities.ts'
import { noteStart, pickLine } from '../lines/line.ts'
import { isNumber, normaliseNumber, numberKey } from '../numbers/number.ts'
import { localTime, zonesOf } from '../numbers/zone.ts'
import { policyPresets } from '../policy/presets.ts'
import { campaign, consent, TestFloor, trunk } from '../testing.ts'
import { type ContactRequest, mayContact } from './compliance.ts'

const ask = (floor: TestFloor, request: Partial<ContactRequest>) => {
  const plain = {
    number: '+8613800000001',
    relation: 'SELF' as Relation,
    campaign,
    mode: 'progressive' as const,
    consent,
  }
  const answer = mayContact(floor.state, { ...plain, ...request }, floor.clock.now())
  return answer.ok ? 'yes' : answer.refusal.rule
}

test('an allowed call carries policy, version and the rules that were asked', () => {
  const floor = new TestFloor()
  const request = { number: '+8613800000001', relation: 'SELF', campaign, mode: 'progressive', consent } as const
  const answer = mayContact(floor.state, request, floor.clock.now())
  assert.ok(answer.ok)
  assert.deepEqual([answer.verdict.policy, answer.verdict.version], ['CN-SALES-DEFAULT', '2024-07-01'])
  assert.ok(answer.verdict.rules.includes('contact_hours') && answer.verdict.rules.includes('do_not_call'))
})

test('a refused call carries the policies that were asked, the version of each, and the one that said no', () => {
  const of = (policy: string, number = '+8613800000001') => {
    const at = Date.UTC(2026, 10, 24, 13, 30) // 21:30 in Shanghai
    const floor = new TestFloor({ at, campaign: { policy, business: 'collections' } })
    floor.do({
      type: 'records.committed',
      facts: [{ type: 'suppression.added', number: '+8613800000002', reason: 'asked', until: null }],
    })
    const answer = mayContact(floor.state, { number, relation: 'SELF', campaign, mode: 'predictive' }, at)
    assert.ok(!answer.ok)
    return answer.refusal.under
  }
  assert.deepEqual(of('CN-GBT45251-2025+CN-MIIT-CALLCENTRE-2020'), {
    ...{ policy: 'CN-GBT45251-2025+CN-MIIT-CALLCENTRE-2020', version: '2025-02-28+2020-06' },
    by: 'CN-MIIT-CALLCENTRE-2020',
  })
  const named = of('install_default_CN', '+8613800000002')
  assert.equal(named.by, null, 'do-not-call is no rule of a policy')
  assert.equal(named.policy, 'CN-GBT45251-2025+CN-CBA-2026+CN-CFC-2024+CN-MIIT-CALLCENTRE-2020', 'those of collections')
  assert.equal(named.version.split('+').length, 4)
  assert.deepEqual(of('nobody-knows'), { policy: 'nobody-knows', version: '', by: null })
})

test('contact hours are those of the callee, to the minute, for every preset that can be checked', () => {
  for (const policy of policyPresets.values()) {
    if (policy.labOnly) continue
    const relation = policy.relations[0]!
    const business: Business = policy.relations.includes('GUARANTOR') ? 'collections' : 'sales'
    const at = (minute: number) => {
      const shanghai = Date.UTC(2026, 10, 24) + (minute - 480) * 60_000
      return ask(new TestFloor({ at: shanghai, campaign: { policy: policy.id, business } }), { relation })
    }
    const { from, to } = policy.hours
    assert.deepEqual(
      [at(from - 1), at(from), at(to - 1), at(to)],
      ['contact_hours', 'yes', 'yes', 'contact_hours'],
      policy.id,
    )
  }
})

test('a country with several zones is called only when all of them are open, an unknown one never', () => {
  const at = (hour: number) =>
    ask(new TestFloor({ at: Date.UTC(2026, 10, 24, hour), campaign: { policy: 'US-TELEMARKETING' } }), {
      number: '+12025550123',
    })
  // Winter: Honolulu opens 08:00 at 18:00 UTC, St John's closes 21:00 at 00:30 UTC.
  assert.deepEqual([at(17), at(18), at(23)], ['contact_hours', 'yes', 'yes'])
  assert.equal(ask(new TestFloor(), { number: '+99912345678' }), 'zone_unknown')
})

test('what is not known is not allowed', () => {
  assert.equal(ask(new TestFloor(), { campaign: 'ca_none' as never }), 'campaign_unknown')
  assert.equal(ask(new TestFloor({ campaign: { state: 'paused' } }), {}), 'campaign_not_running')
  assert.equal(ask(new TestFloor({ campaign: { policy: 'nobody-knows' } }), {}), 'policy_unknown')
  const jakarta = (at: number) =>
    ask(new TestFloor({ at, campaign: { policy: 'ID-OJK', business: 'collections' } }), { number: '+62811234567' })
  assert.equal(jakarta(Date.UTC(2027, 10, 24, 4)), 'holiday_unknown', 'nobody wrote the holidays of 2027')
  assert.equal(jakarta(Date.UTC(2026, 7, 17, 4)), 'holiday', 'Independence Day')
  assert.equal(jakarta(Date.UTC(2026, 7, 16, 4)), 'contact_hours', 'a Sunday')
  assert.equal(jakarta(Date.UTC(2026, 7, 18, 4)), 'yes')
  assert.equal(ask(new TestFloor({ campaign: { policy: 'LAB-ANY-HOUR' } }), {}), 'policy_lab_only')
  assert.equal(ask(new TestFloor(), { number: '+8612345' }), 'number_invalid')
})

test('a contact is called to verify, never to collect or to sell', () => {
  const of = (business: Business, policy: string) => (relation: Relation) =>
    ask(new TestFloor({ campaign: { business, policy } }), { relation })
  const verify = of('verification', 'CN-CFC-2024')
  assert.deepEqual([verify('SELF'), verify('WORKPLACE'), verify('CONTACT')], ['yes', 'yes', 'yes'])
  const collect = of('collections', 'CN-CFC-2024')
  assert.deepEqual([collect('SELF'), collect('GUARANTOR'), collect('CONTACT')], ['yes', 'yes', 'third_party'])
  assert.equal(of('sales', 'CN-SALES-DEFAULT')('CONTACT'), 'third_party')
})

test('a suppressed number may be called again when its time is over', () => {
  const floor = new TestFloor()
  const until = floor.clock.now() + 60_000
  floor.do({
    type: 'records.committed',
    facts: [{ type: 'suppression.added', number: '+8613800000001', reason: 'rest', until }],
  })
  assert.equal(ask(floor, {}), 'do_not_call')
  floor.clock.advance(60_000)
  assert.equal(ask(floor, {}), 'yes')
})

test('numbers are read as people write them', () => {
  const cases: [string, string | null][] = [
    ['138 1234 5678', '+8613812345678'],
    ['0086-138-1234-5678', '+8613812345678'],
    ['021-55551234', '+862155551234'],
    ['(0755) 8888 9999', '+8675588889999'],
    ['010-62345678', '+861062345678'],
    ['861062345678', '+861062345678'],
    ['95588', '+8695588'],
    ['400-820-1234', '+864008201234'],
    ['+44 20 7946 0958', '+442079460958'],
    ['1234', null],
    ['+', null],
    ['138123456789', null],
    ['sip:alice', null],
    ['9'.repeat(500), null],
  ]
  for (const [text, number] of cases) assert.equal(normaliseNumber(text), number, text)
  assert.equal(numberKey('1000'), '1000')
  assert.equal(numberKey('+86 95588'), numberKey('95588'))
  assert.ok(!isNumber('+8611112345678') && isNumber('+8613812345678'))
})

test('local time follows summer time and half-hour zones', () => {
  assert.deepEqual(zonesOf('+8613800000001'), ['Asia/Shanghai'])
  assert.deepEqual(zonesOf('+85221234567'), ['Asia/Hong_Kong'])
  const noon = (month: number) => Date.UTC(2026, month, 15, 12)
  assert.deepEqual([localTime('Europe/London', noon(0)).minute, localTime('Europe/London', noon(6)).minute], [720, 780])
  assert.equal(localTime('Asia/Kolkata', noon(0)).minute, 17 * 60 + 30)
  assert.equal(localTime('Asia/Shanghai', Date.UTC(2026, 10, 24, 2)).weekday, 2, 'a Tuesday')
})

test('a line is the up, enabled trunk with the most room; otherwise it says what is in the way', () => {
  const floor = new TestFloor()
  const line = pickLine(floor.state, [], floor.clock.now())
  assert.ok(line.ok)
  const rule = (changes: object) => {
    const saved = { ...floor.state.trunks.get(trunk)!.trunk, ...changes }
    floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: saved }] })
    const answer = pickLine(floor.state, [trunk], floor.clock.now())
    return answer.ok ? 'yes' : answer.refusal.rule
  }
  assert.equal(rule({ callerIds: [] }), 'no_caller_id')
  assert.equal(rule({ callerIds: ['1'], maxCalls: 0 }), 'trunk_full')
  assert.equal(rule({ maxCalls: 5, enabled: false }), 'trunk_disabled')
  floor.do({ type: 'trunk.down', trunk, reason: 'no answer to OPTIONS' })
  assert.equal(rule({ enabled: true }), 'trunk_down')
  const none = pickLine(floor.state, ['t_none' as never], floor.clock.now())
  assert.equal(none.ok ? '' : none.refusal.rule, 'no_trunk')
})

test('whatever rate a carrier allows, whole or not, it is met and never passed', () => {
  for (const rate of [0.1, 0.2, 0.3, 0.7, 1, 1.5, 2.5, 3, 9.9, 100]) {
    const floor = new TestFloor()
    const saved = { ...floor.state.trunks.get(trunk)!.trunk, callsPerSecond: rate }
    floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: saved }] })
    const starts: number[] = []
    for (let now = 0; now < 60_000; now++)
      while (pickLine(floor.state, [trunk], now).ok) {
        noteStart(floor.state.trunks.get(trunk)!, now)
        starts.push(now)
      }
    const most = Math.ceil(rate)
    const tooSoon = starts.filter((at, n) => n >= most && at - starts[n - most]! < (most * 1000) / rate)
    assert.deepEqual(tooSoon, [], `${rate} a second: more than ${most} starts in ${most / rate} s`)
    assert.ok(starts.length > 60 * rate - most && starts.length <= 60 * rate + most, `${rate}: ${starts.length}`)
  }
})

test('Q.850 is believed before the SIP status', () => {
  assert.deepEqual(
    [resultOf(480, 20), resultOf(486, null), resultOf(404, 1), resultOf(500, null), resultOf(480, 16)],
    ['POWER_OFF', 'BUSY', 'VACANT', 'FAILED', 'UNREACHABLE'],
  )
})
