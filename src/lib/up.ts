/**
 * A thread says so when its modules and native bindings are loaded. Until then it is not ended: a koffi that is being loaded while its thread is
 * torn down has taken the whole process with it, and better an end that comes a moment late.
 */
import type { MessagePort } from 'node:worker_threads'

const word = 'up'
/** A thread that has not come up by then hangs, and is ended as it is. */
export const upMsMax = 5_000

export function sayUp(port: MessagePort): void {
  port.postMessage(word)
}

export function isUp(message: unknown): boolean {
  return message === word
}
