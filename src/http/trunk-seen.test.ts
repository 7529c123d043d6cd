import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noEase } from '../centre/lines/ease.ts'
import { trunkSeen } from './trunk-seen.ts'

test('a trunk that answers no OPTIONS is not proved, unless it has taken our registration', () => {
  const floor = { trunk: { id: 't_1', enabled: true }, up: true, why: null, ease: noEase() } as never
  const seen = (status: number | null, registration: string | null = null) =>
    trunkSeen(
      floor,
      () => ({ target: null, options: { status }, registration: registration && { state: registration } }) as never,
      0,
    ).unproved
  assert.deepEqual([seen(200), seen(null), seen(null, 'refused'), seen(null, 'registered')], [false, true, true, false])
  assert.equal(trunkSeen(floor, () => null as never, 0).unproved, false, 'nobody has asked it yet')
  assert.deepEqual(trunkSeen(undefined, undefined as never, 0), {
    up: false,
    why: null,
    unproved: false,
    lapsing: null,
    eased: null,
    refusing: null,
  })
})

test('that none of its calls is let in is seen of a trunk that is up', () => {
  const floor = { trunk: { id: 't_1', enabled: true }, up: true, why: null, ease: noEase() } as never
  const seen = trunkSeen(floor, () => ({ refusing: { why: 'inbound_secret', words: '' } }) as never, 0)
  assert.deepEqual([seen.up, seen.refusing], [true, 'inbound_secret'])
})

test('why a trunk is off is that somebody switched it off, whatever went wrong before', () => {
  const floor = { trunk: { id: 't_1', enabled: false }, up: false, why: 'tls_name', ease: noEase() } as never
  assert.equal(trunkSeen(floor, () => null as never, 0).why, 'switched_off')
})

test('that a registration is not refreshed is seen of a trunk that is up, with the instant until when it holds', () => {
  const floor = { trunk: { id: 't_1', enabled: true }, up: true, why: null, ease: noEase() } as never
  const lapsing = (refresh: object | null) =>
    trunkSeen(floor, () => ({ registration: { state: 'registered', until: 7, refresh } }) as never, 0).lapsing
  assert.deepEqual([lapsing({ reply: '403 Forbidden', at: 1, nextMs: 1 }), lapsing(null)], [7, null])
})
