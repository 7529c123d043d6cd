/** A call centre in a process of its own, to be killed: `node crash-child.ts FOLDER SIP_PORT AGENTS MEDIA_PORTS`. Says `open` when it serves. */

import { openHouse } from '../house.ts'
import { systemClock } from '../lib/clock.ts'
import type { UserId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import { seededRandom } from '../lib/random.ts'
import { worldConfig } from './world.ts'

const [folder, sipPort, agents, mediaPorts] = process.argv.slice(2) as [string, string, string, string]
const house = await openHouse({
  config: worldConfig({ address: '127.0.0.1', folder, sipPort: Number(sipPort), mediaPorts }),
  clock: systemClock,
  random: seededRandom(3),
  log: createLogger(process.env['TEST_LOG'] ?? 'silent'),
  version: '0.0.0-test',
  asking: { firstMs: { from: 600_000, to: 600_000 }, everyMs: 30_000 }, // a sipp of one call would spend it on our OPTIONS
})
for (let at = 0; at < Number(agents); at++) {
  const agent = `u_agent${at}` as UserId
  await house.engine.dispatch({ type: 'agent.signOn', agent }, `user:${agent}`)
}
// Whoever has a phone in hand goes ready, as a person would; a phone that comes later is waited for.
setInterval(() => {
  for (const agent of house.engine.state.agents.values()) {
    if (agent.phase !== 'break' || agent.stationLeg === null) continue
    house.engine.dispatch({ type: 'agent.ready', agent: agent.user.id }, `user:${agent.user.id}`).catch(() => undefined)
  }
}, 100)
process.stdout.write('open\n')
