/**
 * How loudly the others are heard here, from −12 to +12 dB, for the call that is on. It is done in this browser alone: the server relays and
 * records as before. Up to 0 dB the player's own volume does it; above, which a player cannot, what comes is amplified and bent at the limit
 * as the server's mixer does (`bent` in src/rtp/mixer.ts), never cut; and it sounds from the loudspeaker that was chosen. What the page gives:
 * `<input type="range" data-audio-volume>` in dB.
 */
import { chosen, useSpeaker } from './audio-devices.js'

const key = 'switchroom.volumeDb'
const mostDb = 12
const most = 10 ** (mostDb / 20)
/** Straight up to here, of full scale; above ever flatter. */
const limit = 28_000 / 32_768

export function createVolume(player) {
  // A page that is loaded anew in the middle of a call sounds as before.
  let db = limited(Number(sessionStorage.getItem(key)))
  let chain = null

  /** After each change of what is played, too. Above 0 dB `context` must run, which needs a click or a key; until then it is 0 dB. */
  function apply(context) {
    const stream = player.srcObject
    const amplifies = db > 0 && stream !== null && context?.state === 'running'
    if (chain !== null && (!amplifies || chain.stream !== stream || chain.speaker !== chosen('speaker'))) {
      chain.source.disconnect()
      chain.bend.disconnect()
      chain.end()
      chain = null
    }
    if (amplifies) {
      chain ??= amplifier(context, stream)
      chain.gain.gain.setTargetAtTime(10 ** (db / 20) / most, context.currentTime, 0.02)
    }
    player.muted = amplifies // it goes on playing, or the browser would give nothing to amplify
    player.volume = amplifies ? 1 : 10 ** (Math.min(0, db) / 20)
  }

  return {
    apply,
    get db() {
      return db
    },
    /** The player that what is amplified comes from where a context cannot be told its loudspeaker; null: there is none. */
    get loudspeaker() {
      return chain?.player ?? null
    },
    set(next, context) {
      db = limited(next)
      sessionStorage.setItem(key, String(db))
      for (const range of document.querySelectorAll('[data-audio-volume]')) range.value = db
      apply(context)
    },
  }
}

function amplifier(context, stream) {
  const source = context.createMediaStreamSource(stream)
  const gain = context.createGain()
  const bend = context.createWaveShaper()
  bend.curve = curve()
  gain.gain.value = 1 / most
  const { node, player, end } = loudspeaker(context)
  source.connect(gain).connect(bend).connect(node)
  return { stream, source, gain, bend, player, end, speaker: chosen('speaker') }
}

/** Firefox cannot tell a context its loudspeaker, but a player: what is amplified would come from the system's, into the room beside the headset. */
function loudspeaker(context) {
  if (context.setSinkId || chosen('speaker') === '') return { node: context.destination, player: null, end() {} }
  const node = context.createMediaStreamDestination()
  const player = new Audio()
  player.srcObject = node.stream
  useSpeaker(player).then(() => player.play())
  return {
    node,
    player,
    end() {
      player.pause()
      player.srcObject = null
    },
  }
}

/** Over the whole range that an amplified sample may have; what comes in is that much smaller. */
function curve() {
  const half = 2048
  return Float32Array.from({ length: 2 * half + 1 }, (_, at) => {
    const sample = ((at - half) / half) * most
    const over = (Math.abs(sample) - limit) / (1 - limit)
    return over <= 0 ? sample : Math.sign(sample) * (limit + (1 - limit) * Math.tanh(over))
  })
}

function limited(db) {
  return Number.isFinite(db) ? Math.max(-mostDb, Math.min(mostDb, Math.round(db))) : 0
}
