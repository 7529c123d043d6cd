import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emergencyNumbersIn } from '../centre/toll/emergency-numbers.ts'
import { type Help, lookAtHelp } from './check-help.ts'

const well: Help = {
  zone: 'Pacific/Auckland',
  rules: { emergency: ['111', '112', '911'] },
  leftOut: [],
  people: [{ displayName: 'alice', extension: '1001' }],
}
const states = (help: Help) => lookAtHelp(help).map(({ state, found }) => `${state}: ${found}`)

test('the check says what is dialled for help, what is not, and whose extension it is', () => {
  assert.deepEqual(states(well), ['ok: in Pacific/Auckland 111, 112, 911 are dialled for help'])
  const emergency = ['112', '911']
  const lacking = 'warn: 111 are emergency numbers of Pacific/Auckland, and cannot be dialled'
  assert.equal(states({ ...well, rules: { emergency } })[1], lacking)
  assert.equal(states({ ...well, rules: { emergency }, leftOut: ['111'] }).length, 1)
  const people = [...well.people, { displayName: 'bob', extension: '111' }, { displayName: 'sue', extension: null }]
  const taken = states({ ...well, people })
  assert.equal(taken[1], 'warn: extension 111 of bob is an emergency number: whoever dials it calls for help')
  assert.equal(taken.length, 2)
})

test('of a zone that no country has it says that nothing is known, and which numbers are taken', () => {
  const zone = 'Etc/UTC'
  const emergency = emergencyNumbersIn(zone)
  const [first, ...more] = lookAtHelp({ ...well, zone, rules: { emergency } })
  assert.equal(first!.state, 'warn')
  assert.match(first!.found, /known of the country of Etc\/UTC; dialled for help are 110, .*112, 911/)
  assert.match(first!.advice!, /\/admin\/safety/)
  assert.deepEqual(more, [])
})
