import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { alice, setupOf, TestFloor } from '../testing.ts'
import { conditionOf, defaultResultRules, type ResultRule, resultBy } from './result-rules.ts'

type Reference = { results: { code: string; q850?: number[]; sip?: number[] }[] }
const reference = JSON.parse(
  readFileSync(new URL('../fixtures/call-results.json', import.meta.url), 'utf8'),
) as Reference

test('the common table says nothing that the reference of call results does not', () => {
  for (const { sip, q850, result } of defaultResultRules) {
    const codes = reference.results
      .filter(each => (sip === undefined ? each.q850?.includes(q850!) : each.sip?.includes(sip)))
      .map(each => each.code)
    // 504 is a gateway that timed out (RFC 3398): the reference leaves it out.
    if (sip === 504) assert.deepEqual(codes, [])
    else assert.ok(codes.includes(result), `${sip ?? q850}: ${result}, the reference has ${codes}`)
  }
})

test('every cause and status of the reference has a rule', () => {
  for (const { q850 = [], sip = [] } of reference.results) {
    for (const cause of q850) assert.notEqual(resultBy([], { sipStatus: null, q850: cause }).rule, 'none', `${cause}`)
    for (const status of sip) assert.notEqual(resultBy([], { sipStatus: status, q850: null }).rule, 'none', `${status}`)
  }
})

test('a cause that is specific counts more than the status, and each says the rule it came by', () => {
  assert.deepEqual(resultBy([], { sipStatus: 480, q850: 20 }), { result: 'POWER_OFF', rule: 'default: q850 20' })
  assert.deepEqual(resultBy([], { sipStatus: 486, q850: 16 }), { result: 'BUSY', rule: 'default: sip 486' })
  assert.deepEqual(resultBy([], { sipStatus: 488, q850: null }), { result: 'FAILED', rule: 'none' })
})

test("a trunk's own rules come first, in their order, and all that a rule names must hold", () => {
  const own: ResultRule[] = [
    { sip: 480, q850: 20, result: 'SUSPENDED' },
    { text: 'Switched Off', result: 'POWER_OFF' },
    { sip: 480, result: 'NO_ANSWER' },
  ]
  const by = (sipStatus: number, q850: number | null, text?: string) => resultBy(own, { sipStatus, q850, text })
  assert.deepEqual(by(480, 20), { result: 'SUSPENDED', rule: 'trunk 1: sip 480 q850 20' })
  assert.deepEqual(by(480, 31, 'mobile is switched off'), {
    result: 'POWER_OFF',
    rule: 'trunk 2: text "Switched Off"',
  })
  assert.deepEqual(by(480, null), { result: 'NO_ANSWER', rule: 'trunk 3: sip 480' })
  assert.deepEqual(by(486, null), { result: 'BUSY', rule: 'default: sip 486' })
  assert.equal(conditionOf(own[0]!), 'sip 480 q850 20')
})

test('the ending of a call says what was signalled and by which rule of its trunk it has its result', () => {
  const trunks = setupOf({}).trunks.map(each => ({
    ...each,
    rules: { results: [{ sip: 480, text: 'absent', result: 'POWER_OFF' as const }] },
  }))
  const floor = new TestFloor({ setup: { trunks } })
  floor.ready(alice)
  floor.leads('+8613800000001')
  floor.partyEnds(floor.call, { by: 'carrier', cause: 'rejected', sipStatus: 480, text: 'Absent subscriber' })
  const { ending } = floor.last('call.ended')
  assert.deepEqual(ending, {
    ...{ by: 'carrier', cause: 'not_answered', result: 'POWER_OFF', sipStatus: 480, q850: null },
    ...{ text: 'Absent subscriber', rule: 'trunk 1: sip 480 text "absent"' },
  })
  assert.equal(floor.last('lead.released').reason, 'POWER_OFF')
})
