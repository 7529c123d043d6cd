/** The single executable, where there is no Node and no source: it is built, checks the machine, serves, lets a person in, and stops. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '..')
const program = join(root, 'dist/switchroom')
const home = mkdtempSync(join(tmpdir(), 'switchroom-executable-'))
let port = 0
let environment: Record<string, string> = {}

before(async () => {
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'pipe' })
  port = await freePort()
  environment = {
    PATH: '/nonexistent',
    PKG_NATIVE_CACHE_PATH: join(home, 'cache'),
    SWITCHROOM_DATA_DIR: join(home, 'data'),
    SWITCHROOM_HTTP_LISTEN: `127.0.0.1:${port}`,
    SWITCHROOM_HTTP_TLS: 'off',
    SWITCHROOM_SIP_LISTEN: `udp:127.0.0.1:${await freePort()},tcp:127.0.0.1:${await freePort()}`,
    SWITCHROOM_MEDIA_ADDRESS: '127.0.0.1',
    SWITCHROOM_MEDIA_PORTS: '41000-41199',
  }
})

after(() => rmSync(home, { recursive: true, force: true }))

test('it says its version, refuses nonsense, and finds this machine ready', () => {
  assert.match(run(['version']).stdout, /^switchroom \d+\.\d+\.\d+ /)
  assert.equal(run(['serve', '--confg', 'x']).status, 2)
  const check = run(['check'])
  assert.equal(check.status, 0, check.stdout + check.stderr)
})

test('it serves: ready, with style and scripts, and an administrator signs in; SIGTERM ends it in order', async () => {
  const added = run(['user', 'add', 'adam', '--role', 'admin', '--password-stdin'], 'correct horse battery\n')
  assert.equal(added.status, 0, added.stdout + added.stderr)

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

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address() as { port: number }
      server.close(() => resolve(address.port))
    })
  })
}
