import { existsSync } from 'node:fs'
import { Temporal } from 'temporal-polyfill'
import type {
  RehearsalChange,
  RehearsalFigures,
  RehearsalNote,
  RehearsalRefusal,
} from '../centre/campaigns/rehearsal.ts'
import { dataFiles } from '../config.ts'
import { type CampaignId, isId } from '../lib/ids.ts'
import { fitDay } from '../sim/day/fit.ts'
import { replayRuns } from '../sim/day/rehearsals.ts'
import { rehearse } from '../sim/day/rehearse.ts'
import { drizzleOf, openReader } from '../store/db.ts'
import { queries } from '../store/queries.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'

const modes = ['predictive', 'progressive', 'preview', 'manual'] as const
/** As the setting of the centre says; left out there: as pages do. */
const zoneKey = 'centre.zone'
const zoneDefault = 'Asia/Shanghai'

/**
 * `simulate --from-day YYYY-MM-DD --campaign ID [--mode M] [--occupancy-max N] [--abandon-rate-max N] [--lines-per-agent-max N] [--config FILE]
 * [--json]`: a past day of a campaign again, as it was and with other settings, beside what it really came to. Reads the data and changes nothing.
 */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  const kinds = {
    config: 'text',
    'from-day': 'text',
    campaign: 'text',
    mode: 'text',
    'occupancy-max': 'text',
    'abandon-rate-max': 'text',
    'lines-per-agent-max': 'text',
    json: 'flag',
  } as const
  const { options } = readArguments(args, kinds)
  const day = dayOf(options['from-day'] ?? '')
  const { campaign } = options
  if (!isId(campaign)) throw new UsageError('--campaign takes the id of a campaign, as the API and its page have it')
  const change = changeOf(options)
  const { database } = dataFiles(configOf(options, io.env))
  if (!existsSync(database)) return fail(io, `there is no database at ${database}`)
  const connection = openReader(database)
  try {
    const db = drizzleOf(connection)
    if (queries['campaigns.byId'](db, { id: campaign as CampaignId }) === null)
      return fail(io, `there is no campaign ${campaign}; there are: ${namesOf(queries['campaigns.list'](db, {}))}`)
    const zone = queries['settings.all'](db, {})[zoneKey] ?? zoneDefault
    const from = day.toZonedDateTime(zone).epochMilliseconds
    const to = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds
    const record = queries['days.record'](db, { campaign: campaign as CampaignId, from, to, now: to })
    const fitted = fitDay(record, 1)
    if ('rule' in fitted) return fail(io, `${day}: ${refusalWords(fitted)}`)
    const runs: Record<string, RehearsalFigures[]> = {}
    for (const { part, scenario } of replayRuns(fitted, change)) {
      io.err(
        `simulate: ${part}, seed ${scenario.seed}, ${scenario.agents} agents, ${scenario.hours.toFixed(1)} hours …`,
      )
      ;(runs[part] ??= []).push(rehearse(scenario, 0))
    }
    const { real, notes, asWas, scenario } = fitted
    if (options.json)
      io.out(
        JSON.stringify({
          day: String(day),
          campaign,
          real,
          as_was: runs['as_was'],
          changed: runs['changed'] ?? null,
          settings: asWas,
          change,
          notes,
          scenario,
        }),
      )
    else for (const line of linesOf(real, runs, notes)) io.out(line)
    return 0
  } finally {
    connection.close()
  }
}

function dayOf(text: string): Temporal.PlainDate {
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return Temporal.PlainDate.from(text)
  } catch {} // the 31st of February
  throw new UsageError(`--from-day found ${text || 'nothing'}, allowed: a day as YYYY-MM-DD`)
}

function changeOf(
  options: Record<'mode' | 'occupancy-max' | 'abandon-rate-max' | 'lines-per-agent-max', string | null>,
): RehearsalChange {
  const number = (name: Exclude<keyof typeof options, 'mode'>, least: number, most: number) => {
    const text = options[name]
    if (text === null) return undefined
    const value = Number(text)
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most)
      throw new UsageError(`--${name} found ${text}, allowed: ${least} to ${most}`)
    return value
  }
  const mode = modes.find(each => each === options.mode)
  if (options.mode !== null && mode === undefined)
    throw new UsageError(`--mode found ${options.mode}, allowed: ${modes.join(', ')}`)
  const given = {
    mode,
    occupancyMax: number('occupancy-max', 0.5, 1),
    abandonRateMax: number('abandon-rate-max', 0.001, 0.03),
    linesPerAgentMax: number('lines-per-agent-max', 1, 20),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as RehearsalChange
}

function refusalWords({ rule, found, needed }: RehearsalRefusal): string {
  switch (rule) {
    case 'few_calls':
      return `${found} calls were dialled; at least ${needed} are needed, or the figures would be chance`
    case 'few_answers':
      return `${found} calls were answered; at least ${needed} are needed, or the figures would be chance`
    case 'few_talks':
      return `there were ${found} conversations; at least ${needed} are needed, or the figures would be chance`
    case 'few_minutes':
      return `the campaign worked for ${found} minutes; at least ${needed} are needed`
    case 'notice':
      return 'a campaign of notices has no agents whose day could be run again'
  }
  return rule satisfies never
}

const noteWords: Record<RehearsalNote['note'], string> = {
  settings_changed: 'its settings were changed during the day; the last ones count for the whole of it',
  mode_changed:
    'for a part of the day rules of mode had another mode in force; the one of most of the day counts for the whole',
  list_ended: 'no lead was due for a part of the day, so the list is as long as what was dialled',
  shared_agents: 'its agents also worked on calls of others; they are reckoned as that many fewer',
  network_faults: 'calls that failed in the network are left out',
  look_unknown: 'how long agents looked before they dialled is not known: 5 s are taken',
  withdrawn: 'calls that were withdrawn say nothing of an answer and are left out',
}

function linesOf(real: RehearsalFigures, runs: Record<string, RehearsalFigures[]>, notes: RehearsalNote[]): string[] {
  const columns = [['real', [real]] as const, ...Object.entries(runs)]
  const row = (name: string, value: (figures: RehearsalFigures) => number | null, words: (value: number) => string) =>
    [name, ...columns.map(([, all]) => between(all.map(value), words))]
      .map(text => text.padEnd(24))
      .join('')
      .trimEnd()
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`
  const whole = (n: number) => String(Math.round(n))
  return [
    ['', ...columns.map(([name]) => name.replace('_', ' '))]
      .map(text => text.padEnd(24))
      .join('')
      .trimEnd(),
    row('utilisation', figures => figures.utilisation, percent),
    row('abandoned', figures => figures.abandonRate, percent),
    row('worst 15 minutes', figures => figures.worst15MinAbandonRate, percent),
    row(
      'idle between calls',
      figures => figures.idleMsMean,
      ms => `${(ms / 1000).toFixed(1)} s`,
    ),
    row('conversations an hour', figures => figures.connectedPerHour, whole),
    row('dialled', figures => figures.dialled, whole),
    row('answered', figures => figures.answered, whole),
    row('connected', figures => figures.connected, whole),
    row('lines at most', figures => figures.linesPeak, whole),
    ...notes.map(({ note, share }) => `note: ${noteWords[note]}${share < 1 ? ` (${percent(share)})` : ''}`),
  ]
}

/** The mean of the seeds, and how far they lie apart. */
function between(values: (number | null)[], words: (value: number) => string): string {
  const known = values.filter(value => value !== null)
  if (known.length === 0) return '–'
  const [least, most] = [words(Math.min(...known)), words(Math.max(...known))]
  return least === most ? least : `${least} to ${most}`
}

function namesOf(campaigns: { id: string }[]): string {
  return (
    campaigns
      .slice(0, 10)
      .map(({ id }) => id)
      .join(', ') || 'none'
  )
}

function fail(io: Io, words: string): ExitCode {
  io.err(`switchroom simulate: ${words}`)
  return 1
}
