/** Whom a task calls: who is next, the number that is dialled, and a contact who does not want to be called. The call is the task's by the fact that dials it. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import type { Asked } from '../../lender/checklist.ts'
import type { PhoneRelation } from '../../lender/party.ts'
import { moveTask } from '../../lender/task.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { bare, factOfMove, userOf, type WholeTask, wholeTask } from './tasks.ts'
import { targetInput } from './verification-schemas.ts'

export type TargetNumber = { number: string; name: string; relation: PhoneRelation; party: string }

/** Whom to dial, for the verifier whose task it is. Throws NotNow with the rule that says no. */
export async function numberToDial(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<TargetNumber> {
  const { who, place } = parseInput(targetInput, given)
  const whole = await wholeTask(door, id)
  const move = moveTask(bare(whole.task), { type: 'call', by: userOf(actor) })
  if (!move.ok) throw new NotNow(move.rule, move.words)
  const target = whole.targets.find(each => each.who === who && each.place === place)
  if (target === undefined) throw new NotFound('number of this task', `${who} ${place}`)
  switch (target.state.type) {
    case 'open':
    case 'reached':
      return numberOf(whole, who, place)
    case 'later':
      throw new NotNow('recall-later', `By the recall rules not before ${new Date(target.state.at).toISOString()}.`)
    case 'over':
      throw new NotNow('recall-over', 'Every attempt of the recall rules was made.')
    case 'refused':
      throw new NotNow('contact-refused', 'This contact does not want to be called; the number stays blocked.')
    case 'no-line':
      throw new NotNow('employer-no-line', 'The employer has no land line from a source of its own yet.')
    case 'waits':
      throw new NotNow('target-waits', `Call the ${target.state.for} first.`)
    default:
      return target.state satisfies never
  }
}

/** Throws NotNow when the party has no number of its own. */
export function numberOf({ application, party }: WholeTask, who: Asked, place: number): TargetNumber {
  const of = (number: string, name: string, relation: PhoneRelation) => ({ number, name, relation, party: party.ref })
  switch (who) {
    case 'applicant': {
      const own = party.phones.find(({ relation, status }) => relation === 'SELF' && status !== 'BAD')
      if (own === undefined) throw new NotNow('applicant-no-number', 'The applicant has no number of their own.')
      return of(own.number, party.name, 'SELF')
    }
    case 'employer': {
      const { employer } = application
      if (employer?.line == null) throw new NotNow('employer-no-line', 'The employer has no land line yet.')
      return of(employer.line.number, employer.name, 'WORKPLACE')
    }
    case 'contact': {
      const contact = application.contacts[place]
      if (contact === undefined) throw new NotFound('contact', String(place))
      return of(contact.number, contact.name, 'CONTACT')
    }
    default:
      return who satisfies never
  }
}

/** A call was dialled from the task, which is its by that fact; the task is being called from now on. */
export function beginCalling(door: RecordsDoor, actor: Actor, id: string): Promise<void> {
  return inTurn(door, async () => {
    await keep(door, actor, [await factOfMove(door, id, { type: 'call', by: userOf(actor) })])
  })
}

/** A contact said no: nobody calls this number again, about whatever and whomever. */
export function refuseContact(door: RecordsDoor, actor: Actor, id: string, place: number): Promise<void> {
  return inTurn(door, async () => {
    const whole = await wholeTask(door, id)
    const by = userOf(actor)
    if (whole.task.agent !== by) throw new NotNow('task-not-yours', 'This task is another verifier’s.')
    const { number } = numberOf(whole, 'contact', place)
    const { party } = whole.task
    const facts: RecordFact[] = [
      { type: 'task.refused', task: id, party, place, by },
      { type: 'suppression.added', number, reason: 'contact refused', until: null },
    ]
    if (whole.party.phones.some(phone => phone.number === number))
      facts.push({ type: 'party.numberMarked', party, number, status: 'REFUSED', reason: 'contact refused' })
    await keep(door, actor, facts)
  })
}
