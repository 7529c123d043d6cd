/** What lies under the name of a recording and cannot be of its call: what was found, its sound, and the form that decides on it. */
import type { AcceptedMisfit } from '../../src/centre/recording/recording-rules.ts'
import { areaField, type Filled, notice } from './form.ts'
import { type Frame, textsOf } from './frame.ts'
import { type Html, html } from './html.ts'
import { size } from './numbers.ts'
import { duration, exactly } from './time.ts'

type Measured = Pick<
  AcceptedMisfit,
  'misfits' | 'mostMs' | 'writtenAt' | 'changedAt' | 'writtenFrom' | 'writtenUntil'
> & { soundMs: number }

export type MisfitProps = Measured & {
  action: string
  /** Of its sound. */
  src: string
  bytes: number
  /** Names the file in the state that is shown. */
  seen: string
  /** Up to where the journal is known to whoever decides: what was decided later they have not seen. */
  after: number
  /** Who decided last that it stays as it lies; null: nobody has. */
  left: { who: string; at: number; reason: string } | null
  filled: Filled
}

/** Its disk does not answer now; or somebody accepted it, and it is being sealed. */
export type Undecidable = 'unseen' | 'sealing'

export type AcceptedProps = Measured & { who: string; at: number; reason: string }

export function misfit(id: string, props: MisfitProps | Undecidable, frame: Frame): Html {
  const words = textsOf(frame).custody.misfit
  if (typeof props === 'string') return notice(props === 'unseen' ? 'amber' : 'blue', words[props])
  const { left, filled } = props
  return html`<div class="stack"><h3>${words.head}</h3><p class="help">${words.about}</p>
${left === null ? null : notice('blue', words.left(left.who, exactly(left.at, frame), left.reason))}
${measures(props, frame, html`<dt>${words.size}</dt><dd class="figure">${size(props.bytes)}</dd>`)}
<label>${words.listen}<audio controls preload="none" src="${props.src}"></audio></label>
<form class="form" method="post" action="${props.action}"><input type="hidden" name="seen" value="${props.seen}"><input type="hidden" name="after" value="${props.after}">
${areaField({ name: `reason_${id}`, label: words.reason, help: words.reasonHelp, required: true, rows: 2, maxlength: 500 }, filled)}
<div class="buttons"><button class="button" name="choice" value="leave">${words.leave}</button><button class="button danger" name="choice" value="accept">${words.accept}</button></div></form></div>`
}

/** Beside a recording that a person accepted, wherever its page is opened. */
export function acceptedMisfit({ who, at, reason, ...props }: AcceptedProps, frame: Frame): Html {
  const { custody } = textsOf(frame)
  return html`${notice('amber', custody.accepted(who, exactly(at, frame), reason))}${measures(props, frame, null)}`
}

/** What does not fit is marked, by a word too. */
function measures(props: Measured, frame: Frame, more: Html | null): Html {
  const words = textsOf(frame).custody.misfit
  const { misfits, soundMs, mostMs, writtenFrom, writtenUntil } = props
  const row = (by: Measured['misfits'][number], said: string) =>
    html`<dt>${words[by]}</dt><dd class="figure">${said}${misfits.includes(by) ? html` <b>${words.doubted}</b>` : null}</dd>`
  const when = (by: 'written' | 'changed', at: number) =>
    row(
      by,
      misfits.includes(by)
        ? words.within(exactly(at, frame), exactly(writtenFrom, frame), exactly(writtenUntil, frame))
        : exactly(at, frame),
    )
  return html`<dl class="facts">${row('length', words.lengthOf(duration(soundMs), duration(mostMs)))}${when('written', props.writtenAt)}${when('changed', props.changedAt)}${more}</dl>`
}
