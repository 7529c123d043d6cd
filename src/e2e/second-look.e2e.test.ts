/** A run was killed in mid-call, and at the next start the disk of the recordings is not mounted yet: nothing of what was said is lost. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { RecordingFile } from '../rtp/recording-file.ts'
import { openStore, recorded } from '../store/testing/people.ts'
import { World } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-second-look-'))
let world: World | null = null
const close = async () => {
  const open = world
  world = null
  await open?.close()
}
after(async () => {
  await close()
  rmSync(folder, { recursive: true, force: true })
})

/** Ten seconds after these calls began, of each of which ten seconds were recorded. */
async function killedAt(files: { path: string; file: string; keyFile: string }, names: readonly string[]) {
  const facts: unknown[] = names.flatMap(name => {
    const file = new RecordingFile(join(files.path, `recordings/2026/${name}.wav`), 8)
    file.append(new Uint8Array(160_000).fill(0x55), 160_000)
    file.abandon()
    return [
      { type: 'call.offered', call: `c_${name}`, trunk: 't', leg: `g_${name}`, from: '+8613800000001', to: '1000' },
      { type: 'call.answered', call: `c_${name}` },
      { type: 'recording.opened', recording: `r_${name}`, call: `c_${name}`, path: `2026/${name}.wav` },
    ]
  })
  await using store = await openStore({ ...files, [Symbol.dispose]: () => undefined })
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, Date.now() - 10_000)) })
}

test('a recording that was not there at the start, since its disk was mounted late, is sealed when it is, and by the next start at the latest', async () => {
  const files = { path: folder, file: join(folder, 'switchroom.db'), keyFile: join(folder, 'secrets.key') }
  const [mounted, away] = [join(folder, 'recordings'), join(folder, 'away')]
  mkdirSync(join(mounted, '2026'), { recursive: true })
  await killedAt(files, ['one', 'two'])
  renameSync(mounted, away)
  mkdirSync(mounted)
  const first = (world = await World.open({ folder }))
  const missing = () => first.house.store.read('recordings.toldMissing', { after: null, limit: 10 })
  await first.until('both are told as missing', async () => (await missing()).length === 2)
  // The disk is there, but for one file, and what recorded onto it meanwhile has caught up.
  renameSync(join(away, '2026/two.wav'), join(folder, 'two.wav'))
  rmSync(mounted, { recursive: true })
  renameSync(away, mounted)
  await first.house.engine.dispatch({ type: 'recorder.disk', disk: 'slow' }, 'system')
  await first.house.engine.dispatch({ type: 'recorder.disk', disk: 'well' }, 'system')
  const found = await first.fact('recording.sealed', ({ recording }) => (recording as string) === 'r_one')
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(mounted, `2026/${name}.wav`)))
      .digest('hex')
  assert.deepEqual([found.sha256, found.salvaged, found.wasMissing], [hash('one'), true, true])
  assert.equal(found.durationMs, 10_000)
  assert.equal((await missing()).length, 1)
  await close()

  renameSync(join(folder, 'two.wav'), join(mounted, '2026/two.wav'))
  const again = (world = await World.open({ folder }))
  const two = await again.fact('recording.sealed', ({ recording }) => (recording as string) === 'r_two')
  assert.deepEqual([two.sha256, two.wasMissing], [hash('two'), true])
})

test('a file that was laid under the name of a recording while the house was down is not sealed at its start', async () => {
  await close()
  const laidFolder = join(folder, 'laid')
  const files = { path: laidFolder, file: join(laidFolder, 'switchroom.db'), keyFile: join(laidFolder, 'secrets.key') }
  mkdirSync(join(laidFolder, 'recordings/2026'), { recursive: true })
  await killedAt(files, ['ours', 'laid'])
  const laid = join(laidFolder, 'recordings/2026/laid.wav')
  utimesSync(laid, 0, 0)
  const before = readFileSync(laid)
  const start = (world = await World.open({ folder: laidFolder }))
  const { store } = start.house
  const found = async (name: string) => (await store.read('recordings.byId', { id: `r_${name}` as never }))!
  // Some of it may be written before anybody can hear of it.
  await start.until('ours is sealed', async () => (await found('ours')).sealedAt !== null)
  await start.until('the other one is told', async () => (await found('laid')).missingCause === 'misfit')
  assert.deepEqual(readFileSync(laid), before, 'it is left as it lies')
  const { misfits } = start.house
  const seen = await misfits.look('r_laid' as never)
  assert.ok(seen !== null && typeof seen === 'object', String(seen))
  const sound = await misfits.read('r_laid' as never, seen, { from: 0, to: seen.sealedBytes - 1 })
  const heard = Buffer.concat(await sound!.toArray())
  const as = { by: 'u_olga' as never, reason: 'it is the one', seen: seen.seen, after: 0 }
  assert.equal(await misfits.accept('r_laid' as never, as), 'accepted')
  assert.ok(heard.equals(readFileSync(laid)), 'what was heard is what was sealed')
  assert.equal((await found('laid')).sha256, createHash('sha256').update(heard).digest('hex'))
})
