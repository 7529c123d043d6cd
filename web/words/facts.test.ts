import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readable } from './facts.ts'
import { wordsIn } from './words.ts'

/** Types of facts that name a call, as their files define them. */
function factsOfCalls(): string[] {
  const types: string[] = []
  for (const file of ['centre/facts.ts', 'centre/record-facts.ts', 'lender/facts.ts', 'lender/verification-facts.ts']) {
    const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')
    for (const [whole, type] of text.matchAll(/\{\s*type: '([A-Za-z.]+)'[^{}]*\}[^|\n]*/g))
      if (/\bcall\??: CallId|OnScript|Measured/.test(whole)) types.push(type!)
  }
  return types
}

test('each fact that the page of a call may show has words in both languages', () => {
  const types = factsOfCalls()
  assert.ok(types.length > 50, String(types.length))
  assert.ok(types.includes('call.menuChose') && types.includes('script.read') && types.includes('legalHold.placed'))
  for (const language of ['zh-CN', 'en'] as const) {
    const { facts } = wordsIn(language).auditor.call
    assert.deepEqual(
      types.filter(type => facts[type] === undefined),
      [],
      language,
    )
  }
})

test('a name without words is readable all the same', () => {
  assert.equal(readable('call.menuBegan'), 'call: menu began')
  assert.equal(readable('sipStatus'), 'sip status')
  assert.equal(readable('q850'), 'q850')
})
