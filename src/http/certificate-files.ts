/** `http.tls = "files"`: the company's own certificate, read and checked. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { type Certificate, CertificateError } from './certificate.ts'

export type FilesOptions = {
  /** PEM, the server's certificate first and intermediates after it. */
  cert: string
  /** PEM, without a passphrase. */
  key: string
  /** Host names and addresses that browsers type; one that the certificate lacks is a warning. */
  names: string[]
  now: number
}

const dayMs = 86_400_000
const warnDays = 21

export async function readCertificate({ cert, key, names, now }: FilesOptions): Promise<Certificate> {
  const [certPem, keyPem] = await Promise.all([readPem(cert, 'certificate'), readPem(key, 'key')])
  const certificate = parseCertificate(certPem, cert)
  if (!certificate.checkPrivateKey(parseKey(keyPem, key)))
    throw new CertificateError(
      `${key} is not the key of the certificate in ${cert}; put the pair that belongs together`,
    )
  const notAfter = certificate.validToDate.getTime()
  if (notAfter <= now) throw new CertificateError(`${cert} ended on ${day(notAfter)}; install the renewed certificate`)
  const notBefore = certificate.validFromDate.getTime()
  if (notBefore > now)
    throw new CertificateError(`${cert} begins on ${day(notBefore)}; is the clock of this machine right?`)
  return { certPem, keyPem, caPem: null, notAfter, warnings: warningsOf(certificate, cert, names, notAfter, now) }
}

function warningsOf(
  certificate: X509Certificate,
  file: string,
  names: string[],
  notAfter: number,
  now: number,
): string[] {
  const warnings = names
    .filter(name => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) === undefined)
    .map(name => `${file} is not for ${name}: browsers that open that address will refuse it`)
  if (notAfter - now < warnDays * dayMs) warnings.push(`${file} ends on ${day(notAfter)}: renew it and reload`)
  return warnings
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
