/**
 * A tone that went out to a number which sends back what it hears, and what came of it: read from a recording of both ways (left: what came
 * back, right: what was sent). Pure, in 10 ms windows.
 */
import { goertzel, loudness, sampleRateHz, sequence, silence, tone } from '../rtp/tone.ts'

/** No tone of any network: 1,004 Hz is what telephone lines are measured with (ITU-T O.6 has 1,020 Hz for the same reason). */
export const probeHz = 1004
const level = 0.25
/** Silence first, so that the far end has latched on to us; then the tone twice, so that one lost packet hides nothing. */
export const probePrompt = 'trunk-probe'
export const probe = (): Int16Array =>
  sequence(
    silence(600),
    ...[1, 2].flatMap(() => [tone({ hz: probeHz, ms: 600, level, fadeMs: 5 }), silence(400)]),
    silence(800),
  )

export type Echo = {
  /** The tone came back: from its first sound out to its first sound in, its frequency, and how much softer it is. */
  back: { roundTripMs: number; hz: number; lossDb: number } | null
  /** Something else was heard, 0 to 1 of full scale. */
  loudness: number
}

const windowSamples = sampleRateHz / 100
/** Amplitude of full scale from which a window counts as the tone, and its share of the window's power. */
const heardFrom = 0.004
const pureFrom = 0.5

export function echoIn(left: Int16Array, right: Int16Array): Echo {
  const out = onset(right, 0)
  const back = out === null ? null : onset(left, out)
  const heard = loudness(left)
  if (out === null || back === null) return { back: null, loudness: heard }
  const half = Math.floor(sampleRateHz / 2)
  const came = left.subarray(back, back + half)
  const went = right.subarray(out, out + half)
  const lossDb = 20 * Math.log10(goertzel(went, probeHz) / Math.max(1e-6, goertzel(came, probeHz)))
  const roundTripMs = ((back - out) * 1000) / sampleRateHz
  return { back: { roundTripMs, hz: strongest(came), lossDb }, loudness: heard }
}

/** Where the tone begins at or after `from`: two windows in a row, so that a click is none. */
function onset(samples: Int16Array, from: number): number | null {
  let inARow = 0
  for (let at = from; at + windowSamples <= samples.length; at += windowSamples) {
    inARow = isTone(samples.subarray(at, at + windowSamples)) ? inARow + 1 : 0
    if (inARow === 2) return at - windowSamples
  }
  return null
}

function isTone(window: Int16Array): boolean {
  const amplitude = goertzel(window, probeHz)
  return amplitude >= heardFrom && amplitude ** 2 / 2 / Math.max(1e-9, loudness(window) ** 2) >= pureFrom
}

function strongest(samples: Int16Array): number {
  let best = { hz: 0, amplitude: 0 }
  for (let hz = probeHz - 60; hz <= probeHz + 60; hz++) {
    const amplitude = goertzel(samples, hz)
    if (amplitude > best.amplitude) best = { hz, amplitude }
  }
  return best.hz
}
