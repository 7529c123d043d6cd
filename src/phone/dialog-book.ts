/**
 * The calls that are up on the wire, kept outside of the process: when it is killed, the next one ends them, since a far end that never hears a
 * BYE stays in the call. A file and no fact, appended to without a sync: it outlives the process, and need not outlive the machine.
 */
import { close, constants, fstat, open, readFileSync, rename, stat, statSync, write } from 'node:fs'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Logger } from '../lib/log.ts'
import { dialogKey } from '../sip/dialog.ts'
import type { DialogKeeper, KeptDialog } from '../sip/events.ts'
import { isCallId, isToken } from '../sip/grammar.ts'
import { parseNameAddress } from '../sip/headers.ts'
import { isHeaderValue } from '../sip/message.ts'
import { maySendTo, parseUri } from '../sip/uri.ts'

/** Twice what a user agent has at once, and what a line may hold: sixteen proxies with long names fit. */
const dialogsMax = 8_000
const lineBytesMax = 8_192
/** More is not read: no file of ours grows so far. */
const fileBytesMax = 64 * 1024 * 1024
/** What is over stays in the file until it is this long and thrice what is up. */
const slackBytes = 256 * 1024
/** What waits for a disk that stands still; over it the file is written anew afterwards. */
const waitingBytesMax = 1024 * 1024
/** A disk that refuses is asked again after this. */
const restMs = 5_000
/** Whether what is written to is still what a next process would read is looked at this often: somebody may have deleted or replaced it. */
const lookEveryMs = 2_000

/** Appended, so that a file that somebody has cut is shorter than what was written to it. */
const emptyToAppend = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND
/** By descriptor, since an answer waits for each line: opening and closing the file for it would be two more turns of a file thread. */
const opened = promisify(open)
const written = promisify(write)
const closed = promisify(close)
const renamed = promisify(rename)
const statOf = promisify(stat)
const statOfOpen = promisify(fstat)

const uri = z.string().refine(text => typeof parseUri(text) !== 'string')
const party = z.string().refine(text => isHeaderValue(text) && parseNameAddress(text) !== null)
const dialogSchema: z.ZodType<KeptDialog> = z.strictObject({
  callId: z.string().refine(isCallId),
  localTag: z.string().refine(isToken),
  remoteTag: z.string().refine(isToken).nullable(),
  local: party,
  remote: party,
  localSeq: z
    .int()
    .min(0)
    .max(2 ** 30),
  remoteTarget: uri,
  routes: z
    .array(z.string().refine(text => /^<.*>$/.test(text) && typeof parseUri(text.slice(1, -1)) !== 'string'))
    .max(16),
  peer: z
    .strictObject({
      transport: z.enum(['udp', 'tcp', 'tls']),
      /** A link-local address comes with its zone: `fe80::1%eth0`. */
      address: z.string().refine(text => isIP(text.replace(/%[\w.-]{1,32}$/, '')) !== 0),
      port: z.int(),
      local: z.string().max(64).optional(),
      peer: z.string().max(64).optional(),
    })
    .refine(({ address, port }) => maySendTo(address.split('%')[0]!, port)),
  symmetric: z.boolean(),
  extension: z.string().max(32).nullable(),
  /** Left out by an earlier version. */
  account: z.string().max(64).nullable().default(null),
  caller: z.string().max(64).nullable().default(null),
  ourAddress: z.string().max(64),
})
const overSchema = z.strictObject({ over: z.string() })

export class DialogBook implements DialogKeeper {
  readonly #file: string
  readonly #now: () => number
  readonly #log: Logger
  /** The line of each that is up. */
  readonly #held = new Map<string, string>()
  #heldBytes = 0
  #fileBytes = 0
  /** The file, open to be written on; null: it is made anew next. */
  #fd: number | null = null
  #waiting = ''
  /** What is in the file is not what it should be. */
  #isStale = false
  #writing: Promise<void> | null = null
  #keeping: Promise<void> | null = null
  #restsUntil = Number.NEGATIVE_INFINITY
  /** How often it was made anew: what was seen of a file before that says nothing of this one. */
  #made = 0
  #looking: Promise<void> | null = null
  #lookAt = Number.NEGATIVE_INFINITY

  constructor({ file, now, log }: { file: string; now: () => number; log: Logger }) {
    this.#file = file
    this.#now = now
    this.#log = log
  }

  /** What an earlier process left; it stays in the file until it is dropped. None when the file is not there or not ours. */
  read(): KeptDialog[] {
    const { text, bytes } = this.#text()
    if (bytes === 0) return []
    const left = new Map<string, KeptDialog>()
    let unread = 0
    for (const line of text.split('\n')) {
      if (line === '') continue
      const said = lineOf(line)
      if (said === null || (left.size >= dialogsMax && 'callId' in said)) unread++
      else if ('over' in said) left.delete(said.over)
      else left.set(keyOf(said), said)
    }
    if (unread > 0)
      this.#log.warn(
        { file: this.#file, unread },
        'lines in the list of calls of the last run that are not read: what they stand for is not ended',
      )
    for (const dialog of left.values()) this.#hold(keyOf(dialog), lineFor(dialog))
    this.#isStale = true
    this.#write()
    return [...left.values()]
  }

  #text(): { text: string; bytes: number } {
    try {
      const { size } = statSync(this.#file)
      if (size <= fileBytesMax) return { text: readFileSync(this.#file, 'utf8'), bytes: size }
      this.#log.warn(
        { file: this.#file, size },
        'the list of calls of the last run is too long to be ours; they are not ended',
      )
      return { text: '', bytes: size }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn({ err: error }, 'the list of calls of the last run cannot be read; they are not ended')
      return { text: '', bytes: 0 }
    }
  }

  keep(dialog: KeptDialog): void {
    const line = lineFor(dialog)
    const key = keyOf(dialog)
    if (line.length > lineBytesMax || (this.#held.size >= dialogsMax && !this.#held.has(key))) return
    this.#hold(key, line)
    this.#say(line)
    this.#write()
    if (this.#writing === null || this.#keeping !== null) return
    this.#keeping = this.#writing.then(() => {
      this.#keeping = null
    })
  }

  /** Settles when the calls that were told as up are in the file, or the disk has refused them; null: nothing is on its way. */
  get unwritten(): Promise<void> | null {
    return this.#keeping
  }

  /** Written with the next that is up, or at the next `advance`: a BYE to one that was over does no harm. */
  drop(dialog: Parameters<DialogKeeper['drop']>[0]): void {
    const key = keyOf(dialog)
    if (this.#forget(key)) this.#say(`${JSON.stringify({ over: key })}\n`)
  }

  /** What is over, and what a disk refused. Called ten times a second. */
  advance(): void {
    this.#look()
    if (this.#isStale || this.#waiting !== '') this.#write()
  }

  /** Resolves when the file says what is up now, or cannot. */
  async settle(): Promise<void> {
    this.advance()
    await this.#writing
    this.#look()
    await this.#looking
    this.advance()
    await this.#writing
  }

  /** Beside what is written, so that no answer waits for it. */
  #look(): void {
    const now = this.#now()
    if (this.#fd === null || this.#writing !== null || this.#looking !== null || now < this.#lookAt) return
    this.#lookAt = now + lookEveryMs
    const made = this.#made
    this.#looking = this.#isThere(this.#fd, this.#fileBytes).then(isThere => {
      this.#looking = null
      if (isThere || made !== this.#made || this.#fd === null) return
      this.#isStale = true
      this.#log.warn(
        { file: this.#file },
        'the list of calls that are up was deleted, replaced or cut, and is written anew',
      )
    })
  }

  async #isThere(fd: number, bytesLeast: number): Promise<boolean> {
    try {
      const [open, named] = await Promise.all([statOfOpen(fd, { bigint: true }), statOf(this.#file, { bigint: true })])
      return open.ino === named.ino && open.dev === named.dev && open.size >= bytesLeast
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ENOENT'
    }
  }

  #hold(key: string, line: string): void {
    this.#forget(key)
    this.#held.set(key, line)
    this.#heldBytes += line.length
  }

  #forget(key: string): boolean {
    this.#heldBytes -= this.#held.get(key)?.length ?? 0
    return this.#held.delete(key)
  }

  #say(line: string): void {
    if (this.#isStale || this.#waiting.length + line.length > waitingBytesMax) {
      this.#isStale = true
      this.#waiting = ''
    } else this.#waiting += line
  }

  #write(): void {
    if (this.#writing !== null || this.#now() < this.#restsUntil) return
    this.#writing = this.#writeAll().then(
      () => {
        this.#writing = null
      },
      async error => {
        await this.#shut()
        this.#writing = null
        this.#waiting = ''
        this.#isStale = true
        this.#restsUntil = this.#now() + restMs
        this.#log.warn({ err: error }, 'the list of calls that are up cannot be written')
      },
    )
  }

  async #writeAll(): Promise<void> {
    while (this.#isStale || this.#waiting !== '') {
      const bytes = this.#fileBytes + this.#waiting.length
      const isLong = bytes > Math.max(slackBytes, 3 * this.#heldBytes)
      const isAnew = this.#isStale || this.#fd === null || this.#held.size === 0 || isLong
      const text = isAnew ? [...this.#held.values()].join('') : this.#waiting
      this.#waiting = ''
      this.#isStale = false
      this.#fileBytes = isAnew ? text.length : bytes
      if (isAnew) await this.#beginAnew()
      await wholly(this.#fd!, text)
      if (isAnew) await renamed(`${this.#file}.new`, this.#file)
    }
  }

  async #beginAnew(): Promise<void> {
    await this.#shut()
    this.#made++
    this.#fd = await opened(`${this.#file}.new`, emptyToAppend, 0o600)
  }

  async #shut(): Promise<void> {
    const fd = this.#fd
    this.#fd = null
    if (fd !== null) await closed(fd).catch(() => undefined)
  }
}

/** Behind what was written before. */
async function wholly(fd: number, text: string): Promise<void> {
  const bytes = Buffer.from(text, 'latin1')
  for (let done = 0; done < bytes.length; )
    done += (await written(fd, bytes, done, bytes.length - done, null)).bytesWritten
}

const keyOf = ({ callId, localTag, remoteTag }: Parameters<DialogKeeper['drop']>[0]) =>
  dialogKey(callId, localTag, remoteTag)

/** ASCII: bytes of names in other scripts are escaped, so that its length is its size. A connection is of this process alone. */
function lineFor(dialog: KeptDialog): string {
  const { callId, localTag, remoteTag, local, remote, localSeq, remoteTarget, routes } = dialog
  const { symmetric, extension, account, caller, ourAddress } = dialog
  const { transport, address, port, local: at, peer } = dialog.peer
  const kept: KeptDialog = {
    ...{ callId, localTag, remoteTag, local, remote, localSeq, remoteTarget, routes },
    ...{ symmetric, extension, account, caller, ourAddress },
    peer: { transport, address, port, local: at, peer },
  }
  const text = JSON.stringify(kept).replace(
    /[\x7f-\uffff]/g,
    one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `${text}\n`
}

function lineOf(line: string): KeptDialog | { over: string } | null {
  if (line.length > lineBytesMax) return null
  try {
    const said: unknown = JSON.parse(line)
    return overSchema.safeParse(said).data ?? dialogSchema.safeParse(said).data ?? null
  } catch {
    return null // no JSON
  }
}
