import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FloorState } from '../centre/state.ts'
import type { UserId } from '../lib/ids.ts'
import { onCallOn } from './on-call.ts'

const sam = 'u_sam' as UserId

function doing(agent: object | null, supervision: object | null) {
  const state = {
    agents: new Map(agent === null ? [] : [[sam, agent]]),
    supervisions: new Map(supervision === null ? [] : [[sam, supervision]]),
  }
  return onCallOn(() => state as unknown as FloorState)(sam)
}

test('who hears a call listens, who waits for one or has no part in any does nothing, who talks on one of their own talks', () => {
  assert.equal(doing(null, null), null)
  assert.equal(doing({ phase: 'break', call: null }, { heard: { call: 'c_1', mode: 'listen' } }), 'listens')
  assert.equal(doing({ phase: 'break', call: null }, { heard: null }), null, 'stays with an agent who has no call now')
  assert.equal(doing({ phase: 'talking', call: 'c_1' }, null), 'talks')
  assert.equal(doing({ phase: 'wrapping', call: 'c_1' }, null), null)
  assert.equal(doing({ phase: 'ringing', call: 'c_1' }, null), null)
})
