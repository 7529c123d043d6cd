/**
 * `http.tls = "files"`, and `sip.cert`: the company's own certificate, read and checked. One that has ended is served all the same, and said
 * wherever people look: browsers and phones complain of it, but a telephone that does not start is worse. One that cannot be served is stood in for
 * by our own authority's.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { type Certificate, CertificateError, standingOf } from './certificate.ts'

export type FilesOptions = {
  /** PEM, the server's certificate first and intermediates after it. */
  cert: string
  /** PEM, without a passphrase. */
  key: string
  /** Host names and addresses that browsers type; one that the certificate lacks is a warning. */
  names: string[]
  now: number
}

export async function readCertificate({ cert, key, names, now }: FilesOptions): Promise<Certificate> {
  const [certPem, keyPem] = await Promise.all([readPem(cert, 'certificate'), readPem(key, 'key')])
  const certificate = parseCertificate(certPem, cert)
  if (!certificate.checkPrivateKey(parseKey(keyPem, key)))
    throw new CertificateError(
      `${key} is not the key of the certificate in ${cert}; put the pair that belongs together`,
    )
  mustServe({ cert: certPem, key: keyPem }, cert)
  const dates = { notBefore: certificate.validFromDate.getTime(), notAfter: certificate.validToDate.getTime() }
  const warnings = names
    .filter(name => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) === undefined)
    .map(name => `${cert} is not for ${name}: browsers that open that address will refuse it`)
  return { certPem, keyPem, caPem: null, ...dates, warnings: [...warnings, ...wordsOfDates(cert, dates, now)] }
}

function wordsOfDates(file: string, dates: { notBefore: number; notAfter: number }, now: number): string[] {
  const standing = standingOf(dates, now)
  switch (standing) {
    case 'good':
      return []
    case 'ending':
      return [`${file} ends on ${day(dates.notAfter)}: put the renewed one there; it is taken up within minutes`]
    case 'ended':
      return [`${file} ended on ${day(dates.notAfter)}, and browsers refuse it: put the renewed one there`]
    case 'early':
      return [`${file} begins on ${day(dates.notBefore)} only; is the clock of this machine right?`]
    default:
      return standing satisfies never
  }
}

/** As the server will take it: a key that is too short, a chain with a damaged intermediate. */
function mustServe(pair: { cert: string; key: string }, file: string): void {
  try {
    createSecureContext(pair)
  } catch (cause) {
    throw new CertificateError(`${file} cannot be served: ${(cause as Error).message}`, { cause })
  }
}

async function readPem(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new CertificateError(`cannot read the ${what} ${file}: ${(cause as Error).message}`, { cause })
  }
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    const words = `${file} is not a certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----)`
    throw new CertificateError(words, { cause })
  }
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    const locked = pem.includes('ENCRYPTED')
    const words = locked
      ? `${file} is locked by a passphrase; write it without (openssl pkey -in ${file} -out server.key) and protect the file`
      : `${file} is not a private key in PEM form (it begins with -----BEGIN PRIVATE KEY-----)`
    throw new CertificateError(words, { cause })
  }
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
