/** Legal holds in force, and the forms to place and lift one: on the page of recordings and on that of a call. */
import type { LegalHoldKind } from '../../src/centre/records/record-facts.ts'
import { areaField, type Filled, notice, selectField, textField } from './form.ts'
import { type Frame, textsOf } from './frame.ts'
import { type Html, html, type Piece } from './html.ts'
import { table } from './table.ts'
import { instant } from './time.ts'

export type HoldRow = { id: string; kind: LegalHoldKind; target: string; reason: string; by: string; placedAt: number }

export type HoldsProps = {
  holds: HoldRow[]
  /** Where to place one; those in force are lifted at `ACTION/ID/lifting`. null: this person only sees them. */
  action: string | null
  /** Ids that can be held here, by what they are; null: any, typed. */
  targets: { kind: LegalHoldKind; target: string }[] | null
  filled: Filled
}

export function legalHolds({ holds, action, targets, filled }: HoldsProps, frame: Frame): Html {
  const w = textsOf(frame)
  const words = w.retention
  return html`<section class="panel" id="holds"><h2>${words.holds}</h2><div class="stack"><p class="muted">${words.holdsAbout}</p>
${filled.errors[''] === undefined ? null : notice('red', filled.errors[''])}
${table({
  caption: words.holds,
  rows: holds,
  empty: words.none,
  columns: [
    { head: words.what, cell: row => html`${words.kinds[row.kind]} <span class="mono">${row.target}</span>` },
    { head: words.reason, cell: row => row.reason },
    { head: words.by, cell: row => row.by },
    { head: words.at, cell: row => instant(row.placedAt, frame) },
    ...(action === null
      ? []
      : [{ head: w.frame.list.actions, kind: 'action' as const, cell: (row: HoldRow) => lifting(action, row, frame) }]),
  ],
})}
${action === null ? null : placing({ action, targets, filled }, frame)}</div></section>`
}

function lifting(action: string, { id, target }: HoldRow, frame: Frame): Html {
  const words = textsOf(frame).retention
  return html`<details><summary>${words.lift}</summary><form class="inline" method="post" action="${action}/${id}/lifting"><input name="reason" required minlength="5" maxlength="500" placeholder="${words.liftReason}" aria-label="${words.liftReason}: ${target}"><button class="button small" aria-label="${words.lift}: ${target}">${words.lift}</button></form></details>`
}

function placing(
  { action, targets, filled }: Pick<HoldsProps, 'targets' | 'filled'> & { action: string },
  frame: Frame,
): Html {
  const words = textsOf(frame).retention
  const what: Piece =
    targets === null
      ? html`<div class="row">${selectField({ name: 'holdKind', label: words.what, choices: Object.entries(words.kinds).map(([value, word]) => ({ value, word })) }, filled)}
${textField({ name: 'holdTarget', label: words.target, help: words.targetHelp, required: true, maxlength: 64, figure: true }, filled)}</div>`
      : selectField(
          {
            name: 'holdWhat',
            label: words.what,
            choices: targets.map(({ kind, target }) => ({
              value: `${kind} ${target}`,
              word: `${words.kinds[kind]} · ${target}`,
            })),
          },
          filled,
        )
  return html`<form class="form" method="post" action="${action}">${what}
${areaField({ name: 'holdReason', label: words.reason, help: words.reasonHelp, required: true, rows: 2, maxlength: 500 }, filled)}
<div class="buttons"><button class="button">${words.place}</button></div></form>`
}
