/** `npm run bench:lines`: CPU of one choice of line with 100 trunks of ten caller IDs each, and with two trunks of a thousand. */
import { pickLine } from '../src/centre/lines/line.ts'
import { setupOf, TestFloor } from '../src/centre/testing.ts'
import type { TrunkId } from '../src/lib/ids.ts'

const choices = 20_000
const callee = '+8613800138000'

function choiceUs(trunkCount: number, callerIdCount: number): number {
  const plain = setupOf({}).trunks[0]!
  const trunks = Array.from({ length: trunkCount }, (_, n) => {
    const digits = (m: number) => String(n * callerIdCount + m).padStart(6, '0')
    const callerIds = Array.from({ length: callerIdCount }, (_, m) => `02155${digits(m)}`)
    return { ...plain, id: `t_${n}` as TrunkId, name: `t_${n}`, maxCalls: 1_000, callsPerSecond: 100, callerIds }
  })
  const floor = new TestFloor({ setup: { trunks } })
  for (const { id } of trunks) floor.do({ type: 'trunk.up', trunk: id })
  const now = floor.clock.now()
  const choose = () => {
    for (let n = 0; n < choices; n++) if (!pickLine(floor.state, [], now, callee).ok) throw new Error('no line')
  }
  choose()
  const before = process.cpuUsage()
  choose()
  const { user, system } = process.cpuUsage(before)
  return Math.round(((user + system) / choices) * 100) / 100
}

const figures = { choiceUs100Trunks: choiceUs(100, 10), choiceUs2TrunksOf1000: choiceUs(2, 1_000) }
console.log(JSON.stringify(figures))
