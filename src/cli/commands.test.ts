import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../config.ts'
import { type Command, type Io, UsageError } from './command.ts'
import { commands, dispatch } from './commands.ts'

function listen(): Io & { lines: { out: string[]; err: string[] } } {
  const lines = { out: [] as string[], err: [] as string[] }
  return {
    lines,
    env: {},
    input: async () => '',
    out: line => void lines.out.push(line),
    err: line => void lines.err.push(line),
  }
}

const command = (run: (args: string[]) => number): Command => ({
  usage: '[--loud]',
  summary: 'for the test',
  load: async () => ({ run: async args => run(args) }),
})

test('without a command the call centre is served, and options go to it', async () => {
  const seen: string[][] = []
  const table = { serve: command(args => seen.push(args) - seen.length) }
  assert.equal(await dispatch([], listen(), table), 0)
  assert.equal(await dispatch(['--config', 'a.toml'], listen(), table), 0)
  assert.equal(await dispatch(['serve', '--config', 'b.toml'], listen(), table), 0)
  assert.deepEqual(seen, [[], ['--config', 'a.toml'], ['--config', 'b.toml']])
})

test('the exit code is what the command answers', async () => {
  assert.equal(await dispatch(['verify'], listen(), { verify: command(() => 1) }), 1)
})

test('an unknown command, also one that every object has, is wrong usage and lists the commands', async () => {
  for (const name of ['sevre', 'constructor', '__proto__']) {
    const io = listen()
    assert.equal(await dispatch([name], io), 2)
    assert.match(io.lines.err.join('\n'), new RegExp(`no command "${name}"[\\s\\S]*serve `))
  }
})

test('wrong usage is exit 2 with the usage, wrong configuration exit 2 with its words, a fault exit 1', async () => {
  const throwing = (error: Error) => ({
    job: command(() => {
      throw error
    }),
  })
  const usage = listen()
  assert.equal(await dispatch(['job'], usage, throwing(new UsageError('found 3'))), 2)
  assert.match(usage.lines.err[0]!, /found 3\nusage: switchroom job \[--loud\]/)
  const config = listen()
  const wrong = new ConfigError({ file: 'a.toml', key: 'lab', found: '1', allowed: 'true or false' })
  assert.equal(await dispatch(['job'], config, throwing(wrong)), 2)
  assert.match(config.lines.err[0]!, /a\.toml: lab/)
  const fault = listen()
  const inUse = Object.assign(new Error('listen EADDRINUSE: address already in use 0.0.0.0:8443'), {
    code: 'EADDRINUSE',
  })
  assert.equal(await dispatch(['job'], fault, throwing(inUse)), 1)
  assert.equal(fault.lines.err[0], `switchroom job: ${inUse.message}`)
})

test('a bug is told with its stack', async () => {
  const io = listen()
  const table = { job: command(() => (undefined as unknown as { length: number }).length) }
  assert.equal(await dispatch(['job'], io, table), 1)
  assert.match(io.lines.err[0]!, /TypeError[\s\S]*at /)
})

test('every command of the table loads and explains itself', async () => {
  for (const [name, { load }] of Object.entries(commands)) {
    assert.equal(typeof (await load()).run, 'function', name)
    const io = listen()
    assert.equal(await dispatch([name, '--help'], io), 0)
    assert.match(io.lines.out[0]!, new RegExp(`^switchroom ${name} `))
  }
})

test('version says the version of package.json, and an unknown option is refused', async () => {
  const io = listen()
  assert.equal(await dispatch(['version', '--json'], io), 0)
  assert.match(JSON.parse(io.lines.out[0]!).version, /^\d+\.\d+\.\d+$/)
  assert.equal(await dispatch(['version', '--jsn'], listen()), 2)
})
