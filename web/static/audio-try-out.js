/**
 * Trying the audio out: whether this person is heard, and how they sound. By way of the server, which says what it heard and plays it back;
 * while there is a call, or no server that can, by the browser alone. What the page gives: `#audio-words`, where the server's words are written.
 */
import { useSpeaker } from './audio-devices.js'

const tryOutUrl = '/agent/audio/try-out'
/** Four seconds of listening, and the disk that they go to and come from. */
const tryOutMsMax = 12_000
/** Of full scale: who does not come this far was not heard. */
const heardMin = 0.02

/** What the browser recorded is played back by it. */
export const echo = new Audio()

/** `desk` says how things stand as it goes on: `microphone()`, `peak()` of full scale, the page's `phase()`; and `say(words)` writes words by name. */
export async function tryOut(desk) {
  if (inCall(desk)) return tryOutHere(desk)
  const words = await triedOut().catch(() => null)
  if (words === null) return tryOutHere(desk)
  const place = document.getElementById('audio-words')
  if (place) place.textContent = words
}

/** Its words; null when it has none. */
async function triedOut() {
  const response = await fetch(tryOutUrl, { method: 'POST', signal: AbortSignal.timeout(tryOutMsMax) })
  const { words, detail } = await response.json()
  return words ?? detail ?? null
}

/**
 * Listens for three seconds, says whether the person was heard, and plays it back as it came, from the chosen loudspeaker. While there is a call
 * it only listens.
 */
async function tryOutHere(desk) {
  const recorder = inCall(desk) ? null : record(desk.microphone())
  let most = 0
  for (let step = 0; step < 30; step++) {
    await new Promise(done => setTimeout(done, 100))
    most = Math.max(most, desk.peak())
  }
  desk.say(most > heardMin ? 'heard' : 'silent')
  const sound = await recorder?.stop()
  if (sound === undefined || desk.phase() === 'talking') return
  await useSpeaker(echo)
  echo.src = URL.createObjectURL(sound)
  echo.onended = () => URL.revokeObjectURL(echo.src)
  await echo.play().catch(() => {})
}

function inCall(desk) {
  return desk.phase() === 'talking' || desk.phase() === 'ringing'
}

function record(stream) {
  if (!window.MediaRecorder) return null
  const recorder = new MediaRecorder(stream)
  const parts = []
  recorder.ondataavailable = event => parts.push(event.data)
  const over = new Promise(done => {
    recorder.onstop = () => done(new Blob(parts, { type: recorder.mimeType }))
  })
  recorder.start()
  return {
    stop() {
      recorder.stop()
      return over
    },
  }
}
