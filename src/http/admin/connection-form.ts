/** A trunk's connection as its form shows and sends it. */
import type { Filled } from '../../../web/parts/form.ts'
import { connectionOf, type TrunkConnection } from '../../centre/trunks/trunk-connection.ts'
import type { TrunkRecord } from '../../store/telephony/telephony.ts'
import { isChecked, numberOf, type Typed, textOf } from '../typed.ts'

export function connectionValues(trunk: Pick<TrunkRecord, 'connection'>): Filled['values'] {
  const connection = connectionOf(trunk)
  return Object.fromEntries(
    Object.entries(connection).map(([name, value]) => [name, value === null ? '' : String(value)]),
  )
}

/** Nothing when the form was opened before it asked for this. An empty private key or password leaves the one that is kept. */
export function connectionGiven(typed: Typed): { connection?: Record<string, unknown> } {
  if (typed['lookUp'] === undefined) return {}
  const text = (name: keyof TrunkConnection) => textOf(typed, name) || null
  const privateKey = textOf(typed, 'privateKey')
  const inboundPassword = textOf(typed, 'inboundPassword')
  return {
    connection: {
      outboundProxy: text('outboundProxy'),
      lookUp: textOf(typed, 'lookUp'),
      tlsName: text('tlsName'),
      authorities: text('authorities'),
      certificate: text('certificate'),
      sips: isChecked(typed, 'sips'),
      trust: textOf(typed, 'trust'),
      inboundUser: text('inboundUser'),
      srtp: textOf(typed, 'srtp'),
      srtpInClear: isChecked(typed, 'srtpInClear'),
      registerS: numberOf(typed, 'registerS'),
      ...(privateKey === '' ? {} : { privateKey }),
      ...(inboundPassword === '' ? {} : { inboundPassword }),
    },
  }
}

/** `connection.tlsName` of the records is `tlsName` of the form. */
export const connectionFields: Record<string, string> = Object.fromEntries(
  [...Object.keys(connectionOf({})), 'privateKey', 'inboundPassword'].map(name => [`connection.${name}`, name]),
)
