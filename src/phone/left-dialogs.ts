/**
 * The calls that a process before us had up when it was killed: each far end is told BYE once, and what it answers is well. Desk phones come
 * first, since they are rung again at once and are busy until then; one that is reached over a connection is told when it registers again.
 */
import { Allowance } from '../lib/allowance.ts'
import type { Logger } from '../lib/log.ts'
import type { Binding, KeptDialog, UaEvent, UserAgentPort } from '../sip/events.ts'
import { isReliable } from '../sip/events.ts'
import { backTo } from '../sip/wire.ts'

/** Each phone of a large floor at once; a trunk gets all of its own, and not faster than a small gateway takes them. */
const byesBurst = 500
const byesPerSecond = 250
/** A phone that has not registered by then has long found out by itself: its session was to be refreshed (RFC 4028). */
const registersWithinMs = 3600_000

export type LeftDialogsOptions = {
  ua: Pick<UserAgentPort, 'bye'>
  book: { read(): KeptDialog[]; drop(dialog: KeptDialog): void }
  now(): number
  log: Logger
}

export class LeftDialogs {
  readonly #options: LeftDialogsOptions
  readonly #allowance: Allowance
  #due: KeptDialog[] = []
  /** Of phones that are reached over a connection, by extension. */
  readonly #absent = new Map<string, KeptDialog[]>()
  #absentUntil = Number.POSITIVE_INFINITY
  #isTold = false

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
      if (extension === null) others.push(dialog)
      else if (isReliable(peer.transport)) this.#absent.set(extension, [...(this.#absent.get(extension) ?? []), dialog])
      else phones.push(dialog)
    }
    this.#due = [...phones, ...others]
    this.#absentUntil = now() + registersWithinMs
    this.advance(now())
  }

  advance(now: number): void {
    while (this.#due.length > 0 && this.#allowance.take(now)) this.#end(this.#due.shift()!, now)
    if (now < this.#absentUntil) return
    this.#absentUntil = Number.POSITIVE_INFINITY
    for (const dialogs of this.#absent.values()) for (const dialog of dialogs) this.#options.book.drop(dialog)
    this.#absent.clear()
  }

  /** Call with each event of the user agent before the phone hears of it: who registers is rung next. */
  take(event: UaEvent): void {
    if (event.type === 'bindingChanged' && event.binding !== null) this.#registered(event.binding)
  }

  #registered({ extension, flow }: Binding): void {
    const { now } = this.#options
    const dialogs = this.#absent.get(extension)
    if (dialogs === undefined) return
    const isTheirs = ({ peer }: KeptDialog) => peer.transport === flow.transport && peer.address === flow.source.address
    const others = dialogs.filter(dialog => !isTheirs(dialog))
    if (others.length > 0) this.#absent.set(extension, others)
    else this.#absent.delete(extension)
    for (const dialog of dialogs.filter(isTheirs)) this.#end({ ...dialog, peer: backTo(flow) }, now())
  }

  #end(dialog: KeptDialog, now: number): void {
    const { ua, book, log } = this.#options
    try {
      if (!ua.bye(dialog, now)) this.#leave(dialog)
    } catch (error) {
      log.warn({ err: error }, 'a call of the last run cannot be ended')
    }
    book.drop(dialog)
  }

  #leave({ ourAddress }: KeptDialog): void {
    if (this.#isTold) return
    this.#isTold = true
    const words = 'calls of the last run were had at another address than ours, and are not ended: is this a copy?'
    this.#options.log.warn({ ourAddress }, words)
  }
}
