/** Verification tasks, moved by people. Who acts is the actor of the fact: four eyes hold here, whatever page or program asks. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { flagsOf } from '../../lender/checklist.ts'
import { isOver, targetsOf } from '../../lender/targets.ts'
import { moveTask, type TaskCommand, type VerificationTask } from '../../lender/task.ts'
import { shareOut, type Verifier } from '../../lender/verifiers.ts'
import type { UserId } from '../../lib/ids.ts'
import type { TaskRecord } from '../../store/lender/verification.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { checkOwnPeople } from '../people/agency-people.ts'
import { checkUsers } from '../references.ts'
import { inTurn } from '../turn.ts'
import { applicationByRef } from './applications.ts'
import { checklistOf, decisionReasons } from './checklists.ts'
import { factsOfConfirmation } from './confirmations.ts'
import { taskCommand } from './verification-schemas.ts'

export async function taskById(door: RecordsDoor, id: string): Promise<TaskRecord> {
  const found = await door.store.read('tasks.byId', { id })
  if (found === null) throw new NotFound('task', id)
  return found
}

/** All that is known of a task: what it is about, whom it has called, what was answered, and what may be done now. */
export async function wholeTask(door: RecordsDoor, id: string) {
  const task = await taskById(door, id)
  const [{ doc: application }, checklist, calls, answers, refused, confirmations, { zone }] = await Promise.all([
    applicationByRef(door, task.application),
    checklistOf(door, task),
    door.store.read('tasks.calls', { task: id }),
    door.store.read('tasks.answers', { task: id }),
    door.store.read('tasks.refusals', { task: id }),
    door.store.read('tasks.confirmations', { task: id }),
    reckoningOf(door),
  ])
  const party = await door.store.read('parties.byRef', { ref: task.party })
  if (party === null) throw new NotFound('party', task.party)
  const targets = targetsOf(
    { application, checklist, calls, refused },
    { now: door.clock.now(), zone: party.zone ?? zone },
  )
  const there = { employer: application.employer?.line != null, contacts: application.contacts.length > 0 }
  const flags = flagsOf(checklist, answers, there)
  return { task, application, party, checklist, calls, answers, confirmations, targets, flags }
}
export type WholeTask = Awaited<ReturnType<typeof wholeTask>>

/** What a person does with a task. Throws NotNow with the rule that says no. */
export function moveTaskBy(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<TaskRecord> {
  return inTurn(door, async () => {
    const input = parseInput(taskCommand, given)
    const by = userOf(actor)
    switch (input.type) {
      case 'assign':
        await checkUsers(door, 'agent', [input.agent as UserId])
        await checkOwnPeople(door, 'agent', [input.agent as UserId])
        return moved(door, actor, id, input)
      case 'recall':
        return moved(door, actor, id, { ...input, by, at: input.at ?? (await nextAt(door, id)) })
      case 'submit':
        await checkReasons(door, input.reasons)
        await checkComplete(door, id, input.proposal)
        return moved(door, actor, id, { ...input, by })
      case 'decide':
        await checkReasons(door, input.reasons)
        return moved(door, actor, id, { ...input, by })
      case 'supplement': {
        const { today } = await reckoningOf(door)
        if (input.dueOn < today)
          throw new InvalidInput([{ field: 'dueOn', found: input.dueOn, allowed: `a day from ${today} on` }])
        return moved(door, actor, id, { ...input, by })
      }
      case 'review':
        return moved(door, actor, id, { ...input, by })
      case 'arrive':
      case 'cancel':
        return moved(door, actor, id, input)
      default:
        return input satisfies never
    }
  })
}

type Moved = Extract<RecordFact, { type: 'task.moved' }>

/** The fact that a task moved, as it stands now. Called within a turn. Throws NotNow. */
export async function factOfMove(door: RecordsDoor, id: string, command: TaskCommand): Promise<Moved> {
  const before = bare(await taskById(door, id))
  const move = moveTask(before, command)
  if (!move.ok) throw new NotNow(move.rule, move.words)
  return { type: 'task.moved', from: before.state, task: move.task }
}

async function moved(door: RecordsDoor, actor: Actor, id: string, command: TaskCommand): Promise<TaskRecord> {
  const fact = await factOfMove(door, id, command)
  const isOther = fact.from !== fact.task.state
  await keep(door, actor, [fact, ...(isOther ? await factsOfConfirmation(door, fact.task) : [])])
  return taskById(door, id)
}

/** Up to 500 new tasks to who has the skill and the least to do; what nobody may take stays. Answers how many went to whom. */
export function shareOutTasks(door: RecordsDoor, actor: Actor): Promise<{ assigned: number; left: number }> {
  return inTurn(door, async () => {
    const { items } = await door.store.read('tasks.page', { state: 'NEW', limit: 500 })
    const tasks = await Promise.all(
      items.map(async task => ({ id: task.id, skill: (await checklistOf(door, task)).skill })),
    )
    const shared = shareOut(tasks, await verifiersOf(door))
    const byId = new Map(items.map(task => [task.id, task]))
    const facts = shared.flatMap(({ task, agent }): RecordFact[] => {
      const move = moveTask(bare(byId.get(task)!), { type: 'assign', agent })
      return move.ok ? [{ type: 'task.moved', from: 'NEW', task: move.task }] : []
    })
    if (facts.length > 0) await keep(door, actor, facts)
    return { assigned: facts.length, left: items.length - facts.length }
  })
}

/** A verifier takes the oldest task that waits for somebody with these skills; null: none does, as for who works for an agency. */
export function takeTask(door: RecordsDoor, actor: Actor, skills: readonly string[]): Promise<string | null> {
  return inTurn(door, async () => {
    if ((await door.store.read('users.byId', { id: userOf(actor) as UserId }))?.agency) return null
    const { items } = await door.store.read('tasks.page', { state: 'NEW', limit: 500 })
    const oldest = items.sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1))
    for (const task of oldest) {
      const { skill } = await checklistOf(door, task)
      if (skill !== null && !skills.includes(skill)) continue
      await keep(door, actor, [await factOfMove(door, task.id, { type: 'assign', agent: userOf(actor) })])
      return task.id
    }
    return null
  })
}

async function verifiersOf(door: RecordsDoor): Promise<Verifier[]> {
  const [users, loads] = await Promise.all([
    door.store.read('users.list', { enabledOnly: true }),
    door.store.read('tasks.loads', {}),
  ])
  const open = new Map(loads.map(each => [each.agent, each.open]))
  return users
    .filter(({ role, agency }) => role === 'agent' && !agency)
    .map(({ id, skills }) => ({ id, skills, open: open.get(id) ?? 0 }))
}

/** When the applicant, or whoever is next, may be called again by the rules; an hour from now where they say nothing. */
async function nextAt(door: RecordsDoor, id: string): Promise<number> {
  const { targets } = await wholeTask(door, id)
  const at = targets.flatMap(({ state }) => (state.type === 'later' ? [state.at] : []))
  return at.length > 0 ? Math.min(...at) : door.clock.now() + 3_600_000
}

/** A pass needs every answer that is required; "cannot verify" that every attempt was made. */
async function checkComplete(door: RecordsDoor, id: string, proposal: string): Promise<void> {
  if (proposal !== 'PASS' && proposal !== 'CANNOT_VERIFY') return
  const { flags, targets } = await wholeTask(door, id)
  if (proposal === 'PASS' && flags.open.length > 0)
    throw new NotNow('task-incomplete', `These have no answer yet: ${flags.open.join(', ')}.`)
  if (proposal === 'CANNOT_VERIFY' && !isOver(targets))
    throw new NotNow('task-attempts-left', 'The applicant may still be called; every attempt has to be made first.')
}

async function checkReasons(door: RecordsDoor, codes: readonly string[]): Promise<void> {
  const known = new Set((await decisionReasons(door)).map(({ code }) => code))
  const unknown = codes.filter(code => !known.has(code))
  if (unknown.length > 0)
    throw new InvalidInput([{ field: 'reasons', found: unknown.join(', '), allowed: [...known].join(', ') }])
}

/** Whoever is signed in, or the token of a program: two tokens are two hands, one is never both. */
export function userOf(actor: Actor): string {
  return actor.startsWith('user:') ? actor.slice('user:'.length) : actor
}

export function bare(record: TaskRecord): VerificationTask {
  const { openedAt: _, changedAt: __, submittedAt: ___, decidedAt: ____, ...task } = record
  return task as VerificationTask
}
