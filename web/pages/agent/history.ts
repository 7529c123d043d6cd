/** Every contact with a party, newest first, with what came of it: calls of all campaigns, promises, money that came in. */
import type { Frame } from '../../parts/frame.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { money } from '../../parts/money.ts'
import { duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { HistoryLine } from './party-props.ts'

export function historyList(lines: HistoryLine[], frame: Frame): Html {
  const w = textsOf(frame)
  if (lines.length === 0) return html`<p class="muted">${w.agent.history.none}</p>`
  return html`<ol class="history">${lines.map(line => html`<li>${body(line, frame, w)}</li>`)}</ol>`
}

function body(line: HistoryLine, frame: Frame, w: Words): Html {
  switch (line.kind) {
    case 'call': {
      const result = line.outcome ?? (line.result ? w.domain.callResult[line.result] : '')
      return html`${icon(line.direction === 'in' ? 'phone-incoming' : 'phone-outgoing')}<div><span>${instant(line.at, frame)} <b>${result}</b></span>
<span class="small muted">${line.agent ?? ''}${line.talkMs === null ? null : html` · <span class="figure">${duration(line.talkMs)}</span>`}</span>
${line.note ? html`<span class="note">${line.note}</span>` : null}</div>`
    }
    case 'promise':
      return html`${icon('calendar-clock')}<div><span>${instant(line.at, frame)} <b>${w.agent.who.promised(money(line.amount, line.currency), line.dueOn)}</b></span>
<span class="small muted">${line.agent ?? ''} · ${w.lender.promiseState[line.state]}</span></div>`
    case 'repayment':
      return html`${icon('circle-check')}<div><span>${instant(line.at, frame)} <b>${w.agent.history.repaid(money(line.amount, line.currency))}</b></span>
<span class="small muted">${line.channel}${line.reversed ? ` · ${w.lender.reversed}` : ''}</span></div>`
    default:
      return line satisfies never
  }
}
