/** A past for a data folder, as facts through the store: days of calls that are over, and at its end calls that are under way. */
import { mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Fact, Recorded } from '../../src/centre/facts.ts'
import type { CallId, LeadId, LegId, RecordingId, TrunkId, UserId } from '../../src/lib/ids.ts'
import { wavHeader, wavHeaderBytes } from '../../src/rtp/wav.ts'
import type { Store } from '../../src/store/store.ts'
import { benchAgents, benchTrunks, campaignId } from '../leads/floor.ts'

const factsAtOnce = 2000
const agents = benchAgents().map(({ id }) => id)
const trunks = benchTrunks().map(({ id }) => id)
const talkMs = 40_000
/** Of three calls one is answered. */
const answeredEach = 3
const payloadType = 8

export const leadAt = (n: number) => `l_${String(n).padStart(10, '0')}` as LeadId

/** `calls` of the days before `until`, evenly spread, over leads from the first. */
export async function tellPast(store: Store, calls: number, { from, until }: { from: number; until: number }) {
  let waiting: Recorded[] = []
  const flush = async () => {
    const recorded = waiting.sort((a, b) => a.at - b.at)
    waiting = []
    await store.commit({ recorded })
  }
  for (let n = 0; n < calls; n++) {
    const at = from + Math.floor((n * (until - from)) / calls)
    const [call, lead, agent] = [`c_${n}` as CallId, leadAt(n), agents[n % agents.length]!]
    const isAnswered = n % answeredEach === 0
    waiting.push(...beginning(n, call, lead, at))
    if (isAnswered)
      waiting.push(...talking(n, call, agent, at + 9000), ...afterwards(n, call, agent, at + 9000 + talkMs))
    else waiting.push(tell(at + 30_000, { type: 'call.ended', call, ending: endingOf('NO_ANSWER') }))
    const state = isAnswered ? 'done' : 'ready'
    const dueAt = isAnswered ? null : at + 3_600_000
    const last = at + (isAnswered ? 10_000 + talkMs : 30_001)
    waiting.push(tell(last, { type: 'lead.released', lead, campaign: campaignId, state, dueAt, reason: 'bench' }))
    if (waiting.length >= factsAtOnce) await flush()
  }
  await flush()
}

/** `calls` that nobody will end: agents talk, recordings of `seconds` lie open in `recordings`. `from`: the first lead that is taken. */
export async function tellPresent(
  store: Store,
  calls: number,
  options: { from: number; seconds: number; recordings: string; now: number; name: string },
): Promise<void> {
  const recorded: Recorded[] = []
  const sound = Buffer.alloc(options.seconds * 16_000, 0xd5)
  for (let n = 0; n < calls; n++) {
    const [call, lead] = [`c_${options.name}_${n}` as CallId, leadAt(options.from + n)]
    const agent = agents[n % agents.length]!
    recorded.push(...beginning(n, call, lead, options.now), ...talking(n, call, agent, options.now + 1, options.name))
    const file = join(options.recordings, pathOf(n, options.name))
    mkdirSync(dirname(file), { recursive: true })
    const fd = openSync(file, 'w')
    writeSync(fd, wavHeader(payloadType, 2, 0), 0, wavHeaderBytes, 0)
    writeSync(fd, sound)
  }
  await store.commit({ recorded })
}

function beginning(n: number, call: CallId, lead: LeadId, at: number): Recorded[] {
  return [
    tell(at, { type: 'lead.reserved', lead, campaign: campaignId, agent: null }),
    tell(at, {
      type: 'call.dialed',
      call,
      mode: 'predictive',
      campaign: campaignId,
      lead,
      party: null,
      name: `Carl ${n}`,
      relation: 'SELF',
      agent: null,
      number: `+861${String(3_000_000_000 + n)}`,
      trunk: trunks[n % trunks.length] as TrunkId,
      callerId: '+861062000000',
      leg: `g_${call}` as LegId,
      verdict: { policy: 'LAB-ANY-HOUR', version: '1', rules: ['hours', 'suppression', 'attempts'] },
    }),
    tell(at + 1, { type: 'call.ringing', call }),
  ]
}

function talking(n: number, call: CallId, agent: UserId, at: number, name = 'past'): Recorded[] {
  const recording = `r_${call}` as RecordingId
  return [
    tell(at, { type: 'call.answered', call }),
    tell(at, { type: 'call.assigned', call, agent, ringing: false }),
    tell(at, { type: 'call.connected', call, agent }),
    tell(at, { type: 'agent.stateChanged', agent, state: 'talking', reason: null, call, until: null } as Fact),
    tell(at, { type: 'recording.opened', recording, call, path: pathOf(n, name) }),
  ]
}

function afterwards(n: number, call: CallId, agent: UserId, at: number): Recorded[] {
  const recording = `r_${call}` as RecordingId
  const sha256 = n.toString(16).padStart(64, '0')
  return [
    tell(at, { type: 'call.ended', call, ending: endingOf('ANSWERED') }),
    tell(at, { type: 'agent.stateChanged', agent, state: 'wrapping', reason: null, call, until: null } as Fact),
    tell(at + 500, {
      type: 'recording.sealed',
      ...{ recording, call, sha256, bytes: talkMs * 16, durationMs: talkMs, salvaged: false },
    }),
    tell(at + 900, { type: 'call.disposed', call, agent, code: 'promise', note: '', fields: {} }),
    tell(at + 900, {
      type: 'agent.stateChanged',
      agent,
      state: 'ready',
      reason: null,
      call: null,
      until: null,
    } as Fact),
  ]
}

function endingOf(result: 'ANSWERED' | 'NO_ANSWER') {
  return { by: 'party', cause: 'hangup', result, sipStatus: null, q850: 16 } as const
}

function pathOf(n: number, name: string): string {
  return `2026/11/${name}/${n}.wav`
}

function tell(at: number, fact: Fact): Recorded {
  return { at, actor: 'system', fact }
}
