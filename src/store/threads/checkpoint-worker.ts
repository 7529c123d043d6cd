/**
 * Entry of the thread that puts the write-ahead log into the database file: at a low priority and on a connection of its own, so that no commit of
 * the floor waits for thousands of pages and their sync.
 */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../../lib/assert.ts'
import { checkpointed, openCheckpointer } from '../db.ts'

export type CheckpointWorkerData = { file: string }

const lowPriority = 5
const port = must(parentPort, 'the thread of checkpoints has a parent')
const db = openCheckpointer((workerData as CheckpointWorkerData).file)
try {
  setPriority(0, lowPriority) // on Linux of this thread alone
} catch {} // not allowed: then it runs like the others

port.on('message', (asked: 'go' | 'close') => {
  if (asked === 'close') {
    db.close()
    return port.close()
  }
  try {
    checkpointed(db, 'PASSIVE')
  } catch {} // the disk is full: what is in the log is safe there, and asked for again with the next commit
  port.postMessage('passed')
})
