import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passesMax, WriteQueue } from './write-queue.ts'

function queueOf(...requests: string[]): WriteQueue<string> {
  const queue = new WriteQueue<string>()
  for (const request of requests) queue.add(request, request.startsWith('slice'))
  return queue
}

test('what the floor decided passes the slices of an import, which go one by one and in their order', () => {
  const queue = queueOf('slice 1', 'slice 2', 'call 1', 'call 2')
  assert.deepEqual(queue.next(), ['call 1', 'call 2'])
  assert.deepEqual(queue.next(), ['slice 1'])
  queue.add('call 3', false)
  assert.deepEqual(queue.next(), ['call 3'])
  assert.deepEqual(queue.next(), ['slice 2'])
  assert.equal(queue.size, 0)
  assert.deepEqual(queue.next(), [])
})

test('a floor that never rests delays a slice by a few commits and does not stop it', () => {
  const queue = queueOf('slice 1', 'slice 2')
  const order: string[] = []
  for (let at = 0; at < 2 * passesMax + 4; at++) {
    queue.add(`call ${at}`, false)
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
    queue.add(`call ${at}`, false)
    assert.deepEqual(queue.next(true), [`call ${at}`])
  }
  queue.add('call', false)
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
