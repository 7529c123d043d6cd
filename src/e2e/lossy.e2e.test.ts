/** Desk phones beyond a line that loses a tenth of the sound and a third of the signalling, either way: what is asked gets through, once, and nothing is left in hand. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { hasBaresip } from './baresip.ts'
import { hasLosses, inNamespace } from './namespace.ts'
import { hasSipp } from './sipp.ts'

const lacking = [
  ...(hasSipp && hasBaresip ? [] : ['needs sipp and baresip']),
  ...(hasLosses() ? [] : ['may make no network namespace that loses packets, or has no nft']),
]

test('with a tenth of the sound lost and a third of the signalling a phone answers, presses keys, holds, passes on and hangs up', {
  skip: lacking[0] ?? false,
}, async () => {
  const lossyHouse = new URL('./lossy-house.ts', import.meta.url).pathname
  const [command, parameters] = inNamespace([process.execPath, lossyHouse])
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => (said += bytes))
  const code = await new Promise(done => child.once('exit', done))
  assert.equal(code, 0, said.slice(-4000))
  assert.match(said, /nothing is left in hand/)
})
