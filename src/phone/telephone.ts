/**
 * Everything that rings, in one piece: sockets, user agent, patch bay, trunks, desk phones and browsers. The engine performs its effects on
 * `ports`; what happens on the wire is posted back as inputs.
 */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLegForHelp } from '../centre/calls/emergency.ts'
import type { Trunk } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import { numberKey } from '../centre/numbers/number.ts'
import type { RegistrationSeen } from '../centre/trunks/trunk-wire.ts'
import { type IdSeries, idSeries, type LegId, nextId, type TrunkId } from '../lib/ids.ts'
import { secretText, seededRandom } from '../lib/random.ts'
import type { BayEvent } from '../rtp/bay.ts'
import { createBay } from '../rtp/create-bay.ts'
import type { Admission, UaEvent } from '../sip/events.ts'
import { UserAgent } from '../sip/user-agent.ts'
import { createDtlsIdentity } from '../webrtc/identity.ts'
import { offerAnswerer, restartAnswer } from '../webrtc/station.ts'
import { AnswerClock } from './answer-times.ts'
import { AudioWatch } from './audio-watch.ts'
import { Browsers } from './browsers.ts'
import { DeskPasswords, sipRealm } from './desk-passwords.ts'
import { DialogBook } from './dialog-book.ts'
import { DiskWatch } from './disk-watch.ts'
import { Hearing } from './hearing.ts'
import { LeftDialogs } from './left-dialogs.ts'
import { locate } from './locate.ts'
import { Media } from './media.ts'
import { NatKeepAlive } from './nat-keep-alive.ts'
import { Phone } from './phone.ts'
import { PhoneBook } from './phone-book.ts'
import { PromptShelf } from './prompt-shelf.ts'
import { Sockets, type SocketsOptions } from './sockets.ts'
import { systemDns } from './system-dns.ts'
import { telephoneFigures } from './telephone-figures.ts'
import type { Telephone, TelephoneOptions } from './telephone-port.ts'
import { TlsPeers } from './tls-peers.ts'
import { TrunkLines } from './trunk-lines.ts'
import { TrunkTests } from './trunk-tests.ts'
import { TryOuts } from './try-outs.ts'

/** Ring time-outs, name look-ups and stations that never came up are looked after this often. */
const tickMs = 100
/** A browser whose network is cut this long is down; shorter cuts heal unnoticed. */
const browserSilenceMs = 20_000

/** The far ends' answers to the last BYEs and CANCELs, and those of the carriers that we leave, are waited for so long: what was lost is said once more (RFC 3261, T1: 500 ms). */
const lastWordsMs = 600

export async function openTelephone(options: TelephoneOptions): Promise<Telephone> {
  const { clock, log, floor, secret } = options
  const now = () => clock.monotonic()
  const answers = new AnswerClock(floor)
  const post = (input: Input, actor: Actor) => {
    if (input.type === 'leg.answered') {
      answers.answered(input.leg, now())
      audio.answered(input.leg)
    } else if (input.type === 'leg.ended') answers.over(input.leg)
    options.post(input, actor)
  }
  const events: { take(event: UaEvent): void } = { take: () => undefined }
  const trunks: Required<Pick<SocketsOptions, 'isTrunk' | 'mayBeTrunk'>> = {
    isTrunk: () => false,
    mayBeTrunk: () => false,
  }
  const peers = new TlsPeers()
  const dns = options.dns ?? systemDns()
  const dialogs = new DialogBook({ file: options.dialogBookFile, now, log })
  const sockets = await Sockets.open({
    listen: options.listen,
    advertise: options.advertise,
    identity: options.identity ?? null,
    peers,
    random: options.random,
    clock,
    isTrunk: flow => trunks.isTrunk(flow),
    mayBeTrunk: address => trunks.mayBeTrunk(address),
    before: () => dialogs.unwritten,
    onConnection: news => lines.connectionChanged(news),
    onEvent: event => events.take(event),
    onFault: (error, doing) => log.error({ err: error, doing }, 'a SIP socket reported a fault'),
  })
  const dtls = await createDtlsIdentity(clock.now())
  const prompts = new PromptShelf(options)
  const bay = await createBay({
    address: options.media.address ?? '0.0.0.0',
    ports: options.media.ports,
    workers: options.media.workers,
    prompts: prompts.all,
    dtls,
    ...(options.recordingsMark ? { recordingsDir: options.recordingsDir } : {}),
    onFault: words => log.error(words),
  }).catch(async error => {
    await sockets[Symbol.asyncDispose]()
    throw error
  })
  // Of use to whoever wonders why the media thread takes a quarter more than yesterday: a kernel may forbid the first.
  log.info({ way: bay.way() }, 'the media threads are up')

  const passwords = new DeskPasswords(floor, secret)
  const ua = new UserAgent({
    name: `Switchroom/${options.version}`,
    endpoints: sockets.exits,
    secret: secretText,
    random: options.random,
    registrar: {
      ...{ realm: sipRealm, lookup: extension => passwords.lookup(extension) },
      sha256Share: () => passwords.sha256Share(),
    },
    tap: message => options.ladder?.note(message),
    keeper: dialogs,
    caller: (flow, called) => lines.callers.caller(flow, called),
    mayBring: caller => phone.mayBring(caller as TrunkId),
    credentials: (caller, to) => lines.callers.credentials(caller as TrunkId, to),
    wayBack: dialog => lines.callers.wayBack(dialog),
    forceRport: ({ address }) => lines.callers.forcesRport(address),
    admit: (flow): Admission => {
      if (lines.callers.trunkOf(flow) !== null) return 'trusted'
      return floor().allowed.phones.has(flow.source.address) ? 'challenge' : 'refuse'
    },
  })
  /** Of hosts that are alike, which comes first: the same ones as long as this house is up. */
  const turnSeed = Math.floor(options.random() * 2 ** 32)
  const lines = new TrunkLines({
    ua,
    tls: {
      know: peer => {
        sockets.forget(peer.name)
        peers.set(peer)
      },
      forget: name => {
        peers.delete(name)
        sockets.forget(name)
      },
    },
    random: options.random,
    locate: wanted => locate(wanted, { dns, random: seededRandom(turnSeed) }),
    reaches: (transport, address) =>
      sockets.exits.some(one => one.transport === transport && one.family === isIP(address)),
    post,
    now,
    log,
    ...(options.asking ? { asking: options.asking } : {}),
  })
  trunks.isTrunk = flow => lines.callers.trunkOf(flow) !== null
  trunks.mayBeTrunk = address => lines.callers.isAt(address)
  const learnOwn = (phrase: string, version: number) => {
    const own = prompts.learnOwn(phrase, version)
    if (own !== null) bay.learn(own.name, own.samples)
  }
  const legIds: IdSeries = idSeries(clock.now())
  const newLegId = (): LegId => nextId<'leg'>(legIds, 'w') // w for wire: the centre names its own legs
  const hearing = new Hearing({
    bay,
    post,
    key: (leg, digit) => phone.takeMedia({ type: 'leg.digit', leg, digit }),
    unknown: options.unknown,
  })
  const localAddress = (peer: string) => {
    const family = isIP(peer) === 6 ? 6 : 4
    const endpoint = sockets.endpoints.find(one => one.family === family) ?? sockets.endpoints[0]
    return endpoint?.contact(peer).address ?? '127.0.0.1'
  }
  const phone: Phone = new Phone({
    ua,
    bay,
    hearing,
    lines,
    localAddress,
    mediaAddress: options.media.address,
    deskSrtp: agent => floor().users.get(agent)?.device?.srtp ?? 'off',
    extensionOf: agent => floor().users.get(agent)?.extension ?? null,
    agentAt: extension => passwords.userAt(extension)?.id ?? null,
    isOurNumber: number => floor().numberIndex.has(numberKey(number)),
    post,
    newLegId,
    nameDialog: (callId, leg) => options.ladder?.name(callId, leg),
    now,
    flush: () => sockets.settle(),
    log,
  })
  const tryOuts = new TryOuts({ bay, floor, now })
  const { recordingsMark } = options
  recordingsMark?.onKnown(mark => bay.keepIn(mark))
  const settle = recordingsMark ? { settle: () => recordingsMark.settle() } : {}
  const { recordingsClock } = options
  const measured = (ms: number) => recordingsClock?.measured(ms)
  const itsClock = recordingsClock ? { clock: { now: () => clock.now(), measured } } : {}
  const disk = new DiskWatch({ folder: options.recordingsDir, ...settle, ...itsClock, post, log })
  const media = new Media({ bay, hearing, disk, recordingsDir: options.recordingsDir, post, log })
  const audio = new AudioWatch({ floor, bay, post: options.post, now, log })
  const browsers = new Browsers({
    answerOffer: (leg, offerSdp) =>
      offerAnswerer({
        bay,
        fingerprint: dtls.fingerprint,
        addresses: options.media.address === null ? ownAddresses() : [options.media.address],
        silenceMs: browserSilenceMs,
      })(leg, offerSdp),
    answerRestart: (leg, line, offerSdp) => {
      const { sdp, credentials } = restartAnswer(line, offerSdp, dtls.fingerprint)
      bay.restartIce(leg, credentials)
      return sdp
    },
    close: leg => bay.close(leg),
    newLegId,
    post,
    now,
    log,
  })

  const tests = new TrunkTests({
    ua,
    bay,
    lines,
    localAddress,
    clock: () => clock.now(),
    now,
    flush: () => sockets.settle(),
  })
  const left = new LeftDialogs({
    ...{ ua, book: dialogs, now, log },
    credentials: (dialog, to) =>
      dialog.account === null
        ? lines.callers.credentialsOfLeft(dialog, to)
        : lines.credentials(dialog.account as TrunkId),
    wayBack: dialog => lines.callers.wayBack(dialog),
  })
  events.take = event => {
    left.take(event)
    tests.take(event)
    phone.take(event)
  }
  bay.onEvent((event: BayEvent) => {
    // Before its legs are told to have ended, while the floor knows whose they are.
    if (event.type === 'worker.died') post({ type: 'media.died', moved: event.moved, lost: event.legs }, 'system')
    if (event.type === 'thread.died')
      post({ type: 'thread.died', thread: event.thread, goOn: event.goOn, cut: event.cut }, 'system')
    if (tests.takeMedia(event)) return
    if (tryOuts.take(event)) return
    phone.takeMedia(event)
    browsers.take(event)
    media.take(event)
    hearing.take(event)
    audio.take(event)
  })
  const natKeepAlive = new NatKeepAlive({ ua, random: options.random })
  const book = new PhoneBook(options.phoneBookFile, log)
  const timer = setInterval(() => {
    const at = now()
    lines.advance(at)
    left.advance(at)
    natKeepAlive.advance(at)
    dialogs.advance()
    phone.advance(at)
    browsers.advance(at)
    audio.advance(at)
    book.save(() => ua.bindings(), clock.now())
  }, tickMs)

  let ending: Promise<void> | null = null
  const hangUp = () => (ending ??= endAll())
  const endAll = async () => {
    clearInterval(timer)
    phone.close()
    for (let waitedMs = 0; ua.isInCall && waitedMs < lastWordsMs; waitedMs += 10) await sleep(10)
    await Promise.race([dialogs.settle(), sleep(lastWordsMs)])
  }

  const applyTrunk = (trunk: Trunk) => {
    const secrets = {
      password: secret(trunk.id, 'trunk-password'),
      key: secret(trunk.id, 'trunk-key'),
      inbound: readable(trunk, 'trunk-inbound'),
    }
    lines.apply(trunk, secrets, floor().trunks.get(trunk.id)?.answersAt)
  }
  /** Its calls are refused without it, and that is told; nobody else's are, and what is placed on it goes on. */
  const readable = (trunk: Trunk, kind: 'trunk-inbound') => {
    try {
      return secret(trunk.id, kind)
    } catch (error) {
      log.error({ err: error, trunk: trunk.name }, 'a secret of this trunk cannot be read')
      return null
    }
  }
  return {
    ports: {
      phone,
      media: {
        perform(effect) {
          tryOuts.before(effect)
          media.perform(effect)
          if (effect.type === 'media.patch') {
            answers.patched(effect.a, effect.b, now())
            audio.patched(effect.a, effect.b)
          }
        },
      },
    },
    stations: {
      answer: (agent, offerSdp) => browsers.answer(agent, offerSdp),
      restart: (agent, offerSdp) => browsers.restart(agent, offerSdp),
      close: agent => browsers.close(agent),
      tryOut: agent => tryOuts.begin(agent),
    },
    bay,
    speech: names => prompts.wav(names),
    bindings: extension =>
      (extension === undefined ? ua.bindings() : ua.bindingsOf(extension)).map(
        ({ extension, userAgent, flow, expiresInMs }) => {
          const { transport, source } = flow
          return { extension, userAgent, address: source.address, transport, expiresInMs }
        },
      ),
    doorFor(wanted) {
      const doors = sockets.endpoints.map(({ transport, bound }) => ({ transport, port: bound.port }))
      return doors.find(door => door.transport === wanted) ?? doors[0] ?? { transport: 'udp', port: 5060 }
    },
    bound: sockets.endpoints.map(({ id, bound }) => ({ id, ...bound })),
    start(trunks) {
      void disk.look() // known before the first call
      for (const trunk of trunks) applyTrunk(trunk)
      const homes = book.homes(clock.now())
      sockets.welcome(homes.map(({ address }) => address))
      sockets.attach(ua)
      left.begin()
      for (const binding of book.read(clock.now())) {
        if (passwords.lookup(binding.extension) !== null) ua.restoreBinding(binding, now())
      }
      for (const { extension, ...home } of homes)
        if (extension !== undefined && passwords.lookup(extension) !== null)
          ua.restoreHome({ extension, ...home }, now())
      sockets.settle()
    },
    noteRecords(facts) {
      for (const fact of facts) {
        if (fact.type === 'trunk.saved') applyTrunk(fact.trunk)
        else if (fact.type === 'phrase.saved' || fact.type === 'phrase.used') learnOwn(fact.name, fact.version)
        else if (fact.type === 'trunk.removed') lines.remove(fact.trunk)
        else if (fact.type === 'trunk.passwordSet') reapply(fact.trunk)
        else if (fact.type === 'user.saved' || fact.type === 'user.sipPasswordSet') {
          for (const extension of passwords.forget()) ua.unbind(extension, now())
        }
      }
      sockets.settle()
    },
    trunkTests: tests,
    secure: identity => sockets.secure(identity),
    trunkWire: id => {
      const wire = lines.wire(id)
      const wall = (at: number) => Math.round(clock.now() - (now() - at))
      return (
        wire && {
          target: wire.target,
          registration: wire.registration && onWall(wire.registration, wall),
          options: wire.options && { ...wire.options, at: wall(wire.options.at) },
          refusing: wire.refusing,
        }
      )
    },
    answerTimes: () => answers.read(),
    audio,
    figures: () =>
      telephoneFigures({ ua, bay, sockets, natKeepAlive, phone, media, disk, ladder: options.ladder?.figures }),
    hangUp,
    hangUpAllButHelp: () => phone.closeBut(leg => isLegForHelp(floor(), leg)),
    async [Symbol.asyncDispose]() {
      await hangUp()
      disk[Symbol.dispose]()
      tryOuts[Symbol.dispose]()
      for (const trunk of floor().trunks.keys()) lines.remove(trunk)
      sockets.settle()
      await bay[Symbol.asyncDispose]()
      // A carrier asks for our password anew as a rule: what it was given last is old by now.
      for (let waitedMs = 0; ua.isLeaving && waitedMs < lastWordsMs; waitedMs += 10) await sleep(10)
      await sockets[Symbol.asyncDispose]()
    },
  }

  function reapply(id: TrunkId): void {
    const trunk = floor().trunks.get(id)?.trunk
    if (trunk) applyTrunk(trunk)
  }
}

function onWall(seen: RegistrationSeen, wall: (at: number) => number): RegistrationSeen {
  const { at, until, refresh } = seen
  return {
    ...seen,
    at: wall(at),
    until: until === null ? null : wall(until),
    refresh: refresh && { ...refresh, at: wall(refresh.at) },
  }
}

/** Every IPv4 address of this machine that a browser may reach, the LAN's before loopback. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  const ipv4 = all.filter(one => one.family === 'IPv4')
  return [...ipv4.filter(one => !one.internal), ...ipv4.filter(one => one.internal)].map(one => one.address).slice(0, 8)
}
