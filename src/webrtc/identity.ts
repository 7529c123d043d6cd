/** The self-signed certificate of this process for DTLS: ECDSA P-256, as every browser takes it; the fingerprint travels in the SDP. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { type DtlsIdentity, fingerprintOf } from './dtls.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 86_400_000

/** Made once a process; `fingerprint` is `sha-256 AB:CD:…`. */
export async function createDtlsIdentity(now: number): Promise<DtlsIdentity & { fingerprint: string }> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
      name: 'CN=switchroom', // says nothing of the house: it goes to every browser in clear
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + 365 * dayMs),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto as typeof crypto,
  )
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  const identity = {
    certificatePem: certificate.toString('pem'),
    privateKeyPem: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
  }
  return { ...identity, fingerprint: fingerprintOf(identity) }
}
