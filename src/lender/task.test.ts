import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isDecided, moveTask, type TaskCommand, type TaskState, taskStates, type VerificationTask } from './task.ts'

const fresh: VerificationTask = {
  ...{ id: 'vt_1', application: 'A-1', party: 'K-1', state: 'NEW', checklist: 'standard', version: 0 },
  ...{ agent: null, verifiers: [], reviewer: null, recallAt: null, proposal: null, reasons: [], note: '' },
  ...{ missing: [], dueOn: null },
}
const commands: Record<TaskCommand['type'], (by: string) => TaskCommand> = {
  assign: by => ({ type: 'assign', agent: by }),
  call: by => ({ type: 'call', by }),
  recall: by => ({ type: 'recall', by, at: 1, note: 'nobody there' }),
  submit: by => ({ type: 'submit', by, proposal: 'PASS', reasons: [], note: '' }),
  review: by => ({ type: 'review', by }),
  decide: by => ({ type: 'decide', by, as: 'PASS', reasons: [], note: '' }),
  supplement: by => ({ type: 'supplement', by, missing: ['payslip'], dueOn: '2026-12-01', note: '' }),
  arrive: () => ({ type: 'arrive', note: '' }),
  cancel: () => ({ type: 'cancel', note: 'withdrawn' }),
}

function walk(...steps: [TaskCommand['type'], string][]): VerificationTask {
  return steps.reduce((task, [type, by]) => {
    const moved = moveTask(task, commands[type](by))
    assert.ok(moved.ok, `${type} by ${by} in ${task.state}: ${moved.ok ? '' : moved.words}`)
    return moved.task
  }, fresh)
}

const submitted = () =>
  walk(['assign', 'alice'], ['call', 'alice'], ['recall', 'alice'], ['call', 'alice'], ['submit', 'alice'])

test('a task goes from new to passed, and everyone who had a hand in it stands in it', () => {
  const passed = moveTask(moveOn(submitted(), 'review', 'sam'), commands.decide('sam'))
  assert.ok(passed.ok)
  assert.deepEqual(
    [passed.task.state, passed.task.agent, passed.task.verifiers, passed.task.reviewer],
    ['PASS', 'alice', ['alice'], 'sam'],
  )
})

test('whoever verified a task does not review it, also when another one took it over since', () => {
  const taken = walk(['assign', 'alice'], ['call', 'alice'], ['assign', 'bob'], ['call', 'bob'], ['submit', 'bob'])
  for (const by of ['alice', 'bob']) {
    const moved = moveTask(taken, commands.review(by))
    assert.deepEqual([moved.ok, !moved.ok && moved.rule], [false, 'four-eyes'], by)
  }
  assert.ok(moveTask(taken, commands.review('sam')).ok)
})

test('what is missing puts a task aside, and what arrives gives it back to its verifier', () => {
  const aside = moveOn(moveOn(submitted(), 'review', 'sam'), 'supplement', 'sam')
  assert.deepEqual([aside.state, aside.missing, aside.dueOn], ['SUPPLEMENT', ['payslip'], '2026-12-01'])
  const back = moveOn(aside, 'arrive', '')
  assert.deepEqual(
    [back.state, back.agent, back.missing, back.dueOn, back.reviewer],
    ['ASSIGNED', 'alice', [], null, null],
  )
})

test('a refusal and a rejection need a reason; a pass does not', () => {
  const review = moveOn(submitted(), 'review', 'sam')
  const bare = { by: 'sam', reasons: [], note: '' }
  for (const as of ['REJECT', 'FRAUD'] as const) {
    const moved = moveTask(review, { type: 'decide', as, ...bare })
    assert.deepEqual([moved.ok, !moved.ok && moved.rule], [false, 'task-no-reason'], as)
  }
  assert.ok(moveTask(review, { type: 'decide', as: 'PASS', ...bare }).ok)
})

/** What may be done by the verifier (alice) or the reviewer (sam) in each state; everything else is refused with words. */
const may: Record<TaskState, TaskCommand['type'][]> = {
  NEW: ['assign', 'cancel'],
  ASSIGNED: ['assign', 'call', 'cancel'],
  CALLING: ['assign', 'call', 'recall', 'submit', 'cancel'],
  RECALL: ['assign', 'call', 'recall', 'submit', 'cancel'],
  SUBMITTED: ['review', 'cancel'],
  REVIEW: ['recall', 'review', 'decide', 'supplement', 'cancel'],
  SUPPLEMENT: ['arrive', 'cancel'],
  ...{ PASS: [], REJECT: [], FRAUD: [], CANCEL: [] },
}

test('each state takes its own commands and refuses every other one in words', () => {
  for (const state of taskStates) {
    const task: VerificationTask = { ...fresh, state, agent: 'alice', verifiers: ['alice'], reviewer: 'sam' }
    const taken = (Object.keys(commands) as TaskCommand['type'][]).filter(type =>
      ['alice', 'sam'].some(by => {
        const moved = moveTask(task, commands[type](by))
        if (!moved.ok) assert.match(moved.words, /\.$/)
        return moved.ok
      }),
    )
    assert.deepEqual(taken, may[state], state)
  }
})

test('whatever is done to a task, no one both verified and reviewed it, and what is decided stays so', () => {
  const step = fc.tuple(
    fc.constantFrom(...(Object.keys(commands) as TaskCommand['type'][]).filter(type => type !== 'cancel')),
    fc.constantFrom('alice', 'bob', 'sam'),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      let task = fresh
      for (const [type, by] of steps) {
        const moved = moveTask(task, commands[type](by))
        if (isDecided(task.state)) assert.ok(!moved.ok)
        if (!moved.ok) continue
        if (type === 'decide') assert.ok(!moved.task.verifiers.includes(by) && moved.task.agent !== by)
        task = moved.task
      }
    }),
    { numRuns: 2000, seed: 5 },
  )
})

function moveOn(task: VerificationTask, type: TaskCommand['type'], by: string): VerificationTask {
  const moved = moveTask(task, commands[type](by))
  assert.ok(moved.ok, moved.ok ? '' : moved.words)
  return moved.task
}
