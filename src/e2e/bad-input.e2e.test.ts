/**
 * What goes wrong at two in the morning: a wrong key, a taken port, a full disk, a broken certificate, a stranger at the port, a clock that
 * jumps. Each is told in words with what to do, nothing that was kept is lost, and a call in progress goes on.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import pino from 'pino'
import type { Page } from 'playwright-core'
import type { Fact } from '../centre/facts.ts'
import { dispatch } from '../cli/commands.ts'
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { Store } from '../store/store.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { Chromium, hasChromium } from './chromium.ts'
import { freePort } from './ports.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { signInPassword, sipPassword, World } from './world.ts'

const isRoot = process.getuid?.() === 0
const nobody = 65534

describe('a start that cannot be', () => {
  const address = '127.0.0.71'
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchroom-bad-'))
    chmodSync(folder, 0o755)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** A configuration of its own folder and, unless told otherwise, its own ports. */
  async function configured(name: string, more: { http?: number; sip?: number; tls?: string; lines?: string[] } = {}) {
    const data = join(folder, name)
    mkdirSync(data, { recursive: true })
    const file = join(folder, `${name}.toml`)
    const http = more.http ?? (await freePort(address))
    const sip = more.sip ?? (await freePort(address))
    writeFileSync(
      file,
      [
        `data_dir = "${data}"`,
        ...(more.lines ?? []),
        '[http]',
        `listen = "${address}:${http}"`,
        `tls = "${more.tls ?? 'off'}"`,
        '[sip]',
        `listen = ["udp:${address}:${sip}", "tcp:${address}:${sip}"]`,
        '[media]',
        `address = "${address}"`,
        'ports = "45000-45199"',
        'workers = 1',
      ].join('\n'),
    )
    return { file, data, http, sip }
  }

  /** The program as systemd runs it; ends by itself or fails the test after 30 s. */
  async function program(args: string[], as?: { uid: number }): Promise<{ code: number; said: string }> {
    const child = spawn(process.execPath, ['src/main.ts', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      ...(as ? { uid: as.uid, gid: as.uid } : {}),
    })
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { code: code as number, said: out + err }
  }

  /** The same command inside this process, where no uid matters. */
  async function command(...args: string[]): Promise<{ code: number; said: string }> {
    const lines: string[] = []
    const keep = (line: string) => void lines.push(line)
    const code = await dispatch(args, { out: keep, err: keep, input: async () => '', env: {} })
    return { code, said: lines.join('\n') }
  }

  test('an unknown key is exit 2 with the file, the key, what was found, what is allowed and a guess', async () => {
    const { file, data } = await configured('key', { lines: ['log.leval = "debug"'] })
    const { code, said } = await program(['serve', '--config', file])
    assert.equal(code, 2)
    assert.match(said, new RegExp(`${file}: log.leval is not right`))
    assert.match(said, /found: {3}log\.leval = "debug"/)
    assert.match(said, /allowed: .*log\.level/)
    assert.match(said, /did you mean log\.level\?/)
    assert.deepEqual(readdirSync(data), [], 'nothing was begun')
  })

  test('an unknown command is exit 2 with the commands there are and a guess', async () => {
    const { code, said } = await command('serv')
    assert.equal(code, 2)
    assert.match(said, /no command "serv"; did you mean serve\?[\s\S]*verify {5}check an export/)
    assert.equal((await command('serve', '--confg', 'x')).code, 2)
  })

  test('a web port that is taken is exit 1 with what to do, and not one line of the journal or SIP port was begun', async () => {
    await using taken = await aListener(address)
    const { file, data, sip } = await configured('http', { http: taken.port })
    const { code, said } = await program(['serve', '--config', file])
    assert.equal(code, 1)
    assert.match(
      said,
      new RegExp(`http.listen ${address}:${taken.port}: another program holds the port .*change http.listen`),
    )
    assert.doesNotMatch(said, /\n\s+at /, 'no stack for a person')
    const { said: journal } = await command('verify', '--journal', '--config', file)
    assert.match(journal, /ok: 0 journal lines/)
    await (await aListener(address, sip))[Symbol.asyncDispose]()
    assert.ok(!existsSync(join(data, 'control.sock')))
  })

  test('a SIP port that is taken is exit 1 with what to do, and gives back the web port and the data folder', async () => {
    await using taken = await aListener(address)
    const { file, http } = await configured('sip', { sip: taken.port })
    for (let time = 0; time < 2; time++) {
      const { code, said } = await program(['serve', '--config', file])
      assert.equal(code, 1)
      assert.match(said, new RegExp(`tcp:${address}:${taken.port}: another program holds the port .*change sip.listen`))
    }
    await (await aListener(address, http))[Symbol.asyncDispose]()
    const checked = await command('check', '--config', file)
    assert.equal(checked.code, 1)
    assert.match(
      checked.said,
      new RegExp(`BAD {2}ports +tcp ${address}:${taken.port}: EADDRINUSE\\n +→ .*set sip.listen`),
    )
    assert.match(checked.said, new RegExp(`ok {3}ports +tcp ${address}:${http} is free`))
  })

  test('a data folder that cannot be written is exit 1 with the folder and what to do, for serve and for check', {
    skip: isRoot ? false : 'needs root, to become a user who may not write',
  }, async () => {
    const { file, data } = await configured('readonly')
    const served = await program(['serve', '--config', file], { uid: nobody })
    assert.equal(served.code, 1)
    assert.match(
      served.said,
      new RegExp(`${data} cannot be written \\(EACCES\\): make it writable for this user, or set data_dir`),
    )
    const checked = await program(['check', '--config', file], { uid: nobody })
    assert.equal(checked.code, 1)
    assert.match(
      checked.said,
      new RegExp(`BAD {2}disk +${data} cannot be written by uid ${nobody}\\n +→ .*sudo -u switchroom`),
    )
    assert.deepEqual(readdirSync(data), [])
  })

  test('a damaged certificate is exit 1, named by serve and by check, and never overwritten', async () => {
    const { file, data } = await configured('tls', { tls: 'auto' })
    mkdirSync(join(data, 'tls'))
    for (const name of ['ca.pem', 'ca.key'])
      writeFileSync(join(data, 'tls', name), '-----BEGIN CERTIFICATE-----\ngarbage\n')
    const served = await program(['serve', '--config', file])
    assert.equal(served.code, 1)
    assert.match(served.said, /ca\.pem and .*ca\.key are damaged; restore them, or remove both and import the new root/)
    const checked = await command('check', '--config', file)
    assert.equal(checked.code, 1)
    assert.match(checked.said, /BAD {2}certificate +.*ca\.pem and .*ca\.key are damaged/)
    assert.match(readFileSync(join(data, 'tls/ca.pem'), 'utf8'), /garbage/)
  })

  test('a second serve on the same data is exit 1 in words, and the first one does not notice', async () => {
    const first = await configured('one')
    const second = await configured('two')
    writeFileSync(second.file, readFileSync(second.file, 'utf8').replace(second.data, first.data))
    const child = spawn(process.execPath, ['src/main.ts', 'serve', '--config', first.file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      let log = ''
      child.stdout.on('data', bytes => (log += bytes))
      for (let wait = 0; wait < 300 && !log.includes('serving'); wait++) await sleep(100)
      const { code, said } = await program(['serve', '--config', second.file])
      assert.equal(code, 1)
      assert.match(said, new RegExp(`Another Switchroom works on ${first.data}/switchroom.db; stop it first`))
      assert.equal((await fetch(`http://${address}:${first.http}/healthz`)).status, 200)
      const checked = await command('check', '--config', first.file)
      assert.match(checked.said, /Switchroom is running here and holds its ports/)
      const restored = await command('restore', join(first.data, 'switchroom.db'), '--config', first.file)
      assert.equal(restored.code, 1)
      assert.match(restored.said, /Another Switchroom works on .*stop it first/)
    } finally {
      child.kill('SIGTERM')
      assert.deepEqual(await once(child, 'exit'), [0, null])
    }
  })

  test('a scenario that is none is exit 2 with the place, what was found and what is allowed', async () => {
    const scenario = join(folder, 'scenario.json')
    writeFileSync(scenario, '{"seed":"x","peple":[]}')
    const { code, said } = await command('carrier', scenario)
    assert.equal(code, 2)
    for (const words of [
      /scenario.json is not right/,
      /seed: .*expected number, received string/,
      /people: /,
      /"peple"/,
    ])
      assert.match(said, words)
    writeFileSync(scenario, '{"seed":')
    assert.match((await command('carrier', scenario)).said, /scenario.json cannot be read: .*JSON/)
    assert.match((await command('carrier', join(folder, 'nowhere.json'))).said, /nowhere.json cannot be read: ENOENT/)
  })

  test('a broken backup is refused and changes nothing', async () => {
    const { file, data } = await configured('restore')
    assert.equal((await command('user', 'add', 'adam', '--role', 'admin', '--config', file)).code, 0)
    const backup = join(folder, 'night.backup')
    assert.equal((await command('backup', backup, '--config', file)).code, 0)
    const whole = readFileSync(backup)
    const before = sha256Of(join(data, 'switchroom.db'))
    const page = Buffer.from(whole)
    page.fill(0x5a, 8192, 8192 + 4096)
    for (const [what, bytes] of [
      ['half of it', whole.subarray(0, whole.length / 2)],
      ['a page overwritten', page],
      ['nothing', Buffer.alloc(0)],
      ['another file', Buffer.from('Dear Sir or Madam, '.repeat(500))],
    ] as const) {
      writeFileSync(backup, bytes)
      const { code, said } = await command('restore', backup, '--config', file)
      assert.equal(code, 1, what)
      assert.match(said, /restore: this backup is not sound, nothing was changed: /, what)
      assert.equal(sha256Of(join(data, 'switchroom.db')), before, what)
    }
    assert.match((await command('user', 'list', '--config', file)).said, /adam/)
  })

  test('evidence that somebody changed is told with the file in it', async () => {
    const { file, data } = await configured('evidence')
    await aSealedRecording(data)
    const zip = join(folder, 'evidence.zip')
    const made = await command(
      'export',
      '--from',
      '2026-11-24T00:00:00+08:00',
      '--to',
      '2026-11-25T00:00:00+08:00',
      '--reason',
      'court',
      '--out',
      zip,
      '--config',
      file,
    )
    assert.equal(made.code, 0, made.said)
    assert.equal((await command('verify', zip)).code, 0)
    const bytes = readFileSync(zip)
    const at = bytes.indexOf('the voices of two people')
    assert.ok(at > 0, 'the audio is in the zip as recorded')
    bytes.write('THE', at)
    writeFileSync(zip, bytes)
    const changed = await command('verify', zip)
    assert.equal(changed.code, 1)
    assert.match(changed.said, /r_1\.wav[\s\S]*evidence\.zip is not what was exported/)
    writeFileSync(zip, bytes.subarray(0, bytes.length / 2))
    const half = await command('verify', zip)
    assert.equal(half.code, 1)
    assert.match(half.said, /The zip cannot be read to its end/)
  })

  test('a journal that somebody changed is told with its line', async () => {
    const { file, data } = await configured('journal')
    for (const name of ['adam', 'eve']) await command('user', 'add', name, '--role', 'admin', '--config', file)
    assert.equal((await command('verify', '--journal', '--config', file)).code, 0)
    const db = new Sqlite(join(data, 'switchroom.db'))
    assert.throws(() => db.exec("UPDATE journal SET body = replace(body, 'eve', 'ivy')"), /journal/, 'not by mistake')
    db.exec(
      "DROP TRIGGER journal_no_update; UPDATE journal SET body = replace(body, 'eve', 'ivy') WHERE body LIKE '%eve%'",
    )
    const { seq } = db.prepare("SELECT seq FROM journal WHERE body LIKE '%ivy%'").get() as { seq: number }
    db.close()
    const { code, said } = await command('verify', '--journal', '--config', file)
    assert.equal(code, 1)
    assert.match(said, new RegExp(`journal line ${seq}: its content was changed`))
  })
})

describe('a call in progress', { skip: hasSipp && hasBaresip ? false : 'needs sipp and baresip' }, () => {
  const customerHz = 440
  const agentHz = 1000
  let world: World
  let disk: SmallDisk
  let customer: RtpPeer
  let phone: Baresip
  let carrier: Sipp
  let alice: UserId
  let call: string
  let trunk: TrunkId
  const log: { level: string; msg: string; alarm?: boolean }[] = []
  let clockOffsetMs = 0

  before(async () => {
    disk = smallDisk()
    world = await World.open({
      web: 'http',
      folder: join(disk.folder, 'data'),
      clock: { now: () => Date.now() + clockOffsetMs, monotonic: () => performance.now() },
      log: pino(
        { formatters: { level: label => ({ level: label }) } },
        { write: line => void log.push(JSON.parse(line)) },
      ),
    })
    customer = await RtpPeer.open('127.0.0.72', customerHz)
    alice = await world.agent('alice', 'phone-nailed', '1001')
    await world.person('adam', 'admin')
    phone = await Baresip.phone({
      address: '127.0.0.1',
      extension: '1001',
      password: sipPassword,
      registrar: `127.0.0.1:${world.sipPort}`,
      hz: agentHz,
    })
    await world.until(
      'the desk phone is registered',
      async () => (await world.house.telephone.figures())['sip_bindings'] === 1,
    )
    await world.house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
    await world.fact('agent.stationChanged', fact => fact.up)
    carrier = await Sipp.carrier({
      address: '127.0.0.73',
      media: customer,
      acts: [{ do: 'answer' }, { do: 'expectBye' }],
    })
    trunk = await world.trunk(carrier, { callsPerSecond: 1 })
    const campaign = await world.campaign({ trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await say('agent.ready')
    call = (await world.fact('call.connected')).call
    await bothHear()
  })
  after(async () => {
    if (existsSync(join(disk.folder, 'ballast'))) disk.makeSpace()
    for (const owned of [carrier, phone, customer, world]) await owned?.[Symbol.asyncDispose]()
    disk?.[Symbol.dispose]()
  })

  async function say(type: 'agent.ready' | 'agent.break'): Promise<void> {
    const outcome = await world.house.engine.dispatch({ type, agent: alice } as never, `user:${alice}`)
    assert.ok(outcome.ok, JSON.stringify(outcome))
  }
  const bothHear = async () => {
    customer.forget()
    await Promise.all([customer.hears(agentHz), phone.hears(customerHz)])
    const ended = world.facts.find(fact => fact.type === 'call.ended' && fact.call === call)
    assert.equal(world.call(call)?.phase, 'talking', JSON.stringify(ended))
  }
  const signIn = (lang: string) =>
    fetch(`${world.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html', cookie: `lang=${lang}` },
      body: new URLSearchParams({ name: 'adam', password: signInPassword }),
    })
  const readyz = async () =>
    (await (await fetch(`${world.url}/readyz`)).json()) as { checks: { name: string; trouble: string | null }[] }
  const trouble = async (name: string) => (await readyz()).checks.find(check => check.name === name)?.trouble ?? null

  test('is not disturbed by hostile SIP over UDP and TCP, from strangers and from the carrier’s own address', async () => {
    const torture = new URL('../sip/fixtures/rfc4475/', import.meta.url)
    const messages = readdirSync(torture)
      .filter(name => name.endsWith('.dat'))
      .map(name => readFileSync(new URL(name, torture)))
    assert.ok(messages.length > 40)
    const request = (method: string, more: string[]) =>
      Buffer.from(
        [
          `${method} sip:1001@127.0.0.1:${world.sipPort} SIP/2.0`,
          `Via: SIP/2.0/UDP 127.0.0.99:5060;branch=z9hG4bK${Math.random()}`,
          'From: <sip:1001@127.0.0.1>;tag=x',
          'To: <sip:1001@127.0.0.1>',
          `Call-ID: ${Math.random()}`,
          `CSeq: 1 ${method}`,
          'Max-Forwards: 70',
          ...more,
          '',
          '',
        ].join('\r\n'),
      )
    messages.push(
      Buffer.alloc(0),
      Buffer.alloc(1),
      Buffer.alloc(65_000, 'A'),
      Buffer.alloc(2_000, 0),
      Buffer.alloc(1_400, 0xff),
      request('INVITE', ['Content-Length: 99999999']),
      request('INVITE', ['Content-Length: -1']),
      request('BYE', []),
      request('CANCEL', []),
      request('REGISTER', ['Contact: *', 'Expires: 0', 'Authorization: Digest username="1001"']),
      request(
        'REGISTER',
        Array.from({ length: 2_000 }, (_, at) => `Contact: <sip:${at}@127.0.0.99>`),
      ),
      ...Array.from({ length: 400 }, () => request('INVITE', ['Content-Length: 0'])),
    )
    for (const from of ['127.0.0.99', carrier.address]) {
      const socket = createSocket('udp4')
      socket.bind(0, from)
      await once(socket, 'listening')
      for (const [at, message] of messages.entries()) {
        socket.send(message, world.sipPort, world.address)
        if (at % 50 === 0) await sleep(5)
      }
      await sleep(200)
      socket.close()
    }
    const half = connect({ port: world.sipPort, host: world.address, localAddress: '127.0.0.99' })
    half.on('error', () => {})
    half.write('INVITE sip:1001@127.0.0.1 SIP/2.0\r\nContent-Length: 50\r\n')
    for (const message of messages.slice(0, 60)) {
      const socket = connect({ port: world.sipPort, host: world.address, localAddress: '127.0.0.99' })
      socket.on('error', () => {})
      socket.end(message)
    }
    await bothHear()
    half.destroy()
    assert.equal((await world.house.telephone.figures())['sip_bindings'], 1, 'the desk phone is still registered')
    assert.equal(await trouble('sip'), null)
    assert.deepEqual(
      log.filter(line => line.level === 'fatal'),
      [],
    )
  })

  test('is neither disturbed nor taken over by hostile RTP at its ports', async () => {
    const { port } = customer.remote!
    const loud = Buffer.alloc(172, 0x2a) // PCMA at full scale
    loud.set([0x80, 8])
    const junk = [
      Buffer.alloc(0),
      Buffer.alloc(11, 0x80),
      Buffer.alloc(1_500, 0xff),
      Buffer.from([0x8f, 8, ...Array(20).fill(0)]), // 15 contributing sources that are not there
      Buffer.from([0x90, 8, ...Array(10).fill(0), 0xbe, 0xde, 0xff, 0xff]), // an extension longer than the packet
      Buffer.from([0xa0, 8, ...Array(10).fill(0), 0xff]), // more padding than packet
      Buffer.from([0x81, 203, 0, 1, 0x12, 0x34, 0xab, 0xcd]), // an RTCP BYE of the customer's own source
    ]
    const phase = Math.floor(Math.random() * 2 ** 16)
    for (const from of ['127.0.0.99', customer.address]) {
      const socket = createSocket('udp4')
      socket.bind(0, from)
      await once(socket, 'listening')
      for (let at = 0; at < 1_500; at++) {
        loud.writeUInt16BE((phase + at) & 0xffff, 2)
        loud.writeUInt32BE(at * 160, 4)
        socket.send(loud, port, world.address)
        socket.send(junk[at % junk.length]!, port + (at % 2), world.address)
        if (at % 15 === 0) await sleep(10)
      }
      await bothHear()
      socket.close()
    }
  })

  test('goes on when the clock of the machine jumps, and the log tells by how much', async () => {
    for (const offset of [-3600_000, 7200_000, 0]) {
      clockOffsetMs = offset
      await world.until('the jump is told', () =>
        log.some(({ msg }) =>
          msg.includes(`the clock of this machine was set ${offset < 0 || offset === 0 ? 'back' : 'forward'}`),
        ),
      )
      log.length = 0
      await bothHear()
    }
    assert.equal(world.house.engine.trouble, null)
  })

  test('goes on while the disk is full: no new calls, an alarm, /readyz says why; with space all goes on and nothing is lost', {
    skip: isRoot ? false : 'needs root, to mount a small disk; the store’s and the engine’s tests inject the limit',
  }, async () => {
    const before = world.house.engine.state.calls.size
    assert.equal(await trouble('engine'), null)
    const pause = () =>
      world.house.engine.dispatch({ type: 'agent.break', agent: alice, reason: 'rest' } as never, `user:${alice}`)
    const cookies = (await signIn('en')).headers.getSetCookie().map(each => each.split(';')[0]!)
    const asAdam = (path: string, { lang }: { lang: string }) =>
      fetch(`${world.url}${path}`, {
        headers: { cookie: [...cookies.filter(each => !each.startsWith('lang=')), `lang=${lang}`].join('; ') },
      })
    disk.fill()
    const decided = pause() // decided before the disk was known to be full: it is kept, and done when there is space
    await world.until('the floor takes no new work', () => world.house.engine.trouble, 20_000)
    await assert.rejects(pause(), /The disk is full: no new calls\. Make space; the floor goes on by itself\./)
    assert.match((await trouble('engine')) ?? '', /The disk is full/)
    assert.equal((await fetch(`${world.url}/readyz`)).status, 503)
    for (const [lang, words] of [
      ['zh-CN', /磁盘已满，暂停新的呼叫/],
      ['en', /The disk is full: no new calls/],
    ] as const)
      assert.match(await (await asAdam('/admin/trunks', { lang })).text(), words)
    const late = await signIn('zh-CN')
    assert.equal(late.status, 303, 'whoever comes to make room can sign in')
    const refused = await fetch(`${world.url}/admin/suppressions`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'sec-fetch-site': 'same-origin',
        accept: 'text/html',
        cookie: ['lang=zh-CN', ...late.headers.getSetCookie().map(each => each.split(';')[0]!)].join('; '),
      },
      body: new URLSearchParams({ number: '13800009999', reason: 'asked for it' }),
    })
    assert.equal(refused.status, 507, 'what is asked for is journalled or it is not done')
    assert.match(await refused.text(), /磁盘已满，刚才的操作没有保存/)
    assert.ok(log.some(line => line.alarm && line.level === 'fatal' && /disk is full/.test(line.msg)))
    const knownLines = world.facts.length
    await bothHear()
    assert.equal(world.house.engine.state.calls.size, before)
    disk.makeSpace()
    await world.until('the floor goes on', () => world.house.engine.trouble === null)
    assert.equal(await trouble('engine'), null)
    await bothHear()
    assert.ok((await decided).ok)
    assert.ok((await pause()).ok)
    assert.ok(world.facts.length > knownLines)
    assert.ok(!world.facts.some(fact => fact.type === 'recording.missing'), 'the recording goes on, and is no two')
  })

  test('ends in order after all that, and the journal is whole', async () => {
    const outcome = await world.house.engine.dispatch(
      { type: 'agent.hangUp', agent: alice, call } as never,
      `user:${alice}`,
    )
    assert.ok(outcome.ok)
    await carrier.done()
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ending.by, 'agent')
    const sealed = await world.fact('recording.sealed', fact => fact.call === call)
    const answered = world.timeOf(await world.fact('call.answered', fact => fact.call === call))
    const ended = world.timeOf(await world.fact('call.ended', fact => fact.call === call))
    assert.ok(sealed.durationMs >= ended - answered - 500, `${sealed.durationMs} of ${ended - answered} ms`)
    // A minute of room was kept ahead, so the full disk of a few seconds cost no sound; what it costs is told.
    assert.ok((sealed.lostMs ?? 0) < 1_000, `${sealed.lostMs} ms were lost`)
    const facts = world.facts.length
    await world.close()
    const db = new Sqlite(join(world.folder, 'switchroom.db'), { readonly: true })
    const { lines } = db.prepare('SELECT count(*) AS lines FROM journal').get() as { lines: number }
    db.close()
    assert.ok(lines >= facts, `${lines} lines of ${facts} facts that were told`)
    const said: string[] = []
    const io = {
      out: (line: string) => void said.push(line),
      err: (line: string) => void said.push(line),
      input: async () => '',
    }
    const env = { SWITCHROOM_DATA_DIR: world.folder }
    assert.equal(await dispatch(['verify', '--journal'], { ...io, env }), 0, said.join('\n'))
  })
})

describe('a person at the pages', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let world: World
  let chromium: Chromium
  let clockOffsetMs = 0

  before(async () => {
    world = await World.open({
      address: '127.0.0.75',
      web: 'http',
      clock: { now: () => Date.now() + clockOffsetMs, monotonic: () => performance.now() },
    })
    for (const name of ['adam', 'ada']) await world.person(name, 'admin')
    await world.person('alice', 'agent')
    chromium = await Chromium.launch('none')
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  async function fillIn(page: Page, name: string, password = signInPassword): Promise<void> {
    await page.fill('input[name=name]', name)
    await page.fill('input[name=password]', password)
    await page.press('input[name=password]', 'Enter')
  }
  async function signedIn(name: string): Promise<Page> {
    const page = await chromium.page()
    await page.goto(`${world.url}/sign-in`)
    await fillIn(page, name)
    await page.waitForURL(url => url.pathname !== '/sign-in')
    return page
  }

  test('five wrong passwords lock the name for 30 minutes, which is said; another person signs in as ever', async () => {
    const page = await chromium.page()
    const answers: number[] = []
    for (const password of ['1', '2', '3', '4', '5', signInPassword]) {
      await page.goto(`${world.url}/sign-in`)
      const [answer] = await Promise.all([
        page.waitForResponse(response => response.request().method() === 'POST'),
        fillIn(page, 'ada', password),
      ])
      answers.push(answer.status())
      await page.waitForSelector('.notice')
      assert.equal(await page.inputValue('input[name=name]'), 'ada', 'the name stays')
    }
    assert.deepEqual(
      answers.map(status => status === 401),
      [true, true, true, true, false, false],
    )
    assert.match((await page.textContent('.notice')) ?? '', /(locked|锁定).*30|30.*(locked|锁定)/s)
    await (await signedIn('adam')).close()
    clockOffsetMs += 31 * 60_000
    await (await signedIn('ada')).close()
  })

  test('what was typed when the session ended is back after the sign-in, and goes in', async () => {
    const page = await signedIn('adam')
    await page.goto(`${world.url}/admin/suppressions`)
    await page.fill('#f-number', '13800000099')
    await page.fill('[name=reason]', 'asked on the phone')
    clockOffsetMs += 11 * 60_000
    await page.press('#f-number', 'Enter')
    await page.waitForURL(url => url.pathname === '/sign-in')
    assert.match((await page.textContent('.notice')) ?? '', /What you typed is kept|输入过的内容仍保存在本机/)
    await fillIn(page, 'adam')
    await page.waitForURL(url => url.pathname === '/admin/suppressions')
    await page.waitForFunction(`document.querySelector('#f-number').value !== ''`)
    assert.equal(await page.inputValue('#f-number'), '13800000099')
    assert.equal(await page.inputValue('[name=reason]'), 'asked on the phone')
    await page.press('#f-number', 'Enter')
    await page.waitForSelector('td:has-text("asked on the phone")')
    assert.equal(await page.inputValue('#f-number'), '', 'what went in is not offered again')
    assert.doesNotMatch(await page.evaluate<string>('JSON.stringify(sessionStorage)'), /correct horse|13800000099/)
    await page.close()
  })

  test('rows that do not pass are told one by one, the good ones are in, and the same file again changes nothing', async () => {
    const campaign = await world.campaign({ id: 'k_csv' as CampaignId, state: 'paused', trunks: [], agents: [] })
    const csv = [
      'ref,name,phone',
      'A1,Carl,13800000001',
      'A2,Carla,telephone',
      'A3,Carlos,13800000003,one,too,many',
      ',Nobody,13800000004',
      'A1,Carl again,13800000005',
      'A6,"Caroline, née ""B""",13800000006',
    ].join('\r\n')
    const page = await signedIn('adam')
    const upload = async () => {
      await page.goto(`${world.url}/admin/campaigns/${campaign}/leads`)
      await page.setInputFiles('input[type=file]', {
        name: 'leads.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(csv),
      })
      await Promise.all([
        page.waitForResponse(answer => answer.request().method() === 'POST'),
        page.click('.upload button'),
      ])
      await page.waitForSelector('.notice')
      return (await page.textContent('main')) ?? ''
    }
    const stored = async () => {
      const { items } = await world.house.store.read('leads.page', { campaign, cursor: null })
      return items.map(({ ref, name }) => `${ref} ${name}`).sort()
    }
    const first = await upload()
    assert.match(first, /2 rows went in|已导入 2 行/)
    assert.match(first, /4 rows did not|4 行未导入/)
    for (const found of [/telephone/, /6 columns, and the header has 3|此行有 6 列，列名只有 3 列/, /Ref|编号/, /A1/])
      assert.match(first, found)
    const whole = ['A1 Carl', 'A6 Caroline, née "B"']
    assert.deepEqual(await stored(), whole)
    const again = await upload()
    assert.match(again, /0 rows went in|已导入 0 行/)
    assert.deepEqual(await stored(), whole)
    await page.close()
  })

  test('an agent without a microphone reads what to do, and does not become ready', async () => {
    const page = await signedIn('alice')
    await page.waitForSelector('html[data-audio-state="no-microphone"]', { state: 'attached' })
    const words = (await page.textContent('#audio-words')) ?? ''
    assert.match(words, /No microphone was found\. Plug in the headset|没有找到麦克风。请插好耳麦/)
    await page.keyboard.press('Alt+r')
    await page.waitForSelector('#state-bar[data-phase="break"]')
    await page.keyboard.press('Alt+r')
    await page.waitForSelector('text=/audio is not connected|语音尚未连接/i', { timeout: 10_000 })
    assert.equal(await page.getAttribute('#state-bar', 'data-phase'), 'break')
    assert.equal(world.facts.filter(fact => fact.type === 'agent.stateChanged' && fact.state === 'ready').length, 0)
    await page.close()
  })
})

type SmallDisk = Disposable & { folder: string; fill(): void; makeSpace(): void }

/** A data folder of 48 MB, where mounting is permitted; else an ordinary one. */
function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-disk-'))
  let mounted = false
  if (isRoot) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m,mode=0755', 'tmpfs', folder])
    mounted = true
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(folder)
      assert.ok(mounted && bavail * bsize <= 48 * 2 ** 20, 'only a disk of our own is filled')
      try {
        for (;;) appendFileSync(ballast, Buffer.alloc(64 * 1024))
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
      }
    },
    makeSpace: () => rmSync(ballast),
    [Symbol.dispose]() {
      if (mounted) execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A call with one recording, as the floor would have left it. */
async function aSealedRecording(data: string): Promise<void> {
  const at = Date.parse('2026-11-24T12:00:00+08:00')
  const [call, recording] = ['c_1' as never, 'r_1' as never]
  const audio = Buffer.from('the voices of two people')
  mkdirSync(join(data, 'recordings'))
  writeFileSync(join(data, 'recordings/r_1.wav'), audio)
  const sha256 = createHash('sha256').update(audio).digest('hex')
  await using store = await Store.open({
    file: join(data, 'switchroom.db'),
    keyFile: join(data, 'secrets.key'),
    now: at,
    readers: 1,
  })
  const facts: Fact[] = [
    { type: 'call.offered', call, trunk: 't_1' as never, leg: 'g_1' as never, from: '13800000001', to: '1001' },
    { type: 'recording.opened', recording, call, path: 'r_1.wav' },
    { type: 'recording.sealed', recording, call, sha256, bytes: audio.length, durationMs: 1, salvaged: false },
  ]
  await store.commit({ recorded: facts.map(fact => ({ at, actor: 'system', fact })) })
}

/** Something else at a TCP port. */
async function aListener(address: string, port = 0): Promise<AsyncDisposable & { port: number }> {
  const server = createServer(socket => socket.destroy())
  server.listen(port, address)
  await once(server, 'listening')
  const bound = server.address() as { port: number }
  return { port: bound.port, [Symbol.asyncDispose]: async () => void (await new Promise(done => server.close(done))) }
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
