/**
 * The agent's audio: one microphone and one peer connection for the whole shift; calls are patched to it on the server. What the page gives:
 *   #audio[data-audio-up]            whether the server hears this agent; absent: nothing is done here
 *   #audio[data-audio-elsewhere]     the agent is at the desk phone: what is open here is closed
 *   #audio-words[data-…]             where words are written; its data attributes are the words, translated on the server:
 *                                    connecting up lost denied noDevice insecure failed noServer testing heard silent
 *   [data-audio-action]              buttons: start, test, headset, mute (with data-on, data-off and aria-pressed)
 *   [data-audio-level]               a <meter min=0 max=1>, optional
 *   [data-audio-volume]              how loudly the others are heard, in dB; [data-audio-step] buttons that move it
 *   #state-bar[data-phase]           talking and ringing have a sound
 * What it tells: `audio-state` on document, detail {state, words}; state is connecting, up, down, no-microphone, denied or insecure.
 * Devices, network, headset keys, sounds, the try-out and the volume have modules of their own.
 */
import { onChoice, openMicrophone, paintDevices, useSpeaker } from './audio-devices.js'
import { chooseHeadset, showOnHeadset, startHeadset } from './audio-headset.js'
import { watchNetwork } from './audio-network.js'
import { audioContext, phaseSounds, sounds } from './audio-sounds.js'
import { echo, tryOut } from './audio-try-out.js'
import { createVolume } from './audio-volume.js'

const offerUrl = '/agent/audio'
const constraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
/** A cut of a few seconds heals by itself; after this long without a path a fresh connection is tried beside the old one. */
const patienceMs = 3000
const answerMsMax = 8000
/** From a restart of ICE to its path; on a LAN 100 ms. */
const mendMsMax = 4000
const retryMs = [300, 1000, 2000]
/** Words of something that passes in a blink would only flicker. */
const wordsAfterMs = 1200
/** How long the server may not hear a connection that looks well from here; doubled each time, up to the second figure. */
const unheardMs = [4000, 120_000]

const player = new Audio()
player.autoplay = true
const volume = createVolume(player)

let microphone = null
let connection = null
let building = false
let attempt = 0
let timer = 0
let wordsTimer = 0
let muted = false
let level = null
let state = ''

// —— the connection ——

async function start() {
  if (building || !wanted()) return
  building = true
  clearTimeout(timer)
  const old = connection
  try {
    if (!window.isSecureContext || !navigator.mediaDevices) return tell('insecure', 'insecure')
    if (old?.connectionState !== 'connected') tell('connecting', attempt > 0 ? 'lost' : 'connecting')
    if (!(await haveMicrophone())) return
    if (old && old === connection && old.connectionState === 'connected' && heardByServer()) return
    if (old && (await mended(old))) return
    connection = await connect()
    old?.close()
    await sendMicrophone()
    attempt = 0
    if (isElsewhere()) stop()
  } catch (error) {
    tell('down', error instanceof Unanswered ? 'noServer' : 'failed')
    again()
  } finally {
    building = false
  }
}

function again() {
  clearTimeout(timer)
  timer = setTimeout(start, retryMs[Math.min(attempt++, retryMs.length - 1)])
}

/** Rejects with words when there is no answer; the connection may still be on its way up when it resolves. */
async function connect() {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
  try {
    const transceiver = peer.addTransceiver(microphone.getAudioTracks()[0], { direction: 'sendrecv' })
    preferG711(transceiver)
    const heard = new MediaStream([transceiver.receiver.track])
    peer.onconnectionstatechange = () => changed(peer)
    await peer.setLocalDescription(await peer.createOffer())
    await peer.setRemoteDescription({ type: 'answer', sdp: await post(peer.localDescription.sdp) })
    player.srcObject = heard
    volume.apply(audioContext)
    player.play().catch(() => {}) // until the first key or click, where the browser insists on one
    return peer
  } catch (error) {
    peer.close()
    throw error
  }
}

/**
 * ICE begins anew on the connection that is there (RFC 8839 section 4.4.1.1): the way when the network changed under it, without a new
 * handshake, and the server notices nothing but another address. False: a fresh connection is needed.
 */
async function mended(peer) {
  if (peer.connectionState !== 'disconnected' && peer.connectionState !== 'failed') return false
  try {
    await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }))
    await peer.setRemoteDescription({ type: 'answer', sdp: await post(peer.localDescription.sdp, true) })
  } catch {
    return false
  }
  for (const until = Date.now() + mendMsMax; Date.now() < until && peer.connectionState !== 'closed'; ) {
    if (peer.connectionState === 'connected') return true
    await new Promise(done => setTimeout(done, 50))
  }
  return false
}

/** What the trunk speaks, so that nothing is transcoded; the order is the server's to use. */
function preferG711(transceiver) {
  const { codecs } = RTCRtpReceiver.getCapabilities('audio')
  const rank = ['audio/pcma', 'audio/pcmu', 'audio/telephone-event']
  const order = codec => rank.indexOf(codec.mimeType.toLowerCase())
  transceiver.setCodecPreferences(
    codecs.filter(codec => order(codec) >= 0 && codec.clockRate === 8000).sort((a, b) => order(a) - order(b)),
  )
}

/** The server was not reached, or did not answer in time; what the browser says of that is English everywhere. */
class Unanswered extends Error {}

async function post(sdp, restart = false) {
  const asked = fetch(offerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(restart ? { sdp, restart } : { sdp }),
    signal: AbortSignal.timeout(answerMsMax),
  })
  const response = await asked.catch(cause => {
    throw new Unanswered('no answer', { cause })
  })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `HTTP ${response.status}`)
  return answer.sdp
}

function changed(peer) {
  if (peer !== connection && peer.connectionState !== 'connected') return
  switch (peer.connectionState) {
    case 'connected':
      clearTimeout(timer)
      attempt = 0
      return tell('up', 'up')
    case 'disconnected':
      tell('connecting', 'lost')
      clearTimeout(timer)
      timer = setTimeout(start, patienceMs)
      return
    case 'failed':
    case 'closed':
      tell('connecting', 'lost')
      return again()
  }
}

/** The agent has moved to the desk phone: nobody hears this page, and the light of the microphone goes out. */
function stop() {
  clearTimeout(timer)
  clearTimeout(wordsTimer)
  connection?.close()
  connection = null
  level?.close()
  level = null
  for (const track of microphone?.getAudioTracks() ?? []) {
    track.onended = null
    track.stop()
  }
  microphone = null
  attempt = 0
  state = ''
  delete document.documentElement.dataset.audioState
  say('')
}

// —— the microphone ——

function isLive() {
  return microphone?.getAudioTracks()[0]?.readyState === 'live'
}

async function haveMicrophone() {
  if (isLive()) return true
  try {
    microphone = await openMicrophone(constraints)
    paintDevices()
  } catch (error) {
    const refused = error.name === 'NotAllowedError' || error.name === 'SecurityError'
    tell(refused ? 'denied' : 'no-microphone', refused ? 'denied' : 'noDevice')
    return false
  }
  const [track] = microphone.getAudioTracks()
  track.enabled = !muted
  track.onended = () => replaceMicrophone()
  level?.close()
  level = meter(microphone)
  moveSound()
  return true
}

/** All that sounds, to the chosen loudspeaker, or to the system's while that is away. */
function moveSound() {
  return useSpeaker(player, echo, audioContext, volume.loudspeaker)
}

/** The headset was pulled out, or another one plugged in after none was found: the connection stays, its source changes. */
async function replaceMicrophone() {
  if (!(await haveMicrophone())) return
  const sender = connection?.getSenders()[0]
  if (!sender || connection.connectionState === 'closed') return start()
  await sender.replaceTrack(microphone.getAudioTracks()[0])
  tell(
    connection.connectionState === 'connected' ? 'up' : 'connecting',
    connection.connectionState === 'connected' ? 'up' : 'lost',
  )
}

/** A headset that was pulled out while the connection was being made, as when a computer wakes, would be sent for ever. */
async function sendMicrophone() {
  const [sender] = connection.getSenders()
  if (isLive() && sender.track !== microphone.getAudioTracks()[0])
    await sender.replaceTrack(microphone.getAudioTracks()[0])
}

function meter(stream) {
  const context = sounds()
  const source = context.createMediaStreamSource(stream)
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const peak = () => {
    analyser.getFloatTimeDomainData(samples)
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  }
  const painter = setInterval(() => {
    const value = muted ? 0 : peak()
    for (const bar of document.querySelectorAll('[data-audio-level]')) bar.value = value
  }, 100)
  return {
    peak,
    close() {
      clearInterval(painter)
      source.disconnect()
    },
  }
}

async function test() {
  await unlock()
  if (!level) return start()
  say('testing')
  await tryOut({ microphone: () => microphone, peak: () => level.peak(), phase: () => phase, say })
}

async function headset() {
  const name = await chooseHeadset().catch(() => '')
  if (name !== '') say('headset', name)
}

function mute(value) {
  muted = value
  for (const track of microphone?.getAudioTracks() ?? []) track.enabled = !muted
  paintMute()
  paintHeadset()
}

function paintHeadset() {
  showOnHeadset({ mute: muted, hook: phase === 'talking' })
}

function paintMute() {
  for (const button of document.querySelectorAll('[data-audio-action="mute"]')) {
    if (button.getAttribute('aria-pressed') === String(muted)) continue
    button.setAttribute('aria-pressed', String(muted))
    const words = muted ? button.dataset.on : button.dataset.off
    if (words) (button.querySelector('span') ?? button).textContent = words
  }
}

// —— the page ——

function wanted() {
  return document.getElementById('audio')?.dataset.audioUp !== undefined
}

function isElsewhere() {
  return document.getElementById('audio')?.dataset.audioElsewhere !== undefined
}

function heardByServer() {
  return document.getElementById('audio')?.dataset.audioUp !== 'false'
}

function tell(next, words, detail = '') {
  clearTimeout(wordsTimer)
  if (next === 'connecting' && state !== 'down') wordsTimer = setTimeout(() => say(words), wordsAfterMs)
  else if (next !== state || detail) say(words, detail)
  state = next
  document.documentElement.dataset.audioState = next
  document.dispatchEvent(new CustomEvent('audio-state', { detail: { state: next, words } }))
}

async function louder(db) {
  await unlock()
  volume.set(db, audioContext)
  if (volume.db === 0) say('')
  else say('volume', `${volume.db > 0 ? '+' : ''}${volume.db} dB`)
}

function say(words, detail = '') {
  const place = document.getElementById('audio-words')
  if (place) place.textContent = [place.dataset[words] ?? '', detail].filter(Boolean).join(' ')
}

/** Browsers let a page sound only after a key or a click. */
async function unlock() {
  if (audioContext?.state === 'suspended') {
    await audioContext.resume()
    volume.apply(audioContext)
  }
  if (player.srcObject && player.paused) await player.play().catch(() => {})
}

const actions = { start, test, headset, mute: () => mute(!muted) }
let phase = ''
/** Whom a supervisor hears, by call; null: the page has no such panel, or was just made. */
let supervised = null
let unheardSince = 0
let unheardLimitMs = unheardMs[0]

/** The next party is not heard as loud as a quiet one was. */
function asItComes() {
  if (volume.db === 0) return
  volume.set(0, audioContext)
  say('')
}

/** The page is repainted under us: sounds follow the phase, and a fresh mute button shows what is. */
function repainted() {
  const call = document.getElementById('supervision')?.dataset.call
  if (supervised !== null && call !== supervised) asItComes()
  supervised = call ?? null
  const next = document.getElementById('state-bar')?.dataset.phase ?? ''
  if (next !== phase) {
    if (phase !== '') phaseSounds[next]?.()
    if (next !== 'talking') asItComes()
    phase = next
    paintHeadset()
  }
  if (state !== '' && isElsewhere()) stop()
  if (state === '' && wanted()) start() // a supervisor who begins to listen has audio from then on, and not before
  if (muted && !document.querySelector('[data-audio-action="mute"]')) mute(false) // the call is over: nobody stays muted by mistake
  paintMute()
}

/** The connection looks well from here but the server lost it (a restart): rebuild. */
function watch() {
  if (!wanted() || connection?.connectionState !== 'connected') {
    unheardSince = 0
  } else if (heardByServer()) {
    unheardSince = 0
    unheardLimitMs = unheardMs[0]
  } else if (unheardSince === 0) {
    unheardSince = Date.now()
  } else if (Date.now() - unheardSince > unheardLimitMs) {
    unheardSince = 0
    unheardLimitMs = Math.min(unheardLimitMs * 2, unheardMs[1])
    start()
  }
}

document.addEventListener('click', event => {
  const button = event.target.closest?.('[data-audio-action]')
  if (button) actions[button.dataset.audioAction]?.()
})
document.addEventListener('click', event => {
  const step = event.target.closest?.('[data-audio-step]')?.dataset.audioStep
  if (step) louder(volume.db + Number(step))
})
document.addEventListener('input', event => {
  if (event.target.matches('[data-audio-volume]')) louder(Number(event.target.value))
})
for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, unlock)
navigator.mediaDevices?.addEventListener('devicechange', () => {
  paintDevices()
  moveSound()
  if (state === 'no-microphone' || (state === 'up' && !isLive())) replaceMicrophone()
})
onChoice(what => {
  if (what === 'speaker') return moveSound().then(() => volume.apply(audioContext))
  for (const track of microphone?.getAudioTracks() ?? []) track.stop()
  microphone = null
  replaceMicrophone()
})
/** The keys do what their buttons on the page do. */
startHeadset({
  mute: () => document.querySelector('[data-audio-action="mute"]') && mute(!muted),
  hook: isUp => document.querySelector(isUp ? '[data-key="alt+a"]' : '[data-key="alt+e"]')?.click(),
}).catch(() => {})
watchNetwork(() => connection)
addEventListener('online', () => state !== 'up' && start())
addEventListener('pagehide', () => connection?.close()) // the server hears it at once, and the customer hears comfort
addEventListener('pageshow', event => event.persisted && start())
new MutationObserver(repainted).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ['data-phase', 'data-call'],
})
setInterval(watch, 1000)
paintDevices()
volume.set(volume.db, audioContext)
repainted()
start()
