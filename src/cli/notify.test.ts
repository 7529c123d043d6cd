import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import koffi from 'koffi'
import { systemdNotifier, unixAddress } from './notify.ts'

/** systemd's end of the socket. */
function receiver(name: string): { read(): string; close(): void } {
  const libc = koffi.load('libc.so.6')
  const fd: number = libc.func('int socket(int, int, int)')(1, 2 | 0o4000, 0)
  const address = unixAddress(name)
  assert.equal(libc.func('int bind(int, const uint8_t *, uint32_t)')(fd, address, address.length), 0)
  const recv = libc.func('long recv(int, uint8_t *, size_t, int)')
  const close = libc.func('int close(int)')
  return {
    read() {
      const bytes = Buffer.alloc(1000)
      const length: number = recv(fd, bytes, bytes.length, 0)
      return length < 0 ? '' : bytes.toString('utf8', 0, length)
    },
    close: () => void close(fd),
  }
}

for (const kind of ['a path', 'a name in the abstract space'])
  test(`systemd hears READY, WATCHDOG and STOPPING at ${kind}`, t => {
    const folder = mkdtempSync(join(tmpdir(), 'notify-'))
    const name = kind === 'a path' ? join(folder, 'socket') : `@switchroom-test-${process.pid}`
    const systemd = receiver(name)
    t.after(() => {
      systemd.close()
      rmSync(folder, { recursive: true })
    })
    const notifier = systemdNotifier({ NOTIFY_SOCKET: name, WATCHDOG_USEC: '20000000' })
    assert.equal(notifier.aliveEveryMs, 10_000)
    notifier.ready('serving at\nhttps://10.0.0.1:8443')
    assert.equal(systemd.read(), 'READY=1\nSTATUS=serving at https://10.0.0.1:8443')
    notifier.alive()
    assert.equal(systemd.read(), 'WATCHDOG=1')
    notifier.stopping()
    assert.equal(systemd.read(), 'STOPPING=1')
    notifier.close()
  })

test('without systemd, or with the watchdog of another process, nothing is due', () => {
  assert.equal(systemdNotifier({}).aliveEveryMs, null)
  systemdNotifier({}).ready('nobody hears this')
  assert.equal(systemdNotifier({ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }, 2).aliveEveryMs, null)
})
