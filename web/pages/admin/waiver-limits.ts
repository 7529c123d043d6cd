import { changesOf } from '../../parts/changes.ts'
import { areaField, type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { heading } from '../../parts/table.ts'
import { problems } from './users.ts'

export type WaiverLimitsProps = { frame: Frame; saved: boolean; filled: Filled }

/** Up to how much who may approve: a role, and people of it whose own limit counts instead. */
export function waiverLimitsPage({ frame, saved, filled }: WaiverLimitsProps): Html {
  const w = textsOf(frame)
  const words = w.claims.limits
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${saved ? notice('green', w.frame.form.saved) : null}${problems(filled, w)}
<form class="form panel" method="post" action="/admin/waivers">
${textField({ name: 'supervisorMax', label: words.role(w.domain.role.supervisor), help: words.roleHelp, figure: true, maxlength: 20 }, filled)}
${textField({ name: 'adminMax', label: words.role(w.domain.role.admin), help: words.roleHelp, figure: true, maxlength: 20 }, filled)}
${areaField({ name: 'limitLines', label: words.people, help: words.peopleHelp, figure: true, rows: 5 }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>${changesOf(frame, { of: 'setting:lender.waivers' })}`,
  })
}
