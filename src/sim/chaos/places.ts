/** Where a chaotic floor is at home: when its people are awake, how their numbers look, which policies its campaigns keep to. */
import type { Business } from '../../centre/entities.ts'
import type { LimitUnit, Policy, Window } from '../../centre/policy/policy.ts'
import type { Random } from '../../lib/random.ts'
import { between } from './people.ts'

export type Home = {
  /** Instants at which a first shift may begin: an ordinary morning, shortly before hours close, days whose clock is changed. */
  starts: readonly string[]
  numberOf(random: Random, n: number): string
  policies: readonly { business: Business; policy: string }[]
}

const digits = (n: number, length: number) => String(n).padStart(length, '0')

export const homes: readonly Home[] = [
  {
    starts: [
      '2026-11-24T10:00:00+08:00',
      '2026-11-24T20:55:00+08:00',
      '2026-11-24T21:55:00+08:00',
      '2026-11-30T08:58:00+08:00',
    ],
    numberOf: (random, n) => `+861${between(random, 30, 39)}${digits(n, 8)}`,
    policies: [
      { business: 'sales', policy: 'CN-SALES-DEFAULT' },
      { business: 'sales', policy: 'CN-SALES-DEFAULT' },
      { business: 'sales', policy: 'CN-MIIT-CALLCENTRE-2020+CN-SALES-DEFAULT+OWN-TIGHT' },
      { business: 'collections', policy: 'install_default_CN' },
      { business: 'collections', policy: 'CN-GBT45251-2025+CN-CBA-2026' },
      { business: 'collections', policy: 'CN-CREDITCARD+OWN-DEBT' },
      { business: 'verification', policy: 'CN-CFC-2024' },
      { business: 'verification', policy: 'CN-CFC-2024+OWN-TIGHT' },
    ],
  },
  {
    starts: ['2026-03-28T20:52:00+00:00', '2026-10-24T20:52:00+01:00', '2026-06-30T12:00:00+01:00'],
    numberOf: (_, n) => `+4477${digits(n, 8)}`,
    policies: [
      { business: 'sales', policy: 'UK' },
      { business: 'collections', policy: 'UK+OWN-DEBT' },
      { business: 'collections', policy: 'UK' },
    ],
  },
  {
    // Open in Newfoundland and in Hawaii at once.
    starts: ['2026-10-31T20:20:00-02:30', '2026-03-07T16:00:00-05:00', '2026-02-28T15:00:00-05:00'],
    numberOf: (random, n) => `+1${between(random, 201, 989)}2${digits(n % 1_000_000, 6)}`,
    policies: [
      { business: 'collections', policy: 'US-REGF' },
      { business: 'collections', policy: 'US-REGF+OWN-TIGHT' },
      { business: 'sales', policy: 'US-TELEMARKETING' },
    ],
  },
  {
    // A Saturday: the day after is none on which anybody is called.
    starts: ['2026-08-15T12:52:00+07:00', '2026-08-18T10:00:00+07:00', '2026-08-16T10:00:00+07:00'],
    numberOf: (_, n) => `+628${digits(n, 9)}`,
    policies: [
      { business: 'collections', policy: 'ID-OJK' },
      { business: 'collections', policy: 'ID-OJK+OWN-DEBT' },
    ],
  },
]

const limit = (unit: LimitUnit, key: ('PARTY' | 'NUMBER' | 'DEBT')[], window: Window, max: number) =>
  ({ unit, key, window, max, effect: 'BLOCK' }) as const
const everyone = {
  business: ['sales', 'collections', 'verification'],
  hours: { from: 0, to: 24 * 60 },
  relations: ['SELF', 'GUARANTOR', 'CONTACT', 'WORKPLACE'],
} as const

/** Caps that a day of minutes comes to: of every unit and key, over every kind of window. */
export const ownPolicies: readonly Policy[] = [
  {
    id: 'OWN-TIGHT',
    version: '1',
    source: 'made up',
    confidence: 'O',
    ...everyone,
    own: true,
    limits: [
      limit('ATTEMPT', ['NUMBER'], { type: 'ROLL', n: 10, of: 'MINUTE' }, 4),
      limit('ATTEMPT', ['PARTY'], { type: 'DAY' }, 6),
      limit('CONNECT', ['PARTY'], { type: 'ROLL', n: 2, of: 'HOUR' }, 2),
      limit('UNANSWERED', ['PARTY', 'NUMBER'], { type: 'DAY' }, 3),
      limit('ABANDON', ['NUMBER'], { type: 'ROLL', n: 1, of: 'HOUR' }, 0),
    ],
  },
  {
    id: 'OWN-DEBT',
    version: '1',
    source: 'made up',
    confidence: 'O',
    ...everyone,
    own: true,
    limits: [
      limit('ATTEMPT', ['PARTY', 'DEBT'], { type: 'ROLL', n: 1, of: 'DAY' }, 5),
      limit('CONVERSATION', ['DEBT'], { type: 'REST', n: 2 }, 0),
      limit('CONNECT', ['NUMBER'], { type: 'ROLL', n: 1, of: 'MONTH' }, 4),
    ],
  },
]
