/**
 * Commands that write records (`user add`, `import`): when the service runs, the data folder is its own, so the command's arguments go to it
 * over a socket in that folder and its words come back; otherwise the command opens the records itself. Who may reach the socket may read
 * the database too: no password is asked.
 */
import { chmodSync, existsSync, rmSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Config, dataFiles } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { within } from '../lib/within.ts'
import type { RecordsDoor } from '../records/door.ts'
import { Store } from '../store/store.ts'
import { type Io, UsageError } from './command.ts'

/** Runs in the service's process or in the command's own: everything it needs is given. */
export type RecordsCommand = (args: string[], io: Io, door: RecordsDoor) => Promise<number>

/** What is asked of memory alone. */
const answersWithinMs = 3_000
const requestBytesMax = 64 * 2 ** 20
/** When the service stops, what is in hand has so long to be done; what is not is told so, and has so long to hear it. */
const finishWithinMs = 1_000
const hearWithinMs = 200
const stopped =
  'Switchroom is stopping, and this was not done to its end: see what there is of it when it runs again, and ask for the rest'

export type Request = { command: string; args: string[]; input: string }
type Reply = { out: string } | { err: string } | { exit: number; usage?: string }

/** `name` is how the service knows the command. */
export async function runWithRecords(
  name: string,
  command: RecordsCommand,
  { args, io, config }: { args: string[]; io: Io; config: Config },
): Promise<number> {
  const socket = await connect(socketPath(config))
  if (socket !== null) return ask(socket, { command: name, args, input: await io.input() }, io)
  const { database } = dataFiles(config)
  const store = await Store.open({
    file: database,
    keyFile: config.secrets.keyFile,
    now: systemClock.now(),
    readers: 1,
  })
  try {
    return await command(args, io, { store, clock: systemClock, tell: () => {} })
  } finally {
    await store[Symbol.asyncDispose]()
  }
}

/** What the running service answers, line by line; null when none runs here. Rejects with its words when it refuses, or when it does not answer. */
export async function askService(
  config: Config,
  request: Request,
  withinMs = answersWithinMs,
): Promise<string[] | null> {
  const socket = await connect(socketPath(config))
  if (socket === null) return null
  let isLate = false
  socket.setTimeout(withinMs, () => {
    isLate = true
    socket.destroy()
  })
  const lines: string[] = []
  const faults: string[] = []
  const io: Io = { out: line => lines.push(line), err: line => faults.push(line), input: async () => '', env: {} }
  const exit = await ask(socket, request, io).catch((error: Error) => {
    throw isLate
      ? new Error(`the service has not answered for ${withinMs / 1000} s; see journalctl -u switchroom`)
      : error
  })
  if (exit !== 0) throw new Error(faults.join(' ') || `the service refused ${request.command}`)
  return lines
}

/** The service's end. Rejects when the socket cannot be made. */
export async function listenForCommands(
  config: Config,
  door: RecordsDoor,
  commands: Record<string, RecordsCommand>,
): Promise<AsyncDisposable> {
  const path = socketPath(config)
  rmSync(path, { force: true }) // left by a kill -9; the data folder's lock says that nobody else serves here
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    answer(socket, door, commands).catch(() => socket.destroy())
  })
  server.maxConnections = 16
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return {
    /** Within 1.2 s, however long a command takes: the calls do not wait for it. */
    async [Symbol.asyncDispose]() {
      const closed = new Promise(resolve => server.close(resolve))
      if (await within(finishWithinMs, closed)) return
      for (const socket of sockets) {
        socket.end([{ err: stopped }, { exit: 1 }].map(lineOf).join(''))
      }
      await within(hearWithinMs, closed)
      for (const socket of sockets) socket.destroy()
    },
  }
}

function socketPath(config: Config): string {
  return join(config.dataDir, 'control.sock')
}

function connect(path: string): Promise<net.Socket | null> {
  if (!existsSync(path)) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const socket = net.connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ECONNREFUSED' || fault.code === 'ENOENT')
        resolve(null) // nobody listens any more
      else reject(new Error(`${path}: ${fault.message}; run this as the service's user, e.g. sudo -u switchroom`))
    })
  })
}

async function ask(socket: net.Socket, request: Request, io: Io): Promise<number> {
  socket.end(`${JSON.stringify(request)}\n`)
  const lines = createInterface({ input: socket })
  socket.once('close', () => lines.close()) // which waits for an end that a socket that is torn down does not have
  try {
    for await (const line of lines) {
      const reply = JSON.parse(line) as Reply
      if ('out' in reply) io.out(reply.out)
      else if ('err' in reply) io.err(reply.err)
      else if (reply.usage !== undefined) throw new UsageError(reply.usage)
      else return reply.exit
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EPIPE' && code !== 'ECONNRESET') throw error
  }
  throw new Error('the service ended before it had answered; see journalctl -u switchroom')
}

const lineOf = (reply: Reply) => `${JSON.stringify(reply)}\n`

async function answer(socket: net.Socket, door: RecordsDoor, commands: Record<string, RecordsCommand>): Promise<void> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of socket.iterator({ destroyOnReturn: false })) {
    parts.push(part)
    bytes += part.length
    if (bytes > requestBytesMax) return void socket.destroy()
  }
  const request = JSON.parse(Buffer.concat(parts).toString('utf8')) as Request
  const say = (reply: Reply) => void (socket.writable && socket.write(lineOf(reply)))
  const io: Io = { out: out => say({ out }), err: err => say({ err }), input: async () => request.input, env: {} }
  const command = Object.hasOwn(commands, request.command) ? commands[request.command] : undefined
  try {
    if (command === undefined)
      throw new Error(`this service does not know the command ${request.command}: is it of another version?`)
    say({ exit: await command(request.args, io, door) })
  } catch (error) {
    if (error instanceof UsageError) say({ exit: 2, usage: error.message })
    else {
      say({ err: error instanceof Error ? error.message : String(error) })
      say({ exit: 1 })
    }
  }
  socket.end()
}
