/**
 * How well the network carries the agent's audio, from what the connection counts: `#audio-network` (in the audio panel) always says it, and
 * `#audio-warning` only while it has been bad for some seconds. Both hold the words as data attributes: good, fair, poor, detail; `{loss}`,
 * `{jitter}` and `{delay}` stand in detail.
 */
const everyMs = 2000
/** A bad moment passes unseen; so many looks in a row do not. */
const looksUntilSaid = 3
/** Loss 0 to 1; jitter and delay in ms. ITU-T G.114: one way 150 ms is good, 400 ms the most; half of a call's way is ours. */
const limits = { poor: { loss: 0.05, jitter: 60, delay: 400 }, fair: { loss: 0.01, jitter: 30, delay: 200 } }

let before = null
let bad = 0

/** `connectionOf` answers the connection in use, or null. */
export function watchNetwork(connectionOf) {
  setInterval(() => look(connectionOf()).catch(() => {}), everyMs)
}

async function look(peer) {
  if (peer?.connectionState !== 'connected') {
    before = null
    return paint(null)
  }
  const stats = await peer.getStats()
  const now = { peer, received: 0, lost: 0, jitter: 0, delay: delayOf(stats), theirLoss: 0 }
  for (const each of stats.values()) {
    if (each.type === 'inbound-rtp') {
      now.received = each.packetsReceived
      now.lost = each.packetsLost
      now.jitter = Math.max(now.jitter, (each.jitter ?? 0) * 1000)
    } else if (each.type === 'remote-inbound-rtp') {
      now.theirLoss = each.fractionLost ?? 0
      now.jitter = Math.max(now.jitter, (each.jitter ?? 0) * 1000)
    }
  }
  const last = before?.peer === peer ? before : null
  before = now
  if (last === null) return
  const arrived = Math.max(0, now.received - last.received)
  const lost = Math.max(0, now.lost - last.lost)
  const loss = Math.max(now.theirLoss, arrived + lost > 0 ? lost / (arrived + lost) : 0)
  paint({ loss, jitter: now.jitter, delay: now.delay })
}

/** ms there and back by the way in use. Ways of before a change of network stay in the list, nominated, with what they took last. */
export function delayOf(stats) {
  const all = [...stats.values()]
  const pairs = all.filter(({ type }) => type === 'candidate-pair')
  const used = all
    .map(({ type, selectedCandidatePairId: id }) => (type === 'transport' ? id : undefined))
    .filter(Boolean)
  const way =
    pairs.find(({ id }) => used.includes(id)) ??
    pairs.find(({ selected }) => selected) ?? // Firefox, which names none in its transport
    pairs.filter(({ nominated, state }) => nominated && state === 'succeeded').sort(byLastHeard)[0]
  return (way?.currentRoundTripTime ?? 0) * 1000
}

const byLastHeard = (one, other) => (other.lastPacketReceivedTimestamp ?? 0) - (one.lastPacketReceivedTimestamp ?? 0)

/** good, fair or poor. */
export function gradeOf(figures) {
  for (const grade of ['poor', 'fair'])
    if (Object.entries(limits[grade]).some(([name, limit]) => figures[name] >= limit)) return grade
  return 'good'
}

function paint(figures) {
  const grade = figures === null ? '' : gradeOf(figures)
  document.documentElement.dataset.audioNetwork = grade
  bad = grade === 'fair' || grade === 'poor' ? bad + 1 : 0
  const always = document.getElementById('audio-network')
  if (always) say(always, grade, figures)
  const warning = document.getElementById('audio-warning')
  if (!warning) return
  const shown = bad >= looksUntilSaid
  if (!shown) warning.textContent = ''
  else say(warning, grade, figures)
}

function say(place, grade, figures) {
  if (grade === '') {
    place.textContent = ''
    return
  }
  const detail = place.dataset.detail
    .replace('{loss}', (figures.loss * 100).toFixed(1))
    .replace('{jitter}', figures.jitter.toFixed(0))
    .replace('{delay}', figures.delay.toFixed(0))
  const words = `${place.dataset[grade]} ${detail}`
  if (place.textContent !== words) place.textContent = words
}
