/** How much V8 may keep is told to the main thread by flags (the unit's NODE_OPTIONS), and to each worker by its `resourceLimits`. */
import { setFlagsFromString } from 'node:v8'

/** 0: a heap that is made from now on goes by its own limits. */
const ofTheProcess = ['--max-semi-space-size', '--min-semi-space-size', '--max-old-space-size']

/**
 * V8 holds every heap of the process to these flags and passes over what a worker asks for: with `--max-semi-space-size=8` the young half of each
 * of the twenty workers may grow to 16 MB where its `resourceLimits` say 4. The main thread's heap has read them by now and keeps to them.
 */
export function boundEachHeapByItself(): void {
  for (const flag of ofTheProcess) setFlagsFromString(`${flag}=0`)
}
