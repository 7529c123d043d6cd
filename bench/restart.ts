/**
 * How long the telephone is away when the service is started again: from the start of the process until OPTIONS is answered and until `/readyz`
 * says so, with `--leads 100000` and `--calls 40000` of the last days in the journal; after an orderly stop, and after a kill -9 with
 * `--open 500` calls talking, whose recordings of `--talked 60` seconds lie open. `--rounds 3`. `--json` prints one JSON object last.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Fact } from '../src/centre/facts.ts'
import { freePort } from '../src/e2e/ports.ts'
import { Store } from '../src/store/store.ts'
import { fillLeads } from './leads/fill.ts'
import { benchAgents, benchCampaign, benchTrunks, campaignId } from './leads/floor.ts'
import { tellPast, tellPresent } from './restart/past.ts'

const { values } = parseArgs({
  options: {
    leads: { type: 'string', default: '100000' },
    calls: { type: 'string', default: '40000' },
    open: { type: 'string', default: '500' },
    talked: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    folder: { type: 'string' },
    /** In the child that is killed: which round. */
    round: { type: 'string' },
  },
})
const address = '127.0.0.85'
const askEveryMs = 20
const patienceMs = 60_000
const dayMs = 86_400_000
const count = {
  leads: within('leads', 1000, 1_000_000),
  calls: within('calls', 1, 400_000),
  open: within('open', 0, 500),
  talked: within('talked', 1, 600),
  rounds: within('rounds', 1, 50),
}

await (values.round === undefined ? measure() : present(values.folder!, Number(values.round)))

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-restart-'))
  try {
    const began = performance.now()
    await fill(folder)
    console.log(`${count.leads} leads, ${count.calls} calls in ${Math.round((performance.now() - began) / 1000)} s`)
    const sipPort = await configure(folder)
    const clean: Start[] = []
    const killed: Start[] = []
    await stop((await start(folder, sipPort)).child, 'SIGTERM') // compiles, migrates; no part of either
    for (let round = 0; round < count.rounds; round++) {
      const first = await start(folder, sipPort)
      clean.push(first)
      await stop(first.child, 'SIGTERM')
      await killInTheMidst(folder, round)
      const second = await start(folder, sipPort)
      killed.push({ ...second, sealedMs: await sealedAfterMs(folder, second.startedAt) })
      await stop(second.child, 'SIGTERM')
      for (const [name, one] of [
        ['clean', clean.at(-1)!],
        ['killed', killed.at(-1)!],
      ] as const)
        console.log(
          `after a ${name} stop: SIP ${one.sipMs} ms (${one.sipStatus}), ready ${one.readyMs} ms, ${one.cpuMs} ms of CPU${one.sealedMs === undefined ? '' : `, recordings sealed ${one.sealedMs} ms`}`,
        )
    }
    const result = {
      cleanReadyMs: median(clean.map(one => one.readyMs)),
      killedReadyMs: median(killed.map(one => one.readyMs)),
      cleanSipMs: median(clean.map(one => one.sipMs)),
      killedSipMs: median(killed.map(one => one.sipMs)),
      cleanReadyMaxMs: Math.max(...clean.map(one => one.readyMs)),
      killedReadyMaxMs: Math.max(...killed.map(one => one.readyMs)),
      cleanCpuMs: median(clean.map(one => one.cpuMs)),
      killedCpuMs: median(killed.map(one => one.cpuMs)),
      recordingsSealedMs: median(killed.map(one => one.sealedMs!)),
      ...count,
    }
    for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(20)} ${value}`)
    if (values.json) console.log(JSON.stringify(result))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function openStore(folder: string): Promise<Store> {
  return Store.open({
    file: join(folder, 'switchroom.db'),
    keyFile: join(folder, 'secrets.key'),
    now: Date.now(),
    readers: 1,
  })
}

async function fill(folder: string): Promise<void> {
  const now = Date.now()
  {
    await using store = await openStore(folder)
    const facts: Fact[] = [
      ...benchAgents().map((user): Fact => ({ type: 'user.saved', user })),
      ...benchTrunks().map((trunk): Fact => ({ type: 'trunk.saved', trunk })),
      { type: 'campaign.saved', campaign: benchCampaign },
    ]
    await store.commit({ recorded: facts.map(fact => ({ at: now - 4 * dayMs, actor: 'system', fact })) })
  }
  fillLeads({ file: join(folder, 'switchroom.db'), campaign: campaignId, rows: count.leads, now }, () => false)
  await using store = await openStore(folder)
  await tellPast(store, count.calls, { from: now - 3 * dayMs, until: now - 3_600_000 })
}

/** The child: has calls in hand and dies with them. */
async function present(folder: string, round: number): Promise<void> {
  const store = await openStore(folder)
  const recordings = join(folder, 'recordings')
  const taken = { from: count.leads - (round + 1) * count.open, seconds: count.talked }
  await tellPresent(store, count.open, { ...taken, recordings, now: Date.now(), name: `open${round}` })
  process.send!('open')
  setInterval(() => undefined, 1000)
}

async function killInTheMidst(folder: string, round: number): Promise<void> {
  const numbers = Object.entries(count).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = fork(fileURLToPath(import.meta.url), ['--folder', folder, '--round', String(round), ...numbers])
  await new Promise((done, fail) => {
    child.once('message', done)
    child.once('exit', code => fail(new Error(`the process with calls in hand ended with ${code}`)))
  })
  child.removeAllListeners('exit')
  await stop(child, 'SIGKILL')
}

async function configure(folder: string): Promise<number> {
  const [sipPort, httpPort] = [await freePort(address), await freePort(address)]
  mkdirSync(join(folder, 'recordings'), { recursive: true })
  writeFileSync(join(folder, 'http-port'), String(httpPort))
  writeFileSync(
    join(folder, 'switchroom.toml'),
    [
      `data_dir = ${JSON.stringify(folder)}`,
      'lab = true',
      '[http]',
      `listen = "${address}:${httpPort}"`,
      'tls = "off"',
      '[sip]',
      `listen = ["udp:${address}:${sipPort}"]`,
      '[media]',
      `address = "${address}"`,
      'ports = "10000-19999"',
      '[log]',
      'level = "fatal"',
    ].join('\n'),
  )
  return sipPort
}

type Start = {
  child: ChildProcess
  startedAt: number
  sipMs: number
  sipStatus: number
  readyMs: number
  cpuMs: number
  sealedMs?: number
}

async function start(folder: string, sipPort: number): Promise<Start> {
  const startedAt = performance.now()
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [main, 'serve', '--config', join(folder, 'switchroom.toml')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const url = `http://${address}:${readFileSync(join(folder, 'http-port'), 'utf8')}/readyz`
  const [sip, readyMs] = await Promise.all([
    firstAnswer(sipPort).then(status => ({ status, ms: performance.now() - startedAt })),
    isReady(url).then(() => performance.now() - startedAt),
  ])
  return {
    child,
    startedAt,
    sipMs: Math.round(sip.ms),
    sipStatus: sip.status,
    readyMs: Math.round(readyMs),
    cpuMs: cpuMsOf(child.pid!),
  }
}

/** Asks by OPTIONS until somebody answers; the status of the answer. */
async function firstAnswer(port: number): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>(done => socket.bind(0, '127.0.0.1', done))
  let n = 0
  const timer = setInterval(() => {
    const text = [
      `OPTIONS sip:${address}:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${process.pid}${++n};rport`,
      'Max-Forwards: 70',
      `From: <sip:bench@127.0.0.1>;tag=${n}`,
      `To: <sip:${address}:${port}>`,
      `Call-ID: restart-${process.pid}-${n}`,
      'CSeq: 1 OPTIONS',
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n')
    socket.send(text, port, address)
  }, askEveryMs)
  try {
    return await new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error('no answer to OPTIONS')), patienceMs)
      socket.on('error', () => undefined) // nobody listens yet
      socket.on('message', answer => {
        clearTimeout(late)
        done(Number(/^SIP\/2\.0 (\d{3})/.exec(answer.toString('latin1'))?.[1]))
      })
    })
  } finally {
    clearInterval(timer)
    socket.close()
  }
}

async function isReady(url: string): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(askEveryMs))
    if (
      await fetch(url).then(
        answer => answer.ok,
        () => false,
      )
    )
      return
  throw new Error('not ready in time')
}

/** Until the journal has said of every recording what became of it. */
async function sealedAfterMs(folder: string, startedAt: number): Promise<number> {
  const { default: Sqlite } = await import('better-sqlite3')
  const db = new Sqlite(join(folder, 'switchroom.db'), { readonly: true })
  const open = db.prepare('SELECT count(*) AS n FROM recordings WHERE sealed_at IS NULL AND missing_reason IS NULL')
  for (; (open.get() as { n: number }).n > 0; await sleep(askEveryMs))
    if (performance.now() - startedAt > patienceMs) throw new Error('recordings were not sealed in time')
  db.close()
  return Math.round(performance.now() - startedAt)
}

function cpuMsOf(pid: number): number {
  const [, , ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/\(.*\)/, '')
    .split(' ')
  return (Number(fields[10]) + Number(fields[11])) * 10
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise(done => child.once('exit', done))
  child.kill(signal)
  await gone
}

function median(all: number[]): number {
  return all.toSorted((a, b) => a - b)[all.length >> 1]!
}

function within(name: 'leads' | 'calls' | 'open' | 'talked' | 'rounds', least: number, most: number): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= least && value <= most) return value
  console.error(`bench:restart: --${name} found ${values[name]}, allowed: a whole number from ${least} to ${most}`)
  process.exit(2)
}
