/** The calls of an orderly stop: each is ended, its far end told and its recording sealed, within bounds. A call for help is ended last. */
import { isCallForHelp } from './centre/calls/emergency.ts'
import { closingInputs, endHelp, isHelpUnderWay } from './centre/house-closing.ts'
import type { Engine } from './engine/engine.ts'
import type { Telephone } from './phone/telephone-port.ts'

export type HangUpParts = {
  engine: Pick<Engine, 'state' | 'trouble' | 'post' | 'dispatch'>
  wires: Pick<Telephone, 'hangUp' | 'hangUpAllButHelp'>
  /** Of a clock that is never set, in ms. */
  monotonic(): number
  sleep(ms: number): Promise<unknown>
}

/** Since the stop began: every call but help is over and sealed, or it is given up to the next start … */
const othersWithinMs = 5_000
/** … where the floor's word has not gone out for so long, since the disk is slow, the wire ends every session without it … */
const wordWithinMs = 2_000
/** … and a call for help is ended. The house needs what is left of the 20 s of a stop: five to write or to give it up, and the last words before. */
const helpWithinMs = 12_000
/** A call for help that was ended so has its recording sealed. */
const helpSealedWithinMs = 1_000
const lookEveryMs = 50

/** Resolves within 7 s, within 15 s where somebody calls for help. */
export async function hangUpAll({ engine, wires, monotonic, sleep }: HangUpParts): Promise<void> {
  const { state } = engine
  const beganAt = monotonic()
  const wait = async (untilMs: number, isOver: () => boolean) => {
    while (!isOver() && monotonic() - beganAt < untilMs) await sleep(lookEveryMs)
  }
  for (const input of closingInputs(state)) engine.post(input)
  let isTold = false
  const told = () => {
    isTold = true
  }
  // Its answer comes when all that was asked before is on disk and has gone out.
  engine.dispatch({ type: 'house.closing' }, 'system').then(told, () => undefined)
  await wait(wordWithinMs, () => isTold || engine.trouble !== null)
  wires.hangUpAllButHelp() // also the phones that ring for somebody here, of which there is no call
  await wait(othersWithinMs, () => engine.trouble !== null || (isTold && isAllOverButHelp(engine)))
  if (isHelpUnderWay(state)) {
    await wait(helpWithinMs, () => !isHelpUnderWay(state))
    for (const input of endHelp(state)) engine.post(input)
    await wait(helpWithinMs + helpSealedWithinMs, () => engine.state.recordings.size === 0)
  }
  // Where nothing can be written the floor ends no call: who talks is told all the same, and the next start does the writing.
  await wires.hangUp()
}

function isAllOverButHelp({ state }: Pick<Engine, 'state'>): boolean {
  for (const { id, phase } of state.calls.values()) if (phase !== 'ended' && !isCallForHelp(state, id)) return false
  for (const { call } of state.recordings.values()) if (!isCallForHelp(state, call)) return false
  return true
}
