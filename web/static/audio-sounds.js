/** Sounds of our own: no files, two soft tones, from the chosen loudspeaker; and the one audio context of the page, which all that is worked on goes through. */
import { useSpeaker } from './audio-devices.js'

/** What a change of `#state-bar[data-phase]` sounds like. */
export const phaseSounds = {
  talking: () => beep([660, 0, 0.12], [880, 0.14, 0.16]),
  ringing: () => beep([520, 0, 0.35], [640, 0.05, 0.3], [520, 0.8, 0.35], [640, 0.85, 0.3]),
  preview: () => beep([520, 0, 0.12]),
}

/** null until something has to sound; suspended until the first key or click, where the browser insists on one. */
export let audioContext = null

export function sounds() {
  if (!audioContext) {
    audioContext = new AudioContext({ latencyHint: 'interactive' })
    useSpeaker(audioContext)
  }
  return audioContext
}

function beep(...notes) {
  const context = sounds()
  if (context.state !== 'running') return
  for (const [hertz, from, seconds] of notes) {
    const tone = context.createOscillator()
    const gain = context.createGain()
    const at = context.currentTime + from
    tone.frequency.value = hertz
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(0.12, at + 0.01)
    gain.gain.setValueAtTime(0.12, at + seconds - 0.03)
    gain.gain.linearRampToValueAtTime(0, at + seconds)
    tone.connect(gain).connect(context.destination)
    tone.start(at)
    tone.stop(at + seconds)
  }
}
