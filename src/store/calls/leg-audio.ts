/** How calls sounded: leg by leg of a call, and summed up by trunk and by agent. */
import { type LegAudio, worseOf } from '../../centre/audio/leg-audio.ts'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, LegId, TrunkId, UserId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'

export type LegAudioRecord = {
  at: number
  leg: LegId
  trunk: TrunkId | null
  agent: UserId | null
  audio: LegAudio
}

/** Of many legs. `poor`: below a MOS of 3.6. Means; null where nothing was counted. */
export type AudioSum = {
  /** A trunk's or an agent's id. */
  of: string
  legs: number
  mos: number | null
  worst: number | null
  poor: number
  loss: number
  jitterMs: number
  theirLoss: number | null
  roundTripMs: number | null
  oneWay: number
  /** Legs to which somebody sent whom the signalling never named. */
  outsiders: number
}

export function projectLegAudio(
  db: Connection,
  seq: number,
  at: number,
  fact: Extract<Fact, { type: 'leg.measured' }>,
): void {
  const { call, leg, trunk, agent, audio } = fact
  sql(
    db,
    `INSERT INTO leg_audio (seq, at, call, leg, trunk, agent, mos, loss, jitter_ms, their_loss, round_trip_ms, one_way, outsiders, audio)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  ).run(
    seq,
    at,
    call,
    leg,
    trunk,
    agent,
    worseOf(audio),
    audio.loss,
    audio.jitterMs,
    audio.theirLoss,
    audio.roundTripMs,
    audio.oneWay,
    audio.foreign + audio.rivals,
    JSON.stringify(audio),
  )
}

const sums = (key: 'trunk' | 'agent') =>
  `SELECT ${key} AS "of", count(*) AS legs, avg(mos) AS mos, min(mos) AS worst, coalesce(sum(mos < 3.6), 0) AS poor, avg(loss) AS loss,
     avg(jitter_ms) AS jitterMs, avg(their_loss) AS theirLoss, avg(round_trip_ms) AS roundTripMs, sum(one_way IS NOT NULL) AS oneWay,
     sum(outsiders > 0) AS outsiders
   FROM leg_audio WHERE at >= ? AND at < ? AND ${key} IS NOT NULL GROUP BY ${key} ORDER BY mos IS NULL DESC, mos LIMIT 1000`

export const audioQueries = {
  'audio.ofCall': (db: Db, args: { call: CallId }): LegAudioRecord[] =>
    (
      sql(db.$client, 'SELECT at, leg, trunk, agent, audio FROM leg_audio WHERE call = ? ORDER BY seq LIMIT 100').all(
        args.call,
      ) as (Omit<LegAudioRecord, 'audio'> & { audio: string })[]
    ).map(row => ({ ...row, audio: JSON.parse(row.audio) as LegAudio })),
  /** Of legs that ended in [from, to), worst first. */
  'audio.byTrunk': (db: Db, args: { from: number; to: number }): AudioSum[] =>
    sql(db.$client, sums('trunk')).all(args.from, args.to) as AudioSum[],
  'audio.byAgent': (db: Db, args: { from: number; to: number }): AudioSum[] =>
    sql(db.$client, sums('agent')).all(args.from, args.to) as AudioSum[],
}
