/** What `switchroom check` looks at on this machine, before and while the service runs. */
import dgram from 'node:dgram'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import net from 'node:net'
import { networkInterfaces } from 'node:os'
import { dirname, join } from 'node:path'
import koffi from 'koffi'
import { type Config, dataFiles, type SipListen } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { asset } from '../lib/places.ts'
import { asOwnerOf, type Self } from './as-owner.ts'
import { programVersion } from './version.ts'

export type Checked = {
  /** `bad` keeps calls from working; `warn` will hurt one day; `ok` with an advice is a hint. */
  state: 'ok' | 'warn' | 'bad'
  found: string
  /** What to do; there whenever `state` is not `ok`. */
  advice?: string
}

const floorBytes = 1e9
const comfortBytes = 20e9
/** One minute of a recorded call: G.711, two channels. */
const bytesPerMinute = 16_000 * 60

export async function checkDisk(config: Config): Promise<Checked[]> {
  let folder = config.dataDir
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    const advice = `run this as the service does (sudo -u switchroom switchroom check), or chown switchroom: ${folder}`
    return [{ state: 'bad', found: `${folder} cannot be written by ${whoami()}`, advice }]
  }
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const hours = Math.floor(free / bytesPerMinute / 60)
  const space = `${(free / 1e9).toFixed(0)} GB free in ${folder}: ${hours.toLocaleString('en')} hours of recordings`
  const advice = 'free space or move data_dir; below 1 GB /readyz answers 503, and on a full disk no new call is taken'
  const syncMs = timeOfSync(folder)
  return [
    free < floorBytes
      ? { state: 'bad', found: space, advice }
      : free < comfortBytes
        ? { state: 'warn', found: space, advice }
        : { state: 'ok', found: space },
    syncMs > 50
      ? {
          state: 'warn',
          found: `a write reaches the disk in ${syncMs.toFixed(0)} ms`,
          advice: 'an SSD, or a controller with a protected cache: every decision waits for this',
        }
      : { state: 'ok', found: `a write reaches the disk in ${syncMs.toFixed(1)} ms` },
  ]
}

/** Milliseconds from write to platter, the median of five. */
function timeOfSync(folder: string): number {
  const file = join(folder, `.switchroom-check-${process.pid}`)
  const handle = openSync(file, 'wx', 0o600)
  try {
    const times = Array.from({ length: 5 }, () => {
      const from = systemClock.monotonic()
      writeSync(handle, Buffer.alloc(4096))
      fsyncSync(handle)
      return systemClock.monotonic() - from
    })
    return times.sort((a, b) => a - b)[2]!
  } finally {
    closeSync(handle)
    rmSync(file)
  }
}

export async function checkFiles(config: Config, self: Self = process): Promise<Checked[]> {
  const { keyFile } = config.secrets
  const { database } = dataFiles(config)
  if (!existsSync(database)) return [{ state: 'ok', found: `no database yet: the first start makes ${database}` }]
  if (!existsSync(keyFile))
    return [
      {
        state: 'bad',
        found: `${keyFile} is gone, and neither stored passwords nor sealed fields of parties can be read without it`,
        advice:
          'put the copy back that was kept apart from the backups, or set the passwords of trunks and desk phones anew',
      },
    ]
  if ((statSync(keyFile).mode & 0o077) !== 0)
    return [{ state: 'bad', found: `${keyFile} can be read by others`, advice: `chmod 600 ${keyFile}` }]
  // Root may open everything: whoever the service runs as, the owner of its data, is tried.
  const shut = asOwnerOf(config.dataDir, () => shutFile({ [database]: 'r+', [keyFile]: 'r' }), self)
  if (shut !== null) {
    const advice = `chown switchroom: ${shut}, or run this as the service does (sudo -u switchroom switchroom check)`
    const { uid } = statSync(config.dataDir)
    const whom = self.getuid?.() === 0 ? `the owner of data_dir (user ${uid})` : whoami()
    return [
      {
        state: 'bad',
        found: `${shut} cannot be ${shut === database ? 'read and written' : 'read'} by ${whom}`,
        advice,
      },
    ]
  }
  const newer = await faultOfVersion(database)
  if (newer !== null)
    return [{ state: 'bad', found: newer, advice: `this is ${programVersion()}, which does not start with it` }]
  const wrong = await faultOfKey(database, keyFile)
  if (wrong !== null)
    return [{ state: 'bad', found: wrong, advice: 'put the copy back that was kept apart from the backups' }]
  return [{ state: 'ok', found: `${database}, and its key is for the service alone` }]
}

/** The first that cannot be opened so; null: all can. */
function shutFile(files: Record<string, 'r' | 'r+'>): string | null {
  for (const [file, how] of Object.entries(files))
    try {
      closeSync(openSync(file, how))
    } catch {
      return file
    }
  return null
}

function whoami(): string {
  return process.getuid?.() === 0 ? 'root' : `uid ${process.getuid?.()}`
}

/** Why this program cannot serve the database, above all that a newer one has; null: it can. */
async function faultOfVersion(database: string): Promise<string | null> {
  const { faultOfMigrations, openReader, readMigrations } = await import('../store/db.ts')
  try {
    const connection = openReader(database)
    try {
      return faultOfMigrations(connection, readMigrations(asset('migrations')))
    } finally {
      connection.close()
    }
  } catch (error) {
    return `${database} cannot be read: ${(error as Error).message}`
  }
}

/** Whether the database was sealed with this key; null: it was, or nothing is noted of it yet. */
async function faultOfKey(database: string, keyFile: string): Promise<string | null> {
  const { openKeyFile } = await import('../store/secrets.ts')
  const { openReader } = await import('../store/db.ts')
  const { keptFingerprint } = await import('../store/store.ts')
  const { Sealer } = await import('../store/sealer.ts')
  try {
    const key = openKeyFile(keyFile)
    const connection = openReader(database)
    try {
      const { n } = connection.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'key_check'").get() as {
        n: number
      }
      return n === 0 ? null : new Sealer(key, keptFingerprint(connection)).trouble
    } finally {
      connection.close()
    }
  } catch (error) {
    return (error as Error).message
  }
}

export async function checkLimits(): Promise<Checked[]> {
  const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  const files = line === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line)
  if (files >= 16_384) return [{ state: 'ok', found: `${line} open files allowed` }]
  return [
    {
      state: 'warn',
      found: `${line} open files allowed; 500 agents need 16,384`,
      advice: 'the systemd unit sets LimitNOFILE; in a shell: ulimit -n 65536',
    },
  ]
}

/** adjtimex(2): the kernel's own word on whether something keeps the clock right. */
export async function checkClock(): Promise<Checked[]> {
  const adjtimex = koffi.load('libc.so.6').func('int adjtimex(uint8_t *timex)')
  const timex = Buffer.alloc(256) // struct timex is 208 bytes; modes = 0 only reads
  const state: number = adjtimex(timex)
  const isUnsynchronised = state === 5 || (timex.readInt32LE(40) & 0x40) !== 0 // TIME_ERROR, STA_UNSYNC
  if (!isUnsynchronised) return [{ state: 'ok', found: 'the clock is kept by NTP' }]
  return [
    {
      state: 'warn',
      found: 'nothing keeps the clock right',
      advice:
        'install systemd-timesyncd or chrony with a time server on the LAN: contact hours, and recordings as evidence, depend on it',
    },
  ]
}

export async function checkCertificate(config: Config, now: number): Promise<Checked[]> {
  return [...(await checkWebCertificate(config, now)), ...(await checkSipCertificate(config, now))]
}

/** Of its own only where `sip.cert` is set; else it is the one of the pages. */
async function checkSipCertificate({ sip: { cert, key } }: Config, now: number): Promise<Checked[]> {
  return cert === null || key === null ? [] : [await checkPair({ cert, key, names: 'sip.cert and sip.key' }, now)]
}

async function checkWebCertificate(config: Config, now: number): Promise<Checked[]> {
  const { listen, tls, cert, key } = config.http
  if (tls === 'off') {
    const isLoopback = /^127\.|^::1$|^localhost$/.test(listen.host)
    if (isLoopback) return [{ state: 'ok', found: 'plain HTTP on loopback' }]
    return [
      {
        state: 'warn',
        found: 'plain HTTP: browsers give no microphone to agents',
        advice: 'http.tls = "auto", unless a proxy on this machine speaks TLS',
      },
    ]
  }
  if (tls === 'auto') {
    const { checkOwnAuthority } = await import('../http/certificate.ts')
    const fault = await checkOwnAuthority(dataFiles(config).tls)
    if (fault !== null) return [{ state: 'bad', found: fault, advice: 'without it the service does not start' }]
    return [{ state: 'ok', found: 'from our own authority; its root is offered on the sign-in page' }]
  }
  return [await checkPair({ cert: cert!, key: key!, names: 'http.cert and http.key' }, now)]
}

async function checkPair(
  { cert, key, names }: { cert: string; key: string; names: string },
  now: number,
): Promise<Checked> {
  const { readCertificate } = await import('../http/certificate-files.ts')
  const { standingOf } = await import('../http/certificate.ts')
  try {
    const read = await readCertificate({ cert, key, names: [], now })
    const { notAfter, warnings } = read
    const standing = standingOf(read, now)
    if (standing === 'ended' || standing === 'early')
      return {
        state: 'bad',
        found: warnings.join('; '),
        advice: `the telephone runs all the same; put ${names} right, and then: systemctl reload switchroom`,
      }
    if (warnings.length > 0)
      return { state: 'warn', found: warnings.join('; '), advice: `renew ${cert}; then: systemctl reload switchroom` }
    return { state: 'ok', found: `${cert}, good until ${new Date(notAfter).toISOString().slice(0, 10)}` }
  } catch (error) {
    const advice = `put ${names} right; until then the service shows another certificate, which browsers may not trust`
    return { state: 'bad', found: (error as Error).message, advice }
  }
}

export async function checkPorts(config: Config): Promise<Checked[]> {
  const results: Checked[] = []
  const { http, sip, media } = config
  if (await isServing(config)) return [{ state: 'ok', found: 'Switchroom is running here and holds its ports' }]
  results.push(
    portResult(
      'http.listen',
      `tcp ${http.listen.host}:${http.listen.port}`,
      await bindTcp(http.listen.host, http.listen.port),
    ),
  )
  for (const listen of sip.listen)
    results.push(portResult('sip.listen', `${listen.transport} ${listen.host}:${listen.port}`, await bindSip(listen)))
  if (media.address !== null && (await bindUdp(media.address, 0)) !== null)
    results.push({
      state: 'bad',
      found: `media.address ${media.address} is no address of this machine`,
      advice: `one of ${ownAddresses().join(', ')}`,
    })
  else results.push(await checkMediaPorts(media.address ?? '0.0.0.0', media.ports))
  return results
}

/** A sample, since binding ten thousand would take seconds. */
async function checkMediaPorts(host: string, { from, to }: { from: number; to: number }): Promise<Checked> {
  const step = Math.max(1, Math.floor((to - from) / 40))
  let tried = 0
  let taken = 0
  for (let port = from; port <= to; port += step, tried++) if ((await bindUdp(host, port)) !== null) taken++
  const calls = Math.floor((to - from + 1) / 4)
  const found = `media.ports ${from}-${to}: room for ${calls.toLocaleString('en')} calls`
  if (taken <= tried / 4) return { state: 'ok', found }
  return {
    state: 'bad',
    found: `${found}, but ${taken} of ${tried} ports that were tried are taken`,
    advice: 'choose a range that nothing else uses, outside net.ipv4.ip_local_port_range',
  }
}

function portResult(key: string, address: string, fault: NodeJS.ErrnoException | null): Checked {
  if (fault === null) return { state: 'ok', found: `${address} is free` }
  const advice =
    fault.code === 'EADDRINUSE'
      ? `see who has it with ss -lnup / ss -lntp, or set ${key}`
      : fault.code === 'EACCES'
        ? `a port below 1024 needs CAP_NET_BIND_SERVICE, which the systemd unit gives; or set ${key}`
        : `set ${key} to an address of this machine: ${ownAddresses().join(', ')}`
  return { state: 'bad', found: `${address}: ${fault.code ?? fault.message}`, advice }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(({ address }) => address))
}

function bindSip({ transport, host, port }: SipListen): Promise<NodeJS.ErrnoException | null> {
  return transport === 'udp' ? bindUdp(host, port) : bindTcp(host, port)
}

function bindTcp(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise(resolve => {
    const server = net.createServer()
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

function bindUdp(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise(resolve => {
    const socket = dgram.createSocket(net.isIPv6(host) ? 'udp6' : 'udp4')
    socket.once('error', fault => {
      socket.close()
      resolve(fault)
    })
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(null)))
  })
}

/** True when the data folder's lock is held: the service runs, and its ports are rightly taken. */
async function isServing(config: Config): Promise<boolean> {
  const { database } = dataFiles(config)
  if (!existsSync(`${database}.lock`)) return false
  const { lockData } = await import('../store/lock.ts')
  try {
    lockData(database)[Symbol.dispose]()
    return false
  } catch (error) {
    const { code } = (error as Error).cause as { code?: string }
    return code === 'SQLITE_BUSY' // a folder that cannot be written is told by the check of the disk
  }
}
