/** kill -9 of a process in the middle of an import, and of the one that goes on with it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../lib/clock.ts'
import type { CampaignId, FileImportId } from '../../lib/ids.ts'
import type { LeadRecord } from '../../store/campaigns/lead-pages.ts'
import type { Page } from '../../store/page.ts'
import { campaignNamed, openStore, recorded, testFolder } from '../../store/testing/people.ts'
import { importsIn } from './testing/house.ts'

const child = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url))
const campaign = 'k_due' as CampaignId
const rows = 2_000
const isBad = (row: number) => row % 50 === 7

test('an import that is killed twice goes on by itself where it was: no row is lost, none comes twice, and each bad row comes back once', async () => {
  using folder = testFolder()
  const file = path.join(folder.path, 'source.csv')
  const lines = Array.from(
    { length: rows },
    (_, at) => `N${at + 1},王小明,${isBad(at + 1) ? '12' : 13_800_000_000 + at}`,
  )
  writeFileSync(file, ['编号,姓名,手机号', ...lines].join('\n'))
  {
    await using store = await openStore(folder)
    const due = campaignNamed('due')
    await store.commit({ recorded: [recorded({ type: 'campaign.saved', campaign: due })] })
  }
  const first = await killedAfter(400, [folder.path, 'start', campaign, file])
  const second = await killedAfter(1_000, [folder.path, 'boot'])
  assert.ok(first.row >= 400 && second.row >= 1_000 && second.row < rows, `killed at ${first.row} and ${second.row}`)

  await using store = await openStore(folder)
  await using imports = importsIn(folder.path, { store, clock: systemClock, tell: () => {} })
  const stopped = await imports.view(first.id)
  assert.deepEqual([stopped.state, stopped.counts.rows >= 1_000], ['stopped', true])
  await imports.goOn()
  await imports.idle()
  const { state, counts } = await imports.view(first.id)
  const bad = lines.flatMap((_, at) => (isBad(at + 1) ? [at + 1] : []))
  assert.deepEqual(
    [state, counts.rows, counts.rejected, counts.saved + counts.unchanged],
    ['finished', rows, bad.length, rows - bad.length],
  )
  const back: number[] = []
  for await (const { row } of await imports.rejected(first.id)) back.push(row)
  assert.deepEqual(back, bad)
  const added: string[] = []
  let cursor: string | null = null
  do {
    const page: Page<LeadRecord> = await store.read('leads.page', { campaign, limit: 100, cursor })
    added.push(...page.items.map(({ ref }) => ref))
    cursor = page.next
  } while (cursor !== null)
  const good = lines.flatMap((_, at) => (isBad(at + 1) ? [] : [`N${at + 1}`]))
  assert.deepEqual(added.sort(), good.sort())
  assert.deepEqual(
    (await store.read('lists.ofCampaign', { campaign })).map(({ id }) => id),
    [`i_${first.id.slice(3)}`],
  )
})

/** Killed as soon as it says that it is past `row`. */
async function killedAfter(row: number, args: string[]): Promise<{ id: FileImportId; row: number }> {
  const running = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  let told = { id: '' as FileImportId, row: 0 }
  running.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const said = (text + chunk).split('\n')
    text = said.pop()!
    for (const line of said) {
      const [id, at] = line.split(' ') as [FileImportId, string]
      told = { id, row: Number(at) }
    }
    if (told.row >= row) running.kill('SIGKILL')
  })
  const [, signal] = await once(running, 'close')
  assert.equal(signal, 'SIGKILL', 'it was done before it was killed')
  return told
}
