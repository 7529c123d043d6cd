/** An application as eyes may see it: what is sealed is masked for everyone, telephone numbers for who may not see them. */
import type { Application } from '../lender/application.ts'
import { maskSecret } from '../lender/sealed.ts'
import { maskNumber, maskNumbersIn } from '../lib/mask.ts'
import { applicationField } from '../records/verification/applications.ts'
import type { Sealer } from '../store/sealer.ts'

export type ShownApplication = Omit<Application, 'fields'> & { fields: Record<string, string | number | boolean> }

export function shownApplication(sealer: Sealer, application: Application, masked: boolean): ShownApplication {
  const number = (value: string) => (masked ? maskNumber(value) : value)
  const { employer, contacts, fields } = application
  const shownFields = Object.entries(fields).map(([key, value]) => {
    if (typeof value === 'string') return [key, masked ? maskNumbersIn(value) : value] as const
    if (typeof value !== 'object') return [key, value] as const
    const opened = sealer.open({ party: application.party, field: applicationField(application.ref, key) }, value)
    return [key, opened === null ? '******' : maskSecret(opened)] as const
  })
  return {
    ...application,
    employer: employer && {
      ...employer,
      statedNumber: employer.statedNumber && number(employer.statedNumber),
      line: employer.line && { ...employer.line, number: number(employer.line.number) },
    },
    contacts: contacts.map(contact => ({ ...contact, number: number(contact.number) })),
    fields: Object.fromEntries(shownFields),
  }
}
