import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zonesOf } from '../numbers/zone.ts'
import { alice, TestFloor } from '../testing.ts'
import { emergencyNumbers, emergencyNumbersIn } from './emergency-numbers.ts'
import { isEmergencyNumber, isHome, tollRulesDefault, tollRulesIn } from './rules.ts'

const malaysia = 'Asia/Kuala_Lumpur'

function dials(floor: TestFloor, number: string): string | null {
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null, callback: null }
  return floor.do({ type: 'agent.dial', agent: alice, number, ...nobody }).refusal?.rule ?? null
}

function floorIn(zone: string | undefined): TestFloor {
  const floor = new TestFloor({ setup: { ...(zone && { zone }), lab: true } })
  floor.ready(alice)
  return floor
}

test('until somebody sets others, help is dialled by the numbers of where the centre is: 999 in Kuala Lumpur', () => {
  const floor = floorIn(malaysia)
  assert.equal(dials(floor, '999'), null)
  assert.equal(floor.lastEffect('phone.dial').number, '999')
  assert.equal(floor.last('call.dialed').verdict.policy, 'EMERGENCY')
  assert.notEqual(dials(floorIn(undefined), '999'), null, 'in China nobody answers it')
})

test('a centre that moves has the numbers of there at once; what somebody set stays', () => {
  const floor = floorIn(undefined)
  const move = (value: string) =>
    floor.do({ type: 'records.committed', facts: [{ type: 'setting.saved', key: 'centre.zone', value }] })
  move(malaysia)
  assert.equal(dials(floor, '999'), null)
  const rules = { ...tollRulesDefault, emergency: ['120'] }
  floor.do({ type: 'records.committed', facts: [{ type: 'toll.rulesSaved', rules }] })
  move('Asia/Singapore')
  assert.deepEqual(floor.state.toll.rules.emergency, ['120'])
  assert.deepEqual(new TestFloor({ setup: { zone: malaysia, tollRules: rules } }).state.toll.rules, rules)
})

test('each country that we know has numbers, all of them such as may be set; 112 and 911 are everywhere', () => {
  for (let code = 1; code < 1000; code++) {
    const [zone] = zonesOf(`+${code}1234567`)
    if (zone === undefined) continue
    const numbers = emergencyNumbersIn(zone)
    assert.ok(numbers.includes('112') && numbers.includes('911'), zone)
    assert.deepEqual([...new Set(numbers)], numbers, zone)
    assert.deepEqual(
      numbers.filter(number => !isEmergencyNumber(number)),
      [],
      zone,
    )
    assert.deepEqual(tollRulesIn(zone), { ...tollRulesDefault, emergency: numbers })
  }
  for (const code of Object.keys(emergencyNumbers)) assert.notDeepEqual(zonesOf(`+${code}1234567`), [], `+${code}`)
  assert.deepEqual(emergencyNumbersIn('Asia/Shanghai'), ['110', '119', '120', '122', '112', '911'])
  assert.deepEqual(emergencyNumbersIn('Antarctica/Troll'), emergencyNumbersIn('Asia/Shanghai'))
})

test('a zone by its older name, or between the ends of its country, is of that country', () => {
  assert.deepEqual(emergencyNumbersIn('Asia/Calcutta'), emergencyNumbersIn('Asia/Kolkata'))
  assert.ok(emergencyNumbersIn('Australia/Melbourne').includes('000'))
  assert.equal(isHome('+919812345678', 'Asia/Calcutta'), true)
  assert.equal(isHome('+8613800000001', 'Asia/Calcutta'), false)
})
