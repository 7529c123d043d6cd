import { dtlsTarget } from './dtls-target.ts'
import { mediaTarget } from './media-target.ts'
import { sdpTarget } from './sdp-target.ts'
import { sipStunTarget } from './sip-stun-target.ts'
import { sipTarget } from './sip-target.ts'
import { streamTarget } from './stream-target.ts'
import type { TargetMaker } from './target.ts'

/** Every reader of what comes from the wire. */
export const targets: Record<string, TargetMaker> = {
  sip: sipTarget,
  proved: random => sipTarget(random, true),
  stream: streamTarget,
  'sip-stun': sipStunTarget,
  sdp: sdpTarget,
  rtp: random => mediaTarget('rtp', random),
  rtcp: random => mediaTarget('rtcp', random),
  srtp: random => mediaTarget('srtp', random),
  stun: random => mediaTarget('stun', random),
  dtls: dtlsTarget,
}
