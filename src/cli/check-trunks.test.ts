import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import { parseConfig } from '../config.ts'
import type { TrunkId } from '../lib/ids.ts'
import { answered, provable, settings } from './check-trunks.ts'

test('a trunk over UDP beyond the house that is known by its address alone is told as forgeable, one within it as a hint', () => {
  const trunk: Trunk = {
    ...{ id: 't_1' as TrunkId, name: 'E1', host: 'sip.carrier.example', port: 5060, transport: 'udp', register: false },
    ...{ username: null, callerIds: [], maxCalls: 10, callsPerSecond: 5, codecs: ['pcma'], enabled: true },
  }
  const told = (more: Partial<Trunk>) =>
    settings({ ...trunk, ...more }, parseConfig({ file: null, text: '', env: {} })).filter(({ found }) =>
      found.includes('forged'),
    )
  const states = (more: Partial<Trunk>) => told(more).map(({ state }) => state)
  assert.deepEqual(states({}), ['warn'])
  assert.deepEqual(states({ host: '203.0.113.5' }), ['warn'])
  for (const host of ['10.1.2.3', '172.31.0.9', '192.168.0.9', 'fd00::1']) {
    assert.deepEqual(states({ host }), ['ok'])
    assert.match(told({ host })[0]?.advice ?? '', /trust: "password"/)
    assert.deepEqual(states({ host, connection: { trust: 'password', inboundUser: 'carrier' } }), [])
  }
  for (const host of ['127.0.0.1', 'localhost', '::1']) assert.deepEqual(states({ host }), [])
  assert.deepEqual(states({ connection: { trust: 'password', inboundUser: 'carrier' } }), [])
  assert.deepEqual(states({ transport: 'tcp' }), [])
})

test('a trunk whose calls prove a password that is not there or cannot be read is named', () => {
  const trunk = (connection: Trunk['connection']) => ({ name: 'E1', connection }) as Trunk
  const asks = trunk({ trust: 'password', inboundUser: 'carrier' })
  const [told] = provable({ trunk: asks, inbound: null })
  assert.deepEqual([told?.state, told?.found.startsWith('E1: the password that its calls prove')], ['bad', true])
  assert.deepEqual(provable({ trunk: asks, inbound: 'x' }), [])
  assert.deepEqual(provable({ trunk: trunk({}), inbound: null }), [])
})

test('a gateway that answers that nobody is behind it is told of, and one that knows no OPTIONS is fine', () => {
  const states = ['503 Service Unavailable', '408 Request Timeout', '405 Method Not Allowed', '200 OK'].map(
    answer => answered('E1', answer).state,
  )
  assert.deepEqual(states, ['warn', 'warn', 'ok', 'ok'])
})
