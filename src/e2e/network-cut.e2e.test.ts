/** A reload and a cut of the network in the middle of calls, on a whole house: the customers stay, and both sides are heard again. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { hasChromium } from './chromium.ts'
import { hasFirefox } from './firefox.ts'
import { hasCuts, inNamespace } from './namespace.ts'
import { hasSipp } from './sipp.ts'

const cutMs = 15_000
const lacking = [
  ...(hasSipp && hasChromium && hasFirefox ? [] : ['needs sipp, chromium and firefox']),
  ...(hasCuts() ? [] : ['may make no network namespace, or has no nft']),
]

test(`no customer is dropped by a reload or by ${cutMs / 1000} s without a network, in Chromium and in Firefox`, {
  skip: lacking[0] ?? false,
}, async () => {
  const cutHouse = new URL('./cut-house.ts', import.meta.url).pathname
  const [command, parameters] = inNamespace([process.execPath, cutHouse, String(cutMs)])
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => (said += bytes))
  const code = await new Promise(done => child.once('exit', done))
  assert.equal(code, 0, said.slice(-4000))
  assert.match(said, /and after a cut/)
})
