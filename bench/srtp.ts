/**
 * What a browser's leg costs beyond a plain one: CPU of one SRTP packet of 20 ms of G.711, by profile and library, and of one DTLS
 * handshake on our side. `--json` prints one JSON object last.
 */
import { DtlsContext, type DtlsOutcome, DtlsPeer } from '../src/webrtc/dtls.ts'
import { createDtlsIdentity } from '../src/webrtc/identity.ts'
import { opensslCiphers } from '../src/webrtc/openssl-ciphers.ts'
import { SrtpSession } from '../src/webrtc/srtp.ts'
import { type CipherSuite, nodeCiphers } from '../src/webrtc/srtp-ciphers.ts'
import { type SrtpProfile, saltBytes } from '../src/webrtc/srtp-transform.ts'

const openssl = opensslCiphers()
const result: Record<string, number> = {}
for (const profile of ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'] as const) {
  const name = profile === 'AEAD_AES_128_GCM' ? 'gcm' : 'cm'
  if (openssl) Object.assign(result, packets(`${name}`, profile, openssl, 400_000))
  Object.assign(result, packets(`${name}NodeCrypto`, profile, nodeCiphers, 30_000))
}
Object.assign(result, await handshakes(300))
for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(24)} ${value}`)
if (process.argv.includes('--json')) console.log(JSON.stringify(result))

/** µs of CPU for sealing one packet and for opening one, medians of five rounds. */
function packets(name: string, profile: SrtpProfile, ciphers: CipherSuite, count: number): Record<string, number> {
  const key = { key: new Uint8Array(16).fill(7), salt: new Uint8Array(saltBytes[profile]).fill(9) }
  const keys = { profile, localKey: key.key, localSalt: key.salt, remoteKey: key.key, remoteSalt: key.salt }
  const sender = new SrtpSession(keys, ciphers)
  const session = new SrtpSession(keys, ciphers) // which must not miss a roll-over
  const packet = new Uint8Array(256)
  const sealed = Array.from({ length: 64 }, () => new Uint8Array(256))
  let sent = 0
  let both = 0
  const protectUs: number[] = []
  const bothUs: number[] = []
  for (let round = 0; round < 5; round++) {
    protectUs.push(
      cpuUs(count, () => {
        writeHeader(packet, sent++)
        sender.protect(packet, 172)
      }),
    )
    bothUs.push(
      cpuUs(count, at => {
        const into = sealed[at & 63]!
        writeHeader(into, both++)
        if (session.unprotect(into, session.protect(into, 172)) !== 172) throw new Error('not authentic')
      }),
    )
  }
  session.close()
  sender.close()
  const protect = median(protectUs)
  return { [`${name}ProtectUs`]: figure(protect), [`${name}UnprotectUs`]: figure(median(bothUs) - protect) }
}

/** Our share of a handshake with another OpenSSL in memory: four flights, ECDSA P-256 on both sides. */
async function handshakes(count: number): Promise<Record<string, number>> {
  const [ours, theirs] = [await createDtlsIdentity(Date.now()), await createDtlsIdentity(Date.now())]
  const [server, client] = [new DtlsContext(ours), new DtlsContext(theirs)]
  const cpuMs: number[] = []
  for (let round = 0; round < count; round++) {
    const here = new DtlsPeer(server, { role: 'server', remoteFingerprint: theirs.fingerprint })
    const there = new DtlsPeer(client, { role: 'client', remoteFingerprint: ours.fingerprint })
    let spent = 0
    for (let flight = datagrams(there.start()); flight.length > 0 && here.phase !== 'over'; ) {
      const startedAt = performance.now()
      const answers = datagrams(flight.flatMap(packet => here.receive(packet)))
      spent += performance.now() - startedAt
      flight = datagrams(answers.flatMap(packet => there.receive(packet)))
    }
    if (here.phase !== 'up') throw new Error('the handshake failed')
    cpuMs.push(spent)
    here.close()
    there.close()
  }
  cpuMs.sort((a, b) => a - b)
  return { dtlsMs: figure(median(cpuMs)), dtlsP99Ms: figure(cpuMs[Math.floor(count * 0.99)]!) }
}

function datagrams(outcomes: DtlsOutcome[]): Uint8Array[] {
  return outcomes.flatMap(outcome => (outcome.type === 'packet' ? [outcome.packet] : []))
}

function writeHeader(packet: Uint8Array, sequence: number): void {
  packet[0] = 0x80
  packet[1] = 8
  packet[2] = (sequence >>> 8) & 0xff
  packet[3] = sequence & 0xff
}

function cpuUs(count: number, work: (at: number) => void): number {
  for (let at = 0; at < count / 10; at++) work(at)
  const before = process.cpuUsage()
  for (let at = 0; at < count; at++) work(at)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

function figure(value: number): number {
  return Number(value.toPrecision(3))
}
