import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact, Recorded } from '../../centre/facts.ts'
import { JournalDigest } from './journal-digest.ts'

const hexOf = (...all: Partial<Recorded>[]) => {
  const digest = new JournalDigest()
  for (const one of all) digest.add({ at: 1, actor: 'system', fact: { type: 'system.stopped' }, ...one })
  return digest.hex()
}
const fact = (of: Record<string, unknown>) => ({ fact: of as unknown as Fact })

test('the same facts give the same digest, and each thing that differs gives another one', () => {
  const base = { type: 'a', text: 'ab', list: ['x', 'y'], inner: { n: 1, none: null, yes: true } }
  const others: Partial<Recorded>[] = [
    { at: 2 },
    { actor: 'user:u_1' },
    fact({ type: 'a' }),
    fact(base),
    fact({ ...base, text: 'ac' }),
    fact({ ...base, text: 'a', list: ['b', 'x', 'y'] }),
    fact({ ...base, list: ['xy'] }),
    fact({ ...base, list: [['x', 'y']] }),
    fact({ ...base, inner: { ...base.inner, n: 1.5 } }),
    fact({ ...base, inner: { ...base.inner, none: 0 } }),
    fact({ ...base, inner: { ...base.inner, yes: false } }),
    fact({ ...base, other: null }),
    fact({ ...base, text: '王' }),
    fact({ ...base, text: 'ÿ' }),
  ]
  const seen = others.map(one => hexOf(one))
  assert.equal(new Set(seen).size, others.length)
  assert.deepEqual(
    others.map(one => hexOf(one)),
    seen,
  )
})

test('what is undefined is not there, as in the journal', () => {
  assert.equal(hexOf(fact({ type: 'a', gone: undefined })), hexOf(fact({ type: 'a' })))
})

test('facts end up in the digest whatever lies between two chunks: longer ones, and letters of two bytes', () => {
  const long = '王a'.repeat(50_000)
  const one = hexOf(fact({ type: 'a', long }), fact({ type: 'b' }))
  assert.equal(hexOf(fact({ type: 'a', long }), fact({ type: 'b' })), one)
  assert.notEqual(hexOf(fact({ type: 'a', long: `${long.slice(0, -1)}b` }), fact({ type: 'b' })), one)
  assert.notEqual(hexOf(fact({ type: 'a', long }), fact({ type: 'c' })), one)
})
