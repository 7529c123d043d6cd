/**
 * Who answered, judged on the labelled set of hear/testing/answers.ts (espeak-ng in twelve voices, two languages; beeps, music, silence, noise):
 * a confusion table by kind. `--json` prints one JSON object last.
 */
import { Answerer, decideMsMax, type Verdict, verdicts } from '../src/hear/answerer.ts'
import { Bursts } from '../src/hear/bursts.ts'
import { MachineTones } from '../src/hear/machine-tones.ts'
import { frameSamples, History } from '../src/hear/sound.ts'
import { labelledAnswers } from '../src/hear/testing/answers.ts'
import { sequence, silence } from '../src/rtp/tone.ts'

const table = new Map<string, Record<Verdict, number>>()
const afterMs: number[] = []
for (const { label, kind, sound } of labelledAnswers()) {
  const row = table.get(`${label}: ${kind}`) ?? { human: 0, machine: 0, fax: 0, unsure: 0 }
  const judgement = judge(sound)
  row[judgement.verdict]++
  afterMs.push(judgement.afterMs)
  table.set(`${label}: ${kind}`, row)
}
afterMs.sort((a, b) => a - b)
console.log(`| who answers: what is heard | ${verdicts.join(' | ')} |\n| --- | --- | --- | --- | --- |`)
for (const [kind, row] of table) console.log(`| ${kind} | ${verdicts.map(verdict => row[verdict]).join(' | ')} |`)
const sum = (label: string, verdict: Verdict) =>
  [...table].reduce((total, [kind, row]) => total + (kind.startsWith(label) ? row[verdict] : 0), 0)
const figures = {
  answers: afterMs.length,
  humansTakenForMachines: sum('human', 'machine') + sum('human', 'fax'),
  humans: verdicts.reduce((total, verdict) => total + sum('human', verdict), 0),
  machinesFound: sum('machine', 'machine'),
  machinesTakenForHumans: sum('machine', 'human'),
  machines: verdicts.reduce((total, verdict) => total + sum('machine', verdict), 0),
  decidedAfterMsMedian: afterMs[afterMs.length >> 1],
  decidedAfterMsMax: afterMs.at(-1),
}
if (process.argv.includes('--json')) console.log(JSON.stringify(figures))

function judge(sound: Int16Array) {
  const history = new History(512)
  const bursts = new Bursts()
  const machines = new MachineTones()
  const answerer = new Answerer()
  const padded = sequence(sound, silence(decideMsMax))
  for (let at = 0; at + frameSamples <= padded.length; at += frameSamples) {
    const frame = padded.subarray(at, at + frameSamples)
    history.push(frame)
    bursts.push(frame, history)
    const signal = machines.push(frame, bursts) ? machines.heard : null
    if (answerer.push(bursts, signal, null)) return answerer.judgement!
  }
  throw new Error('no judgement')
}
