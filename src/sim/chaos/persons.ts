/** Made-up persons: each may be a lead of several campaigns, has up to three numbers and up to two loans. */
import type { Consent, Lead, LeadPhone } from '../../centre/entities.ts'
import type { CampaignId, LeadId } from '../../lib/ids.ts'
import type { Random } from '../../lib/random.ts'
import { between, chance, oneOf } from './people.ts'
import { type Home, homes } from './places.ts'

/** How many numbers are abroad, where the clock is another. */
const abroad = 0.06

export class Person {
  readonly ref: string
  readonly phones: LeadPhone[]
  readonly debts: string[]
  readonly segment: string
  readonly consent: Consent | null

  constructor(n: number, home: Home, random: Random) {
    this.ref = `ref-${String(n).padStart(4, '0')}`
    const numberOf = (nth: number) =>
      (chance(random, abroad) ? oneOf(random, homes) : home).numberOf(random, n * 4 + nth + 1)
    this.phones = [{ number: numberOf(0), relation: 'SELF' }]
    if (n % 2 === 0) this.phones.push({ number: numberOf(1), relation: 'SELF' })
    if (n % 6 === 0)
      this.phones.push({ number: numberOf(2), relation: oneOf(random, ['GUARANTOR', 'CONTACT', 'WORKPLACE']) })
    this.debts = Array.from({ length: between(random, 0, 2) }, (_, nth) => `loan-${n}-${nth}`)
    this.segment = oneOf(random, ['a', 'b', ''])
    this.consent = chance(random, 0.9) ? { basis: 'form', evidence: `scan-${n}` } : null
  }

  leadOf(campaign: CampaignId, random: Random): Lead {
    const { ref, phones, segment, consent } = this
    return {
      id: `le_${campaign}_${ref}` as LeadId,
      campaign,
      ref,
      name: 'carl',
      phones,
      fields: {},
      segment,
      priority: between(random, 3, 7),
      consent,
      debt: this.debts.length === 0 ? null : oneOf(random, this.debts),
    }
  }
}

export function personsOf(count: number, home: Home, random: Random): Person[] {
  return Array.from({ length: count }, (_, n) => new Person(n, home, random))
}
