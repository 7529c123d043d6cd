/**
 * What of a leg another media thread must know to go on with it. Two ways: `save` writes down everything, when a leg moves in good order; and
 * `note` leaves the most important figures in shared memory ten times a second, from which a leg is taken up again after its thread died.
 * What has happened since the last note is bridged by margins: no sequence number and no SRTP index is ever used twice.
 */
import type { Leg } from './leg.ts'
import type { Place } from './player.ts'
import type { SavedReception } from './reception.ts'
import type { SavedSrtp, SrtpKeys } from './secure-leg.ts'
import type { SavedDetector, SavedSender } from './telephone-event.ts'
import type { SavedReports } from './their-reports.ts'
import type { SavedTimeline } from './timeline.ts'
import type { SavedVoice } from './voice-level.ts'

/** The figures, by name. */
const noted = [
  'notedAt',
  'signalledAddress',
  'signalledPort',
  'remoteAddress',
  'remotePort',
  'rtcpPort',
  'heardAt',
  'flags',
  'consentAt',
  'lastSentAt',
  'sent',
  'sentOctets',
  'early',
  'foreign',
  'dropped',
  'received',
  'lost',
  'ssrc',
  'lastSequence',
  'lastTimestamp',
  'lastAt',
  'receivedSsrc',
  'sentIndex',
  'receivedIndex',
  'rtcpIndex',
  'receivedRtcpIndex',
  'playerPart',
  'playerAt',
  'keySsrc',
  'keyTimestamp',
  'theirReport',
  'theirReportAt',
  // What was counted of the sound.
  'missing',
  'jitter',
  'jitterSum',
  'jitterCount',
  'late',
  'reordered',
  'duplicates',
  'ssrcChanges',
  'rivals',
  'sampled',
  'silent',
  'power',
  'clipped',
  'reports',
  'lossSum',
  'theirJitterSum',
  'theirLost',
  'roundTrips',
  'roundTripSum',
  'roundTripMax',
] as const
type Noted = (typeof noted)[number]
const at = Object.fromEntries(noted.map((name, index) => [name, index])) as Record<Noted, number>

const isHeard = 1
const isSilent = 2
const isSecure = 4
const isLost = 8

/** More packets than a thread can send between two notes; fewer than what a receiver takes for a new stream (3,000, RFC 3550 A.1). */
const sequenceMargin = 1000
/** Samples: a burst since the last note may have run ahead of the clock by as much. */
const timestampMargin = 800

/** Everything, at the instant it left its thread. */
export type SavedLeg = {
  figures: number[]
  isConnected: boolean
  timeline: SavedTimeline
  reception: SavedReception
  voice: SavedVoice
  theirs: SavedReports
  keyDetector: SavedDetector
  keySender: SavedSender
  player: Place | null
  srtp: SavedSrtp | null
  /** Of a browser; see `SecureLeg`. */
  checks: string
}

export function legMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(noted.length * 8)
}

/** Writes the leg's figures where the main thread finds them when this thread is no more. Allocates nothing. */
export function note(leg: Leg, nowMs: number): void {
  const { figures, timeline, reception, player, voice, theirs } = leg
  const srtp = leg.srtp ?? leg.secure?.srtp ?? null
  figures[at.signalledAddress] = leg.signalledAddress
  figures[at.signalledPort] = leg.signalledPort
  figures[at.remoteAddress] = leg.remoteAddress
  figures[at.remotePort] = leg.remotePort
  figures[at.rtcpPort] = leg.rtcpPort
  figures[at.heardAt] = leg.heardAt
  figures[at.flags] =
    (leg.isHeard ? isHeard : 0) |
    (leg.isSilent ? isSilent : 0) |
    (leg.isSecure ? isSecure : 0) |
    (leg.isLost ? isLost : 0)
  figures[at.consentAt] = leg.consentAt
  figures[at.lastSentAt] = leg.lastSentAt
  figures[at.sent] = leg.sent
  figures[at.sentOctets] = leg.sentOctets
  figures[at.early] = leg.early
  figures[at.foreign] = leg.foreign
  figures[at.dropped] = leg.dropped
  figures[at.received] = reception.received
  figures[at.lost] = reception.lost
  figures[at.ssrc] = timeline.ssrc
  figures[at.lastSequence] = timeline.lastSequence
  figures[at.lastTimestamp] = timeline.lastTimestamp
  figures[at.lastAt] = timeline.lastAt
  figures[at.receivedSsrc] = reception.ssrc
  figures[at.sentIndex] = srtp === null ? -1 : srtp.highestSent(timeline.ssrc)
  figures[at.receivedIndex] = srtp === null ? -1 : srtp.highestReceived(reception.ssrc)
  figures[at.rtcpIndex] = srtp === null ? 0 : srtp.rtcpIndex
  figures[at.receivedRtcpIndex] = srtp === null ? -1 : srtp.highestRtcp(reception.ssrc)
  figures[at.playerPart] = player === null ? 0 : player.part
  figures[at.playerAt] = player === null ? 0 : player.at
  noteKey(leg)
  figures[at.theirReport] = leg.theirReport
  figures[at.theirReportAt] = leg.theirReportAt
  figures[at.missing] = reception.missing
  figures[at.jitter] = reception.jitter
  figures[at.jitterSum] = reception.jitterSum
  figures[at.jitterCount] = reception.jitterCount
  figures[at.late] = reception.late
  figures[at.reordered] = reception.reordered
  figures[at.duplicates] = reception.duplicates
  figures[at.ssrcChanges] = reception.ssrcChanges
  figures[at.rivals] = reception.rivals
  figures[at.sampled] = voice.sampled
  figures[at.silent] = voice.silent
  figures[at.power] = voice.power
  figures[at.clipped] = voice.clipped
  figures[at.reports] = theirs.count
  figures[at.lossSum] = theirs.lossSum
  figures[at.theirJitterSum] = theirs.jitterSum
  figures[at.theirLost] = theirs.lost
  figures[at.roundTrips] = theirs.roundTrips
  figures[at.roundTripSum] = theirs.roundTripSum
  figures[at.roundTripMax] = theirs.roundTripMax
  figures[at.notedAt] = nowMs
}

/** A key was told: at once, since a thread that dies before the next note would have its successor tell it again. */
export function noteKey(leg: Leg): void {
  const { figures, keyDetector } = leg
  figures[at.keySsrc] = keyDetector.ssrc
  figures[at.keyTimestamp] = keyDetector.lastTimestamp
}

/** Everything that the next thread must know. */
export function save(leg: Leg, nowMs: number): SavedLeg {
  note(leg, nowMs)
  return {
    figures: [...leg.figures],
    isConnected: leg.isConnected,
    timeline: leg.timeline.save(),
    reception: leg.reception.save(),
    voice: leg.voice.save(),
    theirs: leg.theirs.save(),
    keyDetector: leg.keyDetector.save(),
    keySender: leg.keySender.save(),
    player: leg.player?.place ?? null,
    srtp: (leg.srtp ?? leg.secure?.srtp)?.save() ?? null,
    checks: leg.secure?.checks ?? '',
  }
}

/** Puts a fresh leg where another thread's stood. `saved`: null when that one died; then the leg's memory is all there is. */
export function takeUp(leg: Leg, saved: SavedLeg | null, keys: SrtpKeys | null): void {
  const figures = saved?.figures ?? [...leg.figures]
  const isNoted = figures[at.notedAt]! > 0
  if (isNoted) standWhere(leg, figures)
  if (saved !== null) {
    leg.timeline.restore(saved.timeline)
    leg.reception.restore(saved.reception)
    leg.voice.restore(saved.voice)
    leg.theirs.restore(saved.theirs)
    leg.keyDetector.restore(saved.keyDetector)
    leg.keySender.restore(saved.keySender)
    leg.secure?.rememberChecks(saved.checks)
  } else if (isNoted) {
    leg.timeline.resume(
      figures[at.ssrc]!,
      figures[at.lastSequence]! + sequenceMargin,
      figures[at.lastTimestamp]! + timestampMargin,
      figures[at.lastAt]!,
    )
    goOnCounting(leg, figures)
  }
  if (keys !== null) leg.secure?.resume(keys, srtpPlace(leg, saved))
}

/** Up to where the keys have been used; null: not at all. */
export function srtpPlace(leg: Leg, saved: SavedLeg | null): SavedSrtp | null {
  return saved === null ? srtpAfterDeath(leg, leg.figures) : saved.srtp
}

/** Where a prompt stood that the dead thread, or the one before, was playing. */
export function playerPlace(leg: Leg, saved: SavedLeg | null): Place | null {
  return saved === null ? { part: leg.figures[at.playerPart]!, at: leg.figures[at.playerAt]! } : saved.player
}

/** What the dead thread had counted up to its last note. */
function goOnCounting({ reception, voice, theirs, keyDetector }: Leg, figures: readonly number[]): void {
  const of = <Name extends Noted>(...names: Name[]) =>
    Object.fromEntries(names.map(name => [name, figures[at[name]]!])) as Record<Name, number>
  reception.resume({
    counts: {
      ...of('received', 'jitter', 'jitterSum', 'jitterCount', 'late', 'reordered', 'duplicates'),
      ...of('ssrcChanges', 'rivals'),
      ssrc: figures[at.receivedSsrc]!,
    },
    ...of('lost', 'missing'),
  })
  voice.restore(of('sampled', 'silent', 'power', 'clipped'))
  const { reports: count, theirJitterSum: jitterSum, theirLost: lost } = of('reports', 'theirJitterSum', 'theirLost')
  const trips = of('lossSum', 'roundTrips', 'roundTripSum', 'roundTripMax')
  theirs.resume(figures[at.sent]!, { count, jitterSum, lost, ...trips })
  const { keySsrc: ssrc, keyTimestamp: lastTimestamp } = of('keySsrc', 'keyTimestamp')
  keyDetector.restore({ ssrc, lastTimestamp })
}

function standWhere(leg: Leg, figures: readonly number[]): void {
  const flags = figures[at.flags]!
  leg.signalledAddress = figures[at.signalledAddress]!
  leg.signalledPort = figures[at.signalledPort]!
  leg.remoteAddress = figures[at.remoteAddress]!
  leg.remotePort = figures[at.remotePort]!
  leg.rtcpPort = figures[at.rtcpPort]!
  leg.heardAt = leg.remoteAt = figures[at.heardAt]!
  leg.isHeard = (flags & isHeard) !== 0
  leg.isSilent = (flags & isSilent) !== 0
  leg.isSecure = (flags & isSecure) !== 0
  leg.isLost = (flags & isLost) !== 0
  leg.consentAt = figures[at.consentAt]!
  leg.lastSentAt = figures[at.lastSentAt]!
  leg.sent = leg.sentAtReport = figures[at.sent]!
  leg.sentOctets = figures[at.sentOctets]!
  leg.early = figures[at.early]!
  leg.foreign = figures[at.foreign]!
  leg.dropped = figures[at.dropped]!
  leg.theirReport = figures[at.theirReport]!
  leg.theirReportAt = figures[at.theirReportAt]!
}

/** The index sent last is surely behind what the dead thread sent; what it received since the last note might be taken once more. */
function srtpAfterDeath(leg: Leg, figures: Float64Array): SavedSrtp {
  const stream = (ssrc: number, highest: number) => (highest < 0 ? [] : [{ ssrc: ssrc >>> 0, highest, seen: null }])
  const sentIndex = figures[at.sentIndex]!
  return {
    sent: stream(leg.timeline.ssrc, sentIndex < 0 ? -1 : sentIndex + sequenceMargin),
    received: stream(figures[at.receivedSsrc]!, figures[at.receivedIndex]!),
    receivedRtcp: stream(figures[at.receivedSsrc]!, figures[at.receivedRtcpIndex]!),
    rtcpIndex: figures[at.rtcpIndex]! + sequenceMargin,
  }
}
