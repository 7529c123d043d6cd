import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { ladder, type Participant, type Step } from '../../parts/ladder.ts'
import { layout } from '../../parts/layout.ts'
import { heading } from '../../parts/table.ts'

export type LadderProps = {
  frame: Frame
  call: string
  /** Null: this role has no page of the call. */
  back: string | null
  pcap: string
  /** The same page with every message unfolded, or folded. */
  turned: string
  open: boolean
  days: number
  /** Why there is nothing to be seen, in the machine's words; null: nothing is wrong. */
  trouble: string | null
  participants: Participant[]
  steps: Step[]
  /** Messages that are not drawn. */
  more: number
}

/** Every SIP message of a call as arrows between who sent and who received it. */
export function ladderPage(props: LadderProps): Html {
  const w = textsOf(props.frame)
  const words = w.ladder
  const { steps } = props
  const actions = html`${
    steps.length === 0
      ? null
      : html`<a class="button" href="${props.turned}">${icon(props.open ? 'chevron-left' : 'chevron-right')}${props.open ? words.fold : words.unfold}</a><a class="button" href="${props.pcap}" download>${icon('download')}${words.pcap}</a>`
  }${props.back === null ? null : html`<a class="button" href="${props.back}">${icon('chevron-left')}${words.back}</a>`}`
  return layout(props.frame, {
    title: words.title(props.call),
    main: html`${heading({ title: words.heading, count: `${props.call} · ${words.count(steps.length + props.more)}`, about: words.about(props.days), actions })}
${body(props)}`,
  })
}

function body({ frame, days, trouble, steps, participants, open, more }: LadderProps): Html {
  const words = textsOf(frame).ladder
  if (trouble !== null)
    return html`<p class="notice red">${icon('circle-alert')}<span>${words.unread}${trouble}</span></p>`
  if (steps.length === 0)
    return html`<section class="panel"><p class="muted">${days === 0 ? words.off : words.none}</p></section>`
  return html`<section class="panel">${ladder(participants, steps, { open, again: words.again, time: words.time })}
${more > 0 ? html`<p class="muted">${words.more(more)}</p>` : null}</section>`
}
