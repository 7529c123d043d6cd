/** The log of pacing: a table on the campaign's page, and a page of its own with days and older entries. */

import type { Frame } from '../../parts/frame.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { percent } from '../../parts/numbers.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { LogRow, PacingPageProps } from './campaign-props.ts'

export function pacingPage(props: PacingPageProps): Html {
  const { frame, campaign, day } = props
  const w = textsOf(frame)
  const words = w.campaign
  const path = `/supervisor/campaigns/${campaign.id}`
  const query = day === '' ? '' : `?day=${day}`
  return layout(frame, {
    title: `${words.log} · ${campaign.name}`,
    main: html`${heading({
      title: words.log,
      count: campaign.name,
      about: words.logAbout,
      actions: html`<a class="button" href="${path}">${icon('chevron-left')}${words.back}</a><a class="button" href="${path}/pacing.csv${query}" download>${icon('download')}${words.logFile}</a>`,
    })}
<form class="toolbar" method="get" action="${path}/pacing"><label for="day">${words.day}</label><input id="day" type="date" name="day" value="${day}"${props.wrong ? html` aria-invalid="true" aria-describedby="day-wrong"` : null}><button class="button">${words.show}</button>${day === '' ? null : html`<a class="button quiet" href="${path}/pacing">${w.frame.list.clear}</a>`}
${props.wrong ? html`<p class="error" id="day-wrong" role="alert">${icon('circle-alert')}<span>${words.dayWrong}</span></p>` : null}</form>
${logTable(frame, props.log)}${pager(frame, { previous: null, next: props.next })}`,
  })
}

export function logTable(frame: Frame, rows: LogRow[]): Html {
  const words = textsOf(frame).campaign
  return table({
    caption: words.log,
    rows,
    empty: words.noLog,
    columns: [
      { head: words.time, cell: row => instant(row.at, frame) },
      { head: words.onFloor, cell: row => onFloor(row) },
      { head: words.ringing, kind: 'figure', cell: row => row.ringing },
      { head: words.lines, kind: 'figure', cell: row => row.lines ?? '—' },
      { head: words.dialled, kind: 'figure', cell: row => row.dialled ?? '—' },
      {
        head: words.threshold,
        kind: 'figure',
        cell: row => (row.theta === 0 ? '—' : `${percent(row.risk)} / ${percent(row.theta)}`),
      },
      { head: words.why, cell: row => row.why },
    ],
  })

  function onFloor({ talking, wrapping, free, agents }: LogRow): string {
    return talking === null || wrapping === null
      ? words.floorOld(free, agents)
      : words.floor(talking, wrapping, free, agents)
  }
}
