/** The composition root: the house, and on top of it the doors for people, joined from the slices of one configuration. */

import { accessSync, constants, mkdirSync } from 'node:fs'
import type { Logger } from 'pino'
import { missingWords } from '../web/words/custody.ts'
import { httpSender } from './channels/http-sender.ts'
import { smtpSender } from './channels/smtp-sender.ts'
import { programVersion } from './cli/version.ts'
import { type Config, dataFiles } from './config.ts'
import { Custody } from './custody.ts'
import { type Doors, openDoors } from './doors.ts'
import { type House, openHouse } from './house.ts'
import { adminRoutes } from './http/admin/admin.ts'
import { agencyBarOn } from './http/agency-bar.ts'
import { agentRoutes } from './http/agent/agent.ts'
import { folderAssets } from './http/assets.ts'
import { auditorRoutes } from './http/auditor/auditor.ts'
import type { Deps } from './http/deps.ts'
import { liveRoutes } from './http/live/live.ts'
import { onCallOn } from './http/on-call.ts'
import { ProvisioningLinks } from './http/phones/links.ts'
import { createApp } from './http/server.ts'
import { createSessions } from './http/session.ts'
import { supervisorRoutes } from './http/supervisor/supervisor.ts'
import { Walls } from './http/walls.ts'
import { must } from './lib/assert.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { ClockFile } from './lib/clock-file.ts'
import { asset, workerFile } from './lib/places.ts'
import { takePulse } from './lib/pulse.ts'
import { SettledClock } from './lib/settled-clock.ts'
import { within } from './lib/within.ts'
import type { Asking } from './phone/trunk-lines.ts'
import { probesOf } from './probes.ts'
import { createExports } from './records/custody/exports.ts'
import type { RecordsDoor } from './records/door.ts'
import { Imports } from './records/import/imports.ts'
import { keepLenderClock } from './records/lender-clock.ts'
import { mailTarget } from './records/messages/mail.ts'
import { senderTarget } from './records/messages/sender.ts'
import { TableExports } from './records/table-export/table-exports.ts'
import { convertWav } from './rtp/convert.ts'
import { Deriver } from './rtp/opus/deriver.ts'
import { cutCustomer } from './rtp/recording-cut.ts'
import { wavHeaderBytes } from './rtp/wav.ts'
import { RehearsalRoom } from './sim/day/rehearsals.ts'

export type Running = {
  /** Where a person may point the browser: `https://host:8443`. */
  readonly urls: string[]
  /** False: systemd should restart us. Asked every few seconds; must be cheap. */
  isAlive(): boolean
  /** Resolves, never rejects, with the fault that makes going on pointless; pending while all is well. */
  readonly failed: Promise<Error>
  /** For commands from a shell, such as `user add`. */
  readonly records: RecordsDoor
  /** For tests and the demo. */
  readonly house: House
  /** SIGHUP: renewed certificates are taken up now; calls and pages go on. */
  reload(): Promise<void>
  /**
   * Ends the calls at once, then commits what is decided and closes everything. Rejects with `NotOver` after 20 s at most: a part that does not end
   * is ended with the process, as by kill -9.
   */
  [Symbol.asyncDispose](): Promise<void>
}

/** A part of the service did not end in its time. */
export class NotOver extends Error {
  override name = 'NotOver'
}

const sweepEveryMs = 60_000
const hourMs = 3_600_000
/** Share of its time for which the main thread is busy; above, work that may wait waits. */
const strainedLoad = 0.7
/** A disk that stands still (storage that fails over, a snapshot) is waited for: those who talk go on talking, and a new process would meet the same disk. */
const diskDeadAfterMs = 600_000
/** The orderly stop, well under TimeoutStopSec of the unit: what works beside the calls has this long, meanwhile the calls are ended … */
const partsStopWithinMs = 10_000
/** … and a call for help goes on and is ended within this (hang-up.ts) … */
const helpWithinMs = 15_000
/** … and then the house, which writes what is decided … */
const houseStopWithinMs = 10_000
/** … of all that a stop takes. */
const stopWithinMs = 20_000

/**
 * Rejects with words for a person when something cannot start (a port in use, a folder not writable), and with an AbortError, when all that it had
 * opened is closed, where `signal` ends it half-way.
 */
export async function serve(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
  signal: AbortSignal = new AbortController().signal,
  { asking }: { asking?: Asking } = {},
): Promise<Running> {
  signal.throwIfAborted()
  const files = dataFiles(config)
  makeFolders([config.dataDir, files.exports, files.imports, files.tables]) // of recordings: `RecordingsMark`
  await using base = new AsyncDisposableStack()
  const version = programVersion()
  let doors: Doors | null = null
  const house = await openHouse({
    config,
    clock,
    random: Math.random,
    log,
    version,
    claim: async () => {
      doors = base.use(await openDoors(config, log))
      signal.throwIfAborted()
    },
    identity: () => doors?.sipIdentity() ?? null,
    ...(asking ? { asking } : {}),
  })
  base.use(house)
  signal.throwIfAborted()
  await using parts = new AsyncDisposableStack() // of what works beside the calls
  const { engine, store, telephone, door } = house
  const settled = parts.use(new SettledClock(clock, house.lastAt, new ClockFile(files.clock, log)))
  const { web, keeper, certificates, reload, letIn, onSipIdentity } = must(
    doors as Doors | null,
    'the house claims its doors before it opens',
  )
  onSipIdentity(identity => telephone.secure(identity))

  const sessions = await createSessions({
    log,
    door,
    clock,
    userById: id => engine.state.users.get(id),
    userByName: name => [...engine.state.users.values()].find(user => user.name.toLowerCase() === name.toLowerCase()),
    agencyBar: agencyBarOn(
      () => engine.state,
      () => clock.now(),
    ),
    onCall: onCallOn(() => engine.state),
    onGuessed: ({ user, address, tries }) => {
      log.warn({ user, address, tries }, 'passwords are being guessed at sign-in')
      engine.post({ type: 'signIns.guessed', user, address, tries }, 'system')
    },
  })
  const walls = new Walls({ door, clock, floor: () => engine.state, log })
  const sweep = setInterval(() => {
    sessions.sweep()
    walls.sweep()
  }, sweepEveryMs)
  parts.defer(() => clearInterval(sweep))
  const mail = smtpSender({ target: () => mailTarget(door), now: () => clock.now() })
  parts.use(
    keepLenderClock(
      door,
      { sms: httpSender({ target: () => senderTarget(door), now: () => clock.now() }), email: mail },
      error => log.error({ err: error }, 'the daily work of the records is taken up again later'),
    ),
  )

  const imports = parts.use(
    new Imports({ door, folder: files.imports, worker: workerFile('records/import/import-worker'), log }),
  )
  const tableExports = parts.use(
    new TableExports({
      ...{ door, folder: files.tables, log },
      worker: workerFile('records/table-export/export-worker'),
    }),
  )
  const exports = await createExports({
    ...{ door, recordingsDir: files.recordings, exportsDir: files.exports, missingWords, log, version },
  })
  const sweepFiles = async () => {
    // Of evidence nothing goes by a clock that may be wrong.
    for (const each of settled.isSettled() ? [imports, tableExports, exports] : [imports, tableExports])
      await each
        .sweep(clock.now())
        .catch(error => log.error({ err: error }, 'old files of imports and exports could not be removed'))
  }
  for (const step of [sweepFiles, () => imports.goOn(), () => tableExports.resume()]) {
    await step()
    signal.throwIfAborted()
  }
  const sweepHourly = setInterval(sweepFiles, hourMs)
  parts.defer(() => clearInterval(sweepHourly))

  const deps: Deps = {
    engine,
    store,
    records: door,
    sessions,
    walls,
    exports,
    imports,
    tableExports,
    mail,
    clock,
    log,
    config: {
      tls: config.http.tls !== 'off',
      recordingsDir: files.recordings,
      exportsDir: files.exports,
    },
    stations: telephone.stations,
    speech: prompts => telephone.speech(prompts),
    phrases: { folder: dataFiles(config).prompts, convert: file => convertWav(file, workerFile('rtp/convert-worker')) },
    phones: {
      bindings: extension => telephone.bindings(extension),
      password: user => store.secret(user, 'sip-password'),
      door: wanted => telephone.doorFor(wanted),
      links: new ProvisioningLinks(),
    },
    announcements: {
      folder: files.announcements,
      identify: wav => telephone.bay.identify(wav.subarray(wavHeaderBytes)),
      cut: cutCustomer,
    },
    figures: () => telephone.figures(),
    misfits: house.misfits,
    trunkWire: trunk => telephone.trunkWire(trunk),
    trunkTests: telephone.trunkTests,
    answerTimes: () => telephone.answerTimes(),
    audio: telephone.audio,
    rehearsals: parts.use(
      new RehearsalRoom({
        store,
        now: () => clock.now(),
        worker: workerFile('sim/day/rehearse-worker'),
        onFault: words => log.error(words),
      }),
    ),
    ladders: house.ladder,
    assets: folderAssets(asset('web/static')),
    probes: probesOf(house, config),
    certificateAuthority: async () => keeper?.current.caPem ?? null,
    certificates,
    version,
  }
  letIn(createApp(deps, { routers: [agentRoutes, supervisorRoutes, adminRoutes, auditorRoutes, liveRoutes] }))
  const load = eventLoopLoad()
  const custody = parts.use(
    new Custody({
      door,
      recordingsDir: files.recordings,
      mark: house.recordingsMark,
      deriver: parts.use(new Deriver(workerFile('rtp/opus/derive-worker'))),
      floor: () => ({
        calls: engine.state.calls.size,
        // What is derived waits for the disk that calls are recorded on, and asks a full one for nothing.
        isStrained: engine.trouble !== null || engine.state.recorder.disk !== 'well' || load() > strainedLoad,
      }),
      isClockSettled: () => settled.isSettled(),
      log,
    }),
  )
  await custody.start()
  signal.throwIfAborted()
  const pulse = parts.use(
    takePulse(
      [
        { ask: () => telephone.bay.figures([]), deadAfterMs: 30_000 },
        { ask: () => store.commit({ recorded: [] }), deadAfterMs: diskDeadAfterMs },
      ],
      clock,
    ),
  )
  parts.use(web) // closed first: nobody asks a house that is going away
  const beside = parts.move()
  const whole = base.move()
  return {
    urls: [web.url],
    isAlive: () => pulse.isBeating(),
    failed: telephone.bay.failed,
    records: door,
    house,
    reload,
    async [Symbol.asyncDispose]() {
      const beganAt = clock.monotonic()
      const hungUp = house.hangUp()
      const ended = beside.disposeAsync().catch(error => log.error({ err: error }, 'a part did not stop well'))
      const [areOver] = await Promise.all([within(partsStopWithinMs, ended), within(helpWithinMs, hungUp)])
      const leftMs = beganAt + stopWithinMs - clock.monotonic()
      const isOver = await within(Math.max(0, Math.min(houseStopWithinMs, leftMs)), whole.disposeAsync())
      if (areOver && isOver) return
      const which = isOver ? 'what works beside the calls' : 'the house'
      throw new NotOver(`${which} has not stopped in time: the disk may stand still, or a search be under way`)
    },
  }
}

/** Answers for which share of the time since the last question this thread was busy. */
function eventLoopLoad(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}

function makeFolders(folders: string[]): void {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o750 })
      accessSync(folder, constants.W_OK)
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code
      throw Object.assign(
        new Error(
          `${folder} cannot be written (${code}): make it writable for this user, or set data_dir to a folder that is; ` +
            'sudo chown -R switchroom: FOLDER does it for the service',
          { cause },
        ),
        { code },
      )
    }
  }
}
