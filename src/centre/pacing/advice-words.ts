/** The dialler's last look in a sentence for the log and the API; pages say it in their own language from the same figures. */
import type { Advice } from './pacer.ts'

export function adviceWords(advice: Advice): string {
  const ringing = `${advice.ringing} ringing`
  switch (advice.limiter) {
    case 'risk': {
      const soon = `${Math.max(0, Math.round(advice.freeSoon))} agents likely free in ${Math.round(advice.withinS)} s`
      return `No call started: ${ringing}, ${soon}, risk ${percent(advice.risk)} > ${percent(advice.theta)}.`
    }
    case 'lines':
      return `No call started: ${ringing}, as many as the campaign's lines per agent allow.`
    case 'occupancy':
      return `No call started: ${ringing}; agents are as busy as the campaign's occupancy ceiling allows.`
    case 'cold_start':
      return `No call started: ${ringing}; one line for each free agent until the dialler has learned how this list answers.`
    case 'small_team':
      return `No call started: ${ringing}; with few agents at most one line beyond the free ones.`
    case 'none':
      return `${ringing}; the next look comes at once.`
    default:
      return advice.limiter satisfies never
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
