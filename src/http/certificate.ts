/**
 * The certificate that browsers see. `auto`: a certificate authority of our own, made at the first start, whose root the company imports
 * once; it signs a server certificate of 397 days (the most that browsers take) and renews it a month before it ends. `files`: the
 * company's own, checked so that a mistake is said in words at start and not by a browser.
 */
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

export type Certificate = {
  certPem: string
  keyPem: string
  /** The root to import in browsers; null when the certificate is the company's. */
  caPem: string | null
  /** Unix time in ms. */
  notBefore: number
  notAfter: number
  /** What works but should be put right, in words. */
  warnings: string[]
}

/** What browsers and phones make of its dates: `ending` within a month, `ended` and `early` (it begins later) are refused by them. */
export type Standing = 'good' | 'ending' | 'ended' | 'early'

/** The certificate cannot be had; the message says what to do. */
export class CertificateError extends Error {
  override name = 'CertificateError'
}

export type EnsureOptions = {
  /** Holds ca.pem, ca.key, server.pem and server.key; made when absent. */
  dir: string
  /** Host names and addresses that browsers may type. */
  names: string[]
  addresses: string[]
  now: number
}

const dayMs = 86_400_000
const serverDays = 397
const warnDays = 30
const renewDays = warnDays + 1 // before anybody is warned
const authorityDays = 3650
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const subtleProvider = webcrypto as typeof crypto

type Pair = { certificate: x509.X509Certificate; certPem: string; keyPem: string }

/** The certificate to serve now: the one on disk while it is good for these names and another month, else a new one. */
export async function ensureCertificate(options: EnsureOptions): Promise<Certificate> {
  const { dir, now } = options
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const authority = await ensureAuthority(dir, now)
  const kept = await readPair(dir, 'server')
  const server = kept && isStillGood(kept, authority, options) ? kept : await issue(dir, authority, options)
  return {
    certPem: server.certPem,
    keyPem: server.keyPem,
    caPem: authority.certPem,
    notBefore: server.certificate.notBefore.getTime(),
    notAfter: server.certificate.notAfter.getTime(),
    warnings: [],
  }
}

export function standingOf(
  { notBefore, notAfter }: Pick<Certificate, 'notBefore' | 'notAfter'>,
  now: number,
): Standing {
  if (notAfter <= now) return 'ended'
  if (notBefore > now) return 'early'
  return notAfter - now < warnDays * dayMs ? 'ending' : 'good'
}

/** When `ensureCertificate` would make a new one. */
export function renewAt(certificate: Certificate): number {
  return certificate.notAfter - renewDays * dayMs
}

/** What keeps the authority on disk from being used, in words; null when it is well or not made yet. Writes nothing. */
export async function checkOwnAuthority(dir: string): Promise<string | null> {
  try {
    await readPair(dir, 'ca')
    return null
  } catch (error) {
    if (error instanceof CertificateError) return error.message
    throw error
  }
}

async function ensureAuthority(dir: string, now: number): Promise<Pair> {
  const kept = await readPair(dir, 'ca')
  if (kept && kept.certificate.notAfter.getTime() > now + dayMs) return kept
  const keys = await generateKeys()
  const name = `CN=Switchroom ${randomBytes(3).toString('hex')}` // told apart in a list of imported roots
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name,
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + authorityDays * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, subtleProvider),
      ],
    },
    subtleProvider,
  )
  return await writePair(dir, 'ca', certificate, keys)
}

async function issue(dir: string, authority: Pair, options: EnsureOptions): Promise<Pair> {
  const { names, now } = options
  const keys = await generateKeys()
  const signingKey = await importKey(authority.keyPem)
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: `CN=${(names[0] ?? 'switchroom').slice(0, 64)}`,
      issuer: authority.certificate.subject,
      notBefore: new Date(now - dayMs), // clocks of workstations run behind
      notAfter: new Date(Math.min(now + (serverDays - 1) * dayMs, authority.certificate.notAfter.getTime())),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(alternativeNames(options)),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, subtleProvider),
        await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey, false, subtleProvider),
      ],
    },
    subtleProvider,
  )
  return await writePair(dir, 'server', certificate, keys)
}

function alternativeNames({ names, addresses }: EnsureOptions): { type: 'dns' | 'ip'; value: string }[] {
  for (const name of names)
    if (!/^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(name) || isIP(name) !== 0)
      throw new CertificateError(`"${name.slice(0, 80)}" is not a host name that a certificate can carry`)
  for (const address of addresses)
    if (isIP(address) === 0) throw new CertificateError(`"${address.slice(0, 80)}" is not an IP address`)
  if (names.length + addresses.length === 0) throw new CertificateError('a certificate needs a host name or an address')
  return [
    ...[...new Set(names)].map(value => ({ type: 'dns' as const, value })),
    ...[...new Set(addresses)].map(value => ({ type: 'ip' as const, value })),
  ]
}

function isStillGood(server: Pair, authority: Pair, options: EnsureOptions): boolean {
  const read = new X509Certificate(server.certPem)
  return (
    server.certificate.notAfter.getTime() - renewDays * dayMs > options.now &&
    server.certificate.notBefore.getTime() <= options.now &&
    read.verify(new X509Certificate(authority.certPem).publicKey) &&
    options.names.every(name => read.checkHost(name, { subject: 'never' }) !== undefined || name.startsWith('*')) &&
    options.addresses.every(address => read.checkIP(address) !== undefined)
  )
}

/** Null when neither file is there; half a pair or a damaged one is said, never overwritten: browsers may trust it already. */
async function readPair(dir: string, name: 'ca' | 'server'): Promise<Pair | null> {
  const certFile = join(dir, `${name}.pem`)
  const keyFile = join(dir, `${name}.key`)
  const [certPem, keyPem] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)])
  if (certPem === null && keyPem === null) return null
  if (certPem === null || keyPem === null) {
    if (name === 'server') return null // made anew at no loss
    const missing = certPem === null ? certFile : keyFile
    throw new CertificateError(`${missing} is missing; restore it, or remove ${name}.* there and import the new root`)
  }
  try {
    const read = new X509Certificate(certPem)
    if (!read.checkPrivateKey(createPrivateKey(keyPem))) throw new Error('the key belongs to another certificate')
    return { certificate: new x509.X509Certificate(certPem), certPem, keyPem }
  } catch (cause) {
    if (name === 'server') return null
    const words = `${certFile} and ${keyFile} are damaged; restore them, or remove both and import the new root`
    throw new CertificateError(words, { cause })
  }
}

async function writePair(
  dir: string,
  name: string,
  certificate: x509.X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<Pair> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  const keyPem = `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`
  const certPem = `${certificate.toString('pem')}\n`
  await writeWhole(join(dir, `${name}.key`), keyPem, 0o600)
  await writeWhole(join(dir, `${name}.pem`), certPem, 0o644)
  return { certificate, certPem, keyPem }
}

/** All or nothing, and on disk before it is used: a power cut leaves the old file. */
async function writeWhole(file: string, content: string, mode: number): Promise<void> {
  const fresh = `${file}.new`
  try {
    await using handle = await open(fresh, 'w', mode)
    await handle.writeFile(content)
    await handle.chmod(mode)
    await handle.sync()
  } catch (cause) {
    throw new CertificateError(`cannot write ${fresh}: ${(cause as Error).message}`, { cause })
  }
  await rename(fresh, file)
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new CertificateError(`cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
}

/** 127 bits of chance, positive (CA/Browser Forum wants 64). */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0]! = (bytes[0]! & 0x7f) | 0x40
  return bytes.toString('hex')
}
