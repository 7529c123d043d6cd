/** Desk phones behind a real NAT, the kernel's: they register, call and are called, and what their router forgets is found again by the rules. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { hasBaresip } from './baresip.ts'
import { inNamespace } from './namespace.ts'
import { hasRouters } from './router.ts'
import { hasSipp } from './sipp.ts'

const lacking = [
  ...(hasSipp && hasBaresip ? [] : ['needs sipp and baresip']),
  ...(hasRouters() ? [] : ['may make no network namespace with a NAT, or has no nft or conntrack']),
]

test('phones behind a NAT call, are found by another port in mid-call, and are called after longer than their router remembers; who floods is dropped, and who is outside the allowed networks refused', {
  skip: lacking[0] ?? false,
}, async () => {
  const natHouse = new URL('./nat-house.ts', import.meta.url).pathname
  const [command, parameters] = inNamespace([process.execPath, natHouse])
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => (said += bytes))
  const code = await new Promise(done => child.once('exit', done))
  assert.equal(code, 0, said.slice(-4000))
  assert.match(said, /called behind the NAT/)
})
