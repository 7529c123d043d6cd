/** The other browser that agents may have. It makes no candidate of 127.0.0.0/8, so it gets a network of its own, made and left by this test. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { hasFirefox } from './firefox.ts'
import { hasNamespaces, inNamespace } from './namespace.ts'

const cutMs = 15_000

test('an agent’s Firefox is heard and hears by the microphone it chose, says how its network is, and after a reload, by another path and after a cut too', {
  skip: !hasFirefox ? 'needs firefox' : !hasNamespaces() ? 'may make no network namespace' : false,
}, async () => {
  const alone = new URL('./firefox-alone.ts', import.meta.url).pathname
  const [command, parameters] = inNamespace([process.execPath, alone, String(cutMs)])
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => (said += bytes))
  const code = await new Promise(done => child.once('exit', done))
  assert.equal(code, 0, said.slice(-4000))
  assert.match(said, /and after a cut/)
})
