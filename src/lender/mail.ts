/** The lender's mail server, as an administrator has set it; a setting (`sender.mail`). */
export const mailSecurities = ['tls', 'starttls', 'none'] as const
export type MailSecurity = (typeof mailSecurities)[number]

export type MailSettings = {
  /** Empty: no e-mail is sent. */
  host: string
  port: number
  security: MailSecurity
  /** Empty: the server asks for none. */
  user: string
  from: string
  fromName: string
  /** A certificate authority of the lender's own, PEM; empty: those that the system trusts. */
  ca: string
}
export type MailTarget = MailSettings & { password: string | null }

export const mailKey = 'sender.mail'
export const mailDefault: MailSettings = {
  ...{ host: '', port: 587, security: 'starttls', user: '', from: '', fromName: '', ca: '' },
}

export function readMailSettings(text: string | null | undefined): MailSettings {
  return text ? { ...mailDefault, ...(JSON.parse(text) as Partial<MailSettings>) } : mailDefault
}
