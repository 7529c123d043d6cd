import dgram from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { existsSync } from 'node:fs'
import net from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import { type Config, dataFiles } from '../config.ts'
import { secretText } from '../lib/random.ts'
import type { Checked } from './check-machine.ts'

const patienceMs = 2000

/** Each enabled trunk is asked with OPTIONS (RFC 3261 section 11): any answer at all means that the way there and back is open. */
export async function checkTrunks(config: Config): Promise<Checked[]> {
  const trunks = await enabledTrunks(config)
  if (trunks.length === 0)
    return [
      { state: 'warn', found: 'no trunk is set up', advice: 'add one on the page Trunks, or with POST /api/v1/trunks' },
    ]
  return Promise.all(trunks.map(checkTrunk))
}

async function enabledTrunks(config: Config): Promise<Trunk[]> {
  const { database } = dataFiles(config)
  if (!existsSync(database)) return []
  const [{ openReader, drizzleOf }, { telephonyQueries }] = await Promise.all([
    import('../store/db.ts'),
    import('../store/telephony.ts'),
  ])
  const connection = openReader(database)
  try {
    return telephonyQueries['trunks.list'](drizzleOf(connection), {}).filter(({ enabled }) => enabled)
  } finally {
    connection.close()
  }
}

async function checkTrunk(trunk: Trunk): Promise<Checked> {
  const name = `${trunk.name} (${trunk.transport} ${trunk.host}:${trunk.port})`
  let address: string
  try {
    address = (await lookup(trunk.host)).address
  } catch {
    return {
      state: 'bad',
      found: `${name}: the name ${trunk.host} is not known`,
      advice: 'put the host right, or the DNS server of this machine',
    }
  }
  const answer = await (trunk.transport === 'udp' ? askUdp(address, trunk) : askTcp(address, trunk))
  if (answer !== null) return { state: 'ok', found: `${name} answers: ${answer}` }
  return {
    state: 'bad',
    found: `${name} does not answer within ${patienceMs / 1000} s`,
    advice: 'is the PBX up, does it allow this address, is a firewall between? tcpdump -ni any port 5060',
  }
}

function askUdp(address: string, trunk: Trunk): Promise<string | null> {
  return new Promise(resolve => {
    const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4')
    const end = (answer: string | null) => {
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(end, patienceMs, null)
    socket.once('message', bytes => end(statusOf(bytes)))
    socket.once('error', () => end(null))
    socket.connect(trunk.port, address, () => {
      const own = socket.address()
      socket.send(options('UDP', `${own.address}:${own.port}`, trunk))
    })
  })
}

function askTcp(address: string, trunk: Trunk): Promise<string | null> {
  return new Promise(resolve => {
    const socket = net.connect({ host: address, port: trunk.port, timeout: patienceMs })
    const end = (answer: string | null) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => socket.write(options('TCP', `${socket.localAddress}:${socket.localPort}`, trunk)))
    socket.once('data', bytes => end(statusOf(bytes)))
    socket.once('timeout', () => end(null))
    socket.once('error', () => end(null))
  })
}

function options(transport: 'UDP' | 'TCP', own: string, { host, port }: Trunk): string {
  const lines = [
    `OPTIONS sip:${host}:${port} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${own};branch=z9hG4bK${secretText(9)};rport`,
    'Max-Forwards: 70',
    `From: <sip:check@${own}>;tag=${secretText(6)}`,
    `To: <sip:${host}:${port}>`,
    `Call-ID: ${secretText(12)}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:check@${own}>`,
    'Content-Length: 0',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** `200 OK` of the first line; what else answers there is no SIP. */
function statusOf(bytes: Buffer): string | null {
  return /^SIP\/2\.0 (\d{3} [^\r\n]{0,60})/.exec(bytes.subarray(0, 200).toString('latin1'))?.[1] ?? null
}
