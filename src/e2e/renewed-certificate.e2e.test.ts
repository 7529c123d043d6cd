/** The company's own certificate, over its life: it has ended, a renewal is botched, the next one is right. The telephone goes on through all of it. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { asset } from '../lib/places.ts'
import { authority, certificate, type Pair } from '../phone/fixtures/certificates.ts'
import { freePort } from './ports.ts'

const address = '127.0.0.1'
const dayMs = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'switchroom-renewed-'))
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
let child: ChildProcess | null = null
let said = ''
let webPort = 0
let sipPort = 0
let ended: Pair
let renewed: Pair

before(async () => {
  const root = await authority('the company')
  ended = await certificate(root, { names: ['localhost'], from: -400 * dayMs, to: -dayMs })
  renewed = await certificate(root, { names: ['localhost'], to: 90 * dayMs })
  webPort = await freePort(address)
  sipPort = await freePort(address)
})

async function start(): Promise<void> {
  said = ''
  child = spawn(process.execPath, [asset('src/main.ts'), 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SWITCHROOM_DATA_DIR: join(folder, 'data'),
      SWITCHROOM_HTTP_LISTEN: `${address}:${webPort}`,
      SWITCHROOM_HTTP_TLS: 'files',
      SWITCHROOM_HTTP_CERT: certFile,
      SWITCHROOM_HTTP_KEY: keyFile,
      SWITCHROOM_SIP_LISTEN: `tls:${address}:${sipPort}`,
      SWITCHROOM_MEDIA_PORTS: '46100-46199',
    },
  })
  child.stdout!.on('data', bytes => {
    said += bytes
  })
  await saidThat(/"serving"/)
}

async function stop(): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

after(async () => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a certificate that has ended keeps nobody from calling, and is told; its renewal is taken up at SIGHUP and no call is touched', async () => {
  write(ended, ended)
  await start()
  assert.match(said, /cert\.pem ended on .*browsers refuse it/)
  await using call = await dialled()
  assert.equal(call.serial, serialOf(ended))
  assert.equal(await call.answer(), 'SIP/2.0 200 OK')

  write(renewed, ended)
  child?.kill('SIGHUP')
  await saidThat(/key\.pem is not the key of the certificate/)
  assert.equal(await serialAt(webPort), serialOf(ended))
  assert.match(await metrics(), /switchroom_certificate_refused\{use="web"\} 1\n/)

  write(renewed, renewed)
  child?.kill('SIGHUP')
  await saidThat(/a renewed certificate is in service/)
  assert.equal(await serialAt(webPort), serialOf(renewed))
  assert.equal(await serialAt(sipPort), serialOf(renewed))
  const endsAt = renewed.certificate.notAfter.getTime() / 1000
  const figures = await metrics()
  for (const use of ['web', 'sip']) {
    assert.match(figures, new RegExp(`switchroom_certificate_ends_at_seconds\\{use="${use}"\\} ${endsAt}\n`))
    assert.match(figures, new RegExp(`switchroom_certificate_refused\\{use="${use}"\\} 0\n`))
  }
  assert.equal(await call.answer(), 'SIP/2.0 200 OK')
})

test('a start with files that are botched serves a certificate of our own authority, and takes theirs up when they are right', async () => {
  await stop()
  write(renewed, ended)
  await start()
  assert.match(said, /key\.pem is not the key of the certificate/)
  for (const port of [webPort, sipPort]) assert.ok(![ended, renewed].map(serialOf).includes(await serialAt(port)))
  assert.match(await metrics(), /switchroom_certificate_refused\{use="web"\} 1\n/)
  write(renewed, renewed)
  child?.kill('SIGHUP')
  await saidThat(/a renewed certificate is in service/)
  for (const port of [webPort, sipPort]) assert.equal(await serialAt(port), serialOf(renewed))
})

function write(cert: Pair, key: Pair): void {
  writeFileSync(keyFile, key.keyPem)
  writeFileSync(certFile, cert.certPem)
}

async function saidThat(words: RegExp): Promise<void> {
  while (!words.test(said)) {
    assert.equal(child?.exitCode ?? child?.signalCode ?? null, null, said)
    await sleep(50)
  }
}

const serialOf = (pair: Pair) => BigInt(`0x${pair.certificate.serialNumber}`)

async function connected(port: number): Promise<TLSSocket> {
  const socket = connect({ host: address, port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}

async function serialAt(port: number): Promise<bigint> {
  const socket = await connected(port)
  const serial = BigInt(`0x${socket.getPeerX509Certificate()!.serialNumber}`)
  socket.destroy()
  return serial
}

/** One connection of a phone, that stays. */
async function dialled(): Promise<{ serial: bigint; answer(): Promise<string> } & AsyncDisposable> {
  const socket = await connected(sipPort)
  let asked = 0
  return {
    serial: BigInt(`0x${socket.getPeerX509Certificate()!.serialNumber}`),
    async answer() {
      asked++
      socket.write(
        `OPTIONS sip:${address} SIP/2.0\r\nVia: SIP/2.0/TLS ${address}:9;branch=z9hG4bK${asked}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: ${asked}\r\nCSeq: ${asked} OPTIONS\r\nContent-Length: 0\r\n\r\n`,
      )
      const [bytes] = await once(socket, 'data')
      return String(bytes).split('\r\n', 1)[0]!
    },
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  }
}

async function metrics(): Promise<string> {
  const socket = await connected(webPort)
  socket.write(`GET /metrics HTTP/1.1\r\nHost: ${address}:${webPort}\r\nConnection: close\r\n\r\n`)
  let text = ''
  for await (const bytes of socket) text += bytes
  return text
}
