/** RTCP of the legs: what we say every 5 s, and what we keep of what they say. */

import { mosOf, rFactor } from '../lib/e-model.ts'
import type { Random } from '../lib/random.ts'
import type { Leg } from './leg.ts'
import { lateMs } from './reception.ts'
import { readCompound, type VoipSaid, writeReport, writeVoip } from './rtcp.ts'
import type { PacketMemory, Wire } from './wire.ts'

/** RFC 3550 section 6.2 and 6.3.1: 5 s, times 0.5 to 1.5 so that legs do not report in step. */
const intervalMs = 5000

export class Reporter {
  readonly memory: PacketMemory
  readonly #random: Random
  readonly #unixNow: () => number

  constructor({ wire, random, unixNow }: { wire: Wire; random: Random; unixNow(): number }) {
    this.memory = wire.memory()
    this.#random = random
    this.#unixNow = unixNow
  }

  heard(leg: Leg, bytes: Uint8Array, length: number, nowMs: number): void {
    const heard = readCompound(bytes, length, leg.timeline.ssrc)
    if (heard === null) {
      leg.dropped++
      return
    }
    leg.theirs.note(heard.block, leg.sent, ntpMiddle(this.#unixNow()))
    if (heard.voip !== null) leg.theirs.voip = heard.voip
    if (heard.senderNtpMiddle === null) return
    leg.theirReport = heard.senderNtpMiddle
    leg.theirReportAt = nowMs
  }

  /** Writes the leg's report into `memory` and answers its length. */
  write(leg: Leg, nowMs: number): number {
    leg.reportDueAt = nowMs + intervalMs * (0.5 + this.#random())
    const { reception, timeline } = leg
    const hasSent = leg.sent > leg.sentAtReport
    leg.sentAtReport = leg.sent
    const length = writeReport(this.memory.bytes, {
      ssrc: timeline.ssrc,
      sent: hasSent
        ? {
            unixMs: this.#unixNow(),
            timestamp: (timeline.timestamp + Math.round((nowMs - leg.lastSentAt) * 8)) >>> 0,
            packets: leg.sent >>> 0,
            octets: leg.sentOctets >>> 0,
          }
        : null,
      received:
        reception.received === 0
          ? null
          : {
              ssrc: reception.ssrc,
              fractionLost: reception.takeFractionLost(),
              lost: reception.lost,
              extendedHighest: reception.extendedHighest,
              jitter: reception.jitter,
              lastReport: leg.theirReport,
              delaySinceLastReport: leg.theirReport === 0 ? 0 : Math.round((nowMs - leg.theirReportAt) * 65.536),
            },
      name: leg.id.slice(0, 64),
    })
    // Asked for by its SDP, and in the compound (RFC 3611 section 2): behind report and description.
    return leg.wantsVoip && reception.expected > 0
      ? writeVoip(this.memory.bytes, length, timeline.ssrc, voipOf(leg))
      : length
  }
}

/** What we heard of the far end, since its present stream began. */
function voipOf({ reception, voice, theirs, packetMs }: Leg): VoipSaid {
  const { expected } = reception
  const lost = reception.lostOfSource / expected
  const discarded = Math.min(1 - lost, reception.lateOfSource / expected)
  const roundTripMs = theirs.roundTrips === 0 ? 0 : theirs.roundTripSum / theirs.roundTrips
  const heard = { loss: lost + discarded, delayMs: 0 }
  const conversation = rFactor({ ...heard, delayMs: roundTripMs / 2 + lateMs })
  const spoken = voice.sampled - voice.silent
  return {
    ssrc: reception.ssrc,
    loss: lost,
    discarded,
    bursts: reception.bursts.figures(expected),
    packetMs,
    roundTripMs,
    endSystemMs: 0,
    bufferMs: lateMs,
    levelDb: spoken === 0 ? null : 10 * Math.log10(voice.power / spoken) + fullScaleDbm0,
    rFactor: conversation,
    mosListening: mosOf(rFactor(heard)),
    mosConversation: mosOf(conversation),
  }
}

/** A square wave at full scale of G.711: its sine is 3.14 dBm0 (ITU-T G.711 table 5), and 3.01 dB below it. */
const fullScaleDbm0 = 6.15

/** The middle 32 bits of the NTP time (RFC 3550 section 4). */
function ntpMiddle(unixMs: number): number {
  const seconds = Math.floor(unixMs / 1000) + 2_208_988_800
  return (((seconds & 0xffff) << 16) | Math.floor(((unixMs % 1000) / 1000) * 65_536)) >>> 0
}
