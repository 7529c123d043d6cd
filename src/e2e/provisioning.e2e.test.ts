/** A real phone (Linphone) that knows nothing but an address fetches its settings, registers, and is called. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from './ports.ts'
import { has } from './sipp.ts'
import { signInPassword, sipPassword, World } from './world.ts'

test('a phone that is given an address sets itself up and registers', {
  skip: has('linphonec', '-v') ? false : 'needs linphonec',
}, async () => {
  await using world = await World.open({ address: '127.0.0.1', web: 'http' })
  const alice = await world.agent('alice', 'phone-rung', '1001')
  await world.person('adam', 'admin')
  const form = { method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin' } } as const
  const credentials = new URLSearchParams({ name: 'adam', password: signInPassword })
  const signedIn = await fetch(`${world.url}/sign-in`, { ...form, body: credentials })
  const cookie = signedIn.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  const shown = await fetch(`${world.url}/admin/phones/${alice}/address`, {
    ...form,
    headers: { ...form.headers, cookie },
  })
  const address = /<code[^>]*>(http[^<]*\/linphone\/linphone\.xml)</.exec(await shown.text())![1]!
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-linphone-'))
  mkdirSync(join(folder, '.local/share/linphone'), { recursive: true })
  const port = await freePort('127.0.0.1')
  const rc = join(folder, 'linphonerc')
  writeFileSync(rc, `[sip]\nsip_port=${port}\nsip_tcp_port=0\nsip_tls_port=0\n[misc]\nconfig-uri=${address}\n`)
  const phone = spawn('linphonec', ['-d', '5', '-l', join(folder, 'log'), '-c', rc], {
    env: { ...process.env, HOME: folder },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [phone.stdout, phone.stderr]) stream.on('data', bytes => (said = (said + bytes).slice(-20_000)))
  try {
    await world.until(
      'the phone is registered',
      async () => (await world.house.telephone.figures())['sip_bindings'] === 1,
      20_000,
    )
    const [binding] = world.house.telephone.bindings()
    assert.equal(binding?.extension, '1001')
    assert.match(binding?.userAgent ?? '', /linphone/i)
    assert.ok(!said.includes(sipPassword))
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${said.slice(-3000)}`, { cause: error })
  } finally {
    const gone = new Promise(done => phone.once('exit', done))
    phone.stdin.write('quit\n')
    const killed = setTimeout(() => phone.kill('SIGKILL'), 5000)
    await gone
    clearTimeout(killed)
    rmSync(folder, { recursive: true, force: true })
  }
})
