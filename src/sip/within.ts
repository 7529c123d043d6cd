/** Requests of ours within a dialog that are no INVITE: numbered, sent with credentials, and once more when they are challenged. */
import type { CallHost } from './call.ts'
import { type Dialog, requestInDialog } from './dialog.ts'
import type { DigestFor } from './digest.ts'
import type { HeaderLine, Response } from './message.ts'
import type { ClientTransaction, Failure } from './transaction.ts'

/** Told of the final answer only, or that none came. */
export type RequestOwner = {
  onSent?(seq: number): void
  onResponse(answer: Response, now: number): void
  onFailure(failure: Failure, now: number): void
}

export type WithinMethod = 'BYE' | 'INFO' | 'UPDATE' | 'PRACK' | 'OPTIONS' | 'REFER' | 'NOTIFY'

export type WithinRequest = { method: WithinMethod; extra: HeaderLine[]; body?: string }

/** For requests whose outcome changes nothing. */
export const unheeded: RequestOwner = { onResponse() {}, onFailure() {} }

export function sendWithin(
  way: { host: CallHost; dialog: Dialog; digestFor: DigestFor },
  { method, extra, body = '' }: WithinRequest,
  owner: RequestOwner,
  now: number,
  isChallenged = false,
): ClientTransaction {
  const { host, dialog, digestFor } = way
  host.mendWay(dialog)
  const draft = requestInDialog(dialog, method, { extra: [...extra, ['User-Agent', host.name]], body })
  const digest = digestFor(draft.destination)
  draft.lines.push(...(digest?.authorize(method, draft.uri) ?? []))
  owner.onSent?.(dialog.localSeq)
  return host.transactions.start(
    draft,
    {
      onResponse(answer, _transaction, at) {
        const { status } = answer
        if (status < 200) return
        if (status === 401 || status === 407) {
          if (!isChallenged) digest?.begins()
          if (digest?.learn(answer)) {
            sendWithin(way, { method, extra, body }, owner, at, true)
            return
          }
        } else digest?.succeeded()
        owner.onResponse(answer, at)
      },
      onFailure: (failure, _transaction, at) => owner.onFailure(failure, at),
    },
    now,
  )
}
