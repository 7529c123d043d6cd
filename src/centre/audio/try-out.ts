/** What a try-out of somebody's audio tells: what the server heard of a few seconds of it, and what of that would spoil a call. */
import type { LegAudio } from './leg-audio.ts'

/** In the order in which they are best mended: nothing is soft where nothing comes. */
export const audioFaults = ['nothing', 'silent', 'soft', 'clipped', 'loss', 'jitter', 'slow'] as const
export type AudioFault = (typeof audioFaults)[number]

/** `call`: a call came and had the audio. */
export type TriedOut = { ended: 'heard' | 'call'; audio: LegAudio; faults: AudioFault[] }

/** Nobody talked for so much of it. A sentence leaves far less silent. */
const silentFrom = 0.97
/** dBov of the voice while somebody talks; telephones have -26 to -15 (ITU-T P.56 and G.111). */
const softBelowDb = -42
/** A share of the time. */
const clippedFrom = 0.01
/** Per cent of the packets. */
const lossFrom = 2
/** What a browser's buffer takes in without words being cut, ms. */
const jitterFromMs = 30
/** People begin to talk into each other's words from here on (ITU-T G.114: 150 ms one way), ms. */
const roundTripFromMs = 300

export function faultsOf(audio: LegAudio): AudioFault[] {
  if (audio.received === 0) return ['nothing']
  const isSilent = audio.levelDb === null || (audio.silence ?? 0) >= silentFrom
  const holds: Record<AudioFault, boolean> = {
    nothing: false,
    silent: isSilent,
    soft: !isSilent && audio.levelDb! < softBelowDb,
    clipped: (audio.clipped ?? 0) >= clippedFrom,
    loss: lossOf(audio) >= lossFrom,
    jitter: jitterOf(audio) >= jitterFromMs,
    slow: (audio.roundTripMs ?? 0) >= roundTripFromMs,
  }
  return audioFaults.filter(fault => holds[fault])
}

/** Per cent of the packets in the worse direction, to the tenth that is shown: 2.0 is judged as what it says. */
export function lossOf(audio: LegAudio): number {
  return Math.round(1_000 * Math.max(audio.loss, audio.theirLoss ?? 0)) / 10
}

/** Milliseconds in the worse direction, to the one that is shown. */
export function jitterOf(audio: LegAudio): number {
  return Math.round(Math.max(audio.jitterMs, audio.theirJitterMs ?? 0))
}
