/** Any facts of the lender's records, also such as no records door would write. */
import fc from 'fast-check'
import type { Fact } from '../../centre/facts.ts'
import { caseStates } from '../../lender/case.ts'
import { components } from '../../lender/money.ts'
import { promiseStates } from '../../lender/promise.ts'
import { placementFacts } from './placement-facts.ts'
import { salesFacts } from './sales-facts.ts'
import { verificationFacts } from './verification-facts.ts'

const few = (prefix: string) => fc.integer({ min: 1, max: 4 }).map(n => `${prefix}${n}`)
/** A few of them are the refs of leads, so that a case that closes ends some. */
const party = fc.oneof(few('p'), few('R'))
const day = fc.integer({ min: 10, max: 28 }).map(n => `2026-11-${n}`)
const amount = fc.nat(100_000)
const nothing = fc.constant(null)
const state = fc.constantFrom(...caseStates)

const instalments = fc.array(fc.record({ dueOn: day, parts: fc.tuple(amount, amount, amount, amount) }), {
  maxLength: 4,
})
const sealed = fc.record({ text: fc.string(), hash: few('h') })

export const lenderFact = fc.oneof(
  ...verificationFacts,
  ...salesFacts,
  ...placementFacts,
  fc.record({
    type: fc.constant('parties.saved'),
    parties: fc.array(
      fc.record({
        ref: party,
        type: fc.constant('person'),
        name: fc.oneof(fc.string(), fc.constantFrom('张伟明', '欧阳娜娜', 'Wei Zhang', 'ÉMILE 李')),
        idNo: fc.oneof(nothing, sealed),
        zone: nothing,
        language: nothing,
        flags: fc.subarray(['dispute', 'vip', 'minor']),
        phones: fc.array(
          fc.record({
            number: few('+86138'),
            relation: fc.constant('SELF'),
            status: fc.constant('UNTRIED'),
            badReason: fc.string(),
          }),
          { maxLength: 3 },
        ),
        fields: fc.record({ collections: fc.record({ branch: fc.string(), card: sealed }) }),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constant('party.numberMarked'),
    party,
    number: few('+86138'),
    status: fc.constant('BAD'),
    reason: fc.string(),
  }),
  fc.record({
    type: fc.constant('call.identified'),
    call: few('c'),
    agent: few('u'),
    party,
    name: fc.string(),
    relation: fc.constantFrom('SELF', 'CONTACT'),
  }),
  fc.record({
    type: fc.constant('script.saved'),
    script: fc.record({
      ...{ id: few('sc'), name: fc.string(), must: fc.constant([]), steps: fc.constant([]), others: nothing },
      places: fc.uniqueArray(few('k'), { maxLength: 3 }),
    }),
    version: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    ...{ type: fc.constant('script.turned'), call: few('c'), agent: few('u'), script: few('sc'), version: fc.nat(3) },
    ...{ to: few('step'), from: few('step'), answer: fc.nat(3), offsetMs: fc.oneof(nothing, fc.nat()) },
  }),
  fc.record({
    ...{ type: fc.constant('script.read'), call: few('c'), agent: few('u'), script: few('sc'), version: fc.nat(3) },
    ...{ sentence: few('m'), read: fc.boolean(), offsetMs: fc.oneof(nothing, fc.nat()) },
  }),
  fc.record({
    type: fc.constant('writeUp.saved'),
    writeUp: fc.record({ place: few('k'), fields: fc.constant([]), promise: fc.constant([]), grade: fc.constant([]) }),
  }),
  fc.record({
    type: fc.constant('fields.defined'),
    business: fc.constant('collections'),
    fields: fc.subarray([
      { key: 'branch', label: { 'zh-CN': '支行', en: 'Branch' }, searchable: true },
      { key: 'card', label: { 'zh-CN': '卡', en: 'Card' }, searchable: true },
    ]),
  }),
  fc.record({
    type: fc.constant('consent.given'),
    consent: fc.record({
      id: few('co'),
      party,
      purpose: fc.constant('sales'),
      channel: fc.constant('voice'),
      basis: fc.string(),
      evidence: fc.string(),
      givenAt: fc.nat(),
    }),
  }),
  fc.record({ type: fc.constant('consent.withdrawn'), consent: few('co'), party, reason: fc.string() }),
  fc.record({
    ...{ type: fc.constant('lender.dayDone'), day: fc.constantFrom('2026-11-01', '2026-11-02') },
    ...{ opened: fc.nat(), judged: fc.nat(), settled: fc.nat(), assigned: fc.nat() },
  }),
  fc.record({
    ...{ type: fc.constant('case.stepped'), case: few('ca'), party, strategy: few('st'), step: few('s') },
    ...{ version: fc.nat(), how: fc.constantFrom('done', 'skipped'), why: fc.string() },
    ...{ lead: fc.oneof(nothing, few('l')), message: fc.oneof(nothing, few('ms')) },
  }),
  fc.record({
    type: fc.constant('message.queued'),
    message: fc.record({
      ...{ id: few('ms'), party, case: fc.oneof(nothing, few('ca')), why: fc.string() },
      ...{ channel: fc.constantFrom('sms', 'letter'), to: few('+86138'), text: fc.string() },
    }),
  }),
  fc.record({
    ...{ type: fc.constant('message.sent'), message: few('ms'), party, ref: fc.string() },
    way: fc.constantFrom('sender', 'export', 'print'),
  }),
  fc.record({
    ...{ type: fc.constant('message.failed'), message: few('ms'), party, reason: fc.string() },
    nextAt: fc.oneof(nothing, fc.nat()),
  }),
  fc.record({
    ...{ type: fc.constant('message.deferred'), message: few('ms'), party, reason: fc.string(), until: fc.nat() },
  }),
  fc.record({ type: fc.constant('message.dropped'), message: few('ms'), party, reason: fc.string() }),
  fc.record({
    type: fc.constant('loans.saved'),
    loans: fc.array(
      fc.record({
        ref: few('L'),
        party,
        product: fc.constant('cash'),
        currency: fc.constant('CNY'),
        status: fc.constantFrom('ACTIVE', 'CLOSED'),
        plan: instalments.map(all =>
          all.map(({ dueOn, parts: [fees, penalty, interest, principal] }, at) => ({
            ...{ no: at + 1, dueOn, fees, penalty, interest, principal, paidBefore: 0 },
          })),
        ),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constant('repayment.recorded'),
    repayment: fc.record({
      id: few('rp'),
      party,
      loan: fc.oneof(nothing, few('L')),
      amount,
      currency: fc.constant('CNY'),
      paidAt: fc.nat(),
      channel: fc.string(),
    }),
  }),
  fc.record({
    type: fc.constant('repayment.allocated'),
    repayment: few('rp'),
    party,
    lines: fc.array(
      fc.record({
        loan: few('L'),
        instalment: fc.integer({ min: 1, max: 4 }),
        component: fc.constantFrom(...components),
        amount,
      }),
      { maxLength: 5 },
    ),
    left: amount,
  }),
  fc.record({ type: fc.constant('repayment.reversed'), repayment: few('rp'), party, reason: fc.string() }),
  fc.record({
    type: fc.constant('case.opened'),
    case: fc.record({
      id: few('ca'),
      party,
      state,
      before: nothing,
      agent: fc.oneof(nothing, few('u')),
      loans: fc.array(few('L'), { maxLength: 2 }),
      holdReason: nothing,
    }),
  }),
  fc.record({
    type: fc.constant('case.moved'),
    case: few('ca'),
    party,
    from: state,
    to: state,
    agent: fc.oneof(nothing, few('u')),
    before: fc.oneof(nothing, state),
    holdReason: fc.constantFrom(null, 'dispute'),
    reason: fc.string(),
    placed: fc.option(fc.record({ agency: few('ag'), batch: few('bt'), state, agent: fc.oneof(nothing, few('u')) }), {
      nil: undefined,
    }),
    left: fc.option(fc.record({ agency: few('ag'), batch: few('bt') }), { nil: undefined }),
  }),
  fc.record({ type: fc.constant('case.loansChanged'), case: few('ca'), party, loans: fc.array(few('L')) }),
  fc.record({
    type: fc.constant('promise.made'),
    promise: fc.record({
      id: few('pr'),
      party,
      case: fc.oneof(nothing, few('ca')),
      loan: nothing,
      amount,
      currency: fc.constant('CNY'),
      dueOn: day,
      madeOn: day,
      agent: nothing,
      call: nothing,
    }),
  }),
  fc.record({
    type: fc.constant('promise.judged'),
    promise: few('pr'),
    party,
    state: fc.constantFrom(...promiseStates),
    paid: amount,
  }),
  fc.record({ type: fc.constant('promise.cancelled'), promise: few('pr'), party, reason: fc.string() }),
) as unknown as fc.Arbitrary<Fact>
