/** Performs the centre's `media.*` effects on the patch bay, and tells the recorder's results. */
import { unlink } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { Effect } from '../centre/effects.ts'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { MissingCause } from '../centre/recording/recording-rules.ts'
import { refuseLinks } from '../lib/folder-link.ts'
import type { RecordingId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Bay, BayEvent } from '../rtp/bay.ts'
import type { DiskWatch } from './disk-watch.ts'
import type { Hearing } from './hearing.ts'

export type MediaEffect = Extract<Effect, { type: `media.${string}` }>

export type MediaOptions = {
  bay: Bay
  /** Absolute folder of all recordings. */
  recordingsDir: string
  hearing?: Hearing
  /** Told how the recorder finds the disk. */
  disk?: Pick<DiskWatch, 'recorderTold'>
  post(input: Input, actor: Actor): void
  log: Logger
}

/** Far more than can end before the recorder has told of them. */
const discardedMax = 10_000

export class Media {
  readonly #options: MediaOptions
  /** Files that are to be deleted once the recorder has let go of them. */
  readonly #discarded = new Map<RecordingId, string>()
  #missing = 0
  #lostMs = 0

  constructor(options: MediaOptions) {
    this.#options = options
  }

  /** Recordings told as failed since the start. */
  get missing(): number {
    return this.#missing
  }

  /** Sound that recordings lack, since the start. */
  get lostMs(): number {
    return this.#lostMs
  }

  perform(effect: MediaEffect): void {
    const { bay } = this.#options
    switch (effect.type) {
      case 'media.patch':
        return bay.patch(effect.a, effect.b)
      case 'media.unpatch':
        return bay.unpatch(effect.leg)
      case 'media.mix':
        return bay.mix(effect.room, effect.members)
      case 'media.supervise':
        return bay.supervise(effect.leg, effect.target, effect.mode, effect.gainDb)
      case 'media.play':
        return bay.play(effect.leg, effect.prompt, effect.loop)
      case 'media.say':
        return bay.say(effect.leg, effect.speech, effect.parts)
      case 'media.stopPlay':
        return bay.stopPlay(effect.leg)
      case 'media.hear':
        return this.#options.hearing?.perform(effect)
      case 'media.record':
        return this.#record(effect)
      case 'media.stopRecording':
        return bay.stopRecording(effect.recording)
      case 'media.discardRecording':
        return this.#discard(effect)
      default:
        effect satisfies never
    }
  }

  take(event: BayEvent): void {
    const { post, log } = this.#options
    switch (event.type) {
      case 'recording.closed': {
        if (this.#discarded.has(event.recording)) return this.#delete(event.recording)
        const { recording, sha256, bytes, durationMs, lostMs = 0, lost = [] } = event
        if (lostMs > 0) {
          this.#lostMs += lostMs
          log.error({ recording, lostMs, lost, alarm: true }, 'a recording has silence where sound was lost')
        }
        return post(
          { type: 'recording.closed', recording, sha256, bytes, durationMs, lostMs, lost, salvaged: false },
          'system',
        )
      }
      case 'recording.lost': {
        const { recording, lostMs, lost } = event
        if (this.#discarded.has(recording)) return
        return post({ type: 'recording.lost', recording, lostMs, lost }, 'system')
      }
      case 'recording.failed':
        if (this.#discarded.has(event.recording)) return this.#delete(event.recording)
        return this.#fail(event.recording, event.cause, event.reason)
      case 'disk':
        this.#options.disk?.recorderTold(event.state)
        if (event.state === 'full')
          log.fatal(
            { alarm: true },
            'the disk of the recordings is full: calls go on, and what is said now may be lost; make space',
          )
        else if (event.state === 'unwritable')
          log.fatal(
            { alarm: true },
            'the disk of the recordings refuses what is written: calls go on, and what is said now may be lost',
          )
        else if (event.state === 'slow')
          log.error({ alarm: true }, 'the disk of the recordings is more than two seconds behind')
        else log.info('the disk of the recordings keeps up again')
        return
      case 'speech.finished':
        return post({ type: 'leg.played', leg: event.leg, speech: event.speech }, 'system')
      case 'worker.died':
        log.error(
          {
            legs: event.legs.length,
            moved: event.moved.length,
            recordings: event.recordings.length,
            reason: event.reason,
          },
          'a media worker died; its successor has taken up the legs `moved`, and the others have ended',
        )
        return // each recording that no thread goes on with is sealed with what it holds, or told as failed
      case 'thread.died': {
        const { thread, goOn, cut, reason } = event
        log.error(
          { thread, goOn, cut, reason },
          'a thread died; its successor goes on with its work, but for what was cut',
        )
        return
      }
      default:
        return
    }
  }

  #record(effect: Extract<MediaEffect, { type: 'media.record' }>): void {
    const { bay, recordingsDir } = this.#options
    const root = resolve(recordingsDir)
    const file = join(root, effect.path)
    if (file.startsWith(root + sep)) bay.record(effect.recording, effect.leg, file)
    else this.#fail(effect.recording, 'fault', 'the path leads out of the recordings folder')
  }

  #discard({ recording, path }: Extract<MediaEffect, { type: 'media.discardRecording' }>): void {
    const { bay, recordingsDir } = this.#options
    const root = resolve(recordingsDir)
    const file = join(root, path)
    if (!file.startsWith(root + sep)) return
    if (this.#discarded.size >= discardedMax) this.#discarded.delete(this.#discarded.keys().next().value!)
    this.#discarded.set(recording, file)
    bay.stopRecording(recording)
    this.#unlink(recording, file) // it may be sealed already, and told
  }

  /** Once more, since it may have been created after the first attempt. */
  #delete(recording: RecordingId): void {
    const file = this.#discarded.get(recording)
    this.#discarded.delete(recording)
    if (file !== undefined) this.#unlink(recording, file)
  }

  #unlink(recording: RecordingId, file: string): void {
    refuseLinks(this.#options.recordingsDir, file)
      .then(() => unlink(file))
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT')
          this.#options.log.error({ err: error, recording }, 'a discarded recording could not be deleted')
      })
  }

  #fail(recording: RecordingId, cause: MissingCause, reason: string): void {
    this.#missing++
    this.#options.log.error({ recording, cause, reason }, 'a recording failed')
    this.#options.post({ type: 'recording.failed', recording, cause, reason }, 'system')
  }
}
