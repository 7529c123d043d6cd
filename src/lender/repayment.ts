/** Money that came in. `id` is the lender's own reference of the payment, so that the same one told twice is recorded once. */
export type Repayment = {
  id: string
  party: string
  /** The loan that it was paid for; null: whatever is oldest of the party's. */
  loan: string | null
  /** Minor units, above 0. */
  amount: number
  currency: string
  paidAt: number
  /** How it came in: bank transfer, direct debit … */
  channel: string
}
