import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Config } from '../config.ts'
import { asset } from '../lib/places.ts'
import { authority, certificate } from '../phone/fixtures/certificates.ts'
import type { RecordsDoor } from '../records/door.ts'
import { openWriter } from '../store/db.ts'
import { Store } from '../store/store.ts'
import { tellRecorderDisk } from './check-recordings.ts'
import { dispatch } from './commands.ts'
import { listenForCommands } from './records-door.ts'

const dayMs = 86_400_000

const nobody = 65_534
const machine = {
  SWITCHROOM_HTTP_LISTEN: '127.0.0.1:0',
  SWITCHROOM_SIP_LISTEN: 'udp:127.0.0.1:0',
  SWITCHROOM_MEDIA_PORTS: '47000-47099',
}

type Report = { ok: boolean; results: { check: string; state: string; found: string; advice?: string }[] }

async function check(folder: string, env: Record<string, string> = {}): Promise<{ code: number; report: Report }> {
  const out: string[] = []
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void out.push(line),
    input: async () => '',
    env: {
      SWITCHROOM_DATA_DIR: folder,
      ...machine,
      ...env,
    },
  }
  const code = await dispatch(['check', '--json'], io)
  return { code, report: JSON.parse(out.join('\n')) }
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'switchroom-check-'))
}

test('a machine in order is exit 0, and what is not good yet says what to do', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  const { code, report } = await check(data)
  assert.equal(code, 0, JSON.stringify(report))
  assert.deepEqual(
    [...new Set(report.results.map(({ check }) => check))],
    ['config', 'disk', 'recordings', 'files', 'limits', 'clock', 'certificate', 'ports', 'trunks'],
  )
  for (const { state, advice } of report.results) assert.equal(state === 'ok', advice === undefined)
})

test('a port that someone else has is exit 1 and named', async t => {
  const data = folder()
  const other = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => other.once('listening', resolve))
  t.after(() => {
    other.close()
    rmSync(data, { recursive: true })
  })
  const { port } = other.address() as net.AddressInfo
  const { code, report } = await check(data, { SWITCHROOM_HTTP_LISTEN: `127.0.0.1:${port}` })
  assert.equal(code, 1)
  const bad = report.results.filter(({ state }) => state === 'bad')
  assert.deepEqual(
    bad.map(({ check }) => check),
    ['ports'],
  )
  assert.match(bad[0]!.found, new RegExp(`tcp 127.0.0.1:${port}: EADDRINUSE`))
})

test('an address that this machine does not have is named with those it has', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  const { code, report } = await check(data, {
    SWITCHROOM_SIP_LISTEN: 'udp:192.0.2.1:5060',
    SWITCHROOM_MEDIA_ADDRESS: '192.0.2.1',
  })
  assert.equal(code, 1)
  const ports = report.results.filter(({ state }) => state === 'bad')
  assert.equal(ports.length, 2)
  for (const { advice } of ports) assert.match(advice!, /127\.0\.0\.1/)
})

test('a key file that is not the one of the database is exit 1, and the right one is in order again', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  const [file, keyFile] = [join(data, 'switchroom.db'), join(data, 'secrets.key')]
  await (await Store.open({ file, keyFile, now: 1, readers: 1 }))[Symbol.asyncDispose]()
  const files = async () => {
    const { code, report } = await check(data)
    return [code, report.results.find(({ check }) => check === 'files')!] as const
  }
  assert.equal((await files())[1].state, 'ok')
  const own = readFileSync(keyFile)
  writeFileSync(keyFile, `${Buffer.alloc(32, 7).toString('base64')}\n`)
  const [code, { state, found, advice }] = await files()
  assert.deepEqual([code, state], [1, 'bad'])
  assert.match(found, /not the one that this database was sealed with/)
  assert.match(advice!, /put the copy back/)
  writeFileSync(keyFile, 'too short')
  assert.match((await files())[1].found, /does not hold 32 bytes/)
  writeFileSync(keyFile, own)
  assert.equal((await files())[1].state, 'ok')
})

test('a database without its key, or with one that others can read, is exit 1', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  openWriter(join(data, 'switchroom.db')).close()
  const gone = await check(data)
  assert.match(gone.report.results.find(({ check }) => check === 'files')!.found, /secrets\.key is gone/)
  writeFileSync(join(data, 'secrets.key'), 'x'.repeat(64))
  chmodSync(join(data, 'secrets.key'), 0o644)
  const open = await check(data)
  assert.equal(open.code, 1)
  assert.match(open.report.results.find(({ check }) => check === 'files')!.advice!, /chmod 600/)
})

test('a certificate that has ended is exit 1 and does not keep the telephone from starting; one that ends soon is a look', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  const [cert, key] = [join(data, 'cert.pem'), join(data, 'key.pem')]
  const root = await authority('the company')
  const told = async (toDays: number) => {
    const pair = await certificate(root, { names: ['localhost'], from: -400 * dayMs, to: toDays * dayMs })
    writeFileSync(cert, pair.certPem)
    writeFileSync(key, pair.keyPem)
    return asTheyAre()
  }
  const asTheyAre = async () => {
    const files = { SWITCHROOM_HTTP_TLS: 'files', SWITCHROOM_HTTP_CERT: cert, SWITCHROOM_HTTP_KEY: key }
    const { code, report } = await check(data, files)
    return { code, ...report.results.find(({ check }) => check === 'certificate')! }
  }
  const ended = await told(-1)
  assert.deepEqual([ended.code, ended.state], [1, 'bad'])
  assert.match(ended.found, /ended on/)
  assert.match(ended.advice!, /telephone runs all the same.*systemctl reload switchroom/)
  const ending = await told(29)
  assert.deepEqual([ending.code, ending.state], [0, 'warn'])
  assert.match(ending.found, /ends on/)
  assert.equal((await told(31)).state, 'ok')
  writeFileSync(key, 'no key')
  const botched = await asTheyAre()
  assert.deepEqual([botched.code, botched.state], [1, 'bad'])
  assert.match(botched.advice!, /until then the service shows another certificate/)
})

test('a database that a newer version has served is exit 1, as the service itself refuses it', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  const [file, keyFile] = [join(data, 'switchroom.db'), join(data, 'secrets.key')]
  const open = () => Store.open({ file, keyFile, now: 1, readers: 1 })
  await (await open())[Symbol.asyncDispose]()
  const connection = openWriter(file)
  connection.prepare('INSERT INTO migrations VALUES (?, ?, ?)').run('9999_later.sql', 'x', 1)
  connection.close()
  await assert.rejects(open(), /newer Switchroom \(it has 9999_later\.sql\)/)
  const { code, report } = await check(data)
  const { state, found, advice } = report.results.find(({ check }) => check === 'files')!
  assert.deepEqual([code, state], [1, 'bad'])
  assert.match(found, /made by a newer Switchroom \(it has 9999_later\.sql\); install that version or restore a backup/)
  assert.match(advice!, /does not start/)
})

test('recordings that are in the records and not on the disk are exit 1: is it mounted?', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  const [file, keyFile] = [join(data, 'switchroom.db'), join(data, 'secrets.key')]
  const recordings = async () => {
    const { code, report } = await check(data)
    return { code, ...report.results.find(({ check }) => check === 'recordings')! }
  }
  assert.match((await recordings()).found, /no recordings yet/)
  await (await Store.open({ file, keyFile, now: 1, readers: 1 }))[Symbol.asyncDispose]()
  const connection = openWriter(file)
  connection
    .prepare(
      `INSERT INTO recordings (id, call, path, opened_at, sealed_at, salvaged, listens) VALUES ('r_1', 'c_1', '2026/r_1.wav', 1, 2, 0, 0)`,
    )
    .run()
  connection.close()
  const gone = await recordings()
  assert.deepEqual([gone.code, gone.state], [1, 'bad'])
  assert.match(gone.found, /recordings is gone/)
  mkdirSync(join(data, 'recordings', '2026'), { recursive: true })
  const empty = await recordings()
  assert.deepEqual([empty.code, empty.state], [1, 'bad'])
  assert.match(empty.found, /r_1\.wav, which was recorded last, is not there/)
  assert.match(empty.advice!, /findmnt/)
  writeFileSync(join(data, 'recordings', '2026', 'r_1.wav'), '')
  assert.match((await recordings()).found, /can be written, on the disk of data_dir/)
})

test('what the running service knows of the disk of its recorder is told, whatever it is called', async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  let disk = 'well'
  const config = { dataDir: data } as Config
  await using _service = await listenForCommands(
    config,
    {} as RecordsDoor,
    tellRecorderDisk(() => disk),
  )
  const told = async () => (await check(data)).report.results.filter(({ check }) => check === 'recordings').at(-1)!
  assert.match((await told()).found, /running service records/)
  disk = 'burning'
  const burning = await told()
  assert.equal(burning.state, 'bad')
  assert.match(burning.found, /its disk is burning/)
})

test('run by root it says what the owner of the data folder may write, not what root may', {
  skip: process.getuid?.() === 0 ? false : 'needs root, to ask for somebody else',
}, async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  mkdirSync(join(data, 'recordings'), { mode: 0o750 })
  chownSync(data, nobody, nobody)
  const recordings = async () => (await check(data)).report.results.find(({ check: name }) => name === 'recordings')!
  const { state, found, advice } = await recordings()
  assert.equal(state, 'bad')
  assert.match(found, /recordings cannot be written by the owner of data_dir \(user 65534\)/)
  assert.match(advice!, /chown/)
  chownSync(join(data, 'recordings'), nobody, nobody)
  assert.equal((await recordings()).state, 'ok')
})

test('run by somebody else than the service it says so, and never that the key should be exchanged', {
  skip: process.getuid?.() === 0 ? false : 'needs root, to be somebody else',
}, async t => {
  const data = folder()
  t.after(() => rmSync(data, { recursive: true }))
  const [file, keyFile] = [join(data, 'switchroom.db'), join(data, 'secrets.key')]
  await (await Store.open({ file, keyFile, now: 1, readers: 1 }))[Symbol.asyncDispose]()
  mkdirSync(join(data, 'recordings'), { mode: 0o750 })
  chmodSync(data, 0o755)
  const { stdout, stderr, status } = spawnSync(process.execPath, [asset('src/main.ts'), 'check', '--json'], {
    encoding: 'utf8',
    uid: nobody,
    gid: nobody,
    env: { ...machine, SWITCHROOM_DATA_DIR: data },
  })
  assert.equal(status, 1, stderr)
  const { results } = JSON.parse(stdout) as Report
  const told = (name: string) => results.find(({ check }) => check === name)!
  for (const name of ['disk', 'recordings', 'files']) assert.equal(told(name).state, 'bad', name)
  assert.match(told('disk').found, /cannot be written by uid 65534/)
  assert.match(told('recordings').found, /recordings cannot be written \(EACCES\)/)
  assert.match(told('files').found, /switchroom\.db cannot be read and written by uid 65534/)
  for (const name of ['disk', 'files']) assert.match(told(name).advice!, /sudo -u switchroom switchroom check/)
  assert.doesNotMatch(JSON.stringify(results), /put the copy back/)
})
