import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleDesks } from '../../samples/desk.ts'
import { callBar } from './call-bar.ts'
import type { DeskProps } from './desk-props.ts'

const unreached = sampleDesks['unreached']!('en')
const bar = (props: DeskProps) => String(callBar(props))

test('while their own phone rings for the next call the bar says to pick it up, and not what became of the last one', () => {
  const said = bar({ ...unreached, agent: { ...unreached.agent, phase: 'ringing' } })
  assert.match(said, /Your phone rings: pick it up/)
  assert.doesNotMatch(said, /Last call/)
})

test('why nobody is called is said beside what became of the last call', () => {
  const held = 'outside the contact hours'
  const said = bar({ ...unreached, agent: { ...unreached.agent, phase: 'ready' }, held })
  assert.match(said, /Last call/)
  assert.match(said, /No outbound calls:.*outside the contact hours/)
})

test('a call for help is asked about before one key makes it again; another is not', () => {
  const last = unreached.last!
  assert.doesNotMatch(bar(unreached), /hx-confirm/)
  assert.match(bar({ ...unreached, last: { ...last, number: '110', isForHelp: true } }), /hx-confirm="[^"]*110/)
})
