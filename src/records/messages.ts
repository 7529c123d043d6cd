/**
 * The outbox: texts wait until the sender takes them, or somebody exports or prints them. Before each leaves the gate is asked, as of a call: hours,
 * do-not-call, HOLD; and whether its case is open still. What may not go for good is dropped with the rule; what may not go now waits, for three days at most.
 */
import type { Actor, RecordFact } from '../centre/facts.ts'
import { isClosed } from '../lender/case.ts'
import { type MessageSender, retryMs, staleMs } from '../lender/message.ts'
import type { MessageRecord } from '../store/messages.ts'
import { outdated } from './confirmations.ts'
import { keep, type RecordsDoor } from './door.ts'
import { NotFound, NotNow } from './errors.ts'
import { inTurn } from './turn.ts'

/** In one run; the next comes soon. */
const sentMax = 200
/** Rules that time does not lift. */
const forGood = new Set([
  'party_hold',
  'do_not_call',
  'number_invalid',
  'stale',
  'case_closed',
  'decision_recalled',
  'consent_withdrawn',
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

/** One after the other, each told before the next. `sender` null: they wait to be exported, and what may not go is dropped all the same. */
export async function sendMessages(door: RecordsDoor, sender: MessageSender | null): Promise<number> {
  const due = await door.store.read('messages.due', { now: door.clock.now(), limit: sentMax })
  const hands = inHandOf(door)
  let sent = 0
  for (const { id } of due) {
    const message = await inTurn(door, () => takenUp(door, id, sender !== null))
    if (message === null || sender === null) continue
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
  const no = (await outdated(door, [message])).get(id) ?? mayLeave(door, message, await closedOf(door, [message]))
  if (no !== null) await tell(door, message, no)
  else if (isSent) inHandOf(door).add(id)
  return no === null ? message : null
}

/** Exported by hand: the texts that may go now, told as sent. At most 5,000 at once. */
export async function exportMessages(door: RecordsDoor, actor: Actor): Promise<MessageRecord[]> {
  const due = await door.store.read('messages.due', { now: Number.MAX_SAFE_INTEGER, limit: 5_000 })
  const out: MessageRecord[] = []
  for (let from = 0; from < due.length; from += 500)
    await inTurn(door, async () => {
      const facts: RecordFact[] = []
      const ids = due.slice(from, from + 500).map(({ id }) => id)
      const waiting = await door.store.read('messages.waiting', { ids })
      const closed = await closedOf(door, waiting)
      const untrue = await outdated(door, waiting)
      for (const message of waiting) {
        if (inHandOf(door).has(message.id) || untrue.has(message.id) || mayLeave(door, message, closed) !== null)
          continue
        facts.push({ type: 'message.sent', message: message.id, party: message.party, way: 'export', ref: '' })
        out.push(message)
      }
      if (facts.length > 0) await keep(door, actor, facts)
    })
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
    if ((await closedOf(door, [letter])).size > 0) throw new NotNow(isOver.rule, isOver.words)
    const sent: RecordFact = { type: 'message.sent', message: id, party: letter.party, way: 'print', ref: '' }
    await keep(door, actor, [sent])
    return messageById(door, id)
  })
}

type No = { rule: string; words: string; retryAt: number | null }

const isOver: No = { rule: 'case_closed', words: 'its case was closed since it was written', retryAt: null }

/** Which of the cases that these are about are closed: what they say of a debt is not true any more. */
async function closedOf(door: RecordsDoor, about: readonly MessageRecord[]): Promise<Set<string>> {
  const ids = about.flatMap(message => message.case ?? [])
  const cases = ids.length === 0 ? [] : await door.store.read('cases.byIds', { ids })
  return new Set(cases.filter(({ state }) => isClosed(state)).map(({ id }) => id))
}

function mayLeave(door: RecordsDoor, message: MessageRecord, closed: ReadonlySet<string>): No | null {
  const { party, to, queuedAt } = message
  if (message.case !== null && closed.has(message.case)) return isOver
  const never = (rule: string, words: string) => ({ rule, words, retryAt: null })
  if (door.clock.now() - queuedAt > staleMs) return never('stale', 'it waited for more than three days')
  return door.ask === undefined ? never('no_gate', 'no floor runs here to ask') : door.ask({ party, number: to })
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
  const { id, party, case: of, why, channel, to, text, tries } = message
  const outcome = await sender.send({ id, party, case: of, why, channel, to, text })
  const now = door.clock.now()
  if (outcome.ok) {
    await keep(door, 'system', [{ type: 'message.sent', message: id, party, way: 'sender', ref: outcome.ref }])
    return true
  }
  const later = outcome.again ? retryMs[tries] : undefined
  const nextAt = later === undefined ? null : now + later
  await keep(door, 'system', [
    { type: 'message.failed', message: id, party, reason: outcome.reason.slice(0, 200), nextAt },
  ])
  return false
}
