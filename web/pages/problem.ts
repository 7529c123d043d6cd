import { type Frame, textsOf } from '../parts/frame.ts'
import { type Html, html } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import { layout } from '../parts/layout.ts'

export type ProblemProps = {
  frame: Frame
  kind: 'notFound' | 'forbidden' | 'refused' | 'stopped' | 'fault' | 'tooLarge'
  /** `refused`, `stopped`: why; `fault`: the number under which it is in the log. */
  detail: string | null
}

/** A page that could not be made: what happened, and what to do. */
export function problemPage(props: ProblemProps): Html {
  const w = textsOf(props.frame)
  return layout(props.frame, {
    title: w.frame.problem.title,
    main: html`<div class="gate"><section class="panel"><h1>${icon('triangle-alert')} ${w.frame.problem.title}</h1>
<p>${w.frame.problem[props.kind]}</p>${props.detail ? html`<code class="command">${w.frame.troubles[props.detail] ?? props.detail}</code>` : null}
<p class="empty-actions"><a class="button primary" href="/">${w.frame.problem.home}</a></p></section></div>`,
  })
}
