import assert from 'node:assert/strict'
import { test } from 'node:test'
import { strategiesInput } from './collections-schemas.ts'
import { readStepLine, stepLine } from './step-lines.ts'

const campaigns = [{ id: 'cp_1', name: 'early reminder' }]
const stepsOf = (...lines: string[]) =>
  strategiesInput.parse({
    strategies: [{ name: 'x', buckets: ['M1'], steps: lines.map((line, at) => readStepLine(line, at, campaigns)) }],
  }).strategies[0]!.steps

test('a step that is written as it is shown is the same step', () => {
  const lines = [
    'text | 1 | sms | owed>=100, no promise, consent | Dear {name}, {owed} is due | thank you',
    'ring | 3 | call early reminder | owed<500.5, after BUSY+NO_ANSWER',
    'paper | 30 | letter | promise | Dear {name}\\n\\nyours',
    'law | 90 | send LEGAL | ',
  ]
  const steps = stepsOf(...lines)
  assert.deepEqual(
    steps.map(step => stepLine(step, campaigns)),
    lines,
  )
  assert.deepEqual(
    steps.map(({ action }) => action.type),
    ['sms', 'call', 'letter', 'send'],
  )
  assert.equal(steps[0]!.owedFrom, 10_000)
})

test('a line that is no step says what one looks like', () => {
  for (const line of [
    'x',
    'a | b | sms',
    'a | 1 | call nothing',
    'a | 1 | sms | if rain | x',
    'a | 1 | fax',
    '| 1 | sms',
  ])
    assert.throws(() => readStepLine(line, 0, campaigns), /stepLines\.0|NAME/, line)
  assert.throws(() => stepsOf('a | 1 | send HOME'))
  assert.throws(() => stepsOf('a | 0 | sms | | x'))
})
