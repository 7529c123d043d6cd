/**
 * Rules of contact by place, as data. This is what the gate enforces today: contact hours at the callee, and which relations may be dialled.
 * Counting caps, consent and disclosure rules of the same sources join it with the contact counters. Hours are local to the callee; a
 * source that names no hours takes those of its country's strictest general rule, and says so in `note`.
 */
import type { Relation } from './entities.ts'

/** Minutes since local midnight, `from` included, `to` excluded. */
export type Hours = { from: number; to: number }

export type Policy = {
  id: string
  version: string
  source: string
  /** V verified in a primary text, S in a secondary one, O our engineering default and not law. */
  confidence: string
  /** Contact is allowed within these hours only. */
  hours: Hours
  /** Days of the week on which contact is allowed, 0 Sunday to 6; default all. */
  weekdays?: readonly number[]
  /** Relations that may be dialled; a contact or employer is reached through the business that allows it. */
  relations: readonly Relation[]
  /** What the rule needs and this centre does not hold yet: while it is named here the policy allows no call. */
  missing?: string
  /** Only on a laboratory floor (demo, tests). */
  labOnly?: true
  note?: string
}

const hour = (from: number, to: number): Hours => ({ from: from * 60, to: to * 60 })
const debtors: readonly Relation[] = ['SELF', 'GUARANTOR']
const everyone: readonly Relation[] = ['SELF', 'GUARANTOR', 'CONTACT', 'WORKPLACE']

const presets: Policy[] = [
  {
    id: 'CN-GBT45251-2025',
    version: '2025-02-28',
    source: 'GB/T 45251-2025: none 22:00–08:00 at the callee unless agreed',
    confidence: 'S',
    hours: hour(8, 22),
    relations: debtors,
  },
  {
    id: 'CN-CBA-2026',
    version: '2026-01-31',
    source: 'China Banking Association, Guidelines for Collection of Personal Consumer Loans (Trial)',
    confidence: 'S',
    hours: hour(8, 22),
    relations: debtors,
  },
  {
    id: 'CN-CFC-2024',
    version: '2024-04-18',
    source: 'NFRA Order 2024 No. 4',
    confidence: 'S',
    hours: hour(8, 22),
    relations: everyone,
    note: 'names no hours: those of GB/T 45251-2025; contacts and employers for verification only (compliance.ts)',
  },
  {
    id: 'CN-CREDITCARD',
    version: '2011-01-13',
    source: 'Measures for Credit Card Business of Commercial Banks, art. 68: debtor and guarantor only',
    confidence: 'S',
    hours: hour(8, 22),
    relations: debtors,
    note: 'names no hours: those of GB/T 45251-2025',
  },
  {
    id: 'CN-MIIT-CALLCENTRE-2020',
    version: '2020-06',
    source: 'MIIT notice on call-centre business management: avoid hours of rest',
    confidence: 'S/O',
    hours: hour(9, 21),
    relations: everyone,
    note: 'hours of rest are not defined there: those of carrier practice, 9 to 21',
  },
  {
    id: 'CN-SALES-DEFAULT',
    version: '2024-07-01',
    source: 'Consumer Rights Regulations art. 24; carrier practice 9–21',
    confidence: 'S/O',
    hours: hour(9, 21),
    relations: ['SELF'],
  },
  {
    id: 'US-REGF',
    version: '2021-11-30',
    source: '12 CFR 1006.6(b)(1)',
    confidence: 'V',
    hours: hour(8, 21),
    relations: debtors,
  },
  {
    id: 'US-TELEMARKETING',
    version: '2024-04-16',
    source: '47 CFR 64.1200(c); 16 CFR 310.4',
    confidence: 'S',
    hours: hour(8, 21),
    relations: ['SELF'],
  },
  {
    id: 'UK',
    version: '2017-03-01',
    source: 'Ofcom persistent misuse statement; FCA CONC 7.9',
    confidence: 'S/O',
    hours: hour(8, 21),
    relations: debtors,
  },
  {
    id: 'ID-OJK',
    version: '2023-12-22',
    source: 'POJK 22/2023 art. 62(2): 08:00–20:00, Monday to Saturday, not on national holidays',
    confidence: 'S',
    hours: hour(8, 20),
    weekdays: [1, 2, 3, 4, 5, 6],
    relations: ['SELF'],
    missing: 'the calendar of national holidays',
  },
  {
    id: 'IN-RBI',
    version: '2022-08-12',
    source: 'RBI circular 2022-08-12: 08:00–19:00',
    confidence: 'S',
    hours: hour(8, 19),
    relations: ['SELF'],
  },
  {
    id: 'PH-SEC',
    version: '2019-08-19',
    source: 'SEC MC 18 s. 2019: none 22:00–06:00',
    confidence: 'S',
    hours: hour(6, 22),
    relations: debtors,
  },
  {
    id: 'SG',
    version: '2023-12-01',
    source: 'Debt Collection Act 2022 (names no hours)',
    confidence: 'O',
    hours: hour(9, 21),
    relations: ['SELF'],
  },
  {
    id: 'MY',
    version: '2025',
    source: 'BNM Fair Debt Collection Practices 2007; Consumer Credit Act 2025 (hours not read there)',
    confidence: 'O',
    hours: hour(9, 20),
    relations: ['SELF'],
  },
  {
    id: 'LAB-ANY-HOUR',
    version: '1',
    source: 'demo and tests: no law, any hour, simulated people only',
    confidence: 'O',
    hours: hour(0, 24),
    relations: everyone,
    labOnly: true,
  },
]

/**
 * A call dialled by hand outside any campaign serves no known business, so it keeps the hours that every Chinese preset allows: the
 * intersection, 09:00–21:00.
 */
export const manualPolicy: Policy = {
  id: 'MANUAL-STRICTEST',
  version: '1',
  source: 'intersection of the Chinese presets, for calls outside any campaign',
  confidence: 'O',
  hours: hour(9, 21),
  relations: everyone,
}

export const policyPresets: ReadonlyMap<string, Policy> = new Map(presets.map(policy => [policy.id, policy]))
