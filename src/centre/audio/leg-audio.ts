/**
 * How one leg sounded over a stretch of time: what was counted, made into the few figures that people and reports read. Both directions: what
 * we heard of the far end, and what the far end says it heard of us (where it says so, in RTCP).
 */

import { mosOf, rFactor } from '../../lib/e-model.ts'
import type { VoipMetrics } from './voip-metrics.ts'

/** Counts that only grow: a stretch is the difference of two looks. Of the media plane; see `AudioFigures` there. */
export type AudioCounts = {
  codec: 'pcma' | 'pcmu'
  /** How much sound a packet of its holds. */
  packetMs: number
  received: number
  sent: number
  missing: number
  reordered: number
  duplicates: number
  late: number
  ssrcChanges: number
  rivals: number
  jitterSum: number
  jitterCount: number
  sampled: number
  silent: number
  power: number
  clipped: number
  reports: number
  lossSum: number
  theirJitterSum: number
  roundTrips: number
  roundTripSum: number
  roundTripMax: number
  isDeaf: boolean
  voip: VoipMetrics | null
  foreign: number
  foreignFrom: string | null
  from: string
  named: string
}

/** Nothing ever came from the far end, or it says that nothing of ours comes there. */
export const oneWays = ['nothing_from', 'nothing_at'] as const
export type OneWay = (typeof oneWays)[number]

export type LegAudio = {
  codec: 'pcma' | 'pcmu'
  ms: number
  received: number
  sent: number
  missing: number
  late: number
  reordered: number
  duplicates: number
  ssrcChanges: number
  /** Share of what the far end said that a listener did not get, lost or late, 0 to 1. */
  loss: number
  jitterMs: number
  /** 1 to 4.41, by the E-model; null: nothing was heard. */
  mosIn: number | null
  /** The same of our voice at the far end; null where it reports nothing. */
  theirLoss: number | null
  theirJitterMs: number | null
  roundTripMs: number | null
  mosOut: number | null
  /** What the far end measured itself of our voice (RTCP XR), at the end; left out: it sends no such reports. */
  voip?: VoipMetrics
  /** Of the voice while somebody talks, dBov (0: full scale); share of the time that nobody talked; share that was overdriven. */
  levelDb: number | null
  silence: number | null
  clipped: number | null
  oneWay: OneWay | null
  /** Where media came from, and where the signalling named it. */
  from: string
  named: string
  /** Packets from addresses that the signalling never named, and from a second source at the right one: none of them was heard. */
  foreign: number
  foreignFrom: string | null
  rivals: number
}

/** A far end may take so long to send after it has answered. */
const firstPacketWithinMs = 4_000
/** What a listener's buffer adds at least. */
const bufferMsMin = 40

export type Stretch = { ms: number; counts: AudioCounts; before: AudioCounts | null }

export function legAudio({ ms, counts: now, before }: Stretch): LegAudio {
  const of = (key: NumberKey) => Math.max(0, now[key] - (before?.[key] ?? 0))
  const received = of('received')
  const distinct = Math.max(0, received - of('duplicates'))
  const missing = of('missing')
  const expected = distinct + missing
  const loss = expected === 0 ? 0 : Math.min(1, (missing + of('late')) / expected)
  const jitterMs = mean(of('jitterSum'), of('jitterCount')) ?? 0
  const roundTripMs = mean(of('roundTripSum'), of('roundTrips'))
  const theirLoss = mean(of('lossSum'), of('reports'))
  const theirJitterMs = mean(of('theirJitterSum'), of('reports'))
  const active = of('sampled') - of('silent')
  const share = (key: 'silent' | 'clipped') => mean(of(key), of('sampled'))
  return {
    codec: now.codec,
    ms: Math.round(ms),
    received,
    sent: of('sent'),
    missing,
    late: of('late'),
    reordered: of('reordered'),
    duplicates: of('duplicates'),
    ssrcChanges: of('ssrcChanges'),
    loss: rounded(loss, 4),
    jitterMs: rounded(jitterMs, 1),
    mosIn: received === 0 ? null : mos({ loss, jitterMs, roundTripMs, packetMs: now.packetMs }),
    theirLoss: theirLoss === null ? null : rounded(theirLoss, 4),
    theirJitterMs: theirJitterMs === null ? null : rounded(theirJitterMs, 1),
    roundTripMs: roundTripMs === null ? null : rounded(roundTripMs, 1),
    mosOut:
      theirLoss === null
        ? null
        : mos({ loss: theirLoss, jitterMs: theirJitterMs ?? 0, roundTripMs, packetMs: now.packetMs }),
    ...(now.voip ? { voip: now.voip } : {}),
    levelDb: active <= 0 ? null : rounded(10 * Math.log10(of('power') / active), 1),
    silence: rounded(share('silent'), 3),
    clipped: rounded(share('clipped'), 3),
    oneWay: ms < firstPacketWithinMs ? null : received === 0 ? 'nothing_from' : now.isDeaf ? 'nothing_at' : null,
    from: now.from,
    named: now.named,
    foreign: of('foreign'),
    foreignFrom: now.foreignFrom,
    rivals: of('rivals'),
  }
}

/** Words for a MOS, at the bounds of G.107 annex B: satisfied, some dissatisfied, many, nearly all. */
export const audioWords = ['good', 'fair', 'poor', 'bad'] as const
export type AudioWord = (typeof audioWords)[number]

export function audioWord(mos: number | null): AudioWord | null {
  if (mos === null) return null
  return mos >= 4.0 ? 'good' : mos >= 3.6 ? 'fair' : mos >= 3.1 ? 'poor' : 'bad'
}

/** The worse of both directions; a conversation is no better. */
export function worseOf({ mosIn, mosOut }: Pick<LegAudio, 'mosIn' | 'mosOut'>): number | null {
  return mosIn === null ? mosOut : mosOut === null ? mosIn : Math.min(mosIn, mosOut)
}

type NumberKey = { [Key in keyof AudioCounts]: AudioCounts[Key] extends number ? Key : never }[keyof AudioCounts]

/** Mouth to ear: half the round trip, the packet itself, and a buffer that holds twice the jitter. */
function mos(of: { loss: number; jitterMs: number; roundTripMs: number | null; packetMs: number }): number {
  const delayMs = (of.roundTripMs ?? 0) / 2 + of.packetMs + Math.max(bufferMsMin, 2 * of.jitterMs)
  return rounded(mosOf(rFactor({ loss: of.loss, delayMs })), 2)
}

function mean(sum: number, count: number): number | null {
  return count <= 0 ? null : sum / count
}

function rounded(value: number, digits: number): number
function rounded(value: number | null, digits: number): number | null
function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}
