/** Sample props of the pages of sales. */
import { offerOf } from '../../src/lender/offer.ts'
import { saidItems } from '../../src/lender/quote.ts'
import { productFormPage, productsPage } from '../pages/admin/products.ts'
import { myOrdersPage } from '../pages/agent/orders.ts'
import type { DeskSales } from '../pages/agent/sales-props.ts'
import { type OrderProps, orderPage } from '../pages/supervisor/order.ts'
import { type OrderLine, ordersPage } from '../pages/supervisor/orders.ts'
import { prospectPage } from '../pages/supervisor/prospect.ts'
import { prospectsPage } from '../pages/supervisor/prospects.ts'
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
    'total-cost': sentence['total-cost']('¥864.00', '¥12,864.00'),
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
    ...{ way: wordsIn(language).products.ways['equal-instalment'], term: 12, agent: zh ? '李雨桐' : 'Alice Li' },
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

function prospect(language: Language) {
  return {
    ...{
      party: 'K-100231',
      name: language === 'en' ? 'Carl Chen' : '陈建国',
      limit: 1_500_000,
      limitUntil: '2026-05-31',
    },
    ...{ grade: 'B' as const, followUpAt: sampleNow - 20 * minute, consented: true },
    purchases: [{ on: '2025-11-11', what: language === 'en' ? 'Tablet' : '平板电脑', amount: 329_900 }],
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
  'admin-products': language =>
    productsPage({
      frame: sampleFrame({ language, path: '/admin/products', role: 'admin' }),
      rows: [
        {
          ...{ id: 'phone-0', name: language === 'en' ? 'Phone, no interest' : '手机零息分期', currency: 'CNY' },
          ...{ amountMin: 100_000, amountMax: 1_000_000, terms: [3, 6, 12], way: 'equal-instalment', coolingDays: 15 },
          ...{ version: 3, orders: 41, sale: 'on', rates: [0.1077, 0.1303] },
        },
        {
          ...{ id: 'cash-12', name: language === 'en' ? 'Cash loan' : '随心现金分期', currency: 'CNY' },
          ...{ amountMin: 100_000, amountMax: 5_000_000, terms: [6, 12, 24], way: 'equal-principal', coolingDays: 7 },
          ...{ version: 1, orders: 0, sale: 'not-yet', rates: [0.156, 0.19] },
        },
      ],
      saved: true,
    }),
  'admin-product-form': language =>
    productFormPage({
      frame: sampleFrame({ language, path: '/admin/products', role: 'admin' }),
      ...{ id: 'phone-0', version: 3, orders: 41 },
      filled: {
        values: {
          ...{
            saleName: language === 'en' ? 'Phone, no interest' : '手机零息分期',
            saleCurrency: 'CNY',
            active: 'true',
          },
          ...{ terms: '3, 6, 12', way: 'equal-instalment', amountMin: '1000.00', amountMax: '100.00' },
          ...{ ratePercent: '0', upfrontPercent: '0', monthlyPercent: '0.6', coolingDays: '15' },
        },
        errors: { amountMax: wordsIn(language).products.allowed.amountMax },
      },
      example: [
        {
          ...{ term: 12, amount: 1_000_000, currency: 'CNY', first: 89_333, costTotal: 72_000, paidTotal: 1_072_000 },
          ...{ aprNominal: 0.1303, aprEffective: 0.1384 },
        },
      ],
    }),
  'supervisor-prospects': language =>
    prospectsPage({
      frame: sampleFrame({ language, path: '/supervisor/prospects', role: 'supervisor' }),
      ...{ today, currency: 'CNY', filter: { grade: '', consent: 'yes', due: '', product: '' }, next: null },
      products: [{ value: 'phone-0', word: language === 'en' ? 'Phone, no interest' : '手机零息分期' }],
      rows: [prospect(language)],
      filters: { page: '/supervisor/prospects', saved: [], query: 'consent=yes', refused: null },
    }),
  'supervisor-prospect': language =>
    prospectPage({
      frame: sampleFrame({ language, path: '/supervisor/prospects', role: 'supervisor' }),
      ...{ ...prospect(language), today, currency: 'CNY', note: '' },
      consents: [
        {
          ...{
            purpose: wordsIn(language).lender.consentPurpose.sales,
            channel: wordsIn(language).lender.consentChannel.voice,
          },
          ...{ basis: language === 'en' ? 'Opted in' : '应用内营销授权', evidence: '2026-01-08', withdrawnAt: null },
          givenAt: sampleNow - 60 * 86_400_000,
        },
      ],
      orders: lines(language).slice(0, 2),
      quotes: [
        {
          ...{
            product: language === 'en' ? 'Phone, no interest' : '手机零息分期',
            amount: 1_200_000,
            term: 12,
            currency: 'CNY',
          },
          ...{
            aprNominal: 0.1303,
            costTotal: 86_400,
            agent: language === 'en' ? 'Alice Li' : '李雨桐',
            madeAt: sampleNow,
          },
        },
      ],
      calls: [
        {
          ...{ at: sampleNow, direction: 'out', result: 'ANSWERED', agent: null, talkMs: 62_000 },
          ...{ outcome: language === 'en' ? 'Call back' : '约定回呼', note: null },
        },
      ],
    }),
  'supervisor-order-check': language => orderPage(order(language, 'QC')),
  'supervisor-order-cooling': language => orderPage(order(language, 'COOLING')),
}
