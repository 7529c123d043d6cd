import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Recorded } from '../../centre/facts.ts'
import { longFacts, passesMax, WriteQueue } from './write-queue.ts'
import type { WriteRequest } from './writer.ts'

const stopped: Recorded = { at: 0, actor: 'system', fact: { type: 'system.stopped' } }
const enough = Array.from({ length: longFacts }, () => stopped)
const tooMany = [...enough, stopped]

class Queue {
  readonly #queue = new WriteQueue<{ name: string; request: WriteRequest }>()

  put(name: string): void {
    const recorded = name.startsWith('long') ? tooMany : enough
    this.#queue.add({
      name,
      request: { type: 'transact', transaction: { recorded, isPatient: name.startsWith('slice') } },
    })
  }

  next(isHeld = false): string[] {
    return this.#queue.next(isHeld).map(({ name }) => name)
  }

  get size(): number {
    return this.#queue.size
  }
}

function queueOf(...names: string[]): Queue {
  const queue = new Queue()
  for (const name of names) queue.put(name)
  return queue
}

test('what the floor decided passes the slices of an import, which go one by one and in their order', () => {
  const queue = queueOf('slice 1', 'slice 2', 'call 1', 'call 2')
  assert.deepEqual(queue.next(), ['call 1', 'call 2'])
  assert.deepEqual(queue.next(), ['slice 1'])
  queue.put('call 3')
  assert.deepEqual(queue.next(), ['call 3'])
  assert.deepEqual(queue.next(), ['slice 2'])
  assert.equal(queue.size, 0)
  assert.deepEqual(queue.next(), [])
})

test('a floor that never rests delays a slice by a few commits and does not stop it', () => {
  const queue = queueOf('slice 1', 'slice 2')
  const order: string[] = []
  for (let at = 0; at < 2 * passesMax + 4; at++) {
    queue.put(`call ${at}`)
    order.push(...queue.next())
  }
  const slices = order.flatMap((each, at) => (each.startsWith('slice') ? [at] : []))
  // The call that the first slice held up goes with the next one, in one commit.
  assert.deepEqual(slices, [passesMax, 2 * passesMax + 2])
  assert.deepEqual(
    order.filter(each => each.startsWith('call')),
    Array.from({ length: 2 * passesMax + 4 }, (_, at) => `call ${at}`),
  )
})

test('while the disk has to catch up slices are held, and the floor goes on', () => {
  const queue = queueOf('slice 1', 'call 1')
  assert.deepEqual([queue.next(true), queue.next(true), queue.size], [['call 1'], [], 1])
  for (let at = 0; at < 2 * passesMax; at++) {
    queue.put(`call ${at}`)
    assert.deepEqual(queue.next(true), [`call ${at}`])
  }
  queue.put('call')
  assert.deepEqual([queue.next(), queue.next()], [['slice 1'], ['call']])
})

test('very many that wait at once share several commits and none is left out', () => {
  const requests = Array.from({ length: 4_500 }, (_, at) => `call ${at}`)
  const queue = queueOf(...requests)
  const groups = [queue.next(), queue.next(), queue.next()]
  assert.deepEqual(
    groups.map(group => group.length),
    [2_000, 2_000, 500],
  )
  assert.deepEqual(groups.flat(), requests)
})

test('a long request has a commit of its own, and nobody passes anybody for it', () => {
  const queue = queueOf('call 1', 'call 2', 'long 1', 'long 2', 'call 3', 'slice 1')
  const groups = Array.from({ length: 6 }, () => queue.next())
  assert.deepEqual(groups, [['call 1', 'call 2'], ['long 1'], ['slice 1'], ['long 2'], ['call 3'], []])
})
