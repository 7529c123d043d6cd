/**
 * Whom a leg of RTP is latched to. Where the signalling said is the far end's own place: what comes from exactly there is the far end, and takes the
 * leg from another port of its host, which anybody may have sent from who can write that host's address into a packet. Another port (a NAT, a gateway
 * that sends from elsewhere) is latched to only while the place that was named is not heard.
 */
import { isPrivateNumber } from './address-number.ts'
import { type Leg, rtcpPortBeside } from './leg.ts'

/** A place that was not heard for so long gives way to another one of those that are allowed; the named one may hold its peace for longer. */
const [placeGoneMs, namedGoneMs] = [1000, 10_000]
/** The same of a port that reports came from: they come each five seconds or so, and two or three may be lost. */
const reporterGoneMs = 20_000

/** Exactly where the signalling said. */
export function isNamedPlace(leg: Leg, address: number, port: number): boolean {
  return address === leg.signalledAddress && port === leg.signalledPort && port > 0
}

/** Comes from the named place, while another one was taken for the far end or nobody was heard: whatever its source is called, it is the voice. */
export function takesOver(leg: Leg, address: number, port: number, nowMs: number): boolean {
  if (!isNamedPlace(leg, address, port)) return false
  return leg.remoteAddress !== address || leg.remotePort !== port || !isHeard(leg, nowMs)
}

/** One port beside another of those that are allowed: neither the named place nor the one that is heard at present. */
export function isBeside(leg: Leg, address: number, port: number, nowMs: number): boolean {
  if (!leg.latch || (leg.remoteAddress === address && leg.remotePort === port)) return false
  return isHeard(leg, nowMs) && !isNamedPlace(leg, address, port)
}

/**
 * Whether a report that came to the leg's own port for them is of who is heard: from beside the voice (RFC 3550 section 11), from beside where the
 * signalling said, or from where the last one came, as a NAT may have it. Another port of that host is believed only while none of these is heard:
 * whoever knows the address could write it into a packet, say that all is lost, and draw what we say to another port.
 */
export function isReporter(leg: Leg, address: number, port: number, nowMs: number): boolean {
  const isRemote = address === leg.remoteAddress
  if (isRemote && (port === leg.rtcpPort || port === rtcpPortBeside(leg.remotePort))) return true
  if (address === leg.signalledAddress && port === rtcpPortBeside(leg.signalledPort)) return true
  if (!isRemote && (leg.isConnected || isHeard(leg, nowMs))) return false
  return leg.reportedAt === 0 || nowMs - leg.reportedAt >= reporterGoneMs
}

/**
 * Whether nobody else will be heard, and the kernel may keep all others out: it is the named place, or none was named that could be heard here (behind
 * a NAT: a private address, of which comes a public one).
 */
export function isForGood(leg: Leg, address: number, port: number): boolean {
  if (leg.signalledAddress === 0 || leg.signalledPort <= 0 || isNamedPlace(leg, address, port)) return true
  return isPrivateNumber(leg.signalledAddress) && !isPrivateNumber(address)
}

/** ms without a packet after which another place than the present one may be heard. */
export function goneAfterMs(leg: Leg): number {
  return isNamedPlace(leg, leg.remoteAddress, leg.remotePort) ? namedGoneMs : placeGoneMs
}

function isHeard(leg: Leg, nowMs: number): boolean {
  return leg.remoteAt > 0 && nowMs - leg.remoteAt < goneAfterMs(leg)
}
