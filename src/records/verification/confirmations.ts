/**
 * Confirmations of decisions: written in one commit with the decision, so that there is one of each and never two; withdrawn when the decision is
 * taken back before it was sent. What the sender asks at the last moment is here too: whether what it says is still so, and the consent.
 */
import { createHash } from 'node:crypto'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { isMobile } from '../../lender/application.ts'
import {
  type Confirmations,
  type ConfirmationTemplate,
  confirmationPlaceholders,
  confirmationSubject,
  confirmationsKey,
  confirmationText,
  isConfirmed,
  readConfirmations,
  stands,
  templatesFor,
  type UnwrittenWhy,
} from '../../lender/confirmation.ts'
import { consentFor } from '../../lender/consent.ts'
import { emailOf, type FieldBusiness, type FieldDefinition } from '../../lender/fields.ts'
import type { VerificationTask } from '../../lender/task.ts'
import type { MessageRecord } from '../../store/lender/messages.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { decisionReasons } from './checklists.ts'
import { confirmationsInput } from './verification-schemas.ts'

export async function confirmationsOf(door: RecordsDoor): Promise<Confirmations> {
  return readConfirmations((await door.store.read('settings.all', {}))[confirmationsKey])
}

/** Another one for other texts. */
export function versionOf(confirmations: Confirmations): string {
  return createHash('sha256').update(JSON.stringify(confirmations)).digest('base64url').slice(0, 16)
}

/** Of decisions from now on. Throws InvalidInput, also of a placeholder that is none; NotNow where what is kept is not of `version`. */
export async function saveConfirmations(
  door: RecordsDoor,
  actor: Actor,
  given: unknown,
  version?: string,
): Promise<Confirmations> {
  const confirmations = parseInput(confirmationsInput, given)
  for (const [at, { text, subject }] of confirmations.templates.entries())
    for (const [, name] of [text, subject ?? text]
      .flatMap(each => [each['zh-CN'], each.en])
      .join(' ')
      .matchAll(/\{(\w*)\}/g))
      if (!(confirmationPlaceholders as readonly string[]).includes(name!))
        throw new InvalidInput([
          {
            field: `templates.${at}.text`,
            found: `{${name}}`,
            allowed: confirmationPlaceholders.map(each => `{${each}}`).join(', '),
          },
        ])
  return inTurn(door, async () => {
    const kept = versionOf(await confirmationsOf(door))
    if (version !== undefined && version !== kept)
      throw new NotNow('changed', `somebody else saved since: found version ${version.slice(0, 64)}, kept is ${kept}`)
    await keep(door, actor, [{ type: 'setting.saved', key: confirmationsKey, value: JSON.stringify(confirmations) }])
    return confirmationsOf(door)
  })
}

/** What goes with a move of a task, within its turn: texts of before that are not so any more are withdrawn, and what was decided is told. */
export async function factsOfConfirmation(door: RecordsDoor, task: VerificationTask): Promise<RecordFact[]> {
  const facts = await withdrawals(door, [task.id])
  if (!isConfirmed(task.state)) return facts
  const as = task.state
  const application = (await door.store.read('applications.byRef', { ref: task.application }))?.doc
  const party = await door.store.read('parties.byRef', { ref: task.party })
  if (application === undefined || party === null) return facts
  const confirmations = await confirmationsOf(door)
  const before = await door.store.read('tasks.confirmations', { task: task.id })
  const definitions = await door.store.read('fields.all', {})
  const no = (before.at(-1)?.no ?? 0) + 1
  for (const template of templatesFor(confirmations, { as, product: application.product })) {
    const { channel } = template
    const told = { type: 'task.confirmed' as const, task: task.id, party: task.party, no, channel, as }
    const to = addressFor(party, channel, definitions)
    const none = channel === 'email' ? 'no_address' : 'no_number'
    const why = to === null ? none : await whyNot(door, task.party, { channel, confirmations })
    if (to === null || why !== null) {
      facts.push({ ...told, message: null, why })
      continue
    }
    const id = newId<'message'>('ms')
    const values = { ...task, ...application, name: party.name, application: application.ref }
    const how = {
      language: party.language ?? 'zh-CN',
      known: await decisionReasons(door),
      secrets: secretsOf(door, party),
    }
    const text = confirmationText(template, values, how)
    const subject = confirmationSubject(template, values, how)
    const message = {
      id,
      party: task.party,
      case: null,
      why: `verification: ${as} ${task.application}`,
      channel,
      to,
      text,
      purpose: 'verification' as const,
      ...(subject === null ? {} : { subject }),
    }
    facts.push({ type: 'message.queued', message }, { ...told, message: id, why: null })
  }
  return facts
}

/** Texts about decisions of these tasks that wait still: they say what is not so any more. */
export async function withdrawals(door: RecordsDoor, tasks: readonly string[]): Promise<RecordFact[]> {
  const facts: RecordFact[] = []
  for (const task of tasks)
    for (const { message, state } of await door.store.read('tasks.confirmations', { task })) {
      if (message === null || state !== 'waiting') continue
      const { party } = (await door.store.read('messages.byId', { id: message }))!
      facts.push({ type: 'message.dropped', message, party, reason: `${recalled.rule}: ${recalled.words}` })
    }
  return facts
}

type No = { rule: string; words: string; retryAt: null }
const recalled: No = {
  rule: 'decision_recalled',
  words: 'the decision was taken back before it was sent',
  retryAt: null,
}
const unwanted: No = { rule: 'consent_withdrawn', words: 'the consent to be written to was taken back', retryAt: null }

/** Which of these messages are confirmations that may not go any more, and why. */
export async function outdated(door: RecordsDoor, messages: readonly MessageRecord[]): Promise<Map<string, No>> {
  const ids = messages.map(({ id }) => id)
  const found = ids.length === 0 ? [] : await door.store.read('confirmations.standing', { messages: ids })
  const noes = new Map<string, No>()
  if (found.length === 0) return noes
  const confirmations = await confirmationsOf(door)
  for (const { message, isLatest, ...standing } of found) {
    const { party, channel } = messages.find(({ id }) => id === message)!
    if (!stands(standing, { ...standing, isLatest: isLatest === 1 })) noes.set(message, recalled)
    else if (channel !== 'letter' && (await whyNot(door, party, { channel, confirmations })) !== null)
      noes.set(message, unwanted)
  }
  return noes
}

async function whyNot(
  door: RecordsDoor,
  party: string,
  { channel, confirmations }: { channel: ConfirmationTemplate['channel']; confirmations: Confirmations },
): Promise<UnwrittenWhy | null> {
  const consents = await door.store.read('consents.ofParty', { party })
  const about = { purpose: 'verification' as const, channel, now: door.clock.now() }
  if (consentFor(consents, about) !== null) return null
  const before = consents.map(each => ({ ...each, withdrawnAt: null }))
  if (consentFor(before, about) !== null) return 'consent_withdrawn'
  return confirmations.needsConsent ? 'no_consent' : null
}

/** Where this channel reaches the applicant; null: nowhere. */
function addressFor(
  party: PartyRecord,
  channel: ConfirmationTemplate['channel'],
  definitions: Partial<Record<FieldBusiness, FieldDefinition[]>>,
): string | null {
  switch (channel) {
    case 'sms':
      return numberFor(party)
    case 'email':
      return emailOf(party.fields, definitions, 'verification')
    default:
      return channel satisfies never
  }
}

/** A number of the applicant's own that takes texts: of the mainland a mobile one. */
function numberFor({ phones }: PartyRecord): string | null {
  const own = phones.filter(({ relation, status }) => relation === 'SELF' && status !== 'BAD' && status !== 'REFUSED')
  return own.find(({ number }) => isMobile(number) || !number.startsWith('+86'))?.number ?? null
}

function secretsOf(door: RecordsDoor, party: PartyRecord): string[] {
  if (party.idNo === null) return []
  const opened = door.store.sealer.open({ party: party.ref, field: 'idNo' }, party.idNo)
  return opened === null ? [] : [opened]
}
