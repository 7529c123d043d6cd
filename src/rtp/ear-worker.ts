/** Entry of the ear thread: takes what the relay loop left in shared memory, 40 ms at a time and 60 ms late, to the ears. */
import { parentPort } from 'node:worker_threads'
import { AnnouncementEar } from '../hear/announcement-ear.ts'
import { Announcements } from '../hear/announcements.ts'
import { Ear } from '../hear/ear.ts'
import { levelOf, type Print, printOf } from '../hear/fingerprint.ts'
import { frameSamples, History } from '../hear/sound.ts'
import { must } from '../lib/assert.ts'
import { processMonotonic } from '../lib/clock.ts'
import { sayUp } from '../lib/up.ts'
import type { Identified } from './bay.ts'
import type { EarReport, EarRequest } from './control.ts'
import { decode, encode, linearTable } from './g711.ts'
import { framesPerMs, RingReader, ringFrames } from './recording-ring.ts'

const turnMs = 40
/** A packet that comes later than its neighbours by more than this is not heard. */
const lateMs = 60
/** Prints that were worked out, by the recording's name: a library that grows by one is learnt in no time. */
const printsMax = 2000

const port = must(parentPort, 'the ear thread has a parent')
const now = processMonotonic()
const octets = new Uint8Array(ringFrames * 2)
const frame = new Int16Array(frameSamples)

type Listening = { ear: Ear; ring: RingReader; linear: Int16Array; startMs: number }

const ears = new Map<string, Listening>()
const prints = new Map<string, Print>()
let library = new Announcements([])

sayUp(port)
port.on('message', (request: EarRequest) => {
  switch (request.type) {
    case 'library':
      return learn(request.known)
    case 'listen':
      return begin(request)
    case 'want':
      return ears.get(request.leg)?.ear.want(request.wants)
    case 'ask':
      return report({ type: 'answer', ask: request.ask, known: identified(decode(request.sound, 'pcma')) })
    case 'stop':
      return end(request.leg, request.isAnswered)
    default:
      request satisfies never
  }
})

/** Only while somebody listens: a thread that wakes for nothing costs as much as two packets. */
let timer: NodeJS.Timeout | null = null

function turn(): void {
  for (const [leg, listening] of ears) {
    try {
      hear(listening, Math.floor((now() - lateMs - listening.startMs) * framesPerMs))
    } catch (error) {
      ears.delete(leg)
      throw error // a bug: the main thread starts this one anew
    }
  }
}

/** After each change of who is listened to. */
function pace(): void {
  if (ears.size > 0) timer ??= setInterval(turn, turnMs)
  else if (timer !== null) {
    clearInterval(timer)
    timer = null
  }
}

function begin({ leg, memory, payloadType, startMs, wants }: Extract<EarRequest, { type: 'listen' }>): void {
  const ear = new Ear(wants, library, heard => report({ type: 'heard', leg, heard }))
  ears.set(leg, { ear, ring: new RingReader(memory, payloadType), linear: linearTable(payloadType), startMs })
  pace()
}

function end(leg: string, isAnswered: boolean): void {
  const unknown = isAnswered ? null : (ears.get(leg)?.ear.unknown() ?? null)
  ears.delete(leg)
  pace()
  // Two calls may hear the same for the first time at once: the second finds what the first has taught.
  if (unknown !== null && identified(unknown) === null) report({ type: 'unknown', leg, sound: encode(unknown, 'pcma') })
  report({ type: 'stopped', leg })
}

/** Only whole frames are taken. */
function hear({ ear, ring, linear }: Listening, untilFrame: number): void {
  const whole = untilFrame - (untilFrame % frameSamples)
  while (ring.position < whole) {
    const count = ring.take(whole, octets)
    for (let at = 0; at + frameSamples <= count; at += frameSamples) {
      for (let i = 0; i < frameSamples; i++) frame[i] = linear[octets[(at + i) * 2]!]!
      ear.push(frame)
    }
  }
}

function learn(known: Extract<EarRequest, { type: 'library' }>['known']): void {
  if (prints.size > printsMax) prints.clear()
  library = new Announcements(
    known.map(({ id, label, sound }) => {
      const print = prints.get(id) ?? printOf(decode(sound, 'pcma'))
      prints.set(id, print)
      return { id, label, print }
    }),
  )
  for (const { ear } of ears.values()) ear.use(library)
}

/** As a line would be heard: frame by frame. */
function identified(sound: Int16Array): Identified | null {
  const ear = new AnnouncementEar(library)
  const history = new History(1024)
  for (let at = 0; at + frameSamples <= sound.length; at += frameSamples) {
    const part = sound.subarray(at, at + frameSamples)
    history.push(part)
    if (!ear.push(history, levelOf(part))) continue
    const { id, label } = library.known[ear.entry]!
    return { id, label, confidence: ear.confidence, afterMs: ear.atMs }
  }
  return null
}

function report(message: EarReport): void {
  port.postMessage(message)
}
