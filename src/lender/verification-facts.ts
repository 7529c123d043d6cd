/** Facts of verification: applications, checklists, tasks, whom they called and what was answered. */
import type { CallId } from '../lib/ids.ts'
import type { Application } from './application.ts'
import type { Asked, Checklist, ChecklistAnswer } from './checklist.ts'
import type { ConfirmationChannel, ConfirmedState, UnwrittenWhy } from './confirmation.ts'
import type { TaskState, VerificationTask } from './task.ts'

/** Whom a task calls; `place`: which of the contacts. */
export type TaskCall = { id: string; who: Asked; place: number }

export type VerificationFact =
  /** The whole new value of each, at most 500. */
  | { type: 'applications.saved'; applications: Application[] }
  | { type: 'checklist.saved'; checklist: Checklist }
  | { type: 'task.opened'; task: VerificationTask }
  /** From one state to another, or to another person: the whole of the task as it is then. */
  | { type: 'task.moved'; from: TaskState; task: VerificationTask }
  /** `place`: which of the contacts. */
  | { type: 'task.called'; task: string; party: string; call: CallId; who: Asked; place: number; by: string }
  | { type: 'task.answered'; task: string; party: string; answer: ChecklistAnswer }
  /** A contact does not want to be called: the number is suppressed with it. */
  | { type: 'task.refused'; task: string; party: string; place: number; by: string }
  /** Of a decision, in one commit with it: the message that says so, or why none was written. `no` counts decisions of the task that were told, from 1. */
  | {
      type: 'task.confirmed'
      task: string
      party: string
      no: number
      channel: ConfirmationChannel
      as: ConfirmedState
      message: string | null
      why: UnwrittenWhy | null
    }
