/**
 * The calls that a process before us had up when it was killed: each far end is told BYE, a trunk that challenges it with the trunk's password,
 * and what it answers else is well. Desk phones come first, since they are rung again at once and are busy until then; one that is reached over
 * a connection is told when it registers again: each of its extension that comes may be it, or another phone, and who knows the call is the one. A trunk's connection is opened anew, to where the trunk is and not to the port that it came from.
 */
import { Allowance } from '../lib/allowance.ts'
import type { Logger } from '../lib/log.ts'
import type { Binding, Destination, DigestCredentials, KeptDialog, UaEvent, UserAgentPort } from '../sip/events.ts'
import { isReliable } from '../sip/events.ts'

/** Each phone of a large floor at once; a trunk gets all of its own, and not faster than a small gateway takes them. */
const byesBurst = 500
const byesPerSecond = 250
/** A phone that has not registered by then has long found out by itself: its session was to be refreshed (RFC 4028). */
const registersWithinMs = 3600_000
/** Other ways by which a phone of the extension came, that are asked for a call: as many as phones of an extension are kept, and some that moved. */
const waysMax = 8
/** A trunk's name is looked up every ten seconds until it resolves; who is found nowhere by then is told where it came from. */
const foundWithinMs = 30_000

export type LeftDialogsOptions = {
  ua: Pick<UserAgentPort, 'bye'>
  book: { read(): KeptDialog[]; drop(dialog: KeptDialog): void }
  /** What answers a challenge by who is at `to`; null: nothing. */
  credentials(dialog: KeptDialog, to: Destination): DigestCredentials | null
  /** How the trunk of such a dialog over a connection is reached now; null while it is not known. */
  wayBack(dialog: KeptDialog): Destination | null
  now(): number
  log: Logger
}

type Absent = { dialog: KeptDialog; asked: Set<string> }

export class LeftDialogs {
  readonly #options: LeftDialogsOptions
  readonly #allowance: Allowance
  #due: KeptDialog[] = []
  /** Of phones that are reached over a connection, by extension. */
  readonly #absent = new Map<string, Absent[]>()
  #absentUntil = Number.POSITIVE_INFINITY
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
      else if (isReliable(peer.transport))
        this.#absent.set(extension, [...(this.#absent.get(extension) ?? []), { dialog, asked: new Set() }])
      else phones.push(dialog)
    }
    this.#due = [...phones, ...others]
    this.#absentUntil = now() + registersWithinMs
    this.#unfoundUntil = now() + foundWithinMs
    this.advance(now())
  }

  advance(now: number): void {
    this.#find(now)
    while (this.#due.length > 0 && this.#allowance.take(now)) this.#end(this.#due.shift()!, now)
    if (now < this.#absentUntil) return
    this.#absentUntil = Number.POSITIVE_INFINITY
    for (const all of this.#absent.values()) for (const { dialog } of all) this.#options.book.drop(dialog)
    this.#absent.clear()
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
    if (event.type === 'bindingChanged' && event.binding !== null) this.#registered(event.binding)
  }

  #registered(binding: Binding): void {
    const { transport, source } = binding.flow
    for (const absent of this.#absent.get(binding.extension) ?? []) {
      const { dialog, asked } = absent
      const isThere = dialog.peer.transport === transport && dialog.peer.address === source.address
      const way = `${transport} ${source.address}${isThere ? ` ${source.port}` : ''}` // several may be behind one address
      if (asked.has(way) || asked.size >= waysMax) continue
      asked.add(way)
      this.#ask(absent, isThere ? { flow: binding.flow } : binding)
    }
  }

  /** It keeps waiting until somebody says that it was theirs; another phone does not know it (481). */
  #ask(absent: Absent, { flow, contact }: Pick<Binding, 'flow'> & Partial<Binding>): void {
    const { ua, book, now } = this.#options
    const then = (status: number | null) => {
      if (status === null || status >= 300 || !this.#found(absent)) return
      book.drop(absent.dialog)
    }
    const by = contact === undefined ? { flow } : { flow, contact }
    if (this.#try(() => ua.bye(absent.dialog, { by, then }, now())) !== false) return
    this.#found(absent)
    this.#leave(absent.dialog)
    book.drop(absent.dialog)
  }

  /** False when it was found before. */
  #found(absent: Absent): boolean {
    const { extension } = absent.dialog
    const all = this.#absent.get(extension ?? '') ?? []
    const others = all.filter(one => one !== absent)
    if (others.length > 0) this.#absent.set(extension!, others)
    else this.#absent.delete(extension ?? '')
    return others.length < all.length
  }

  #end(dialog: KeptDialog, now: number): void {
    const { ua, book, credentials, wayBack } = this.#options
    const { extension, peer } = dialog
    // A phone may be where a trunk is.
    const auth = (to: Destination) => (extension === null ? credentials(dialog, to) : null)
    const at = extension === null && isReliable(peer.transport) ? wayBack(dialog) : null
    if (at === null && extension === null && peer.transport === 'tls' && peer.peer === undefined) this.#nobody(dialog)
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
