/** The composition root: the house, and on top of it the doors for people, joined from the slices of one configuration. */

import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { missingWords } from '../web/words/custody.ts'
import { httpSender } from './channels/http-sender.ts'
import { smtpSender } from './channels/smtp-sender.ts'
import { programVersion } from './cli/version.ts'
import { type Config, dataFiles } from './config.ts'
import { Custody } from './custody.ts'
import { type House, openHouse } from './house.ts'
import { adminRoutes } from './http/admin/admin.ts'
import { agencyBarOn } from './http/agency-bar.ts'
import { agentRoutes } from './http/agent/agent.ts'
import { folderAssets } from './http/assets.ts'
import { auditorRoutes } from './http/auditor/auditor.ts'
import { type Certificate, ensureCertificate } from './http/certificate.ts'
import { readCertificate } from './http/certificate-files.ts'
import { CertificateKeeper, type CertificateSeen } from './http/certificate-keeper.ts'
import type { Deps, Env } from './http/deps.ts'
import type { Probe } from './http/health.ts'
import { liveRoutes } from './http/live/live.ts'
import { ProvisioningLinks } from './http/phones/links.ts'
import { createApp, type Listening, listen } from './http/server.ts'
import { createSessions } from './http/session.ts'
import { supervisorRoutes } from './http/supervisor/supervisor.ts'
import { must } from './lib/assert.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { ClockFile } from './lib/clock-file.ts'
import { asset, workerFile } from './lib/places.ts'
import { takePulse } from './lib/pulse.ts'
import { SettledClock } from './lib/settled-clock.ts'
import { within } from './lib/within.ts'
import type { Identity } from './phone/connections.ts'
import { recordingsProbe } from './recordings-folder.ts'
import type { RecordsDoor } from './records/door.ts'
import { createExports } from './records/exports.ts'
import { Imports } from './records/import/imports.ts'
import { keepLenderClock } from './records/lender-clock.ts'
import { mailTarget } from './records/mail.ts'
import { senderTarget } from './records/sender.ts'
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

/** Below this much free space the service says that it is not ready; recordings are not made on a full disk. */
const diskFloorBytes = 1e9
const sweepEveryMs = 60_000
/** Whoever renews the company's certificate should see it taken up; our own authority needs no such hurry. */
const filesEveryMs = 300_000
const ownEveryMs = 12 * 3_600_000
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

/** Rejects with words for a person when something cannot start (a port in use, a folder not writable). */
export async function serve(config: Config, log: Logger, clock: Clock = systemClock): Promise<Running> {
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
    },
    identity: () => doors?.sipIdentity() ?? null,
  })
  base.use(house)
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
    isListening: user => (engine.state.supervisions.get(user)?.heard ?? null) !== null,
  })
  const sweep = setInterval(() => sessions.sweep(), sweepEveryMs)
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
  await sweepFiles()
  await imports.goOn()
  await tableExports.resume()
  const sweepHourly = setInterval(sweepFiles, hourMs)
  parts.defer(() => clearInterval(sweepHourly))

  const deps: Deps = {
    engine,
    store,
    records: door,
    sessions,
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
      bindings: () => telephone.bindings(),
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

type Doors = AsyncDisposable & {
  web: Listening
  keeper: CertificateKeeper | null
  /** By who is shown them. */
  certificates(): Record<string, CertificateSeen>
  reload(): Promise<void>
  /** What SIP shows at a `tls:` address now; null where there is none. `onSipIdentity` is told of each renewal. */
  sipIdentity(): Identity | null
  onSipIdentity(listener: (identity: Identity) => void): void
  /** From now on requests are answered by the app; until then with 503. */
  letIn(app: Pick<Hono<Env>, 'fetch'>): void
}

/**
 * The certificate is read and the web address held before a call is taken or a line of the journal written: a start that must fail for
 * either has done nothing. Rejects with words for a person.
 */
async function openDoors(config: Config, log: Logger): Promise<Doors> {
  const names = [hostname(), 'localhost']
  // The company's files may be botched on the night of a reboot: phones and trunks work all the same.
  const ofFiles = { everyMs: filesEveryMs, standIn: () => ownCertificate(config, names) }
  const telling = { now: () => systemClock.now(), onWarning: (words: string) => log.warn({ alarm: true }, words) }
  let web: Listening | null = null
  await using parts = new AsyncDisposableStack()
  const keeper =
    config.http.tls === 'off'
      ? null
      : parts.use(
          await CertificateKeeper.start({
            load: () => loadCertificate(config, names),
            ...(config.http.tls === 'files' ? ofFiles : { everyMs: ownEveryMs }),
            onChange: certificate => {
              web?.secure(identityOf(certificate))
              if (sipKeeper === keeper) renewed(identityOf(certificate))
              log.info({ endsAt: new Date(certificate.notAfter).toISOString() }, 'a renewed certificate is in service')
            },
            onTrouble: error =>
              log.error({ err: error, alarm: true }, 'the certificate is not taken; another one is in service'),
            ...telling,
          }),
        )
  let renewed: (identity: Identity) => void = () => undefined
  const needsTls = config.sip.listen.some(({ transport }) => transport === 'tls')
  const sharesTheWebs = config.sip.cert === null && keeper !== null
  const sipKeeper = !needsTls
    ? null
    : sharesTheWebs
      ? keeper
      : parts.use(
          await CertificateKeeper.start({
            load: () => loadSipCertificate(config, names),
            ...(config.sip.cert === null ? { everyMs: ownEveryMs } : ofFiles),
            onChange: certificate => {
              renewed(identityOf(certificate))
              log.info(
                { endsAt: new Date(certificate.notAfter).toISOString() },
                'a renewed certificate for SIP is in service',
              )
            },
            onTrouble: error =>
              log.error({ err: error, alarm: true }, 'the certificate for SIP is not taken; another one is in service'),
            ...telling,
          }),
        )
  let app: Pick<Hono<Env>, 'fetch'> = {
    fetch: () => new Response('Switchroom is starting; try again in a moment.\n', { status: 503 }),
  }
  const late: Pick<Hono<Env>, 'fetch'> = { fetch: (...given) => app.fetch(...given) }
  web = await listen(late, {
    host: config.http.listen.host,
    port: config.http.listen.port,
    tls: keeper ? { cert: keeper.current.certPem, key: keeper.current.keyPem } : null,
  }).catch(error => {
    throw httpError(error, config)
  })
  parts.use(web)
  const held = parts.move()
  return {
    web,
    keeper,
    certificates: () => ({
      ...(keeper === null ? {} : { web: keeper.seen }),
      ...(sipKeeper === null ? {} : { sip: sipKeeper.seen }),
    }),
    reload: async () => {
      for (const each of new Set([keeper, sipKeeper])) await each?.reload()
    },
    sipIdentity: () => sipKeeper && identityOf(sipKeeper.current),
    onSipIdentity: listener => {
      renewed = listener
    },
    letIn: opened => {
      app = opened
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
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

const identityOf = ({ certPem, keyPem }: Certificate): Identity => ({ cert: certPem, key: keyPem })

/** Files of its own, or where the pages need no certificate the one that our own authority would give them. */
async function loadSipCertificate(config: Config, names: string[]): Promise<Certificate> {
  const { cert, key } = config.sip
  if (cert !== null && key !== null) return readCertificate({ cert, key, names: [], now: systemClock.now() })
  return ownCertificate(config, names)
}

async function loadCertificate(config: Config, names: string[]): Promise<Certificate> {
  const now = systemClock.now()
  if (config.http.tls === 'files')
    return readCertificate({ cert: config.http.cert!, key: config.http.key!, names: [names[0]!], now })
  return ownCertificate(config, names)
}

function ownCertificate(config: Config, names: string[]): Promise<Certificate> {
  const addresses = Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(one => one.address))
  return ensureCertificate({
    dir: dataFiles(config).tls,
    names,
    addresses: addresses.filter(one => !one.includes('%')),
    now: systemClock.now(),
  })
}

/** What `/readyz` asks. */
function probesOf({ engine, store, telephone, recordingsMark }: House, config: Config): Probe[] {
  return [
    {
      name: 'database',
      check: async () => {
        await store.commit({ recorded: [] })
        return null
      },
    },
    {
      name: 'sip',
      check: async () =>
        telephone.bound.length === config.sip.listen.length ? null : 'not listening at every address of sip.listen',
    },
    {
      name: 'media',
      check: async () => {
        await telephone.bay.figures([])
        return null
      },
    },
    {
      name: 'recordings',
      check: recordingsProbe({
        folder: dataFiles(config).recordings,
        newest: () => store.read('recordings.newest', {}),
        mark: recordingsMark,
        disk: () => engine.state.recorder.disk,
      }),
    },
    {
      name: 'disk',
      check: async () => {
        const { bavail, bsize } = statfsSync(config.dataDir)
        const free = bavail * bsize
        return free >= diskFloorBytes
          ? null
          : `${Math.round(free / 1e6)} MB are free in ${config.dataDir}; at least ${diskFloorBytes / 1e6} are needed`
      },
    },
  ]
}

function httpError(cause: NodeJS.ErrnoException, config: Config): Error {
  const at = `${config.http.listen.host}:${config.http.listen.port}`
  const why: Record<string, string> = {
    EADDRINUSE: `another program holds the port (see it with: ss -ltnp 'sport = :${config.http.listen.port}'); stop it or change http.listen`,
    EACCES:
      'a port below 1024 needs the capability CAP_NET_BIND_SERVICE, which the service unit grants; or change http.listen',
    EADDRNOTAVAIL: 'this machine has no such address; write 0.0.0.0 for all of them, or correct http.listen',
  }
  return Object.assign(
    new Error(`cannot listen at http.listen ${at}: ${why[cause.code ?? ''] ?? cause.message}`, { cause }),
    { code: cause.code },
  )
}
