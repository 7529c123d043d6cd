import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Config } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { openStore, testFolder } from '../store/testing/people.ts'
import { askService, listenForCommands } from './records-door.ts'

const asked = { command: 'weather', args: [], input: '' }

test('a service that runs answers, or refuses in words; where none runs there is no answer', async () => {
  using folder = testFolder()
  const config = { dataDir: folder.path } as Config
  await using store = await openStore(folder)
  assert.equal(await askService(config, asked), null)
  {
    const door = { store, clock: systemClock, tell: () => {} }
    const rains = async (_: string[], io: { out(line: string): void }) => {
      io.out('it rains')
      return 0
    }
    await using _service = await listenForCommands(config, door, { weather: rains })
    assert.deepEqual(await askService(config, asked), ['it rains'])
    await assert.rejects(askService(config, { ...asked, command: 'time' }), /does not know the command time/)
  }
  assert.equal(await askService(config, asked), null, 'the service has ended')
})

test('a service that hangs, or ends before it has answered, is told as such', async t => {
  using folder = testFolder()
  const config = { dataDir: folder.path } as Config
  const taken: net.Socket[] = []
  let isEnding = false
  const server = net.createServer(socket => {
    taken.push(socket)
    if (isEnding) socket.destroy()
  })
  server.listen(join(folder.path, 'control.sock'))
  await once(server, 'listening')
  t.after(() => {
    for (const socket of taken) socket.destroy()
    server.close()
  })
  await assert.rejects(askService(config, asked, 100), /the service has not answered for 0.1 s/)
  isEnding = true
  await assert.rejects(askService(config, asked, 5_000), /the service ended before it had answered/)
})

test('a command that is not done when the service stops is told so, and the stop does not wait for it', async () => {
  using folder = testFolder()
  const config = { dataDir: folder.path } as Config
  await using store = await openStore(folder)
  const door = { store, clock: systemClock, tell: () => {} }
  let finish = () => {}
  const endless = async (_: string[], io: { out(line: string): void }) => {
    io.out('row 1 of many')
    await new Promise<void>(resolve => {
      finish = resolve
    })
    io.out('said to nobody')
    return 0
  }
  const service = await listenForCommands(config, door, { weather: endless })
  const answer = askService(config, asked, 60_000)
  const refused = assert.rejects(answer, /Switchroom is stopping, and this was not done to its end/)
  const silent = net.connect(join(folder.path, 'control.sock')) // it never says what it wants
  await once(silent, 'connect')
  silent.resume().on('error', () => {})
  const begun = performance.now()
  await service[Symbol.asyncDispose]()
  assert.ok(performance.now() - begun < 15_000, 'it has not waited for what never ends')
  await refused
  finish()
})
