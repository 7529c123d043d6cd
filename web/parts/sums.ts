/** What an instalment plan comes to, where it is shown: beside a calculator, on an order, as a worked example. */
import type { OfferedInstalment } from '../../src/lender/offer.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'
import { money } from './money.ts'

export type Sums = {
  currency: string
  financed: number
  upfrontFee: number
  costTotal: number
  paidTotal: number
  aprNominal: number | null
  aprEffective: number | null
  instalments: OfferedInstalment[]
}

/** A share of one a year as it is said: `13.03%`. */
export function rateOf(share: number | null): string {
  return share === null ? '—' : `${(share * 100).toFixed(2)}%`
}

/** The rate and the whole cost first: nobody agrees before they heard them. */
export function sumsList(sums: Sums, w: Words): Html {
  const words = w.sales
  const { instalments, currency } = sums
  const [first, last] = [instalments[0]!, instalments.at(-1)!]
  const level = instalments.every(({ total }) => Math.abs(total - first.total) < instalments.length)
  return html`<dl class="facts sums"><dt>${words.apr}</dt><dd><b class="figure">${rateOf(sums.aprNominal)}</b></dd>
<dt>${words.costTotal}</dt><dd><b class="figure">${money(sums.costTotal, currency)}</b></dd>
<dt>${level ? words.instalment : words.firstInstalment}</dt><dd><b class="figure">${money(first.total, currency)}</b></dd>
${level ? null : html`<dt>${words.lastInstalment}</dt><dd class="figure">${money(last.total, currency)}</dd>`}
<dt>${words.paidTotal}</dt><dd class="figure">${money(sums.paidTotal, currency)}</dd>
<dt>${words.financed}</dt><dd class="figure">${money(sums.financed, currency)}</dd>
${sums.upfrontFee === 0 ? null : html`<dt>${words.upfrontFee}</dt><dd class="figure">${money(sums.upfrontFee, currency)}</dd>`}
<dt>${words.aprEffective}</dt><dd class="figure">${rateOf(sums.aprEffective)}</dd></dl>`
}

export function planTable({ instalments, currency }: Sums, w: Words): Html {
  const words = w.sales
  const bare = (amount: number) => money(amount, currency).replace(/ [A-Z]{3}$/, '')
  return html`<details class="plan"><summary>${words.plan} (${currency})</summary><div class="scroll" tabindex="0"><table><caption class="unseen">${words.plan}</caption>
<thead><tr><th scope="col" class="figure">#</th><th scope="col">${words.due}</th><th scope="col" class="figure">${words.principal}</th><th scope="col" class="figure">${words.interest}</th><th scope="col" class="figure">${words.fees}</th><th scope="col" class="figure">${words.total}</th></tr></thead>
<tbody>${instalments.map(each => html`<tr><td class="figure">${each.no}</td><td class="figure">${each.dueOn}</td><td class="figure">${bare(each.principal)}</td><td class="figure">${bare(each.interest)}</td><td class="figure">${bare(each.fees)}</td><td class="figure">${bare(each.total)}</td></tr>`)}</tbody></table></div></details>`
}
