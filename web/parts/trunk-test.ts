/** The test of a trunk on its page: a button, and the steps of the last test as they come. */
import { notice } from './form.ts'
import { type Frame, textsOf } from './frame.ts'
import { type Html, html } from './html.ts'
import { icon } from './icons.ts'
import { chip } from './state.ts'
import { instant } from './time.ts'

type StepName = 'reach' | 'register' | 'options' | 'call' | 'sound'
type StepState = 'running' | 'ok' | 'warn' | 'bad'

/** `code` names what was found, `found` has its figures. */
export type TrunkTestView = {
  number: string | null
  begunAt: number
  isOver: boolean
  steps: { step: string; state: StepState; code: string | null; found: string }[]
}

export type TrunkTestProps = { frame: Frame; trunk: string; test: TrunkTestView | null; refused: string | null }

const looks = {
  running: ['blue', 'activity'],
  ok: ['green', 'circle-check'],
  warn: ['amber', 'triangle-alert'],
  bad: ['red', 'circle-x'],
} as const

/** Asks for itself again each second while a test is under way. */
export function trunkTestSection({ frame, trunk, test, refused }: TrunkTestProps): Html {
  const w = textsOf(frame)
  const words = w.trunkTest
  const path = `/admin/trunks/${trunk}/tests`
  const isRunning = test !== null && !test.isOver
  const again = isRunning ? html` hx-get="${path}" hx-trigger="every 1s" hx-swap="outerHTML"` : null
  const button = html`<form method="post" action="${path}" hx-post="${path}" hx-target="#trunk-test" hx-swap="outerHTML"><button class="button"${isRunning ? html` disabled` : null}>${icon('activity')}${isRunning ? words.running : words.begin}</button></form>`
  return html`<section class="panel" id="trunk-test"${again} aria-live="polite"><h2>${words.title}</h2><p class="muted">${words.about}</p>
${refused === null ? null : notice('red', words.rules[refused] ?? refused)}${button}${test === null ? null : found(test, frame)}</section>`
}

function found(test: TrunkTestView, frame: Frame): Html {
  const words = textsOf(frame).trunkTest
  const isFine = test.isOver && test.steps.every(({ state }) => state === 'ok')
  const verdict = test.isOver ? notice(isFine ? 'green' : 'amber', isFine ? words.fine : words.notFine) : null
  return html`${verdict}<p class="small muted">${words.last}: ${instant(test.begunAt, frame)}</p><dl class="facts">${test.steps.map(
    ({ step, state, code, found: figures }) => {
      const [tone, sign] = looks[state]
      const meaning = code === null ? null : (words.findings[code as keyof typeof words.findings] ?? code)
      return html`<dt>${words.steps[step as StepName] ?? step}</dt><dd>${chip(tone, sign, words.states[state])} ${meaning}${figures === '' ? null : html` <span class="small muted figure">${figures}</span>`}</dd>`
    },
  )}</dl>`
}
