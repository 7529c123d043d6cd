/** The house without its web pages: store, engine and telephone, joined. `serve` puts the doors for people on top of it. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { whyNotWrite } from './centre/gate/writing.ts'
import type { RecorderDisk } from './centre/recording/recording-rules.ts'
import type { RecordFact } from './centre/records/record-facts.ts'
import { type Config, dataFiles } from './config.ts'
import { bootEngine } from './engine/boot.ts'
import type { Engine } from './engine/engine.ts'
import { type MisfitDesk, Misfits } from './engine/misfits.ts'
import { SecondLook } from './engine/second-look.ts'
import { systemTimers } from './engine/timers.ts'
import { hangUpAll } from './hang-up.ts'
import { Ladder } from './ladder/ladder.ts'
import { must } from './lib/assert.ts'
import type { Clock } from './lib/clock.ts'
import { type Fit, fitByClock, type Seen } from './lib/fit.ts'
import { refuseLinks } from './lib/folder-link.ts'
import { mustBear } from './lib/folder-mark.ts'
import { formatHost } from './lib/host.ts'
import type { Logger } from './lib/log.ts'
import { asset, workerFile } from './lib/places.ts'
import type { Random } from './lib/random.ts'
import { within } from './lib/within.ts'
import { Library } from './library.ts'
import type { Identity } from './phone/connections.ts'
import type { Dns } from './phone/locate.ts'
import { parseListenAddress } from './phone/sockets.ts'
import { openTelephone } from './phone/telephone.ts'
import type { Telephone } from './phone/telephone-port.ts'
import type { Asking } from './phone/trunk-lines.ts'
import { clockSetting, RecordingsClock } from './recordings-clock.ts'
import { markSetting, RecordingsMark } from './recordings-mark.ts'
import { keep, type RecordsDoor } from './records/door.ts'
import { lookAtRecording, readAsSealed, salvageRecording } from './rtp/recording-file.ts'
import { Store } from './store/store.ts'

export type House = AsyncDisposable & {
  readonly store: Store
  readonly engine: Engine
  readonly telephone: Telephone
  readonly ladder: Ladder
  readonly door: RecordsDoor
  /** What lies under the names of recordings and cannot be of their calls, for people to decide. */
  readonly misfits: MisfitDesk
  /** Unix ms of what was written last before this start; 0: nothing was. */
  readonly lastAt: number
  /** What the folder of recordings is known by; null: not known yet. */
  recordingsMark(): string | null
  /**
   * From now on nothing begins but calls for help; calls that nobody has picked up are withdrawn, every other but help is ended, and who cannot be told by the
   * floor is told on the wire. Said as soon as the process is told to stop, since nobody may be called or kept talking while other parts take their
   * time; the disposal says it too. Resolves within 7 s, when the recordings are sealed or it gives them up to the next start; a call for help is ended
   * last, after 12 s, and it resolves within 15. Never rejects.
   */
  hangUp(): Promise<void>
}

export type HouseOptions = {
  config: Config
  clock: Clock
  random: Random
  log: Logger
  version: string
  /** Called when the data folder is ours and nothing has been written or bound yet; what it cannot have stops the start there. */
  claim?: () => Promise<void>
  /** Where names of carriers are looked up; left out: as this machine does. */
  dns?: Dns
  /** When trunks are asked by OPTIONS; left out: as usual. */
  asking?: Asking
  /** What SIP shows at a `tls:` address; asked after `claim`. Renewals come by `telephone.secure`. */
  identity?: () => Identity | null
}

/** A share that hangs keeps no start waiting. */
const folderWithinMs = 1_500
/** Disks on which what was left open is made whole: one that is full has room for that. */
const mayBeMended: ReadonlySet<RecorderDisk> = new Set(['well', 'full'])

/** Rejects with StoreError, SocketError or MediaError when a part cannot start; what had started is closed again. */
export async function openHouse({
  config,
  clock,
  random,
  log,
  version,
  claim,
  identity,
  dns,
  asking,
}: HouseOptions): Promise<House> {
  const files = dataFiles(config)
  await using parts = new AsyncDisposableStack()
  const store = parts.use(
    await Store.open({
      file: files.database,
      keyFile: config.secrets.keyFile,
      now: clock.now(),
      migrations: asset('migrations'),
      onFault: words => log.error(words),
    }),
  )
  await claim?.()
  const { at: lastAt } = await store.read('journal.head', {})
  const ladder = parts.use(
    new Ladder({
      folder: files.ladder,
      bounds: { days: config.ladder.days, bytesPerDay: config.ladder.bytesPerDay },
      worker: workerFile('ladder/ladder-worker'),
      clock,
      onFault: words => log.error(words),
    }),
  )
  let door: RecordsDoor = { store, clock, tell: () => {} } // nobody runs yet who would have to hear
  const recordingsMark = new RecordingsMark({
    folder: files.recordings,
    store,
    save: mark => keep(door, 'system', [{ type: 'setting.saved', key: markSetting, value: mark }]),
  })
  const recordingsClock = new RecordingsClock({
    store,
    save: aheadMs => keep(door, 'system', [{ type: 'setting.saved', key: clockSetting, value: aheadMs }]),
    log,
  })
  await recordingsClock.read()
  const { aheadMs: aheadBefore } = recordingsClock // what is left open was written by it, whatever is measured from now on
  // The telephone works without its disk, which is told and tried again by whoever watches over it.
  await within(folderWithinMs, recordingsMark.settle()).catch(error =>
    log.error({ err: error, folder: files.recordings }, 'nothing can be recorded in this folder now'),
  )
  const closing = new AbortController()
  let sealing: Promise<void> = Promise.resolve()
  parts.defer(async () => {
    closing.abort()
    await sealing // it writes to the store, which closes after
  })
  // Each needs the other: the engine performs its effects on the telephone, the telephone posts to the engine.
  const unled = async (path: string) => {
    const file = join(files.recordings, path)
    await refuseLinks(files.recordings, file)
    return file
  }
  let engine: Engine | null = null
  let telephone: Telephone | null = null
  let library: Library | null = null
  const booted = await bootEngine({
    store,
    ports: {
      phone: { perform: effect => telephone?.ports.phone.perform(effect) },
      media: { perform: effect => telephone?.ports.media.perform(effect) },
    },
    salvage: async (path, fit) => salvageRecording(await unled(path), fit && fitByClock(fit, aheadBefore)),
    later: task => {
      sealing = task(closing.signal).catch(error =>
        log.error({ err: error }, 'recordings of the last run were not all sealed; the next start goes on'),
      )
    },
    clock,
    log,
    version,
    lab: config.lab,
    alarm: words => words !== null && log.fatal({ alarm: true }, words),
  })
  engine = booted
  const salvage = (path: string, fit: Fit | Seen) =>
    must(telephone, 'it looks when the house is open').bay.salvage(
      join(files.recordings, path),
      'seen' in fit ? fit : fitByClock(fit, recordingsClock.aheadMs),
    )
  const mayLook = () => !booted.state.isClosing && mayBeMended.has(booted.state.recorder.disk)
  const secondLook = parts.use(
    new SecondLook({
      ...{ store, salvage, clock: recordingsClock, mayLook, timers: systemTimers, log },
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
    }),
  )
  const misfits = new Misfits({
    ...{ store, secondLook, salvage, mayWrite: mayLook, log },
    async examine(path, known) {
      await mustBear(files.recordings, recordingsMark.mark)
      return lookAtRecording(await unled(path), known)
    },
    read: async (path, looked, part) => readAsSealed(await unled(path), looked, part),
    clock: recordingsClock,
    now: () => clock.now(),
  })
  telephone = parts.use(
    await openTelephone({
      listen: config.sip.listen.map(at => parseListenAddress(`${at.transport}:${formatHost(at.host, at.port)}`)),
      advertise: config.sip.advertise,
      identity: identity?.() ?? null,
      ...(dns ? { dns } : {}),
      ...(asking ? { asking } : {}),
      media: config.media,
      recordingsDir: files.recordings,
      recordingsMark,
      recordingsClock,
      phoneBookFile: join(config.dataDir, 'phones.json'),
      dialogBookFile: join(config.dataDir, 'dialogs.jsonl'),
      ladder,
      promptFolders: [files.prompts, asset('assets/prompts')],
      speechFolders: [files.prompts, asset('assets/speech')],
      clock,
      random,
      log,
      version,
      floor: () => booted.state,
      secret: (owner, kind) => store.secret(owner, kind),
      post: (input, actor) => booted.post(input, actor),
      unknown: (sound, call) => library?.keep(sound, call),
    }),
  )
  parts.use(engine) // stopped first: nothing is decided while the telephone hangs up
  engine.start()
  booted.subscribe(({ fact }) => {
    if (fact.type === 'recording.missing' || (fact.type === 'recorder.diskChanged' && fact.disk === 'well'))
      secondLook.soon()
  })
  secondLook.soon()
  telephone.start([...engine.state.trunks.values()].map(({ trunk }) => trunk))
  const wires = telephone
  door = {
    store,
    clock,
    async tell(facts: RecordFact[], actor) {
      try {
        await booted.dispatch({ type: 'records.committed', facts }, actor)
      } catch (error) {
        log.error({ err: error }, 'the floor hears of a change late: it takes no new work now')
        booted.post({ type: 'records.committed', facts }, actor)
      }
      if (facts.some(({ type }) => type.startsWith('announcement.'))) library?.changed()
      for (const fact of facts)
        if (fact.type === 'setting.saved' && fact.key === markSetting) recordingsMark.know(fact.value)
      wires.noteRecords(facts) // the telephone reads the floor, so it is told when the floor knows
    },
    ask: of => whyNotWrite(booted.state, of, clock.now()),
  }
  library = new Library({ door, folder: files.announcements, teach: known => wires.bay.teach(known), log })
  await library.read()
  let hungUp: Promise<void> | null = null
  const ending = { engine: booted, wires, monotonic: () => clock.monotonic(), sleep: (ms: number) => sleep(ms) }
  const hangUp = () =>
    (hungUp ??= hangUpAll(ending).catch(error => log.error({ err: error }, 'not every call could be ended')))
  const held = parts.move()
  return {
    store,
    engine,
    telephone,
    ladder,
    door,
    misfits,
    lastAt,
    recordingsMark: () => recordingsMark.mark,
    hangUp,
    async [Symbol.asyncDispose]() {
      await hangUp()
      await held.disposeAsync()
    },
  }
}
