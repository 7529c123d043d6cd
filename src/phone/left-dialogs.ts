/**
 * The calls that a process before us had up when it was killed: each far end is told BYE, a trunk that challenges it with the trunk's password,
 * and what it answers else is well. Desk phones come first, since they are rung again at once and are busy until then; one that is reached over
 * a connection is told when it registers again: each of its extension that comes may be it, or another phone, and who knows the call is the one. A trunk's connection is opened anew, to where the trunk is and not to the port that it came from.
 * So is told, too, a phone that was cut off at the moment when a call ended, of this process or by the first BYE of the next; one over UDP when it registers again, where it was or elsewhere, or calls.
 */
import { Allowance } from '../lib/allowance.ts'
import type { Logger } from '../lib/log.ts'
import type { Binding, Destination, DigestCredentials, KeptDialog, UaEvent, UserAgentPort } from '../sip/events.ts'
import { isAt, isReliable } from '../sip/events.ts'

/** Each phone of a large floor at once; a trunk gets all of its own, and not faster than a small gateway takes them. */
const byesBurst = 500
const byesPerSecond = 250
/** A phone that has not registered by then has long found out by itself: its session was to be refreshed (RFC 4028). */
const registersWithinMs = 3600_000
/** Calls that one extension's phones are waited for with: more than a phone has lines. The oldest is given up for a newer one. */
const absentMax = 16
/** Other ways by which a phone of the extension came, that are asked for a call: as many as phones of an extension are kept, and some that moved. */
const waysMax = 8
/** BYEs of one call that nobody answered, each said for 32 s over UDP: a phone that registers each minute and hears nothing is left alone then. */
const unansweredMax = 12
/** A trunk's name is looked up every ten seconds until it resolves; who is found nowhere by then is told where it came from. */
const foundWithinMs = 30_000

export type LeftDialogsOptions = {
  ua: Pick<UserAgentPort, 'bye' | 'bindingsOf'>
  book: { read(): KeptDialog[]; drop(dialog: KeptDialog): void }
  /** What answers a challenge by who is at `to`; null: nothing. */
  credentials(dialog: KeptDialog, to: Destination): DigestCredentials | null
  /** How the trunk of such a dialog over a connection is reached now; null while it is not known. */
  wayBack(dialog: KeptDialog): Destination | null
  now(): number
  log: Logger
}

/** `asked`: the ways by which it was not found. */
type Absent = { dialog: KeptDialog; until: number; asked: Set<string>; unanswered: number }
/** A sign of life of a phone; `contact` where it said how it is named there. */
type Way = Pick<Binding, 'extension' | 'flow'> & { contact?: string }

export class LeftDialogs {
  readonly #options: LeftDialogsOptions
  readonly #allowance: Allowance
  #due: KeptDialog[] = []
  /** Of phones that are reached over a connection, or did not hear their BYE, by extension. */
  readonly #absent = new Map<string, Absent[]>()
  /** Of trunks that are reached over a connection, and are not found yet. */
  #unfound: KeptDialog[] = []
  #unfoundUntil = Number.POSITIVE_INFINITY
  #isTold = false
  #isNobodyTold = false

  constructor(options: LeftDialogsOptions) {
    this.#options = options
    this.#allowance = new Allowance({ burst: byesBurst, perSecond: byesPerSecond, now: options.now() })
  }

  /** Call before any phone is rung: the first are told at once. */
  begin(): void {
    const { book, log, now } = this.#options
    const left = book.read()
    if (left.length === 0) return
    log.info({ calls: left.length }, 'calls of the last run are still up on the wire, and are ended')
    const phones: KeptDialog[] = []
    const others: KeptDialog[] = []
    for (const dialog of left) {
      const { extension, peer } = dialog
      if (extension === null && isReliable(peer.transport)) this.#unfound.push(dialog)
      else if (extension === null) others.push(dialog)
      else if (isReliable(peer.transport)) this.#await(extension, dialog)
      else phones.push(dialog)
    }
    this.#due = [...phones, ...others]
    this.#unfoundUntil = now() + foundWithinMs
    this.advance(now())
  }

  advance(now: number): void {
    this.#find(now)
    while (this.#due.length > 0 && this.#allowance.take(now)) this.#end(this.#due.shift()!, now)
    for (const [extension, all] of this.#absent) {
      const { over = [], awaited = [] } = Object.groupBy(all, one => (one.until <= now ? 'over' : 'awaited'))
      for (const { dialog } of over) this.#options.book.drop(dialog)
      if (over.length > 0) this.#keep(extension, awaited)
    }
  }

  #await(extension: string, dialog: KeptDialog): Absent {
    const absent: Absent = { dialog, until: this.#options.now() + registersWithinMs, asked: new Set(), unanswered: 0 }
    const all = [...(this.#absent.get(extension) ?? []), absent]
    for (const { dialog: givenUp } of all.splice(0, all.length - absentMax)) this.#options.book.drop(givenUp)
    this.#absent.set(extension, all)
    return absent
  }

  #keep(extension: string, awaited: Absent[]): void {
    if (awaited.length > 0) this.#absent.set(extension, awaited)
    else this.#absent.delete(extension)
  }

  #find(now: number): void {
    if (this.#unfound.length === 0) return
    const isFound = (dialog: KeptDialog) => now >= this.#unfoundUntil || this.#options.wayBack(dialog) !== null
    const { found = [], unfound = [] } = Object.groupBy(this.#unfound, one => (isFound(one) ? 'found' : 'unfound'))
    this.#due.push(...found)
    this.#unfound = unfound
  }

  /** Call with each event of the user agent before the phone hears of it: who registers is rung next. */
  take(event: UaEvent): void {
    if (event.type === 'bindingChanged' && event.binding !== null) this.#isThere(event.binding)
    else if (event.type === 'bindingRefreshed') this.#isThere(event.binding)
    else if (event.type === 'incoming' && event.extension !== null)
      this.#isThere({ extension: event.extension, flow: event.flow })
    else if (event.type === 'byeUnheard' && event.dialog.extension !== null)
      this.#unheard(event.dialog, event.dialog.extension)
  }

  /** It may be back already: that it was cut off is noticed late. */
  #unheard(dialog: KeptDialog, extension: string): void {
    const { ua, log } = this.#options
    log.info({ extension }, 'a phone was cut off when its call ended, and is told so when it is back')
    const absent = this.#await(extension, dialog)
    for (const binding of ua.bindingsOf(extension)) if (!isAt(dialog.peer, binding.flow)) this.#ask(absent, binding)
  }

  #isThere(way: Way): void {
    for (const absent of this.#absent.get(way.extension) ?? []) this.#ask(absent, way)
  }

  /** Each connection is asked: several phones may be behind one address. */
  #ask(absent: Absent, { flow, contact }: Way): void {
    const { dialog, asked } = absent
    const { transport, source, connection } = flow
    const isThere = dialog.peer.transport === transport && dialog.peer.address === source.address
    const way = `${transport} ${source.address}${isThere ? ` ${source.port} ${connection}` : ''}`
    if (asked.has(way) || asked.size >= waysMax || absent.unanswered >= unansweredMax) return
    asked.add(way)
    const then = (status: number | null) => {
      if (status === null) {
        asked.delete(way)
        absent.unanswered++
      } else if (status < 300) this.#over(absent)
    }
    this.#say(absent, isThere || contact === undefined ? { flow } : { flow, contact }, then)
  }

  /** It keeps waiting until somebody says that it was theirs; another phone does not know it (481). */
  #say(absent: Absent, by: Pick<Way, 'flow' | 'contact'>, then: (status: number | null) => void): void {
    const { ua, now } = this.#options
    if (this.#try(() => ua.bye(absent.dialog, { by, then }, now())) !== false) return
    this.#leave(absent.dialog)
    this.#over(absent)
  }

  #over(absent: Absent): void {
    const extension = absent.dialog.extension ?? ''
    const all = this.#absent.get(extension) ?? []
    if (!all.includes(absent)) return // it was found before
    const others = all.filter(one => one !== absent)
    this.#keep(extension, others)
    this.#options.book.drop(absent.dialog)
  }

  #end(dialog: KeptDialog, now: number): void {
    if (dialog.extension === null) this.#endOfTrunk(dialog, now)
    else this.#endOfPhone(dialog, dialog.extension, now)
  }

  /** It is given no password: a phone may be where a trunk is. */
  #endOfPhone(dialog: KeptDialog, extension: string, now: number): void {
    const { ua, book } = this.#options
    const then = (status: number | null) => {
      if (status !== null && (status < 300 || status === 481)) book.drop(dialog)
      else this.#unheard(dialog, extension)
    }
    const isSaid = this.#try(() => ua.bye(dialog, { then }, now))
    if (isSaid === false) this.#leave(dialog)
    if (isSaid !== true) book.drop(dialog)
  }

  #endOfTrunk(dialog: KeptDialog, now: number): void {
    const { ua, book, credentials, wayBack } = this.#options
    const { peer } = dialog
    const auth = (to: Destination) => credentials(dialog, to)
    const at = isReliable(peer.transport) ? wayBack(dialog) : null
    if (at === null && peer.transport === 'tls' && peer.peer === undefined) this.#nobody(dialog)
    else if (this.#try(() => ua.bye(dialog, { auth, at }, now)) === false) this.#leave(dialog)
    book.drop(dialog)
  }

  /** Over TLS nobody is gone to who has no name to prove. */
  #nobody({ peer: { address } }: KeptDialog): void {
    if (this.#isNobodyTold) return
    this.#isNobodyTold = true
    this.#options.log.warn(
      { address },
      'calls of the last run came over TLS from where no trunk is now, and are not ended',
    )
  }

  #try(bye: () => boolean): boolean | null {
    try {
      return bye()
    } catch (error) {
      this.#options.log.warn({ err: error }, 'a call of the last run cannot be ended')
      return null
    }
  }

  #leave({ ourAddress }: KeptDialog): void {
    if (this.#isTold) return
    this.#isTold = true
    const words = 'calls of the last run were had at another address than ours, and are not ended: is this a copy?'
    this.#options.log.warn({ ourAddress }, words)
  }
}
