import { Hono } from 'hono'
import type { TrunkAudio } from '../centre/audio/live.ts'
import { trunkNow } from '../centre/trunks/trunk-now.ts'
import type { Histogram } from '../lib/histogram.ts'
import { tokenOf } from '../records/people/tokens.ts'
import { addressOf, isLoopback } from './address.ts'
import { bearerOf } from './bearer.ts'
import type { CertificateSeen } from './certificate-keeper.ts'
import type { Ctx, Deps, Env } from './deps.ts'
import { open } from './guard.ts'

type Metric = {
  name: string
  help: string
  type: 'gauge' | 'counter'
  values: [labels: Record<string, string>, value: number][]
}

/** `/metrics` in Prometheus' text format 0.0.4: from loopback, or with an API token of the role admin as Bearer. */
export function metricsRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  let facts = 0
  deps.engine.subscribe(() => {
    facts++
  })
  route.get('/metrics', open('loopback or a token'), async c => {
    if (!(await mayRead(c, deps)))
      return c.text('Metrics are for this machine, or for an API token of the role admin as Bearer.\n', 403)
    const metrics = [...floorMetrics(deps), single('switchroom_facts_total', 'Facts published.', facts, 'counter')]
    const { count: signedIn, guesses } = deps.sessions
    metrics.push(
      single('switchroom_sessions', 'People signed in.', signedIn),
      single('switchroom_sign_ins_refused_total', 'Sign-ins refused.', guesses.refused, 'counter'),
      single('switchroom_sign_ins_guessed_total', 'Alarms of guessed passwords.', guesses.told, 'counter'),
    )
    for (const [name, value] of Object.entries((await deps.figures?.()) ?? {}))
      metrics.push(
        single(`switchroom_${name}`, name.replaceAll('_', ' '), value, name.endsWith('_total') ? 'counter' : 'gauge'),
      )
    const text = [...metrics.map(written), ...answerTimes(deps), ...audioOf(deps)].join('')
    return c.body(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
  return route
}

/**
 * Loopback counts only when nobody stands between: a proxy on this machine says for whom it asks, and then it must have the token.
 */
async function mayRead(c: Ctx, deps: Deps): Promise<boolean> {
  const isForwarded = ['x-forwarded-for', 'forwarded', 'via'].some(name => c.req.header(name) !== undefined)
  if (isLoopback(addressOf(c)) && !isForwarded) return true
  const secret = bearerOf(c)
  return (
    secret !== null && (await tokenOf(deps.records, secret, id => deps.engine.state.users.get(id)))?.role === 'admin'
  )
}

function floorMetrics(deps: Deps): Metric[] {
  const { engine, version } = deps
  const { state } = engine
  const agents = count([...state.agents.values()].map(agent => agent.phase))
  const calls = count([...state.calls.values()].map(call => call.phase))
  const campaigns = [...state.campaigns.values()]
  const byCampaign = (pick: (floor: (typeof campaigns)[number]) => number): Metric['values'] =>
    campaigns.map(floor => [{ campaign: floor.campaign.id }, pick(floor)])
  return [
    { name: 'switchroom_info', help: 'Version.', type: 'gauge', values: [[{ version }, 1]] },
    single('switchroom_trouble', '1 while no new work is taken.', engine.trouble === null ? 0 : 1),
    single(
      'switchroom_disk_wait_seconds',
      'For how long the batch that is being written has taken so far.',
      engine.lag.nowMs / 1000,
    ),
    single('switchroom_disk_stalls_total', 'Times that one took longer than a second.', engine.lag.stalls, 'counter'),
    single(
      'switchroom_disk_stalled_seconds_total',
      'For how long the floor has begun nothing since, in all.',
      engine.lag.stalledMs / 1000,
      'counter',
    ),
    single(
      'switchroom_inbox_wait_seconds',
      'For how long the oldest of what phones and people said has waited to be decided.',
      engine.inboxLag.nowMs / 1000,
    ),
    single(
      'switchroom_inbox_stalls_total',
      'Times that this was longer than a second.',
      engine.inboxLag.times,
      'counter',
    ),
    single(
      'switchroom_inbox_stalled_seconds_total',
      'For how long the floor has begun nothing since, in all.',
      engine.inboxLag.inAllMs / 1000,
      'counter',
    ),
    { name: 'switchroom_agents', help: 'Agents by phase.', type: 'gauge', values: labelled('phase', agents) },
    { name: 'switchroom_calls', help: 'Calls in flight by phase.', type: 'gauge', values: labelled('phase', calls) },
    {
      name: 'switchroom_trunk_up',
      help: '1 while the trunk answers.',
      type: 'gauge',
      values: [...state.trunks.values()].map(floor => [{ trunk: floor.trunk.id }, floor.up ? 1 : 0]),
    },
    ...trunkMetrics(deps),
    ...certificateMetrics(deps),
    {
      name: 'switchroom_queue_waiting',
      help: 'Callers waiting.',
      type: 'gauge',
      values: [...state.queues].map(([queue, floor]) => [{ queue }, floor.waiting.length]),
    },
    {
      name: 'switchroom_dialled_total',
      help: 'Dialled since start.',
      type: 'counter',
      values: byCampaign(f => f.dialled),
    },
    { name: 'switchroom_answered_total', help: 'Answered.', type: 'counter', values: byCampaign(f => f.answered) },
    { name: 'switchroom_connected_total', help: 'Connected.', type: 'counter', values: byCampaign(f => f.connected) },
    { name: 'switchroom_abandoned_total', help: 'Abandoned.', type: 'counter', values: byCampaign(f => f.abandoned) },
  ]
}

/** Of each trunk; what is not known of one (it does not register, was not asked yet) is left out. */
function trunkMetrics({ engine, trunkWire, clock }: Deps): Metric[] {
  const all = [...engine.state.trunks.values()].map(floor => {
    const id = floor.trunk.id
    return { id, register: floor.trunk.register, ...trunkNow(floor, clock.now()), wire: trunkWire?.(id) ?? null }
  })
  const gauge = (name: string, help: string, of: (trunk: (typeof all)[number]) => number | null): Metric => ({
    name: `switchroom_trunk_${name}`,
    help,
    type: 'gauge',
    values: all.flatMap(trunk => {
      const value = of(trunk)
      return value === null ? [] : [[{ trunk: trunk.id }, value] as [Record<string, string>, number]]
    }),
  })
  return [
    gauge('calls', 'Calls on the trunk now.', trunk => trunk.calls),
    gauge('calls_max', 'Calls that it may carry at once.', trunk => trunk.maxCalls),
    gauge('starts_last_second', 'Calls started on it within the last second.', trunk => trunk.startedLastSecond),
    gauge('starts_per_second_max', 'Calls that it may start in a second.', trunk => trunk.callsPerSecond),
    gauge(
      'starts_per_second',
      'Calls that it is asked for in a second now: fewer while it leaves calls without a response.',
      trunk => trunk.startsPerSecond,
    ),
    gauge('registered', '1 while its registration holds.', ({ register, wire }) =>
      register ? Number(wire?.registration?.state === 'registered') : null,
    ),
    gauge('options_rtt_seconds', 'From OPTIONS to the answer, last time.', ({ wire }) =>
      wire?.options?.rttMs == null ? null : wire.options.rttMs / 1000,
    ),
    gauge('fault_at_seconds', 'When something went wrong on it last, Unix time.', ({ fault }) =>
      fault === null ? null : fault.at / 1000,
    ),
  ]
}

function certificateMetrics({ certificates }: Deps): Metric[] {
  const all = Object.entries(certificates?.() ?? {})
  const gauge = (name: string, help: string, of: (seen: CertificateSeen) => number): Metric => ({
    name: `switchroom_certificate_${name}`,
    help,
    type: 'gauge',
    values: all.map(([use, seen]) => [{ use }, of(seen)]),
  })
  return [
    gauge('ends_at_seconds', 'When the certificate in service ends, Unix time.', seen => seen.notAfter / 1000),
    gauge('refused', '1 while the files hold one that is not taken.', seen => Number(seen.refused !== null)),
  ]
}

function answerTimes({ answerTimes }: Deps): string[] {
  const byCampaign = [...(answerTimes?.() ?? [])]
  const name = 'switchroom_answer_to_patch'
  return [
    histogram(
      `${name}_seconds`,
      "From a customer's 200 OK to the patch with an agent.",
      byCampaign.map(([campaign, { whole }]) => [`campaign="${campaign}"`, whole]),
      1000,
    ),
    histogram(
      `${name}_own_seconds`,
      'The same without the wait for an agent.',
      byCampaign.map(([campaign, { own }]) => [`campaign="${campaign}"`, own]),
      1000,
    ),
  ]
}

/** How the legs of each trunk have sounded since the start. */
function audioOf({ audio }: Deps): string[] {
  const trunks = [...(audio?.byTrunk() ?? [])]
  const by = (pick: (sums: TrunkAudio) => Histogram): [string, Histogram][] =>
    trunks.map(([trunk, sums]) => [`trunk="${trunk}"`, pick(sums)])
  const count = (pick: (sums: TrunkAudio) => number): Metric['values'] =>
    trunks.map(([trunk, sums]) => [{ trunk }, pick(sums)])
  const name = 'switchroom_leg'
  return [
    histogram(
      `${name}_mos`,
      'MOS of legs by ITU-T G.107, the worse direction.',
      by(sums => sums.mos),
      1,
    ),
    histogram(
      `${name}_loss_ratio`,
      'Share of packets that were lost or late, by leg.',
      by(sums => sums.loss),
      1,
    ),
    histogram(
      `${name}_jitter_seconds`,
      'Mean interarrival jitter of legs.',
      by(sums => sums.jitterMs),
      1000,
    ),
    histogram(
      `${name}_round_trip_seconds`,
      'Mean round trip of legs, from RTCP.',
      by(sums => sums.roundTripMs),
      1000,
    ),
    written({
      name: `${name}_one_way_total`,
      help: 'Legs of which one side heard nothing.',
      type: 'counter',
      values: trunks.flatMap(([trunk, { oneWay }]): Metric['values'] => [
        [{ trunk, kind: 'nothing_from' }, oneWay.nothing_from],
        [{ trunk, kind: 'nothing_at' }, oneWay.nothing_at],
      ]),
    }),
    written({
      name: `${name}_strangers_packets_total`,
      help: 'Media packets from sources that the signalling never named, dropped.',
      type: 'counter',
      values: count(sums => sums.outsiders),
    }),
  ]
}

/** Values are divided by `per`. Ids need no escape. */
function histogram(name: string, help: string, byLabel: [label: string, values: Histogram][], per: number): string {
  const lines = byLabel.flatMap(([label, { bounds, cumulative, count, sum }]) => [
    ...bounds.map((bound, at) => `${name}_bucket{${label},le="${bound / per}"} ${cumulative[at]}`),
    `${name}_bucket{${label},le="+Inf"} ${count}`,
    `${name}_sum{${label}} ${sum / per}`,
    `${name}_count{${label}} ${count}`,
  ])
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.map(line => `${line}\n`).join('')}`
}

function single(name: string, help: string, value: number, type: Metric['type'] = 'gauge'): Metric {
  return { name, help, type, values: [[{}, value]] }
}

function count(words: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

function labelled(label: string, counts: Map<string, number>): Metric['values'] {
  return [...counts].map(([word, value]) => [{ [label]: word }, value])
}

function written({ name, help, type, values }: Metric): string {
  const lines = values.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(
      ([key, text]) => `${key}="${text.replace(/["\\\n]/g, char => (char === '\n' ? '\\n' : `\\${char}`))}"`,
    )
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.map(line => `${line}\n`).join('')}`
}
