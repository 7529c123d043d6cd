/** Sample props of the pages about the lender's parties. */
import { loanFormPage } from '../pages/supervisor/loan-form.ts'
import { partiesPage } from '../pages/supervisor/parties.ts'
import { partyPage } from '../pages/supervisor/party.ts'
import { partyFormPage } from '../pages/supervisor/party-form.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })
const hour = 3_600_000

const party = (language: Language) => ({
  ref: 'K-100231',
  type: 'person' as const,
  name: language === 'en' ? 'Wang Xiaoming' : '王小明',
  idNo: '1101**********1234',
  flags: ['dispute' as const, 'vip' as const],
  changedAt: sampleNow - hour,
})

export const lenderSamples: Record<string, (language: Language) => Html> = {
  'supervisor-party-form': language =>
    partyFormPage({
      frame: sampleFrame({ language, path: '/supervisor/parties', role: 'supervisor' }),
      party: {
        ref: 'K-100231',
        name: '王小明',
        phones: ['138 **** 5678', '021 **** 1234'],
        hasIdNo: true,
        changedAt: sampleNow,
      },
      definitions: {
        collections: [
          {
            ...{ key: 'branch', label: { 'zh-CN': '网点', en: 'Branch' }, type: 'text', required: true },
            ...{ min: null, max: null, choices: [], shown: true, searchable: true },
          },
          {
            ...{ key: 'card', label: { 'zh-CN': '银行卡', en: 'Bank card' }, type: 'secret', required: false },
            ...{ min: null, max: null, choices: [], shown: true, searchable: true },
          },
        ],
      },
      filled: {
        values: {
          ...{ name: '王小明', type: 'person', zone: 'Asia/Shanghai', language: 'zh-CN', flags: ['dispute'] },
          ...{
            'relation-0': 'SELF',
            'status-0': 'REACHED',
            'relation-1': 'WORKPLACE',
            'whose-1': '海川物流',
            'number-2': '12',
          },
        },
        errors: {
          phones: language === 'en' ? 'The 3rd: a telephone number (found: 12)' : '第 3 项：应为电话号码（实际：12）',
        },
      },
    }),
  'supervisor-loan-form': language =>
    loanFormPage({
      frame: sampleFrame({ language, path: '/supervisor/parties', role: 'supervisor' }),
      party: { ref: 'K-100231', name: '王小明' },
      loan: { ref: 'L-2026-0117', changedAt: sampleNow, repaid: true },
      filled: {
        values: {
          ...{
            product: language === 'en' ? 'Cash loan' : '现金贷',
            currency: 'CNY',
            principal: '12000.00',
            rate: '24',
          },
          ...{ startedOn: '2026-10-01', term: '3', status: 'ACTIVE' },
          plan: '1 2026-11-01 4000.00 240.00 0.00 0.00 0.00\n2 2026-12-01 4000.00 160.00 0.00 0.00 0.00\n3 2027-01-01 3000.00 80.00 0.00 0.00 0.00',
        },
        errors: {
          plan:
            language === 'en'
              ? 'The principal of all lines is ¥11,000.00, that of the loan ¥12,000.00.'
              : '各期本金之和为 ¥11,000.00，借据本金为 ¥12,000.00。',
        },
      },
    }),
  'supervisor-parties': language =>
    partiesPage({
      frame: frame(language, '/supervisor/parties'),
      rows: [
        { ...party(language), numbers: ['138 **** 5678', '010 **** 4321'] },
        { ...party(language), ref: 'K-100232', idNo: null, flags: [], numbers: [] },
      ],
      q: '',
      flag: null,
      loanStatus: 'ACTIVE',
      product: null,
      products: language === 'en' ? ['Car loan', 'Cash loan'] : ['现金贷', '车贷'],
      mayAdd: true,
      filters: {
        page: '/supervisor/parties',
        saved: [{ id: 'sf_1' as never, name: language === 'en' ? 'Disputes' : '争议客户', query: 'flag=dispute' }],
        query: '',
        refused: null,
      },
      next: '/supervisor/parties?cursor=x',
    }),
  'supervisor-party': language =>
    partyPage({
      frame: frame(language, '/supervisor/parties'),
      party: {
        ...party(language),
        zone: 'Asia/Shanghai',
        language: 'zh-CN',
        addedAt: sampleNow - 900 * hour,
        phones: [
          {
            number: '138 **** 5678',
            relation: 'SELF',
            name: '',
            source: language === 'en' ? 'application' : '申请表',
            legalBasis: language === 'en' ? 'contract' : '合同',
            status: 'REACHED',
            attribution: '',
            badReason: '',
          },
          {
            number: '010 **** 4321',
            relation: 'WORKPLACE',
            name: language === 'en' ? 'Red Lantern Ltd' : '红灯笼有限公司',
            source: '',
            legalBasis: '',
            status: 'BAD',
            attribution: '',
            badReason: language === 'en' ? 'has moved' : '已搬迁',
          },
        ],
      },
      fields: [
        {
          business: 'collections',
          values: [
            {
              label: language === 'en' ? 'Branch' : '网点',
              value: language === 'en' ? 'Pudong' : '浦东',
              secret: null,
            },
            {
              label: language === 'en' ? 'Bank card' : '银行卡',
              value: '6222********1234',
              secret: 'collections.card',
            },
          ],
        },
      ],
      shown: null,
      mayShow: true,
      stops: [{ kind: 'hold', reason: 'dispute', until: null }],
      consents: [
        {
          id: 'co_1',
          purpose: 'collections',
          channel: 'voice',
          basis: language === 'en' ? 'contract' : '合同',
          evidence: 'HT-2026-0117',
          givenAt: sampleNow - 900 * hour,
          withdrawnAt: null,
        },
      ],
      loanChanges: [
        {
          ...{ at: sampleNow - 30 * hour, actor: 'Sam', kind: 'changed', subject: 'loan:L-2026-0117' },
          name: 'L-2026-0117',
          fields: [
            { field: 'reason', before: null, after: language === 'en' ? 'fee charged twice' : '费用重复收取' },
            { field: 'owed', before: '3240.00', after: '3190.00' },
            {
              field: 'plan.2',
              before: '2026-12-01 1000.00 60.00 50.00 0.00 0.00',
              after: '2026-12-01 1000.00 60.00 0.00 0.00 0.00',
            },
          ],
        },
      ],
      loans: [
        {
          ref: 'L-2026-0117',
          product: language === 'en' ? 'Cash loan' : '现金贷',
          currency: 'CNY',
          principal: 1_200_000,
          ratePpm: 240_000,
          status: 'ACTIVE',
          daysPastDue: 35,
          bucket: 'M2',
          overdueTotal: 106_500,
          owedTotal: 213_000,
          plan: [
            { no: 1, dueOn: '2026-10-20', principal: 100_000, interest: 6_000, fees: 500, penalty: 0, owed: 106_500 },
            { no: 2, dueOn: '2026-11-30', principal: 100_500, interest: 6_000, fees: 0, penalty: 0, owed: 106_500 },
          ],
        },
      ],
      cases: [
        {
          id: 'ca_8f3k2',
          state: 'HOLD',
          agent: language === 'en' ? 'Alice Li' : '李雨桐',
          holdReason: 'dispute',
          reason: language === 'en' ? 'says that it was paid' : '称已还款',
          openedAt: sampleNow - 200 * hour,
          changedAt: sampleNow - hour,
        },
      ],
      promises: [
        {
          id: 'pr_1',
          amount: 106_500,
          paid: 50_000,
          currency: 'CNY',
          dueOn: '2026-11-20',
          state: 'PARTIAL',
          madeAt: sampleNow - 150 * hour,
        },
      ],
      repayments: [
        {
          id: 'P-77120',
          loan: null,
          amount: 50_000,
          leftOver: 0,
          currency: 'CNY',
          paidAt: sampleNow - 120 * hour,
          channel: language === 'en' ? 'transfer' : '转账',
          reversedAt: null,
        },
      ],
      contacts: [
        {
          id: 'c_1',
          at: sampleNow - 150 * hour,
          direction: 'out',
          number: '138 **** 5678',
          result: 'ANSWERED',
          agent: language === 'en' ? 'Alice Li' : '李雨桐',
          disposition: 'promise',
          note: null,
        },
      ],
      filled: nothingFilled,
    }),
}
