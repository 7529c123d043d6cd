/**
 * A text to a party that is no call: an SMS, an e-mail, or a letter. It waits in the outbox until a sender takes it, somebody exports or prints it, or it
 * may not go.
 */
import type { ConsentPurpose } from './consent.ts'

export const messageChannels = ['sms', 'email', 'letter'] as const
export type MessageChannel = (typeof messageChannels)[number]
/** Those that a sender carries. */
export const sentChannels = ['sms', 'email'] as const
export type SentChannel = (typeof sentChannels)[number]
export const messageStates = ['waiting', 'sent', 'dropped'] as const
export type MessageState = (typeof messageStates)[number]
export type MessagePurpose = Exclude<ConsentPurpose, 'any'>

export type Message = {
  id: string
  party: string
  case: string | null
  /** What asked for it: strategy and step, or a person. */
  why: string
  channel: MessageChannel
  /** A number, an e-mail address; of a letter the name it is addressed to. */
  to: string
  text: string
  /** Of an e-mail. */
  subject?: string
  /** Whose consent to it counts; left out: collections. */
  purpose?: MessagePurpose
  /** The promise that it reminds of: it goes while that one is open. */
  promise?: string | null
}

/** How it left the house. */
export const messageWays = ['sender', 'export', 'print'] as const
export type MessageWay = (typeof messageWays)[number]

/** Whoever carries messages. `again`: it may be tried later. Never rejects. */
export type MessageSender = {
  send(message: Message): Promise<{ ok: true; ref: string } | { ok: false; reason: string; again: boolean }>
}

/** After the n-th try that failed, ms; beyond the last it is given up. */
export const retryMs = [60_000, 300_000, 1_800_000, 7_200_000, 21_600_000]
/** What may not go for so long is not sent any more: its words are old. */
export const staleMs = 3 * 86_400_000
