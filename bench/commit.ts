/**
 * What a fact costs the one writer, by how many a commit holds: calls of five facts each (reserved, dialled, ringing, ended, released) over 30,000
 * leads in a file of their own, processor time of the thread and time by the clock. A commit must not cost more than its facts: where the disk or the
 * processor is slow the floor's batches grow, and one that took more than its share would make the next one longer still. `--json` prints one JSON
 * object last.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '../src/centre/facts.ts'
import { asset } from '../src/lib/places.ts'
import { migrate, openWriter, readMigrations } from '../src/store/db.ts'
import { Writer } from '../src/store/threads/writer.ts'

const leads = 30_000
const factsACall = 5
const sizes = [20, 100, 500, 2_000, 5_000, 20_000]
const campaign = 'k_1'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-bench-commit-'))
const db = openWriter(join(folder, 'switchroom.db'))
try {
  migrate(db, readMigrations(asset('migrations')), 0)
  const writer = new Writer(db)
  fill(writer)
  commit(writer, callsOf(0, 400)) // compiled, and its pages in memory
  let from = 400
  const figures: Record<string, number> = {}
  for (const size of sizes) {
    // Small commits are many, so that something is measured.
    const times = Math.max(1, Math.floor(2_000 / size))
    const batches = Array.from({ length: times }, (_, at) =>
      callsOf(from + (at * size) / factsACall, size / factsACall),
    )
    from += (times * size) / factsACall
    const cpu = process.cpuUsage()
    const began = performance.now()
    for (const batch of batches) commit(writer, batch)
    const tookMs = performance.now() - began
    const { user, system } = process.cpuUsage(cpu)
    figures[`usAFactOf${size}`] = round((user + system) / (times * size))
    figures[`msACommitOf${size}`] = round(tookMs / times)
  }
  figures['longVsShort'] = round(figures['usAFactOf5000']! / figures['usAFactOf100']!)
  if (!process.argv.includes('--json')) console.table(figures)
  console.log(JSON.stringify(figures))
} finally {
  db.close()
  rmSync(folder, { recursive: true, force: true })
}

function fill(writer: Writer): void {
  const trunk = { id: 't_1', name: 'gateway', host: '127.0.0.1', port: 5060, transport: 'udp', register: false }
  const rest = { username: null, callerIds: ['+861062000000'], maxCalls: 30, callsPerSecond: 10, codecs: ['pcma'] }
  const pace = { policy: 'LAB-ANY-HOUR', ringMs: 30_000, wrapMs: 60_000, previewMs: 30_000, abandonRateMax: 0.03 }
  const sales = { id: campaign, name: 'bench', business: 'sales', mode: 'predictive', state: 'running' }
  commit(writer, [
    { type: 'trunk.saved', trunk: { ...trunk, ...rest, enabled: true } },
    {
      type: 'campaign.saved',
      campaign: { ...sales, ...pace, trunks: ['t_1'], agents: [], retries: [], dispositions: [] },
    },
  ])
  for (let n = 0; n < leads; n += 500)
    commit(writer, [
      { type: 'leads.added', campaign, import: 'i_1', leads: Array.from({ length: 500 }, (_, at) => leadOf(n + at)) },
    ])
}

function leadOf(n: number): object {
  const phones = [{ number: numberOf(n), relation: 'SELF' }]
  return { id: `l_${n}`, campaign, ref: `R${n}`, name: `Carl ${n}`, phones, fields: { product: 'instalment' } }
}

function numberOf(n: number): string {
  return `+86138${10_000_000 + n}`
}

function callsOf(from: number, count: number): object[] {
  return Array.from({ length: count }, (_, at) => callOf(from + at)).flat()
}

function callOf(n: number): object[] {
  const call = `c_${n}`
  const lead = `l_${n}`
  const whom = { number: numberOf(n), campaign, lead, party: `R${n}`, name: `Carl ${n}`, relation: 'SELF', debt: null }
  const line = { trunk: 't_1', callerId: '+861062000000', leg: `g_${n}`, agentLeg: null, agent: null }
  const verdict = { policy: 'LAB-ANY-HOUR', version: '1', rules: ['number_invalid', 'contact_hours'] }
  const ending = { by: 'party', cause: 'not_answered', result: 'BUSY', sipStatus: 486, q850: 17 }
  return [
    { type: 'lead.reserved', lead, campaign, agent: null },
    { type: 'call.dialed', call, mode: 'predictive', ...whom, ...line, verdict },
    { type: 'call.ringing', call },
    { type: 'call.ended', call, ending },
    { type: 'lead.released', lead, campaign, state: 'ready', dueAt: 1_800_000, next: null, reason: 'BUSY' },
  ]
}

function commit(writer: Writer, facts: object[]): void {
  const recorded = facts.map(fact => ({ at: 1_700_000, actor: 'system' as const, fact: fact as Fact }))
  const [answer] = writer.commit([{ type: 'transact', transaction: { recorded } }])
  if (answer?.ok !== true) throw new Error(`not written: ${JSON.stringify(answer)}`)
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
