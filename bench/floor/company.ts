/** What else the machine did while we measured, from Linux: a figure taken in company must say so. */
import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'

const tickMs = 10

/** CPU time of the whole machine so far, ms: all that was not idle or waiting for a disk. */
export function machineCpuMs(): number {
  try {
    const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
      .split('\n', 1)[0]!
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number)
    return (user! + nice! + system! + irq! + softirq! + steal!) * tickMs
  } catch {
    return Number.NaN
  }
}

export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export type Company = {
  cores: number
  /** In percent of one core: this process, the other ends, everyone else on the machine. */
  house: number
  ends: number
  others: number
  loadBefore: number
  words: string
}

export function companyOf(of: {
  ms: number
  machineMs: number
  houseMs: number
  endsMs: number
  loadBefore: number
}): Company {
  const percent = (ms: number) => Math.round((ms / of.ms) * 100)
  // Packets are charged to whom they interrupt, so that what is left over is never exact; below a twentieth of a core it is nobody.
  const others = Math.max(0, percent(of.machineMs - of.houseMs - of.endsMs))
  return {
    cores: availableParallelism(),
    house: percent(of.houseMs),
    ends: percent(of.endsMs),
    others,
    loadBefore: Number(of.loadBefore.toFixed(2)),
    words:
      others < 10
        ? 'alone on the machine'
        : `in company: others took ${others} % of one core, the load was ${of.loadBefore.toFixed(1)} before`,
  }
}

export function load(): number {
  return loadavg()[0]!
}
