/** What a patch bay is made of. */
import type { DtlsIdentity } from './secure-leg.ts'

export type BayOptions = {
  /** Address that sockets of its family are bound to; `0.0.0.0` for all. Those of the other family are bound to every address of theirs. */
  address: string
  /** What `open` answers as the address, for the SDP; default `address`. */
  advertise?: string
  /** Both ends included. A leg takes an even port and the next (RTCP). */
  ports: { from: number; to: number }
  /** Samples at 8 kHz by prompt id; see `prompts.ts`. */
  prompts: Record<string, Int16Array>
  /** Our certificate for browsers; without one, legs of kind webrtc are refused. */
  dtls?: DtlsIdentity
  /** Media threads; default 1. Several need libc: on node:dgram there is one. */
  workers?: number
  /** `auto`: libc through koffi where it works, else node:dgram at twice the cost. */
  wire?: 'auto' | 'libc' | 'dgram'
  /** Recordings are begun only while this folder bears the mark that `Bay.keepIn` tells; left out: wherever they are to lie. */
  recordingsDir?: string
  /** False: the media thread runs like any other even where real-time priority is permitted. Default true. */
  takesPrecedence?: boolean
  /** A bug was met and contained; for the log. */
  onFault?(words: string): void
  /** Entries of the threads, where they are not where `lib/places.ts` says. */
  mediaWorker?: string | URL
  recordingWorker?: string | URL
  dtlsWorker?: string | URL
  earWorker?: string | URL
}
