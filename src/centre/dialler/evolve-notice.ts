/** What facts about the notice of a call do to it: what was heard of it so far, and until when the next word of it is waited for. */
import type { Call } from '../call-state.ts'
import { setDeadline } from '../deadlines.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

/** A notice is over by then, even if the media never tell of its end. */
const noticeMaxMs = 5 * 60_000
/** After its last word a key is waited for. */
const noticeKeyMs = 6_000

/** Somebody has answered: it is about to begin. */
export function enterNotice(state: FloorState, call: Call, at: number): void {
  call.phase = 'notice'
  call.notice = { speech: 0, begunAt: null, heardMs: 0, whole: false, digit: null, askedAt: null, waitsUntil: null }
  setDeadline(state, call, at + noticeMaxMs)
}

type NoticeFact = Extract<Fact, { type: `call.notice${string}` | 'call.agentAsked' }>

export function evolveNotice(state: FloorState, call: Call, change: NoticeFact, at: number): void {
  const { notice } = call
  if (notice === null) return
  const { begunAt } = notice
  if (begunAt !== null) notice.heardMs = Math.max(notice.heardMs, at - begunAt)
  notice.begunAt = null
  switch (change.type) {
    case 'call.noticeBegan':
      notice.speech = change.speech
      notice.begunAt = at
      return setDeadline(state, call, at + noticeMaxMs)
    case 'call.noticeSaid':
      notice.whole = true
      return setDeadline(state, call, at + noticeKeyMs)
    case 'call.noticeHeard':
      notice.digit = change.digit
      return
    case 'call.agentAsked':
      notice.askedAt = at
      notice.waitsUntil = change.until
      call.phase = 'waiting'
      state.campaigns.get(call.campaign!)?.waiting.push(call.id)
      return setDeadline(state, call, change.until)
    default:
      change satisfies never
  }
}
