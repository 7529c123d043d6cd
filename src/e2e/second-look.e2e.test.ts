/** A run was killed in mid-call, and at the next start the disk of the recordings is not mounted yet: nothing of what was said is lost. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
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

test('a recording that was not there at the start, since its disk was mounted late, is sealed when it is, and by the next start at the latest', async () => {
  const files = { path: folder, file: join(folder, 'switchroom.db'), keyFile: join(folder, 'secrets.key') }
  const [mounted, away] = [join(folder, 'recordings'), join(folder, 'away')]
  mkdirSync(join(mounted, '2026'), { recursive: true })
  const facts: unknown[] = ['one', 'two'].flatMap(name => {
    const file = new RecordingFile(join(mounted, `2026/${name}.wav`), 8)
    file.append(new Uint8Array(160_000).fill(0x55), 160_000)
    file.abandon()
    return [
      { type: 'call.offered', call: `c_${name}`, trunk: 't', leg: `g_${name}`, from: '+8613800000001', to: '1000' },
      { type: 'call.answered', call: `c_${name}` },
      { type: 'recording.opened', recording: `r_${name}`, call: `c_${name}`, path: `2026/${name}.wav` },
    ]
  })
  {
    await using store = await openStore({ ...files, [Symbol.dispose]: () => undefined })
    await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, Date.now() - 10_000)) })
  }
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
