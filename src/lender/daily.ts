/** The daily work, as an administrator has set it; a setting (`lender.daily`). What is not switched on is done by people. */
export type DailyWork = {
  /** Cases are opened for parties of which a loan is so many days past due, and who owe so much. */
  openCases: boolean
  fromDays: number
  owedFrom: number
  /** Cases without a collector are dealt by the rules of assignment. */
  assign: boolean
}

export const dailyKey = 'lender.daily'
export const dailyDefault: DailyWork = { openCases: false, fromDays: 1, owedFrom: 0, assign: false }

export function readDailyWork(text: string | null | undefined): DailyWork {
  return text ? { ...dailyDefault, ...(JSON.parse(text) as Partial<DailyWork>) } : dailyDefault
}
