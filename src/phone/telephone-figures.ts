/** What the telephone counts, for /metrics. */
import type { Bay } from '../rtp/bay.ts'
import { udpUnclaimed } from '../rtp/udp-unclaimed.ts'
import type { UserAgentPort } from '../sip/events.ts'
import { type DiskWatch, diskFigures } from './disk-watch.ts'
import type { Media } from './media.ts'
import type { NatKeepAlive } from './nat-keep-alive.ts'
import type { Phone } from './phone.ts'
import type { Sockets } from './sockets.ts'

/** SIP messages kept; left out since a call or a day had its fill; lost since the thread did not keep up. */
export type LadderCounts = { kept: number; leftOut: number; lost: number; todayBytes: number }

export type CountedParts = {
  ua: Pick<UserAgentPort, 'figures'>
  bay: Pick<Bay, 'figures'>
  sockets: Pick<Sockets, 'connections'>
  natKeepAlive: Pick<NatKeepAlive, 'sent'>
  phone: Pick<Phone, 'answeredTooLate' | 'refusedAsVacant' | 'turnedAway'>
  media: Pick<Media, 'missing' | 'lostMs'>
  disk: Pick<DiskWatch, 'state'>
  /** Undefined: nobody keeps what is said in SIP. */
  ladder: LadderCounts | undefined
}

/** By name, without the prefix. Those of the media threads are of the legs that are up; `media_up` is 0 where they do not answer. */
export async function telephoneFigures(parts: CountedParts): Promise<Record<string, number>> {
  const { ua, bay, sockets, natKeepAlive, phone, media, disk, ladder } = parts
  const legs = await bay.figures().catch(() => null)
  const unclaimed = await udpUnclaimed()
  const sum = (key: 'received' | 'sent' | 'lost' | 'early' | 'foreign' | 'dropped') =>
    (legs ?? []).reduce((total, leg) => total + leg[key], 0)
  return {
    sip_sessions: ua.figures.sessions,
    sip_transactions: ua.figures.transactions,
    sip_bindings: ua.figures.bindings,
    sip_dropped_total: ua.figures.dropped,
    sip_retransmitted_total: ua.figures.retransmitted,
    sip_connections: sockets.connections.open,
    sip_connections_turned_away_total: sockets.connections.turnedAway,
    sip_keep_alives_total: natKeepAlive.sent,
    sip_answered_too_late_total: phone.answeredTooLate,
    sip_vacant_refused_total: phone.refusedAsVacant,
    sip_callers_turned_away_total: phone.turnedAway,
    recordings_missing_total: media.missing,
    recordings_lost_ms_total: Math.round(media.lostMs),
    ...diskFigures(disk.state),
    ...ladderFigures(ladder),
    media_up: legs === null ? 0 : 1,
    media_legs: legs?.length ?? 0,
    media_packets_received: sum('received'),
    media_packets_sent: sum('sent'),
    media_packets_lost: sum('lost'),
    media_packets_early: sum('early'),
    media_packets_foreign: sum('foreign'),
    media_packets_dropped: sum('dropped'),
    ...(unclaimed === null ? {} : { host_udp_unclaimed_total: unclaimed }),
  }
}

function ladderFigures(counts: LadderCounts | undefined): Record<string, number> {
  if (counts === undefined) return {}
  return {
    sip_messages_kept_total: counts.kept,
    sip_messages_left_out_total: counts.leftOut,
    sip_messages_lost_total: counts.lost,
    sip_messages_today_bytes: counts.todayBytes,
  }
}
