import { dtlsTarget } from './dtls-target.ts'
import { mediaTarget } from './media-target.ts'
import { sdpTarget } from './sdp-target.ts'
import type { TargetMaker } from './target.ts'

/** Every reader of what comes from the wire, but for SIP's, which has its own (`src/sip/hostile.test.ts`). */
export const targets: Record<string, TargetMaker> = {
  sdp: sdpTarget,
  rtp: random => mediaTarget('rtp', random),
  rtcp: random => mediaTarget('rtcp', random),
  srtp: random => mediaTarget('srtp', random),
  stun: random => mediaTarget('stun', random),
  dtls: dtlsTarget,
}
