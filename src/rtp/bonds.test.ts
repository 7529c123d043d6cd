import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { Bonds, orderOf } from './bonds.ts'

const [sam, alice] = ['sam', 'alice'] as LegId[]

test('a supervision is ordered again as it was, how loudly the supervisor is heard too', () => {
  const bonds = new Bonds()
  bonds.supervise(sam!, alice!, 'whisper', -6)
  const [bond] = bonds.of(sam!)
  assert.deepEqual(orderOf(bond!), { type: 'supervise', leg: sam, target: alice, mode: 'whisper', gainDb: -6 })
})
