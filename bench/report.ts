/** bench/RESULTS.md from what the benches found: pure, so that the page says what the files beside it say. */

export type Figures = Record<string, unknown>
/** As kept in bench/results/NAME.json. */
export type Outcome = { at: string; machine: string; figures: Figures }

type Goal = { limit: number; better: 'lower' | 'higher'; unit: string; words: string }

/** What is aimed at, by `bench.figure`; where it is from stands in the text of each bench. */
const goals: Record<string, Goal> = {
  'engine.decisionUs': { limit: 50, better: 'lower', unit: 'µs', words: 'one decision, 500 agents, 100,000 leads' },
  'engine.durableP99Ms': {
    limit: 20,
    better: 'lower',
    unit: 'ms',
    words: 'dispatch to disk at 500 inputs a second, p99',
  },
  'engine.loopDelayP99Ms': { limit: 10, better: 'lower', unit: 'ms', words: 'delay of the main loop meanwhile, p99' },
  'commit.longVsShort': {
    limit: 1.5,
    better: 'lower',
    unit: '×',
    words: 'CPU a fact in a commit of 5,000, against one of 100',
  },
  'media.relayVsC': {
    limit: 1.15,
    better: 'lower',
    unit: '×',
    words: 'CPU a relayed packet, against a C relay in the same run',
  },
  'media.relayVsRtpengine': {
    limit: 0.7,
    better: 'lower',
    unit: '×',
    words: 'CPU a relayed packet, against rtpengine',
  },
  'media.recordedVsC': {
    limit: 1.25,
    better: 'lower',
    unit: '×',
    words: 'the same with recording, against the plain C relay',
  },
  'media.recordedVsRtpengine': {
    limit: 0.7,
    better: 'lower',
    unit: '×',
    words: 'the same with recording, against rtpengine with pcap',
  },
  'media.lossPercent': { limit: 0, better: 'lower', unit: '%', words: 'packets lost' },
  'media.p99AddedMs': { limit: 1, better: 'lower', unit: 'ms', words: 'added latency, p99' },
  'mix.threePartyUs': { limit: 3.8, better: 'lower', unit: 'µs', words: 'mixing three who talk, each 20 ms' },
  'mix.listenUs': { limit: 0.4, better: 'lower', unit: 'µs', words: 'one more who listens, each 20 ms' },
  'mix.supervisorsVsLegs': {
    limit: 1.1,
    better: 'lower',
    unit: '×',
    words: 'CPU of 100 supervisors who listen, against 100 legs of plain calls',
  },
  'srtp.gcmProtectUs': { limit: 1.5, better: 'lower', unit: 'µs', words: 'SRTP, AES-GCM: CPU to seal a packet' },
  'srtp.cmProtectUs': { limit: 2, better: 'lower', unit: 'µs', words: 'SRTP, AES-CM with HMAC: the same' },
  'srtp.dtlsMs': { limit: 5, better: 'lower', unit: 'ms', words: 'CPU of a DTLS handshake, our side' },
  'screen-pop.p99Ms': {
    limit: 200,
    better: 'lower',
    unit: 'ms',
    words: 'the answer on disk to the last byte that paints the desk, 1,000,000 parties, 500 agents, p99',
  },
  'floor.p99Ms': {
    limit: 100,
    better: 'lower',
    unit: 'ms',
    words: "200 OK to the agent's voice at the customer, p99, for whom somebody was free",
  },
  'restart.cleanReadyMs': {
    limit: 3000,
    better: 'lower',
    unit: 'ms',
    words: 'from the start of the process until SIP and `/readyz` answer, after an orderly stop',
  },
  'restart.killedReadyMs': {
    limit: 3000,
    better: 'lower',
    unit: 'ms',
    words: 'the same after a kill -9 with 500 calls in hand',
  },
  'sip.callsPerSecond': { limit: 500, better: 'higher', unit: '/s', words: 'calls set up and cleared' },
  'sip.p99Ms': { limit: 20, better: 'lower', unit: 'ms', words: 'INVITE to 200 at 200 calls a second, p99' },
  'pacing.gapFrom50': {
    limit: 1,
    better: 'lower',
    unit: 'points',
    words: 'below the frontier at 50 agents and more, worst cell',
  },
  'pacing.gapBelow50': {
    limit: 2,
    better: 'lower',
    unit: 'points',
    words: 'below the frontier with fewer, worst cell',
  },
  'pacing.abandonMostPercent': {
    limit: 3,
    better: 'lower',
    unit: '%',
    words: 'abandoned over the day, worst cell and seed',
  },
  'pacing.strictMostPercent': { limit: 1, better: 'lower', unit: '%', words: 'the same where the limit is 1 %' },
  'pacing.worst15Percent': {
    limit: 5,
    better: 'lower',
    unit: '%',
    words: 'abandoned in the worst 15 minutes, 100 agents and more',
  },
  'pacing.ceiling90Percent': {
    limit: 0.2,
    better: 'lower',
    unit: '%',
    words: 'abandoned at 500 agents, at most 90 % busy',
  },
  'pacing.shockAbandonPercent': { limit: 3, better: 'lower', unit: '%', words: 'abandoned over a day with a shock' },
  'pacing.shockRecoveryMinutes': {
    limit: 10,
    better: 'lower',
    unit: 'min',
    words: 'until as busy as before, after a shock',
  },
  'pacing.rivalsAhead': { limit: 0, better: 'lower', unit: 'cells', words: 'where a rival within the limit is ahead' },
  'counters.megabytes': {
    limit: 200,
    better: 'lower',
    unit: 'MB',
    words: "the gate's counters, 7 days of 300,000 calls",
  },
  'pacing.shockRivalsAhead': {
    limit: 0,
    better: 'lower',
    unit: 'days',
    words: 'with a shock, on which a rival within the limit is ahead',
  },
  'pacing.decisionMs': { limit: 1, better: 'lower', unit: 'ms', words: 'CPU a look, 500 agents, 2,000 lines' },
  'simulate.wallS': { limit: 60, better: 'lower', unit: 's', words: '8 hours of 500 agents simulated' },
  'simulate.largeFloorWallS': {
    limit: 60,
    better: 'lower',
    unit: 's',
    words: 'the same with poor lists, twice as many calls',
  },
  'sip.cpuMsPerCall': { limit: 1, better: 'lower', unit: 'ms', words: 'CPU a call, our side' },
}

/** `goals` stands before everything; `notes` are texts by name of what has no figures of its own. */
export function sections(
  outcomes: Map<string, Outcome>,
  textOf: (name: string) => string,
  { goals, notes }: { goals: string; notes: ReadonlyMap<string, string> } = { goals: '', notes: new Map() },
): string {
  const parts = [
    ...(goals === '' ? [] : [goals]),
    ...[...outcomes].map(([name, outcome]) => section(name, outcome, textOf(name))),
    ...[...notes].map(([name, text]) => `## ${name}\n\n${text}`),
  ]
  const head =
    '# What was measured\n\nWritten by `npm run bench`; each part by `npm run bench:NAME`. Figures of another machine differ, ratios hardly.'
  return `${[head, ...parts].join('\n\n')}\n`
}

function section(name: string, { at, machine, figures }: Outcome, text: string): string {
  const known = Object.entries(goals).filter(([key]) => key.startsWith(`${name}.`))
  const rows = known.map(([key, goal]) => row(goal, figures[key.slice(name.length + 1)], figures))
  const table = ['| what | found | goal | |', '| --- | ---: | ---: | --- |', ...rows].join('\n')
  const others = Object.fromEntries(Object.entries(figures).filter(([key]) => !(`${name}.${key}` in goals)))
  const lists = Object.entries(others).filter(([, value]) => isList(value)) as [string, Figures[]][]
  const plain = Object.fromEntries(Object.entries(others).filter(([, value]) => !isList(value)))
  const rest = [
    ...lists.map(([key, list]) => `### ${key}\n\n${tableOf(list)}`),
    ...(Object.keys(plain).length === 0 ? [] : [`\`\`\`json\n${JSON.stringify(plain, null, 1)}\n\`\`\``]),
  ]
  const command = `\`npm run bench:${name} -- --json\` on ${at.slice(0, 10)}: ${machine}`
  return [`## ${name}`, command, ...(known.length > 0 ? [table] : []), ...(text === '' ? [] : [text]), ...rest].join(
    '\n\n',
  )
}

/** What was found for each of several cells. */
function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(one => typeof one === 'object' && one !== null)
}

function tableOf(list: Figures[]): string {
  const keys = Object.keys(list[0] ?? {})
  const lines = [keys, keys.map(() => '---'), ...list.map(one => keys.map(key => cellOf(one[key])))]
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** An object as `name value`, one after the other. */
function cellOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value ?? '–')
  const parts = Object.entries(value).map(([name, each]) => `${name} ${String(each)}`)
  return parts.join(', ') || '–'
}

function row({ limit, better, unit, words }: Goal, found: unknown, figures: Figures): string {
  const goal = `${better === 'lower' ? '≤' : '≥'} ${limit} ${unit}`
  if (typeof found !== 'number') return `| ${words} | not measured | ${goal} | ${reason(figures)} |`
  const met = better === 'lower' ? found <= limit : found >= limit
  return `| ${words} | ${Number(found.toPrecision(3))} ${unit} | ${goal} | ${met ? 'met' : '**missed**'} |`
}

/** Why a peer was absent, when the bench said so. */
function reason(figures: Figures): string {
  const why = figures['why'] ?? figures['reason'] ?? figures['reasons']
  return why === undefined ? '' : typeof why === 'string' ? why : Object.values(why as object).join('; ')
}
