/** Handshakes of browsers: each flight that a real one sends is mutated, against associations in every stage of it. */
import type { Random } from '../../src/lib/random.ts'
import { DtlsContext, DtlsPeer } from '../../src/webrtc/dtls.ts'
import { DtlsThread } from '../../src/webrtc/dtls-thread.ts'
import { createDtlsIdentity } from '../../src/webrtc/identity.ts'
import type { Target } from './target.ts'

/** After so many datagrams the association is a fresh one: most are over by then. */
const datagramsEach = 25

export async function dtlsTarget(random: Random): Promise<Target> {
  const server = await createDtlsIdentity(1_800_000_000_000)
  const client = await createDtlsIdentity(1_800_000_000_000)
  const [ours, theirs] = [new DtlsContext(server), new DtlsContext(client)]
  let now = 0
  let hasKeys = false
  let out: Uint8Array[] = []
  const thread = new DtlsThread(ours, reply => {
    if (reply.type === 'packet') out.push(reply.packet)
    if (reply.type === 'keys') hasKeys = true
  })
  const open = () => thread.handle({ type: 'open', leg: 'l', remoteFingerprint: client.fingerprint }, now)
  const packet = (bytes: Uint8Array) => thread.handle({ type: 'packet', leg: 'l', packet: bytes }, now)

  /** A whole handshake, as far as `flights`; answers what the client sent. */
  const shake = (flights: number): Uint8Array[] => {
    hasKeys = false
    open()
    const peer = new DtlsPeer(theirs, { role: 'client', remoteFingerprint: server.fingerprint })
    const sent: Uint8Array[] = []
    let turn = peer.start()
    for (let n = 0; n < flights && turn.length > 0; n++) {
      out = []
      for (const outcome of turn) {
        if (outcome.type !== 'packet') continue
        sent.push(outcome.packet)
        packet(outcome.packet)
      }
      const answers = out
      turn = answers.flatMap(each => peer.receive(each))
    }
    for (const outcome of peer.close()) if (outcome.type === 'packet') sent.push(outcome.packet)
    return sent
  }
  const seeds = [...shake(6), ...shake(6)]
  let fed = 0
  let flights = 0
  return {
    name: 'dtls',
    seeds,
    feed(bytes) {
      now += 1
      if (fed++ % datagramsEach === 0) shake((flights = Math.floor(random() * 4))) // 0: fresh; more: in the middle, or up
      out = []
      packet(bytes)
      if (thread.deadlineAt() <= now) thread.tick(now)
    },
    renew: () => void shake(flights),
    isWell() {
      shake(6)
      return hasKeys
    },
    close() {
      thread.handle({ type: 'close', leg: 'l' }, now)
    },
  }
}
