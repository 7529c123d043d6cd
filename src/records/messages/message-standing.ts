/** What messages that wait are about, as it stands now: read for up to 500 at once, asked of each. */
import type { Writing } from '../../centre/gate/writing.ts'
import { isClosed } from '../../lender/case.ts'
import { isTakenBack, type KeptConsent } from '../../lender/consent.ts'
import { emailOf } from '../../lender/fields.ts'
import { staleMs } from '../../lender/message.ts'
import type { MessageRecord } from '../../store/lender/messages.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import type { RecordsDoor } from '../door.ts'

export type No = { rule: string; words: string; retryAt: number | null }

export type Standing = {
  /** Whether what it says is still true and whom it is for still there; what the gate is not asked about. */
  mayStillSay(message: MessageRecord): No | null
  /** What the gate is asked; null: nobody is there to ask about. */
  writingOf(message: MessageRecord): Writing | null
}

export async function standingOf(door: RecordsDoor, messages: readonly MessageRecord[]): Promise<Standing> {
  const refs = [...new Set(messages.map(({ party }) => party))]
  const ids = messages.flatMap(message => message.case ?? [])
  const [parties, consents, cases, definitions] = await Promise.all([
    door.store.read('parties.byRefs', { refs }),
    door.store.read('consents.ofParties', { parties: refs }),
    door.store.read('cases.byIds', { ids }),
    door.store.read('fields.all', {}),
  ])
  const promises = new Map<string, string>()
  for (const id of new Set(messages.flatMap(({ promise }) => promise ?? [])))
    promises.set(id, (await door.store.read('promises.byId', { id }))?.state ?? 'CANCELLED')
  const partyOf = new Map(parties.map(party => [party.ref, party]))
  const caseOf = new Map(cases.map(each => [each.id, each]))
  const now = door.clock.now()
  const addressOf = (party: PartyRecord, { channel, purpose, to }: MessageRecord): boolean =>
    channel === 'letter' ||
    (channel === 'email' ? emailOf(party.fields, definitions, purpose) === to : mayWriteTo(party, to))
  return {
    mayStillSay(message) {
      const about = message.case === null ? undefined : caseOf.get(message.case)
      if (about !== undefined && isClosed(about.state))
        return no('case_closed', 'its case was closed since it was written')
      if (about?.state === 'HOLD') return no('party_hold', 'its case is on hold')
      const promise = message.promise === null ? 'OPEN' : promises.get(message.promise)
      if (promise !== 'OPEN') return no('promise_over', 'the promise that it reminds of is over')
      // A letter lies there until somebody prints it.
      if (message.channel !== 'letter' && now - message.queuedAt > staleMs)
        return no('stale', 'it waited for more than three days')
      const party = partyOf.get(message.party)
      if (party === undefined) return no('party_unknown', 'the party is not there any more')
      if (!addressOf(party, message)) return no('address_gone', 'the party is not reached there any more')
      return null
    },
    writingOf({ party: ref, channel, purpose, to }) {
      const party = partyOf.get(ref)
      if (party === undefined || channel === 'letter') return null
      const own: KeptConsent[] = consents.filter(consent => consent.party === ref)
      return {
        ...{ party: ref, channel, business: purpose, zone: party.zone },
        number: channel === 'sms' ? to : (party.phones.find(({ relation }) => relation === 'SELF')?.number ?? null),
        takenBack: isTakenBack(own, { purpose, channel, now }),
      }
    },
  }
}

/** One of the person's own, which is neither bad nor refused. */
function mayWriteTo({ phones }: PartyRecord, to: string): boolean {
  return phones.some(
    ({ number, relation, status }) => number === to && relation === 'SELF' && status !== 'BAD' && status !== 'REFUSED',
  )
}

function no(rule: string, words: string): No {
  return { rule, words, retryAt: null }
}
