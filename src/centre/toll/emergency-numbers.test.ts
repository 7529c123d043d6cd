import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { zonesOf } from '../numbers/zone.ts'
import { alice, TestFloor } from '../testing.ts'
import { emergencyNumbers, emergencyNumbersIn, helpOf } from './emergency-numbers.ts'
import { emergencyOf, isEmergencyNumber, isHome, tollRulesDefault, tollRulesIn } from './rules.ts'
import { testObstacle } from './test-number.ts'

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

test('until somebody sets others, help is dialled by the numbers of where the centre is: 994 in Kuala Lumpur', () => {
  const floor = floorIn(malaysia)
  assert.equal(dials(floor, '994'), null)
  assert.equal(floor.lastEffect('phone.dial').number, '994')
  assert.equal(floor.last('call.dialed').verdict.policy, 'EMERGENCY')
  assert.notEqual(dials(floorIn(undefined), '994'), null, 'in China nobody answers it')
})

test('a # at the end and the code of the centre’s own country are no part of an emergency number, and nothing else is passed over', () => {
  const is = (dialled: string, zone = 'Asia/Shanghai') => emergencyOf(tollRulesIn(zone), zone, dialled)
  for (const dialled of ['110', '110#', '1 1 0', '+86110', '0086110', '+86 110#', '+86-110'])
    assert.equal(is(dialled), '110', dialled)
  assert.equal(is('+852999', 'Asia/Hong_Kong'), '999')
  assert.equal(is('+1911', 'America/New_York'), '911')
  for (const dialled of [
    '',
    '#',
    '+86',
    '110##',
    '#110',
    '*110',
    '86110',
    '+852110',
    '+44110',
    '+861101',
    '9110',
    '0110',
    '+8613800000110',
  ])
    assert.equal(is(dialled), null, dialled)
  const floor = floorIn(undefined)
  const leg = 'l_desk' as LegId
  floor.do({ type: 'desk.dialled', leg, user: alice, to: '+86120#' })
  assert.equal(floor.lastEffect('phone.dial').number, '120', 'it goes out as the network knows it')
  assert.equal(testObstacle(tollRulesIn(''), '', '+86110')?.rule, 'number_emergency')
  assert.equal(testObstacle(tollRulesIn(''), '', '110#')?.rule, 'number_emergency')
})

test('a centre that moves has the numbers of there at once; what somebody set stays', () => {
  const floor = floorIn(undefined)
  const move = (value: string) =>
    floor.do({ type: 'records.committed', facts: [{ type: 'setting.saved', key: 'centre.zone', value }] })
  move(malaysia)
  assert.equal(dials(floor, '994'), null)
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
  assert.deepEqual(emergencyNumbersIn('Asia/Shanghai').slice(0, 4), ['110', '119', '120', '122'])
  assert.deepEqual(emergencyNumbersIn('Antarctica/Troll'), emergencyNumbersIn('Asia/Shanghai'))
})

/** `emergency` of libphonenumber (resources/ShortNumberMetadata.xml, 17 July 2026) and what Android's list adds of police, ambulance and fire. */
const published: Record<string, string> = {
  ...{ '1': '112 911', '20': '122 123 180', '27': '112 10111 10177', '31': '112 911', '32': '100 101 112' },
  ...{
    '33': '15 17 18 112',
    '34': '061 062 080 085 088 091 092 112',
    '39': '112 113 115 118',
    '41': '112 117 118 144 911',
  },
  ...{ '43': '112 122 133 144', '44': '112 999', '45': '112 114', '46': '112 90000', '47': '110 112 113' },
  ...{ '48': '112 997 998 999', '49': '110 112', '60': '112 999', '61': '000 106 112', '62': '110 112 113 118 119' },
  ...{ '63': '112 117 911', '65': '993 995 999', '66': '191 199 1669', '81': '110 118 119', '82': '112 119 122' },
  ...{ '84': '113 114 115', '86': '110 119 120', '90': '110 112 155', '91': '100 101 102 108 112 1298' },
  ...{
    '92': '15 16 112 115 1122',
    '94': '110 112 116 118 119',
    '95': '191 192 199',
    '234': '199',
    '254': '112 114 999',
  },
  ...{ '353': '112 999', '852': '112 992 999', '853': '999', '855': '117 118 119 666' },
  ...{ '856': '190 191 195 1190 1191 1195', '880': '100 101 102 199 999', '886': '110 112 119' },
  ...{ '966': '112 911 997 998 999', '971': '112 997 998 999', '977': '100 101 102 103 112' },
}

/** What regulators and ministries say beside it; each is named in emergency-numbers.ts. */
const told: Record<string, string> = {
  ...{
    '33': '114 115 119 191 196 197 116000 116111 116117',
    '39': '114 1530',
    '43': '128 140 141 142 147',
    '47': '1412',
  },
  ...{ '48': '984 985 986 987 991 992 993 994 995 996', '82': '117 122', '86': '122 12110 12119 12122 12395 999' },
  ...{
    '60': '991 994',
    '66': '1155 1193 1784',
    '90': '156 158 177 122',
    '234': '122 767',
    '853': '110 112 119 120 993',
  },
  ...{ '886': '118', '966': '993 994 996', '971': '996' },
}

/** Short numbers of directories, carriers, authorities and paid services: premium rate in libphonenumber, or well known in their country. */
const ordinary: Record<string, string> = {
  ...{
    '1': '211 311 411 511 611 711 811 24280',
    '31': '144 1888',
    '32': '1204 1234 1404',
    '33': '118000 118218 3244 366 1023',
  },
  ...{
    '34': '11888 905 807 060 1004',
    '39': '1240 1254 892 4444 187 190',
    '41': '1811 1818 1145 543',
    '44': '100 101 105 111 119 123 118118',
  },
  ...{ '46': '118118 11414 11313 72000', '47': '1881 02800', '48': '989 118913', '49': '115 116117 11833' },
  ...{ '60': '103 100 15999', '61': '1234 12456 1194', '62': '108 147', '63': '187', '65': '100 1777 1711' },
  ...{ '66': '1113 1220 1239 1509 1556 1133', '81': '104 115 117 171 177', '82': '114 131 1330', '84': '1080 116' },
  ...{ '86': '10000 10010 10086 114 12306 12315 12329 12345 12348 12580 95588 95110 96110 117 121 160 168 96' },
  ...{
    '91': '116 117 121 139 198 1909',
    '853': '181 1000',
    '852': '1081 1083 18501',
    '886': '104 105 106 117 166 123',
  },
  ...{ '353': '11811 53000 57000', '254': '90900', '966': '905 940 937', '971': '901 101 181' },
}

test('what is published as an emergency number of a country is one there, and what costs or is for something else is none', () => {
  const each = (of: Record<string, string>) =>
    Object.entries(of).flatMap(([code, list]) => list.split(' ').map(number => ({ code, number })))
  const isOne = ({ code, number }: { code: string; number: string }) =>
    emergencyNumbersIn(zonesOf(`+${code}1234567`)[0]!).includes(number)
  assert.deepEqual(Object.keys(published), Object.keys(emergencyNumbers))
  const missing = [...each(published), ...each(told)].filter(one => !isOne(one))
  assert.deepEqual(
    missing.map(({ code, number }) => `+${code} ${number}`),
    [],
  )
  const wrong = each(ordinary).filter(isOne)
  assert.deepEqual(
    wrong.map(({ code, number }) => `+${code} ${number}`),
    [],
  )
})

test('where nobody is called there is help all the same: 111 in New Zealand, the numbers of each country by any name of its zones', () => {
  const floor = floorIn('Pacific/Auckland')
  assert.equal(dials(floor, '111'), null)
  assert.deepEqual([floor.lastEffect('phone.dial').number, floor.call.number], ['111', '111'])
  assert.notEqual(dials(floorIn('Pacific/Auckland'), '110'), null, 'China’s numbers are none there')
  const here = {
    ...{ 'Pacific/Chatham': '111', NZ: '111' },
    ...{ 'Europe/Kyiv': '101 102 103', 'Asia/Ulaanbaatar': '100 101 102 103 105' },
    ...{ 'Europe/Busingen': '110', 'Australia/Lord_Howe': '000 106' }, // of countries that are in the table
  }
  for (const [zone, numbers] of Object.entries(here))
    assert.deepEqual(emergencyNumbersIn(zone), [...numbers.split(' '), '112', '911'], zone)
  assert.deepEqual(emergencyNumbersIn('America/Boise'), emergencyNumbersIn('America/New_York'))
  assert.deepEqual(emergencyNumbersIn('America/Jamaica'), ['110', '119', '112', '911'])
  assert.deepEqual(emergencyNumbersIn('Europe/Jersey'), ['999', '112', '911'])
  const is = (dialled: string, zone: string) => emergencyOf(tollRulesIn(zone), zone, dialled)
  assert.deepEqual([is('+64111', 'Pacific/Auckland'), is('+86111', 'Pacific/Auckland')], ['111', null])
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const numbers = emergencyNumbersIn(zone)
    assert.ok(numbers.includes('112') && numbers.includes('911') && numbers.length <= 20, zone)
    assert.deepEqual([...new Set(numbers)], numbers, zone)
    assert.deepEqual(
      numbers.filter(number => !isEmergencyNumber(number)),
      [],
      zone,
    )
  }
  for (const zone of ['Antarctica/Troll', 'Etc/UTC', '', 'nowhere'])
    assert.deepEqual([helpOf(zone), emergencyNumbersIn(zone)], [null, emergencyNumbersIn('Asia/Shanghai')], zone)
})

test('a zone by its older name, or between the ends of its country, is of that country', () => {
  assert.deepEqual(emergencyNumbersIn('Asia/Calcutta'), emergencyNumbersIn('Asia/Kolkata'))
  assert.ok(emergencyNumbersIn('Australia/Melbourne').includes('000'))
  assert.equal(isHome('+919812345678', 'Asia/Calcutta'), true)
  assert.equal(isHome('+8613800000001', 'Asia/Calcutta'), false)
})
