import { mkdirSync } from 'node:fs'
import { systemClock } from '../lib/clock.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { within } from '../lib/within.ts'
import type { Running, serve as Served } from '../serve.ts'
import { configOf, readArguments } from './arguments.ts'
import { tellRecorderDisk } from './check-recordings.ts'
import type { ExitCode, Io } from './command.ts'
import { evidence } from './export.ts'
import { importTable } from './import.ts'
import { systemdNotifier } from './notify.ts'
import { recordingsFolder } from './recordings.ts'
import { listenForCommands } from './records-door.ts'
import { tellRegistration } from './registration.ts'
import { token } from './token.ts'
import { user } from './user.ts'
import { programVersion } from './version.ts'

type Serve = typeof Served

/** Before systemd would end it: what a start has opened by then is closed, and calls that it has taken are ended. */
const startEndsWithinMs = 25_000

/** Runs until SIGTERM or SIGINT, or until something without which there is no call centre has died (exit 1, so that systemd restarts it). */
export async function run(args: string[], io: Io, start: Serve | null = null): Promise<ExitCode> {
  const { options } = readArguments(args, { config: 'text' })
  const config = configOf(options, io.env)
  const log = createLogger(config.log.level, io.env)
  const systemd = systemdNotifier(io.env)
  const stop = stopSignal()
  const stopping = new AbortController()
  void stop.then(() => stopping.abort())
  let reload = async () => {}
  // A terminal that is closed sends it too, and ends what was begun there, as ever.
  if (!process.stdin.isTTY) process.on('SIGHUP', () => void reload())
  mkdirSync(config.dataDir, { recursive: true, mode: 0o750 })

  const { NotOver, serve } = await import('../serve.ts')
  const starting = (start ?? serve)(config, log, systemClock, stopping.signal)
  const signal = await Promise.race([stop, starting]) // a start that was over before it began has both
  if (typeof signal === 'string') {
    log.info({ signal }, 'stopping, in the middle of the start')
    systemd.stopping()
    if (!(await isUndone(starting, log))) process.kill(process.pid, 'SIGKILL')
    systemd.close()
    return 0
  }
  const running = await starting
  reload = async () => {
    log.info('SIGHUP: looking at the certificates')
    await running.reload()
  }
  const door =
    running.records === undefined
      ? null
      : await listenForCommands(config, running.records, {
          ...{ user, token, import: importTable, export: evidence, recordings: recordingsFolder },
          ...tellRecorderDisk(() => running.house.engine.state.recorder.disk),
          ...tellRegistration(trunk => running.house.telephone.trunkWire(trunk)),
        })
  log.info({ version: programVersion(), config: config.file, dataDir: config.dataDir, urls: running.urls }, 'serving')
  systemd.ready(`serving at ${running.urls.join(' ')}`)
  const heartbeat =
    systemd.aliveEveryMs === null ? null : setInterval(() => running.isAlive() && systemd.alive(), systemd.aliveEveryMs)

  const end = await Promise.race([stop, running.failed])
  if (heartbeat !== null) clearInterval(heartbeat)
  systemd.stopping()
  if (end instanceof Error) log.fatal({ err: end }, 'stopping: a part without which there is no call centre has failed')
  else log.info({ signal: end }, 'stopping')
  void running.house.hangUp() // first of all, whatever takes its time after it: nobody is called any more
  await door?.[Symbol.asyncDispose]()
  await running[Symbol.asyncDispose]().catch(error => {
    log.fatal({ err: error }, 'stopping: not all of it was orderly')
    // A thread in a long query, or on a disk that stands still, keeps an exit waiting until systemd ends it.
    if (error instanceof NotOver) process.kill(process.pid, 'SIGKILL')
    throw error
  })
  systemd.close()
  return end instanceof Error ? 1 : 0
}

/** Whether a start that was told to stop is over in time, and has left nothing open: also where it came to its end all the same. */
async function isUndone(starting: Promise<Running>, log: Logger): Promise<boolean> {
  const undone = starting.then(
    running => running[Symbol.asyncDispose](),
    error => {
      if (!isAborted(error)) log.error({ err: error }, 'the start would have failed')
    },
  )
  try {
    if (await within(startEndsWithinMs, undone)) return true
    log.fatal('the start is not over in time: a disk or share may stand still')
  } catch (error) {
    log.fatal({ err: error }, 'stopping: not all of it was orderly')
  }
  return false
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** The first signal asks for an orderly end; the second one, from an impatient person, ends at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        process.once(signal, () => process.exit(1))
        resolve(signal)
      })
  })
}
