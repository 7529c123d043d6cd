/** The single executable, where there is no Node and no source: it is built, checks the machine, serves, lets a person in, and stops. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { decoded, hasOpusTools, told } from '../src/e2e/opus-tools.ts'
import { freePort, freePorts } from '../src/e2e/ports.ts'
import { sealTone } from '../src/e2e/sealed-tone.ts'
import { goertzel } from '../src/rtp/tone.ts'

const root = join(import.meta.dirname, '..')
const program = join(root, 'dist/switchroom')
const home = mkdtempSync(join(tmpdir(), 'switchroom-executable-'))
let port = 0
let environment: Record<string, string> = {}

before(async () => {
  if (!isBuilt()) execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'pipe' })
  environment = {
    PATH: '/nonexistent',
    PKG_NATIVE_CACHE_PATH: join(home, 'cache'),
    SWITCHROOM_DATA_DIR: join(home, 'data'),
    SWITCHROOM_HTTP_TLS: 'off',
    SWITCHROOM_MEDIA_ADDRESS: '127.0.0.1',
  }
  await askForPorts()
})

/** Before each start, since what is free now somebody else may have half a minute later. */
async function askForPorts(): Promise<void> {
  port = await freePort('127.0.0.1')
  environment['SWITCHROOM_HTTP_LISTEN'] = `127.0.0.1:${port}`
  environment['SWITCHROOM_SIP_LISTEN'] =
    `udp:127.0.0.1:${await freePort('127.0.0.1')},tcp:127.0.0.1:${await freePort('127.0.0.1')}`
  environment['SWITCHROOM_MEDIA_PORTS'] = await freePorts('127.0.0.1', 200)
}

after(() => rmSync(home, { recursive: true, force: true }))

/** As when the package was tried just before: no file or folder of what goes into the executable is newer than it. */
function isBuilt(): boolean {
  if (!existsSync(program)) return false
  const builtAt = statSync(program).mtimeMs
  const of = ['{src,web,assets,migrations}/**', 'package.json', 'package-lock.json', 'LICENSE', 'scripts/build.ts']
  return globSync(of, { cwd: root }).every(file => statSync(join(root, file)).mtimeMs < builtAt)
}

test('it says its version, refuses nonsense, and finds this machine ready', () => {
  assert.match(run(['version']).stdout, /^switchroom \d+\.\d+\.\d+ /)
  assert.equal(run(['serve', '--confg', 'x']).status, 2)
  const check = run(['check'])
  assert.equal(check.status, 0, check.stdout + check.stderr)
})

test('it serves: ready, with style and scripts, and an administrator signs in; SIGTERM ends it in order', async () => {
  const added = run(['user', 'add', 'adam', '--role', 'admin', '--password-stdin'], 'correct horse battery\n')
  assert.equal(added.status, 0, added.stdout + added.stderr)

  await askForPorts()
  const child = spawn(program, ['serve'], { cwd: '/', env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (log += part))
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  try {
    assert.equal(await statusOf('/healthz', 200), 200, log)
    assert.equal(await statusOf('/readyz', 200), 200, log)
    assert.equal(await statusOf('/static/switchroom.css', 200), 200, log)
    const signIn = await fetch(url('/sign-in'), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ name: 'adam', password: 'correct horse battery' }),
    })
    assert.equal(signIn.status, 303, await signIn.text())
    const cookie = signIn.headers
      .getSetCookie()
      .map(text => text.split(';')[0])
      .join('; ')
    const page = await fetch(url('/admin'), { headers: { cookie } })
    assert.equal(page.status, 200)
    assert.match(await page.text(), /adam/)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
  assert.equal(child.exitCode, 0, log)
})

test('it makes a recording into Ogg Opus, as another decoder hears', {
  skip: hasOpusTools ? false : 'needs opus-tools',
}, async () => {
  const [partyHz, agentHz, seconds] = [440, 1000, 20]
  const data = join(home, 'data')
  const files = { path: data, file: join(data, 'switchroom.db'), keyFile: join(data, 'secrets.key') }
  const { wav, opus, sha256 } = await sealTone(files, { hz: [partyHz, agentHz], seconds })
  await askForPorts()
  const child = spawn(program, ['serve'], { cwd: '/', env: environment, stdio: 'ignore' })
  const ended = new Promise(resolve => child.once('exit', resolve))
  try {
    for (let tries = 0; tries < 600 && !existsSync(opus); tries++) await sleep(100)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
  const made = readFileSync(opus)
  const says = told(made)
  assert.match(says, /Playback length: 0m:20\.000s/)
  assert.match(says, /Channels: 2\s/)
  assert.doesNotMatch(says, /WARNING/)
  const [party, agent] = decoded(made)
  assert.deepEqual([party.length, agent.length], [seconds * 8000, seconds * 8000])
  assert.ok(goertzel(party, partyHz) > 0.2 && goertzel(party, agentHz) < 0.01, 'the party is on the left')
  assert.ok(goertzel(agent, agentHz) > 0.2 && goertzel(agent, partyHz) < 0.01, 'the agent is on the right')
  assert.equal(createHash('sha256').update(readFileSync(wav)).digest('hex'), sha256)
})

test('it reads a file of parties in GB18030 in a thread of its own, keeps the good row and says what is wrong with the other', () => {
  const file = join(home, 'parties.csv')
  writeFileSync(
    file,
    Buffer.concat([
      Buffer.from('bfcdbba7bac5', 'hex'), // 客户号
      Buffer.from(','),
      Buffer.from('d0d5c3fb', 'hex'), // 姓名
      Buffer.from(','),
      Buffer.from('cad6bbfabac5', 'hex'), // 手机号
      Buffer.from('\nK-9,'),
      Buffer.from('d5c5ceb0', 'hex'), // 张伟
      Buffer.from(',13800001111\nK-10,,13800001112\n'),
    ]),
  )
  const { status, stdout, stderr } = run(['import', 'parties', file])
  assert.equal(status, 1, stdout + stderr)
  assert.match(stdout, /1 saved, 0 unchanged, 1 rows? refused/)
  assert.match(stdout + stderr, /row 2\s+name\s+found nothing/)
})

test('a port that is taken is said in words, with exit 1', async () => {
  const other = createServer().listen(port, '127.0.0.1')
  await new Promise(resolve => other.once('listening', resolve))
  try {
    const { status, stderr, stdout } = run(['serve'])
    assert.equal(status, 1)
    assert.match(stderr + stdout, new RegExp(`${port}`))
  } finally {
    other.close()
  }
})

function run(args: string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, args, { cwd: '/', env: environment, input, encoding: 'utf8', timeout: 30_000 })
}

function url(path: string): string {
  return `http://127.0.0.1:${port}${path}`
}

/** Asks for up to 20 s until the wanted answer comes; the last one otherwise. */
async function statusOf(path: string, wanted: number): Promise<number | string> {
  let last: number | string = 'no answer'
  for (let tries = 0; tries < 80 && last !== wanted; tries++, await sleep(250))
    last = await fetch(url(path)).then(
      response => response.status,
      (error: Error) => error.message,
    )
  return last
}
