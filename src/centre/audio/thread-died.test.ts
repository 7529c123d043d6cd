import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestFloor } from '../testing.ts'

test('the death of the thread that records, or that connects browsers, is an alarm with what goes on of its work', () => {
  const floor = new TestFloor()
  const alarmOf = (thread: 'recording' | 'dtls', goOn: number, cut: number) => {
    floor.do({ type: 'thread.died', thread, goOn, cut })
    const { rule, goOn: on, cut: off, user, call, words } = floor.last('safety.alarmed')
    assert.match(
      words,
      thread === 'recording' ? /^The recording thread died: 12 rec.* 1 / : /^The thread that con.*: 40 .* 2 /,
    )
    return [rule, on, off, user, call]
  }
  assert.deepEqual(alarmOf('recording', 12, 1), ['recording_died', 12, 1, null, null])
  assert.deepEqual(alarmOf('dtls', 40, 2), ['dtls_died', 40, 2, null, null])
  assert.equal(floor.state.toll.alarmsSince(0), 2, 'the wallboard counts them')
})
