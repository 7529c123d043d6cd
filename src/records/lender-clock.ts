import type { MessageSender, SentChannel } from '../lender/message.ts'
import { keepPlacements } from './agencies/placements.ts'
import { runDay } from './collections/daily.ts'
import { judgeDuePromises } from './collections/promises.ts'
import { runStrategies } from './collections/strategies.ts'
import type { RecordsDoor } from './door.ts'
import { mailTarget } from './messages/mail.ts'
import { sendMessages } from './messages/messages.ts'
import { senderTarget } from './messages/sender.ts'

/** A day turns in some zone at each quarter of an hour. */
const everyMs = 900_000
/** What waits in the outbox is looked at so often. */
const sendEveryMs = 30_000
/** Batches that were broken off, or are over, are looked for so often. */
const placeEveryMs = 60_000

/**
 * The daily work, the judging of promises and the steps of strategies: at once, since the service may have been away at midnight, and each quarter of an
 * hour, so that a day is begun soon after it has turned; and the outbox twice a minute. One run of each at a time; a fault is told, and the next run
 * takes up what is left.
 */
export function keepLenderClock(
  door: RecordsDoor,
  senders: Record<SentChannel, MessageSender>,
  onFault: (error: unknown) => void,
): AsyncDisposable {
  const over = new AbortController()
  const jobs = [
    regularly(everyMs, () => dayOf(door), onFault),
    regularly(placeEveryMs, () => keepPlacements(door), onFault),
    regularly(sendEveryMs, () => sendWaiting(door, senders, over.signal), onFault),
  ]
  return {
    /** Begins no message any more, and waits for what is in hand. */
    async [Symbol.asyncDispose]() {
      over.abort()
      await Promise.all(jobs.map(job => job[Symbol.asyncDispose]()))
    },
  }
}

/** By those channels for which somebody is set who carries them; the others wait. */
export async function sendWaiting(
  door: RecordsDoor,
  senders: Record<SentChannel, MessageSender>,
  over?: AbortSignal,
): Promise<number> {
  const channels: SentChannel[] = []
  if ((await senderTarget(door)) !== null) channels.push('sms')
  if ((await mailTarget(door)) !== null) channels.push('email')
  const sender: MessageSender = {
    send: message => senders[message.channel === 'email' ? 'email' : 'sms'].send(message),
  }
  return sendMessages(door, sender, channels, over)
}

async function dayOf(door: RecordsDoor): Promise<void> {
  if ((await runDay(door)) === null) await judgeDuePromises(door)
  await runStrategies(door)
}

function regularly(ms: number, work: () => Promise<unknown>, onFault: (error: unknown) => void): AsyncDisposable {
  let running: Promise<unknown> | null = null
  const run = () => {
    running ??= work()
      .catch(onFault)
      .finally(() => {
        running = null
      })
  }
  run()
  const timer = setInterval(run, ms)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
