import type { IntentGrade } from '../../../src/lender/order.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { chip } from '../../parts/state.ts'
import { rateOf } from '../../parts/sums.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { ContactLine } from '../agent/party-props.ts'
import { type OrderLine, orderColumns } from './orders.ts'

export type ProspectProps = {
  frame: Frame
  today: string
  currency: string
  party: string
  name: string
  limit: number | null
  limitUntil: string | null
  grade: IntentGrade | null
  followUpAt: number | null
  note: string
  purchases: { on: string; what: string; amount: number }[]
  consents: {
    purpose: string
    channel: string
    basis: string
    evidence: string
    givenAt: number
    withdrawnAt: number | null
  }[]
  orders: OrderLine[]
  quotes: {
    product: string
    amount: number
    term: number
    currency: string
    aprNominal: number | null
    costTotal: number
    agent: string
    madeAt: number
  }[]
  calls: ContactLine[]
}

/** One prospect with everything that was offered, ordered and said. */
export function prospectPage(props: ProspectProps): Html {
  const w = textsOf(props.frame)
  const words = w.sales
  const { frame } = props
  return layout(frame, {
    title: `${words.prospects} ${props.party}`,
    main: html`${heading({
      title: props.name || props.party,
      count: props.party,
      actions: html`<a class="button" href="/supervisor/parties/${encodeURIComponent(props.party)}">${icon('user-round')}${words.toParty}</a><a class="button" href="/supervisor/prospects">${icon('chevron-left')}${words.prospects}</a>`,
    })}
<dl class="facts"><dt>${words.limit}</dt><dd class="figure">${props.limit === null ? words.limitNone : `${money(props.limit, props.currency)}${props.limitUntil === null ? '' : ` · ${props.limitUntil < props.today ? words.limitOver(props.limitUntil) : words.limitUntil(props.limitUntil)}`}`}</dd>
<dt>${words.grade}</dt><dd>${props.grade === null ? words.gradeNone : words.grades[props.grade]}</dd>
<dt>${words.followUp}</dt><dd>${props.followUpAt === null ? words.followUpNone : html`${instant(props.followUpAt, frame)}${props.followUpAt <= frame.now ? html` <b class="due">${words.followUpDue}</b>` : null}`}</dd>
${props.note === '' ? null : html`<dt>${words.note}</dt><dd>${props.note}</dd>`}</dl>
<h2>${words.consent}</h2>${table({
      caption: words.consent,
      rows: props.consents,
      empty: words.consentNone,
      columns: [
        {
          head: w.lender.status,
          cell: row =>
            row.withdrawnAt === null
              ? chip('green', 'circle-check', words.consented)
              : chip('red', 'circle-x', w.lender.withdrawn),
        },
        { head: w.lender.purpose, cell: row => `${row.purpose} · ${row.channel}` },
        { head: w.lender.basis, cell: row => row.basis },
        { head: w.lender.evidence, cell: row => row.evidence },
        { head: words.when, cell: row => instant(row.givenAt, frame) },
      ],
    })}
<h2>${words.ordersOf}</h2>${table({ caption: words.ordersOf, rows: props.orders, empty: words.ordersNone, columns: [...orderColumns(props, w, row => `/supervisor/orders/${row.id}`), { head: words.changed, cell: row => instant(row.changedAt, frame) }] })}
<h2>${words.lastOffers}</h2>${table({
      caption: words.lastOffers,
      rows: props.quotes,
      empty: w.frame.list.none,
      columns: [
        { head: words.product, cell: row => row.product },
        { head: words.amount, kind: 'figure', cell: row => money(row.amount, row.currency) },
        { head: words.term, cell: row => words.months(row.term) },
        { head: words.apr, kind: 'figure', cell: row => rateOf(row.aprNominal) },
        { head: words.costTotal, kind: 'figure', cell: row => money(row.costTotal, row.currency) },
        { head: words.seller, cell: row => row.agent },
        { head: words.offeredAt, cell: row => instant(row.madeAt, frame) },
      ],
    })}
<h2>${words.purchases}</h2>${table({
      caption: words.purchases,
      rows: props.purchases,
      empty: words.purchasesNone,
      columns: [
        { head: words.when, cell: row => html`<span class="figure">${row.on}</span>` },
        { head: words.purchases, cell: row => row.what },
        { head: words.amount, kind: 'figure', cell: row => money(row.amount, props.currency) },
      ],
    })}
<h2>${words.calls}</h2>${table({
      caption: words.calls,
      rows: props.calls,
      empty: w.lender.noHistory,
      columns: [
        { head: w.lender.when, cell: row => instant(row.at, frame) },
        { head: w.lender.result, cell: row => (row.result === null ? '' : w.domain.callResult[row.result]) },
        { head: words.seller, cell: row => row.agent ?? '' },
        { head: w.lender.outcome, cell: row => row.outcome ?? '' },
        { head: w.lender.note, cell: row => row.note ?? '' },
      ],
    })}`,
  })
}
