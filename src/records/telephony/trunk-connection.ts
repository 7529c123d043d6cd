/** What the records door takes of a trunk's connection; checked as a whole, since a key without its certificate opens nothing. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { Trunk } from '../../centre/entities.ts'
import { connectionOf, lookUps, srtpUses, type TrunkConnection, trusts } from '../../centre/trunks/trunk-connection.ts'
import { InvalidInput } from '../errors.ts'

/** A chain of five with long keys; thirty authorities. */
const pemMax = 60_000
const certificatesMax = 30

const pem = (label: string) =>
  z
    .string()
    .trim()
    .max(pemMax)
    .regex(new RegExp(`-----BEGIN ${label}-----`), `a text with -----BEGIN ${label}-----`)
const certificates = pem('CERTIFICATE')

/** Fields that are left out keep what they were; null takes a text away. `privateKey` and `inboundPassword` are never shown again. */
export const connectionInput = z
  .strictObject({
    outboundProxy: z
      .string()
      .trim()
      .regex(
        /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252})(?::\d{1,5})?$/,
        'a host name or an address, and :PORT if need be',
      )
      .refine(text => Number(/:(\d{1,5})$/.exec(text)?.[1] ?? 1) <= 65_535, 'a port up to 65535')
      .nullable(),
    lookUp: z.enum(lookUps),
    tlsName: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/, 'the name or the address in the certificate')
      .nullable(),
    authorities: certificates.nullable(),
    certificate: certificates.nullable(),
    privateKey: z
      .string()
      .trim()
      .max(pemMax)
      .regex(/-----BEGIN (?:[A-Z]{1,10} )?PRIVATE KEY-----/, 'a private key in PEM form without a passphrase')
      .nullable(),
    sips: z.boolean(),
    trust: z.enum(trusts),
    inboundUser: z
      .string()
      .trim()
      .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/, 'letters, digits and signs without spaces, quotes or backslashes')
      .nullable(),
    inboundPassword: z.string().min(12).max(100).nullable(),
    srtp: z.enum(srtpUses),
    srtpInClear: z.boolean(),
    registerS: z.int().min(60).max(86_400),
  })
  .partial()
  .openapi('TrunkConnectionInput')

/** Neither the private key nor the password of calls is in it. */
export const connectionReply = z
  .object({
    outboundProxy: z.string().nullable(),
    lookUp: z.enum(lookUps),
    tlsName: z.string().nullable(),
    authorities: z.string().nullable(),
    certificate: z.string().nullable(),
    sips: z.boolean(),
    trust: z.enum(trusts),
    inboundUser: z.string().nullable(),
    srtp: z.enum(srtpUses),
    srtpInClear: z.boolean(),
    registerS: z.int(),
  })
  .openapi('TrunkConnection')

export type ConnectionGiven = z.output<typeof connectionInput>

/** The secrets of a connection: a text to keep, null to take it away, undefined to leave it. */
export type ConnectionSecrets = { key: string | null | undefined; inbound: string | null | undefined }

/** What the trunk's connection comes to. Throws InvalidInput. */
export function mergeConnection(
  trunk: Trunk,
  given: ConnectionGiven | undefined,
  kept: { key: string | null; inbound: string | null },
): { connection: TrunkConnection; secrets: ConnectionSecrets } {
  const { privateKey, inboundPassword, ...changed } = given ?? {}
  const before = connectionOf(trunk)
  const connection = { ...before, ...changed }
  const key = privateKey ?? (changed.certificate === null ? null : privateKey)
  const inbound = inboundPassword ?? (changed.inboundUser === null ? null : inboundPassword)
  check(trunk, connection, {
    key: key === undefined ? kept.key : key,
    inbound: inbound === undefined ? kept.inbound : inbound,
  })
  return { connection, secrets: { key, inbound } }
}

type Problem = { field: string; found: string; allowed: string }

function check(
  trunk: Trunk,
  connection: TrunkConnection,
  { key, inbound }: { key: string | null; inbound: string | null },
): void {
  const problems: Problem[] = []
  const say = (field: keyof TrunkConnection | 'privateKey' | 'inboundPassword', found: string, allowed: string) =>
    problems.push({ field: `connection.${field}`, found, allowed })
  const authorities = connection.authorities === null ? [] : read(connection.authorities, 'authorities', say)
  if (authorities.some(one => !one.ca))
    say('authorities', 'a certificate that may sign no other', 'certificates of authorities')
  const [own] = connection.certificate === null ? [] : read(connection.certificate, 'certificate', say)
  if (own !== undefined && key === null) say('privateKey', 'nothing', 'the private key of the certificate')
  if (own === undefined && key !== null && connection.certificate === null)
    say('certificate', 'nothing', 'the certificate that the private key belongs to')
  if (own !== undefined && key !== null && !belongs(own, key))
    say('privateKey', 'the key of another certificate, or one with a passphrase', 'the private key of the certificate')
  if (connection.trust === 'password' && connection.inboundUser === null)
    say('inboundUser', 'nothing', 'the name that calls of this trunk prove themselves by')
  if (connection.trust === 'password' && inbound === null)
    say('inboundPassword', 'nothing', 'the password that goes with inboundUser')
  if (connection.inboundUser === null && inbound !== null)
    say('inboundUser', 'nothing', 'the name that the password goes with')
  if (trunk.transport !== 'tls') {
    if (connection.sips) say('sips', 'true', 'false, since the transport is not TLS')
    if (connection.trust === 'certificate')
      say('trust', 'certificate', 'address or password, since the transport is not TLS')
    if (connection.srtp === 'required' && !connection.srtpInClear)
      say('srtp', 'required', 'off or wanted: keys go over TLS alone, unless they may be sent in the clear')
  } else if (connection.trust === 'certificate' && connection.authorities === null)
    say('authorities', 'nothing', 'the authority that signs the certificate that the carrier shows')
  if (problems.length > 0) throw new InvalidInput(problems)
}

function read(
  text: string,
  field: 'authorities' | 'certificate',
  say: (field: 'authorities' | 'certificate', found: string, allowed: string) => void,
): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || blocks.length > certificatesMax) {
    say(field, `${blocks.length} certificates`, `1 to ${certificatesMax} certificates in PEM form`)
    return []
  }
  try {
    return blocks.map(block => new X509Certificate(block))
  } catch {
    say(field, 'a certificate that cannot be read', `1 to ${certificatesMax} certificates in PEM form`)
    return []
  }
}

function belongs(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
