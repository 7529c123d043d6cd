/** What one look costs at 500 agents and 2,000 ringing lines: CPU ms, the mean and the 99th percentile. */
import { Ages } from '../../src/centre/pacing/ages.ts'
import { Pacer } from '../../src/centre/pacing/pacer.ts'
import { seededRandom } from '../../src/lib/random.ts'

export function decisionCost(looks: number): { decisionMs: number; decisionP99Ms: number } {
  const random = seededRandom(1)
  const pacer = new Pacer(0.03)
  const p = 0.08
  for (let n = 0; n < 4_000; n++) {
    const answered = random() < p
    pacer.learnRing(answered ? 4_000 + random() * 16_000 : 30_000, answered)
    pacer.learnTalk(2_000 + -70_000 * Math.log(1 - random()))
    pacer.learnWrap(1_000 + -15_000 * Math.log(1 - random()))
  }
  const outlook = {
    free: 12,
    waiting: 0,
    talking: ages(388, 120),
    wrapping: ages(100, 20),
    ringing: ages(2_000, 30),
    rivals: [],
  }
  const limits = { agents: 500, linesMax: 4_000, occupancyMax: 1 }
  const took: number[] = []
  for (let n = 0; n < looks; n++) {
    const talked = 5_000 + random() * 100_000
    pacer.learnTalk(talked)
    const began = process.cpuUsage()
    pacer.advise(outlook, limits, n * 250)
    const { user, system } = process.cpuUsage(began)
    took.push((user + system) / 1_000)
  }
  took.sort((a, b) => a - b)
  return {
    decisionMs: took.reduce((sum, one) => sum + one, 0) / looks,
    decisionP99Ms: took[Math.floor(looks * 0.99)]!,
  }

  function ages(count: number, mostS: number): Ages {
    const list = new Ages()
    for (let n = 0; n < count; n++) list.push(random() * mostS * 1_000)
    return list
  }
}
