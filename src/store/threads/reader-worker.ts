/** Entry of a reader worker: named queries on a read-only connection, so that no page, report or export holds up a call. */
import { parentPort, workerData } from 'node:worker_threads'
import { asStoreError, drizzleOf, openReader } from '../db.ts'
import { type QueryName, queries } from '../queries.ts'
import type { Answered, Asked } from './worker-client.ts'

export type ReaderWorkerData = { file: string }

const port = parentPort!
const connection = openReader((workerData as ReaderWorkerData).file)
const db = drizzleOf(connection)

port.on('message', (asked: Asked | 'close') => {
  if (asked === 'close') {
    connection.close()
    return port.close()
  }
  const { name, args } = JSON.parse(asked.text) as { name: QueryName; args: unknown }
  try {
    const value = (queries[name] as (on: typeof db, args: unknown) => unknown)(db, args)
    port.postMessage([{ id: asked.id, ok: true, value }] satisfies Answered[])
  } catch (error) {
    const { kind, field, message: words } = asStoreError(error)
    port.postMessage([{ id: asked.id, ok: false, error: { kind, field, words } }] satisfies Answered[])
  }
})
port.postMessage([{ id: 0, ok: true, value: null }] satisfies Answered[])
