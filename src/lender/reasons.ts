/** Why an application is turned down, or thought a fraud: codes that reports count, with words for people of the house and, where the lender wishes, for applicants; a setting (`verification.reasons`). */
export const reasonUses = ['REJECT', 'FRAUD', 'SUPPLEMENT', 'CANNOT_VERIFY'] as const
export type ReasonUse = (typeof reasonUses)[number]

/** `told`: what an applicant may read of it, where that is more than that the whole did not do; `words` are for people of the house. */
export type DecisionReason = {
  code: string
  words: { 'zh-CN': string; en: string }
  told: { 'zh-CN': string; en: string } | null
  use: ReasonUse
}

export const reasonsKey = 'verification.reasons'
export const reasonsMax = 100
export const reasonCodePattern = /^[A-Z][A-Z0-9_]{0,31}$/

export const reasonsDefault: DecisionReason[] = [
  reason('IDENTITY', 'REJECT', '身份核实不符', 'Identity not confirmed'),
  reason('EMPLOYMENT', 'REJECT', '工作单位不符', 'Employment not confirmed'),
  reason('NOT_APPLIED', 'REJECT', '本人否认申请', 'Says that they did not apply'),
  reason('PURPOSE', 'REJECT', '用途不符合要求', 'Purpose is not allowed'),
  reason('WITHDRAWN', 'REJECT', '本人放弃申请', 'Applicant withdrew'),
  reason('IMPERSONATION', 'FRAUD', '疑似冒名', 'Suspected impersonation'),
  reason('COACHED', 'FRAUD', '疑似中介指使', 'Suspected coaching by an agent'),
  reason('FORGED', 'FRAUD', '资料疑似伪造', 'Suspected forged documents'),
  reason('INCOME_PROOF', 'SUPPLEMENT', '补充收入证明', 'Proof of income is missing'),
  reason('EMPLOYMENT_PROOF', 'SUPPLEMENT', '补充在职证明', 'Proof of employment is missing'),
  reason('NOT_REACHED', 'CANNOT_VERIFY', '多次联系不上', 'Not reached'),
]

function reason(code: string, use: ReasonUse, zh: string, en: string): DecisionReason {
  return { code, use, words: { 'zh-CN': zh, en }, told: null }
}

export function readReasons(text: string | null | undefined): DecisionReason[] {
  // Reasons of before had no words for applicants.
  return text
    ? (JSON.parse(text) as DecisionReason[]).map(each => ({ ...each, told: each.told ?? null }))
    : reasonsDefault
}
