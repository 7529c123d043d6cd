import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ConfigError, configKeys, environmentName, loadConfig, parseConfig } from './config.ts'
import { asset } from './lib/places.ts'

const read = (text: string, env: NodeJS.ProcessEnv = {}) =>
  parseConfig({ file: '/etc/switchroom/switchroom.toml', text, env })

function refusal(run: () => unknown): ConfigError {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error
  }
  assert.fail('was accepted')
}

test('an empty file means the defaults of the contract', () => {
  const config = read('')
  assert.equal(config.dataDir, '/var/lib/switchroom')
  assert.deepEqual(config.http, { listen: { host: '0.0.0.0', port: 8443 }, tls: 'auto', cert: null, key: null })
  assert.deepEqual(config.sip.listen, [
    { transport: 'udp', host: '0.0.0.0', port: 5060 },
    { transport: 'tcp', host: '0.0.0.0', port: 5060 },
  ])
  assert.deepEqual(config.media.ports, { from: 20000, to: 29999 })
  assert.equal(config.secrets.keyFile, '/var/lib/switchroom/secrets.key')
  assert.equal(config.lab, false)
})

test('a checkout without a file keeps its data in ./var', () => {
  assert.match(parseConfig({ file: null, text: '', env: {} }).dataDir, /\/var$/)
})

test('the environment overrides every key of the file', () => {
  const config = read('data_dir = "/a"\n[http]\nlisten = "0.0.0.0:1"', {
    SWITCHROOM_DATA_DIR: '/b',
    SWITCHROOM_HTTP_LISTEN: '[::1]:9443',
    SWITCHROOM_SIP_LISTEN: 'udp:127.0.0.1:5070, tcp:[::1]:5071',
    SWITCHROOM_LAB: 'true',
    SWITCHROOM_MEDIA_WORKERS: '3',
    PATH: '/usr/bin',
  })
  assert.equal(config.dataDir, '/b')
  assert.deepEqual(config.http.listen, { host: '::1', port: 9443 })
  assert.deepEqual(config.sip.listen, [
    { transport: 'udp', host: '127.0.0.1', port: 5070 },
    { transport: 'tcp', host: '::1', port: 5071 },
  ])
  assert.equal(config.lab, true)
  assert.equal(config.media.workers, 3)
  assert.equal(new Set(configKeys.map(environmentName)).size, configKeys.length)
})

test('an unknown key is refused with file, key, what was found, what is allowed, and the nearest name', () => {
  const { message, key } = refusal(() => read('[http]\nlissten = "0.0.0.0:1"'))
  assert.equal(key, 'http.lissten')
  assert.match(message, /^\/etc\/switchroom\/switchroom\.toml: http\.lissten/)
  assert.match(message, /found: {3}http\.lissten = "0\.0\.0\.0:1"/)
  assert.match(message, /allowed: data_dir, .*media\.ports/)
  assert.match(message, /did you mean http\.listen\?/)
})

test('an unknown variable of ours is refused, since a typing error there would silently do nothing', () => {
  assert.match(refusal(() => read('', { SWITCHROOM_HTTP_LISTN: 'x' })).message, /did you mean SWITCHROOM_HTTP_LISTEN\?/)
})

for (const [text, key] of [
  ['http.listen = "8443"', 'http.listen'],
  ['http.listen = "0.0.0.0:70000"', 'http.listen'],
  ['http.listen = 8443', 'http.listen'],
  ['http.tls = "on"', 'http.tls'],
  ['http.tls = "files"', 'http.cert'],
  ['http.cert = "/tmp/c.pem"', 'http.cert'],
  ['sip.listen = []', 'sip.listen'],
  ['sip.listen = ["sctp:0.0.0.0:5060"]', 'sip.listen'],
  ['sip.listen = ["udp:pbx.example:5060"]', 'sip.listen'],
  ['sip.listen = ["udp:0.0.0.0:5060", "udp:0.0.0.0:5060"]', 'sip.listen'],
  ['media.ports = "30000-20000"', 'media.ports'],
  ['media.ports = "80-90"', 'media.ports'],
  ['media.address = "pbx"', 'media.address'],
  ['media.workers = 0', 'media.workers'],
  ['log.level = "loud"', 'log.level'],
  ['lab = "yes"', 'lab'],
] as const)
  test(`${text} is refused, naming ${key}`, () => {
    const error = refusal(() => read(text))
    assert.equal(error.key, key)
    assert.match(error.message, /allowed: \S/)
  })

test('broken TOML names the line, a missing file the reason', () => {
  assert.match(refusal(() => read('data_dir = "/a"\n[http')).message, /line 2/)
  assert.match(refusal(() => loadConfig('/nonexistent/switchroom.toml', {})).message, /ENOENT/)
})

test('a relative path is meant from the file, and nothing can be changed afterwards', () => {
  const config = read('data_dir = "data"')
  assert.equal(config.dataDir, '/etc/switchroom/data')
  assert.throws(() => ((config.http.listen as { port: number }).port = 1), TypeError)
})

test('the file that the package installs shows each key with what holds without it', () => {
  const text = readFileSync(asset('debian/switchroom.toml'), 'utf8')
  const shown = text.replace(/^#(?=[a-z_]+ = )/gm, '')
  for (const key of configKeys) assert.match(shown, new RegExp(`^${key.split('.').at(-1)} = `, 'm'))
  const own = /^(cert|key|advertise|address|workers) = .*\n/gm // examples, or different from machine to machine
  assert.deepEqual(read(shown.replace(own, '')), read(text))
})
