import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordsIn } from '../words/words.ts'
import { partyName } from './names.ts'

test('whom nobody knows is an unknown caller when they call, a number not on file when we do, and help when that is called', () => {
  const w = wordsIn('zh-CN')
  const name = null
  assert.equal(partyName({ name, direction: 'in' }, w), '未知来电')
  assert.equal(partyName({ name, direction: 'out' }, w), '未登记的号码')
  assert.equal(partyName({ name, direction: 'out', isForHelp: true }, w), '紧急电话')
  assert.equal(partyName({ name: '陈建国', direction: 'in' }, w), '陈建国')
})
