/** Debian's rtpengine in user space, driven by its ng protocol: a cookie and a bencoded dictionary in one datagram. */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

type Options = {
  /** The callers' ports, two a call. */
  ports: number[]
  address: string
  /** Where pcap recordings go; null: none. Holds an empty folder `spool`. */
  folder: string | null
  wrap(command: string[]): string[]
}

const controlPort = 52_223

export const Rtpengine = {
  async start({ ports, address, folder, wrap }: Options) {
    const recording =
      folder === null ? [] : [`--recording-dir=${folder}`, '--recording-method=pcap', '--recording-format=raw']
    const [command, ...args] = wrap([
      'rtpengine',
      '--table=-1',
      `--interface=${address}`,
      `--listen-ng=${address}:${controlPort}`,
      '--port-min=50000',
      '--port-max=52000',
      '--foreground',
      '--log-stderr',
      '--log-level=1',
      '--num-threads=1',
      '--config-file=none',
      ...recording,
    ])
    const child = spawn(command!, args, { stdio: ['ignore', 'ignore', 'ignore'], cwd: tmpdir() }) // it may dump core where it stands
    const socket = createSocket('udp4')
    socket.connect(controlPort, address)
    await once(socket, 'connect')
    socket.on('error', () => {}) // refused until it listens
    let cookie = 0

    async function ask(request: Record<string, string | string[]>): Promise<string> {
      for (let attempt = 0; attempt < 50; attempt++) {
        const name = `c${cookie++}`
        socket.send(`${name} ${bencode(request)}`)
        const answer = await Promise.race([once(socket, 'message').catch(() => pause(100)), pause(300)])
        const text = (answer as [Buffer] | undefined)?.[0]?.toString('latin1')
        if (text?.startsWith(`${name} `)) return text
      }
      throw new Error('rtpengine does not answer')
    }

    const relayPorts: number[] = []
    await ask({ command: 'ping' })
    for (let call = 0; call < ports.length / 2; call++) {
      const names = { 'call-id': `call${call}`, 'from-tag': `a${call}`, ICE: 'remove' }
      const record: Record<string, string> = folder === null ? {} : { 'record call': 'yes' }
      const offer = await ask({ command: 'offer', ...names, ...record, sdp: sdp(address, ports[call * 2]!) })
      const answer = await ask({
        command: 'answer',
        ...names,
        ...record,
        'to-tag': `b${call}`,
        sdp: sdp(address, ports[call * 2 + 1]!),
      })
      // The answer names the port that the caller (A) sends to, the offer that of the callee (B).
      relayPorts.push(audioPort(answer), audioPort(offer))
    }
    return {
      ports: relayPorts,
      pid: child.pid!,
      async stop() {
        socket.close()
        const exit = once(child, 'exit')
        child.kill('SIGTERM')
        await Promise.race([exit, pause(5000).then(() => child.kill('SIGKILL'))])
      },
    }
  },
}

function sdp(address: string, port: number): string {
  return `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n`
}

function audioPort(answer: string): number {
  const port = /m=audio (\d+) /.exec(answer)?.[1]
  if (port === undefined) throw new Error(`rtpengine refuses: ${answer.slice(0, 200)}`)
  return Number(port)
}

function bencode(value: string | string[] | Record<string, string | string[]>): string {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`
  if (Array.isArray(value)) return `l${value.map(bencode).join('')}e`
  return `d${Object.entries(value)
    .map(([key, item]) => bencode(key) + bencode(item))
    .join('')}e`
}
