/** Sample props of the pages of sales. */
import { offerOf } from '../../src/lender/offer.ts'
import { saidItems } from '../../src/lender/quote.ts'
import { myOrdersPage } from '../pages/agent/orders.ts'
import type { DeskSales } from '../pages/agent/sales-props.ts'
import { type OrderProps, orderPage } from '../pages/supervisor/order.ts'
import { type OrderLine, ordersPage } from '../pages/supervisor/orders.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Sums } from '../parts/sums.ts'
import type { Language } from '../words/language.ts'
import { wordsIn } from '../words/words.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const minute = 60_000
export const today = '2026-03-18'

export const sampleSums: Sums = {
  currency: 'CNY',
  ...offerOf({
    ...{ amount: 1_200_000, downPayment: 0, term: 12, ratePpm: 0, way: 'equal-instalment', upfrontFeePpm: 0 },
    ...{ monthlyFeePpm: 6_000, startedOn: today },
  }),
}

function sentences(language: Language) {
  const { sentence } = wordsIn(language).sales
  const text = {
    consent: sentence.consent(),
    apr: sentence.apr('13.03%'),
    'total-cost': sentence['total-cost']('864.00 CNY', '12 864.00 CNY'),
    'cooling-off': sentence['cooling-off']('7'),
  }
  return saidItems.map((item, at) => ({
    ...{ item, text: text[item] },
    read: at < 2 ? { at: sampleNow - (3 - at) * minute, offsetMs: (40 + 25 * at) * 1000 } : null,
  }))
}

export function sampleSelling(language: Language): DeskSales {
  const zh = language === 'zh-CN'
  const product = zh ? '手机零息分期' : 'Phone, no interest'
  return {
    ...{ type: 'open', party: 'K-100231', today, live: true, terms: [3, 6, 12] },
    consent: {
      basis: zh ? '应用内营销授权' : 'Opted in, in the app',
      evidence: zh ? '授权书 2026-01-08' : 'form of 2026-01-08',
      givenAt: sampleNow,
    },
    prospect: {
      ...{ limit: 1_500_000, limitUntil: '2026-05-31', currency: 'CNY', grade: 'B', note: '' },
      purchases: [{ on: '2025-11-11', what: zh ? '平板电脑' : 'Tablet', amount: 329_900 }],
      followUpAt: sampleNow - 20 * minute,
    },
    products: [
      { value: 'phone-0', word: product },
      { value: 'cash-12', word: zh ? '随心现金分期' : 'Cash loan' },
    ],
    calculator: { values: { product: 'phone-0', amount: '12000', term: '12' }, errors: {} },
    sums: sampleSums,
    quotes: [
      {
        ...{ id: 'qu_1', product, amount: 1_200_000, term: 12, currency: 'CNY', madeAt: sampleNow - 4 * minute },
        ...{ costTotal: 86_400, aprNominal: sampleSums.aprNominal, sentences: sentences(language), state: 'open' },
      },
      {
        ...{ id: 'qu_0', product, amount: 600_000, term: 6, currency: 'CNY', madeAt: sampleNow - 9 * 86_400_000 },
        ...{ costTotal: 21_600, aprNominal: 0.1224, sentences: [], state: 'over' },
      },
    ],
    orders: [
      {
        ...{ id: 'or_0', product, amount: 300_000, currency: 'CNY', state: 'COOLING', coolingUntil: '2026-03-22' },
        openedAt: sampleNow - 4 * 86_400_000,
      },
    ],
  }
}

function lines(language: Language): OrderLine[] {
  const zh = language === 'zh-CN'
  const base = {
    ...{ party: 'K-100231', name: zh ? '陈建国' : 'Carl Chen', product: zh ? '手机零息分期' : 'Phone, no interest' },
    ...{ amount: 1_200_000, currency: 'CNY', aprNominal: 0.1303, agent: zh ? '李雨桐' : 'Alice Li', note: '' },
  }
  const row = (at: number, more: Pick<OrderLine, 'state'> & Partial<OrderLine>): OrderLine => ({
    ...{ ...base, id: `or_${at}`, coolingUntil: null, checker: null, changedAt: sampleNow - at * 40 * minute },
    ...more,
  })
  const checker = zh ? '周静' : 'Quinn Zhou'
  return [
    row(1, { state: 'QC' }),
    row(2, { state: 'DRAFT', checker, note: zh ? '没听到息费合计' : 'The cost was not said' }),
    row(3, { state: 'CONFIRMED', checker }),
    row(4, { state: 'COOLING', checker, coolingUntil: '2026-03-22' }),
    row(5, { state: 'COOLING', checker, coolingUntil: '2026-03-17' }),
    row(6, { state: 'FULFILLED', checker, coolingUntil: '2026-03-10' }),
    row(7, { state: 'CANCELLED', checker, note: zh ? '觉得贵' : 'Too dear' }),
  ]
}

function order(language: Language, state: OrderProps['order']['state']): OrderProps {
  const zh = language === 'zh-CN'
  const cooling = state === 'COOLING'
  return {
    frame: sampleFrame({ language, path: '/supervisor/orders', role: cooling ? 'supervisor' : 'quality' }),
    today,
    order: {
      ...{ id: 'or_k3v9', state, party: 'K-100231', name: zh ? '陈建国' : 'Carl Chen', note: '', coolingDays: 7 },
      product: zh ? '手机零息分期' : 'Phone, no interest',
      ...{ coolingUntil: cooling ? '2026-03-22' : null, heard: cooling ? [...saidItems] : [] },
      openedAt: sampleNow - 30 * minute,
    },
    ...{ way: wordsIn(language).sales.ways['equal-instalment'], term: 12, agent: zh ? '李雨桐' : 'Alice Li' },
    ...{ checker: cooling ? (zh ? '周静' : 'Quinn Zhou') : null, sums: sampleSums },
    said: sentences(language).map(({ item, text, read }) => ({
      ...{ item, sentence: text, at: read?.at ?? null },
      heard: read === null ? null : { recording: 'r_1', atMs: read.offsetMs },
    })),
    recordings: [{ id: 'r_1', src: '/static/silence.wav', label: zh ? '录音 10:12:03' : 'Recordings 10:12:03' }],
    moves: [
      { at: sampleNow - 30 * minute, who: zh ? '李雨桐' : 'Alice Li', state: 'QC', reason: null, note: '' },
      {
        ...{ at: sampleNow - 20 * minute, who: zh ? '周静' : 'Quinn Zhou', state: 'DRAFT', reason: null },
        note: zh ? '没听到息费合计' : 'The cost was not said',
      },
    ],
    ...{ sold: false, maySupervise: cooling, filled: nothingFilled, told: null },
  }
}

export const salesSamples: Record<string, (language: Language) => Html> = {
  'agent-orders': language =>
    myOrdersPage({
      frame: sampleFrame({ language, path: '/agent/orders' }),
      ...{ today, back: lines(language).slice(1, 2), rows: lines(language), next: null, said: null },
    }),
  'supervisor-orders': language =>
    ordersPage({
      frame: sampleFrame({ language, path: '/supervisor/orders', role: 'supervisor' }),
      ...{ today, rows: lines(language), state: null, next: null },
      counts: { QC: 1, DRAFT: 1, CONFIRMED: 1, COOLING: 2, FULFILLED: 1, CANCELLED: 1 },
    }),
  'supervisor-order-check': language => orderPage(order(language, 'QC')),
  'supervisor-order-cooling': language => orderPage(order(language, 'COOLING')),
}
