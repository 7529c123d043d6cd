/** Whether the service is ready, part by part. */
import { statfsSync } from 'node:fs'
import { type Config, dataFiles } from './config.ts'
import type { House } from './house.ts'
import type { Probe } from './http/health.ts'
import { recordingsProbe } from './recordings-folder.ts'

/** Below this much free space the service says that it is not ready; recordings are not made on a full disk. */
const diskFloorBytes = 1e9

/** What `/readyz` asks. */
export function probesOf({ engine, store, telephone, recordingsMark }: House, config: Config): Probe[] {
  return [
    {
      name: 'database',
      check: async () => {
        await store.commit({ recorded: [] })
        return null
      },
    },
    {
      name: 'sip',
      check: async () =>
        telephone.bound.length === config.sip.listen.length ? null : 'not listening at every address of sip.listen',
    },
    {
      name: 'media',
      check: async () => {
        await telephone.bay.figures([])
        return null
      },
    },
    {
      name: 'recordings',
      check: recordingsProbe({
        folder: dataFiles(config).recordings,
        newest: () => store.read('recordings.newest', {}),
        mark: recordingsMark,
        disk: () => engine.state.recorder.disk,
      }),
    },
    {
      name: 'disk',
      check: async () => {
        const { bavail, bsize } = statfsSync(config.dataDir)
        const free = bavail * bsize
        return free >= diskFloorBytes
          ? null
          : `${Math.round(free / 1e6)} MB are free in ${config.dataDir}; at least ${diskFloorBytes / 1e6} are needed`
      },
    },
  ]
}
