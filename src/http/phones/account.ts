/** What a desk phone must know to be one of ours. */
export type PhoneAccount = {
  extension: string
  password: string
  displayName: string
  host: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
  srtp: 'off' | 'wanted' | 'required'
  /** Its leg stays up for the shift: it picks up by itself when we say so (Call-Info with answer-after). */
  picksUp: boolean
}

/** Seconds until it registers again: short, so that a phone that was unplugged is noticed. */
export const registerEveryS = 300
