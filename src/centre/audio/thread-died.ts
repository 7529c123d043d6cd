/** The thread that writes recordings, or that shakes hands with browsers, died: an alarm as of a media thread, with what became of its work. */
import type { Draft } from '../draft.ts'
import type { Input } from '../inputs.ts'

const rules = { recording: 'recording_died', dtls: 'dtls_died' } as const

export function threadDied(d: Draft, { thread, goOn, cut }: Extract<Input, { type: 'thread.died' }>): void {
  const words =
    thread === 'recording'
      ? `The recording thread died: ${goOn} recordings go on, ${cut} have failed.`
      : `The thread that connects browsers died: ${goOn} of them go on, ${cut} must connect anew.`
  d.fact({ type: 'safety.alarmed', rule: rules[thread], user: null, call: null, number: '', words, goOn, cut })
}
