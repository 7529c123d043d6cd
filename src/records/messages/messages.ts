/**
 * The outbox: texts wait until the sender takes them, or somebody exports or prints them. Before each leaves everything is asked again that may have changed
 * since it was written: its case and promise, the party, its address (`mayStillSay`), then the gate as of a call: do-not-call, HOLD, consent, hours, caps. What
 * may not go for good is dropped with the rule; what may not go now waits, for three days at most.
 */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { type MessageSender, type MessageWay, retryMs, type SentChannel, sentChannels } from '../../lender/message.ts'
import type { MessageRecord } from '../../store/lender/messages.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { inTurn } from '../turn.ts'
import { outdated } from '../verification/confirmations.ts'
import { type No, type Standing, standingOf } from './message-standing.ts'

/** In one run; the next comes soon. */
const sentMax = 200
/** Rules that time does not lift. */
const forGood = new Set([
  ...['party_hold', 'do_not_call', 'number_invalid', 'stale', 'case_closed', 'promise_over', 'address_gone'],
  ...['party_unknown', 'consent_withdrawn', 'decision_recalled'],
])
/** What may not go now is asked about again after this. */
const askAgainMs = 600_000

export async function messageById(door: RecordsDoor, id: string): Promise<MessageRecord> {
  const found = await door.store.read('messages.byId', { id })
  if (found === null) throw new NotFound('message', id)
  return found
}

/** Texts that a sender has in hand, which nobody exports meanwhile. */
const inHand = new WeakMap<RecordsDoor, Set<string>>()

function inHandOf(door: RecordsDoor): Set<string> {
  const hands = inHand.get(door) ?? new Set()
  inHand.set(door, hands)
  return hands
}

/**
 * One after the other, each told before the next. `sender` null, or a channel not among `channels`: they wait, and what may not go is dropped all the same.
 * `over`: none is begun from then on, since each may take its ten seconds.
 */
export async function sendMessages(
  door: RecordsDoor,
  sender: MessageSender | null,
  channels: readonly SentChannel[] = sentChannels,
  over?: AbortSignal,
): Promise<number> {
  const due = await door.store.read('messages.due', {
    ...{ now: door.clock.now(), limit: sentMax, channels: [...sentChannels] },
  })
  const hands = inHandOf(door)
  let sent = 0
  for (const { id, channel } of due) {
    if (over?.aborted) break
    const carries = sender !== null && (channels as readonly string[]).includes(channel)
    const message = await inTurn(door, () => takenUp(door, id, carries))
    if (message === null || !carries) continue
    try {
      if (await sendOne(door, sender, message)) sent++
    } finally {
      hands.delete(id)
    }
  }
  return sent
}

/** As it is now: it may have been exported since the list was made. null: it does not go now. */
async function takenUp(door: RecordsDoor, id: string, isSent: boolean): Promise<MessageRecord | null> {
  const [message] = await door.store.read('messages.waiting', { ids: [id] })
  if (message === undefined) return null
  const no = (await outdated(door, [message])).get(id) ?? mayLeave(door, message, await standingOf(door, [message]))
  if (no !== null) await tell(door, message, no)
  else if (isSent) inHandOf(door).add(id)
  return no === null ? message : null
}

/** SMS exported by hand: those that may go now, told as sent. At most 5,000 at once. */
export async function exportMessages(door: RecordsDoor, actor: Actor): Promise<MessageRecord[]> {
  const due = await door.store.read('messages.due', { now: Number.MAX_SAFE_INTEGER, limit: 5_000, channels: ['sms'] })
  const out: MessageRecord[] = []
  for (let left = due.map(({ id }) => id); left.length > 0; ) {
    const ids = left.splice(0, 500)
    await inTurn(door, async () => {
      const facts: RecordFact[] = []
      const waiting = await door.store.read('messages.waiting', { ids })
      const standing = await standingOf(door, waiting)
      const untrue = await outdated(door, waiting)
      const parties = new Set<string>()
      for (const message of waiting) {
        if (inHandOf(door).has(message.id) || untrue.has(message.id)) continue
        // Caps count what has gone: the second to one party is asked about when the first is told.
        if (parties.has(message.party)) left.push(message.id)
        else if (mayLeave(door, message, standing) === null) {
          parties.add(message.party)
          facts.push(sentFact(message, 'export', ''))
          out.push(message)
        }
      }
      if (facts.length > 0) await keep(door, actor, facts)
    })
  }
  return out
}

/** A letter for printing: told as sent when it is printed the first time. Throws NotNow with the rule that says no. */
export async function printLetter(door: RecordsDoor, actor: Actor, id: string): Promise<MessageRecord> {
  return inTurn(door, async () => {
    const letter = await messageById(door, id)
    if (letter.channel !== 'letter') throw new NotFound('letter', id)
    if (letter.state === 'sent') return letter
    if (letter.state === 'dropped') throw new NotNow('message-dropped', letter.reason ?? 'this letter was dropped')
    const stops = await door.store.read('stops.of', { party: letter.party })
    const now = door.clock.now()
    if (stops.some(({ kind, until }) => kind === 'hold' && (until === null || until > now)))
      throw new NotNow('party_hold', `${letter.party} is on hold: no letter goes out`)
    const { mayStillSay } = await standingOf(door, [letter])
    const no = mayStillSay(letter)
    if (no !== null) throw new NotNow(no.rule, no.words)
    await keep(door, actor, [sentFact(letter, 'print', '')])
    return messageById(door, id)
  })
}

function mayLeave(door: RecordsDoor, message: MessageRecord, standing: Standing): No | null {
  const no = standing.mayStillSay(message)
  if (no !== null) return no
  const writing = standing.writingOf(message)
  if (door.ask === undefined || writing === null)
    return { rule: 'no_gate', words: 'no floor runs here to ask', retryAt: null }
  return door.ask(writing)
}

function sentFact({ id, party, channel, to }: MessageRecord, way: MessageWay, ref: string): RecordFact {
  return { type: 'message.sent', message: id, party, way, ref, channel, ...(channel === 'sms' ? { number: to } : {}) }
}

async function tell(door: RecordsDoor, { id, party }: MessageRecord, no: No): Promise<void> {
  const reason = `${no.rule}: ${no.words}`.slice(0, 200)
  const until = Math.max(no.retryAt ?? 0, door.clock.now() + askAgainMs)
  await keep(door, 'system', [
    forGood.has(no.rule)
      ? { type: 'message.dropped', message: id, party, reason }
      : { type: 'message.deferred', message: id, party, reason, until },
  ])
}

async function sendOne(door: RecordsDoor, sender: MessageSender, message: MessageRecord): Promise<boolean> {
  const { id, party, case: of, why, channel, to, text, subject, tries } = message
  const outcome = await sender.send({ id, party, case: of, why, channel, to, text, subject })
  const now = door.clock.now()
  if (outcome.ok) {
    await keep(door, 'system', [sentFact(message, 'sender', outcome.ref)])
    return true
  }
  const later = outcome.again ? retryMs[tries] : undefined
  const nextAt = later === undefined ? null : now + later
  await keep(door, 'system', [
    { type: 'message.failed', message: id, party, reason: outcome.reason.slice(0, 200), nextAt },
  ])
  return false
}
