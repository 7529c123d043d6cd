/** A party as eyes may see it: what is sealed is masked for everyone, telephone numbers for who may not see them. */
import type { Role } from '../centre/entities.ts'
import { isEmail } from '../lender/fields.ts'
import type { Party, PartyPhone } from '../lender/party.ts'
import { maskSecret, type Sealed } from '../lender/sealed.ts'
import { maskEmail, maskNumber, maskNumbersIn } from '../lib/mask.ts'
import type { Sealer } from '../store/sealer.ts'

export type ShownParty<P extends Party> = Omit<P, 'idNo' | 'fields'> & {
  idNo: string | null
  fields: Record<string, Record<string, string | number | boolean>>
}

/** Who may look behind a mask, one value at a time and with a reason; each time is a fact. */
export const mayShowSecrets = ['admin', 'supervisor'] as const satisfies readonly Role[]

/** A token has no person with a setting of its own: quality's sees masked numbers. */
export function masksNumbers(role: Role): boolean {
  return role !== 'admin' && role !== 'supervisor' && role !== 'auditor'
}

export function shownParty<P extends Party>(sealer: Sealer, party: P, numbersMasked: boolean): ShownParty<P> {
  const show = (field: string, sealed: Sealed) => {
    const value = sealer.open({ party: party.ref, field }, sealed)
    // What does not open with this key is there all the same.
    return value === null ? '******' : maskSecret(value)
  }
  const fields = Object.fromEntries(
    Object.entries(party.fields).map(([business, values]) => [
      business,
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          key,
          typeof value === 'object'
            ? show(`${business}.${key}`, value)
            : typeof value === 'string' && numbersMasked
              ? isEmail(value)
                ? maskEmail(value)
                : maskNumbersIn(value)
              : value,
        ]),
      ),
    ]),
  )
  return {
    ...party,
    idNo: party.idNo === null ? null : show('idNo', party.idNo),
    fields,
    phones: party.phones.map(phone => shownPhone(phone, numbersMasked)),
  }
}

export function shownPhone<P extends PartyPhone>(phone: P, masked: boolean): P {
  return masked ? { ...phone, number: maskNumber(phone.number) } : phone
}
