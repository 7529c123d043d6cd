import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import { parseConfig } from '../config.ts'
import type { TrunkId } from '../lib/ids.ts'
import { settings } from './check-trunks.ts'

test('a trunk over UDP beyond the house that is known by its address alone is told as forgeable', () => {
  const trunk: Trunk = {
    ...{ id: 't_1' as TrunkId, name: 'E1', host: 'sip.carrier.example', port: 5060, transport: 'udp', register: false },
    ...{ username: null, callerIds: [], maxCalls: 10, callsPerSecond: 5, codecs: ['pcma'], enabled: true },
  }
  const told = (more: Partial<Trunk>) =>
    settings({ ...trunk, ...more }, parseConfig({ file: null, text: '', env: {} })).filter(({ found }) =>
      found.includes('forged'),
    ).length
  assert.equal(told({}), 1)
  assert.equal(told({ host: '203.0.113.5' }), 1)
  for (const host of ['10.1.2.3', '172.31.0.9', '192.168.0.9', '127.0.0.1', 'fd00::1']) assert.equal(told({ host }), 0)
  assert.equal(told({ connection: { trust: 'password', inboundUser: 'carrier' } }), 0)
  assert.equal(told({ transport: 'tcp' }), 0)
})
