/**
 * What systemd is told, sd_notify(3): a datagram to the socket that `NOTIFY_SOCKET` names. Node has no Unix datagram sockets, so libc is
 * called through koffi: no helper process, and the unit needs no more than `NotifyAccess=main`.
 */
import koffi from 'koffi'

export type Notifier = {
  /** `READY=1`, with a line for `systemctl status`. */
  ready(status: string): void
  status(status: string): void
  /** `WATCHDOG=1`: still alive. */
  alive(): void
  stopping(): void
  /** How often `alive` must be called, ms; half of what the unit allows. null: the unit has no watchdog. */
  readonly aliveEveryMs: number | null
  close(): void
}

const AF_UNIX = 1
const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0o2000000 | 0o4000
const MSG_NOSIGNAL = 0x4000

/** Without systemd every call does nothing. Throws when the socket cannot be opened. */
export function systemdNotifier(env: NodeJS.ProcessEnv, ownPid: number = process.pid): Notifier {
  const target = env['NOTIFY_SOCKET']
  const usec = Number(env['WATCHDOG_USEC'])
  const forUs = env['WATCHDOG_PID'] === undefined || Number(env['WATCHDOG_PID']) === ownPid
  const aliveEveryMs = target !== undefined && forUs && usec > 0 ? Math.floor(usec / 2000) : null
  if (target === undefined) {
    const nothing = () => {}
    return { ready: nothing, status: nothing, alive: nothing, stopping: nothing, aliveEveryMs, close: nothing }
  }

  const libc = koffi.load('libc.so.6')
  const socket = libc.func('int socket(int domain, int type, int protocol)')
  const sendto = libc.func(
    'long sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *to, uint32_t toLength)',
  )
  const close = libc.func('int close(int fd)')

  const address = unixAddress(target)
  const fd: number = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC_NONBLOCK, 0)
  if (fd < 0) throw new Error('cannot open a Unix datagram socket to tell systemd that the service is ready')
  const send = (text: string) => {
    const bytes = Buffer.from(text)
    sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length)
  }
  return {
    ready: status => send(`READY=1\nSTATUS=${oneLine(status)}`),
    status: status => send(`STATUS=${oneLine(status)}`),
    alive: () => send('WATCHDOG=1'),
    stopping: () => send('STOPPING=1'),
    aliveEveryMs,
    close: () => void close(fd),
  }
}

/** `struct sockaddr_un`, unix(7): a path ends in NUL; a name in the abstract space is written `@name` and begins with NUL. */
export function unixAddress(name: string): Buffer {
  const path = Buffer.from(name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`)
  if (path.length > 108) throw new RangeError(`NOTIFY_SOCKET is longer than a Unix address: ${name}`)
  const address = Buffer.alloc(2 + path.length)
  address.writeUInt16LE(AF_UNIX, 0)
  path.copy(address, 2)
  return address
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 500)
}
