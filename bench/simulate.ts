/**
 * How long `switchroom simulate` takes for eight hours of 500 agents, by CPU and by the clock on the wall: the built-in scenario, and
 * `assets/scenarios/large-floor.json`, whose lists answer less and so are dialled twice as much. `--json` prints one JSON object last;
 * `--hours N` simulates less; `plain` or `large` measures that one alone.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Day } from '../src/sim/day/day.ts'
import { readScenario } from '../src/sim/day/scenario.ts'

const hours = Number(process.argv[process.argv.indexOf('--hours') + 1]) || 8
const large = path.join(import.meta.dirname, '../assets/scenarios/large-floor.json')

const scenarios = {
  plain: () => measure('built-in, 500 agents', '{}'),
  large: () => measure('large-floor.json', readFileSync(large, 'utf8')),
}
const names = Object.keys(scenarios) as (keyof typeof scenarios)[]
const wanted = names.filter(name => process.argv.includes(name))
const found = new Map((wanted.length > 0 ? wanted : names).map(name => [name, scenarios[name]()]))
const figures = {
  wallS: found.get('plain')?.wallS,
  largeFloorWallS: found.get('large')?.wallS,
  hours,
  days: [...found.values()],
}
if (process.argv.includes('--json')) console.log(JSON.stringify(figures))

function measure(name: string, text: string) {
  const scenario = readScenario(name, text, { agents: 500, hours, callsPerSecond: 200 })
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const day = new Day(scenario)
  day.run()
  const wallMs = performance.now() - startedAt
  const { dialled, utilisation, abandonRate } = day.figures.result(scenario.agents, wallMs)
  const cpuMs = process.cpuUsage(cpu).user / 1000
  const found = {
    scenario: name,
    wallS: Number((wallMs / 1000).toFixed(1)),
    cpuS: Number((cpuMs / 1000).toFixed(1)),
    dialled,
    cpuUsPerCall: Number(((cpuMs * 1000) / dialled).toFixed(1)),
    utilisation: Number((utilisation * 100).toFixed(2)),
    abandonRate: Number((abandonRate * 100).toFixed(2)),
  }
  console.log(`${name}: ${found.wallS} s on the wall, ${found.cpuS} s of CPU, ${dialled} calls`)
  return found
}
