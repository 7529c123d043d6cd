/**
 * Entry of the media thread. On libc the loop below never returns to the event loop but once a second: it waits in `epoll_wait`, and the
 * main thread's requests are fetched from the port when an eventfd says so. On dgram it is an ordinary event-driven thread.
 */
import { randomInt } from 'node:crypto'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { must } from '../lib/assert.ts'
import { processMonotonic, systemClock } from '../lib/clock.ts'
import { sayUp } from '../lib/up.ts'
import { createSecureLeg, createSrtp } from '../webrtc/secure.ts'
import type { MediaReport, MediaRequest, MediaWorkerData } from './control.ts'
import { createDgramWire } from './dgram-wire.ts'
import { Exchange } from './exchange.ts'
import { Heart } from './heart.ts'
import { loadLibc, nativeMemory } from './libc.ts'
import { createLibcWire } from './libc-wire.ts'
import { kernelThread } from './thread-time.ts'

const port = must(parentPort, 'the media thread has a parent')
const data = workerData as MediaWorkerData
const monotonic = processMonotonic()
const waiting: MediaRequest[] = []

const wire =
  data.wire === 'libc'
    ? createLibcWire(
        must(loadLibc(), 'the main thread has loaded libc before'),
        data.epollFd,
        data.wakeFd,
        data.ring,
        monotonic,
        words => port.postMessage({ type: 'fault', leg: 'of none (wire)', words } satisfies MediaReport),
      )
    : createDgramWire(monotonic)

const exchange = new Exchange({
  data,
  wire,
  monotonic,
  unixNow: systemClock.now,
  random: () => randomInt(2 ** 40) / 2 ** 40,
  secureLeg: createSecureLeg,
  srtp: createSrtp,
  report: (message: MediaReport) => port.postMessage(message),
  nextRequest: () => waiting.shift() ?? receiveMessageOnPort(port)?.message,
})

new Heart(data.heart).name(kernelThread())
if (data.takesPrecedence) takePrecedence()
sayUp(port)
// Between two slices the event loop may deliver a request by itself; it keeps its place in the order.
port.on('message', (request: MediaRequest) => {
  waiting.push(request)
  exchange.onWake()
})
wire.run({
  onDatagram: (token, length, nowMs) => exchange.onDatagram(token, length, nowMs),
  onTick: nowMs => exchange.onTick(nowMs),
  onWake: () => exchange.onWake(),
})

/**
 * Before page and report threads, where that is permitted (LimitRTPRIO, LimitNICE); nothing depends on it. The lowest real-time priority is
 * enough: packets then never wait for a thread that computes.
 */
function takePrecedence(): void {
  const libc = loadLibc()
  if (libc === null) return
  const [thisThread, roundRobin] = [0, 2]
  const priority = nativeMemory(8)
  priority.bytes[0] = 1
  if (libc.sched_setscheduler(thisThread, roundRobin, priority.address) !== 0) libc.setpriority(0, thisThread, -10)
}
