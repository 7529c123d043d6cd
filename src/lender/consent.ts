/** That somebody agreed to be contacted: for what, how, on which ground, and where that can be read again. */

export const consentPurposes = ['verification', 'sales', 'collections', 'any'] as const
export type ConsentPurpose = (typeof consentPurposes)[number]
export const consentChannels = ['voice', 'sms', 'email', 'chat', 'any'] as const
export type ConsentChannel = (typeof consentChannels)[number]

export type Consent = {
  id: string
  party: string
  purpose: ConsentPurpose
  channel: ConsentChannel
  basis: string
  evidence: string
  givenAt: number
}

export type KeptConsent = Consent & { withdrawnAt: number | null }

/** One that holds at `now` for this purpose and channel. A withdrawal of one leaves the others as they are. */
export function consentFor<Kept extends KeptConsent>(
  consents: readonly Kept[],
  { purpose, channel, now }: { purpose: ConsentPurpose; channel: ConsentChannel; now: number },
): Kept | null {
  return (
    consents.find(
      consent =>
        (consent.purpose === purpose || consent.purpose === 'any') &&
        (consent.channel === channel || consent.channel === 'any') &&
        consent.givenAt <= now &&
        (consent.withdrawnAt === null || consent.withdrawnAt > now),
    ) ?? null
  )
}

/** Whether one for this was taken back and no other holds. Where none was ever given, nothing was taken back. */
export function isTakenBack(
  consents: readonly KeptConsent[],
  of: { purpose: ConsentPurpose; channel: ConsentChannel; now: number },
): boolean {
  if (consentFor(consents, of) !== null) return false
  return consents.some(
    ({ purpose, channel, withdrawnAt }) =>
      withdrawnAt !== null &&
      (purpose === of.purpose || purpose === 'any') &&
      (channel === of.channel || channel === 'any'),
  )
}

/** Whether it lets anybody be called to be sold something. */
export function isForSales({ purpose, channel }: Pick<Consent, 'purpose' | 'channel'>): boolean {
  return (purpose === 'sales' || purpose === 'any') && (channel === 'voice' || channel === 'any')
}
