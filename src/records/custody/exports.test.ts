/** How long zips of evidence stay in the data folder. */
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { missingWords } from '../../../web/words/custody.ts'
import type { Fact } from '../../centre/facts.ts'
import { auditorRoutes } from '../../http/auditor/auditor.ts'
import { type House, noon, openHouse } from '../../http/testing/house.ts'
import type { ExportId } from '../../lib/ids.ts'
import type { Logger } from '../../lib/log.ts'
import { recorded } from '../../store/testing/people.ts'
import { createExports } from './exports.ts'

const dayMs = 86_400_000
let house: House
let token = ''
before(async () => {
  house = await openHouse({ pages: { routers: [auditorRoutes] } })
  token = (await house.token('auditor')).secret
  const none = { campaign: null, lead: null, party: null, relation: null, agent: null }
  const facts: Fact[] = [
    {
      ...{ type: 'call.dialed', call: 'c_1' as never, mode: 'manual', ...none, name: '', number: '+8613800000001' },
      ...{ trunk: 't_1' as never, callerId: '+861012345678', leg: 'g_1' as never },
      verdict: { policy: 'CN', version: '1', rules: [] },
    },
    { type: 'recording.opened', recording: 'r_1' as never, call: 'c_1' as never, path: 'r_1.wav' },
    {
      ...{ type: 'recording.sealed', recording: 'r_1' as never, call: 'c_1' as never, sha256: '0'.repeat(64) },
      ...{ bytes: 300_000, durationMs: 6250, salvaged: false },
    },
  ]
  writeFileSync(path.join(house.deps.config.recordingsDir, 'r_1.wav'), Buffer.alloc(300_000, 7))
  await house.store.commit({ recorded: facts.map(fact => recorded(fact, noon)) })
})
after(() => house[Symbol.asyncDispose]())

const fileOf = (id: string) => path.join(house.deps.config.exportsDir, `${id}.zip`)

async function anExport(): Promise<ExportId> {
  const asked = { reason: 'court order 2026-17', filter: { calls: ['c_1'] } }
  const response = await house.api(token, 'POST', '/exports', asked)
  const { id } = (await response.json()) as { id: ExportId }
  await house.deps.exports.idle()
  return id
}

const view = async (id: ExportId) =>
  (await (await house.api(token, 'GET', `/exports/${id}`)).json()) as Record<string, unknown>

test('the zip of an export is there for seven days and then no more; that it was made stays', async () => {
  const { exports } = house.deps
  const id = await anExport()
  const made = await exports.view(id)
  assert.deepEqual([made.state, made.keptUntil], ['finished', made.finishedAt! + 7 * dayMs])
  await exports.sweep(made.keptUntil! - 1)
  assert.ok(existsSync(fileOf(id)))
  await exports.sweep(made.keptUntil!)
  assert.ok(!existsSync(fileOf(id)))
  const { state, sha256, keptUntil, erasedAt } = await view(id)
  assert.deepEqual([state, sha256, keptUntil], ['erased', made.sha256, null])
  assert.equal(typeof erasedAt, 'number')
  await exports.sweep(made.keptUntil! + dayMs)
  const told = await house.facts('export.erased')
  assert.deepEqual(
    told.map(({ actor, body }) => [actor, JSON.parse(body).export]),
    [['system', id]],
  )
})

test('who fetches one that was removed is told so, and how to make it anew: by the API and on the page', async () => {
  const id = await anExport()
  await house.deps.exports.sweep(noon + 8 * dayMs)
  const answer = await house.api(token, 'GET', `/exports/${id}/file`)
  assert.equal(answer.status, 409)
  const { rule, detail } = (await answer.json()) as { rule: string; detail: string }
  assert.equal(rule, 'evidence-erased')
  assert.match(detail, /was removed on .*kept for 7 days; ask for the same calls again/)
  await house.add('olga', 'auditor')
  const { cookie } = await house.signIn('olga')
  const headers = { cookie, accept: 'text/html' }
  const page = await house.app.request(`/auditor/exports/${id}/file`, { headers })
  assert.equal(page.status, 409)
  assert.match(await page.text(), /导出文件只保留 7 天，现已删除/)
  const another = await anExport()
  const list = await (await house.app.request('/auditor/exports', { headers })).text()
  assert.match(list, /已按期删除/)
  assert.match(list, /可下载至 2026\/12\/01 12:00/)
  assert.doesNotMatch(list, new RegExp(`exports/${id}/file`))
  assert.match(list, new RegExp(`exports/${another}/file`))
})

test('a zip that is being fetched while it is removed comes whole', async () => {
  const { exports } = house.deps
  const id = await anExport()
  const { size } = statSync(fileOf(id))
  const { stream, bytes } = await exports.download({ actor: 'system', user: 'u_1' as never }, id)
  await exports.sweep(noon + 8 * dayMs)
  assert.ok(!existsSync(fileOf(id)))
  let received = 0
  for await (const chunk of stream) received += (chunk as Buffer).length
  assert.deepEqual([received, bytes], [size, size])
})

test('what an earlier run left goes too, when it is as old; what is being made, and what is no export, stays', async () => {
  const { exports } = house.deps
  const { exportsDir } = house.deps.config
  const at = noon + 30 * dayMs
  const leave = (name: string, days: number) => {
    writeFileSync(path.join(exportsDir, name), 'zip')
    utimesSync(path.join(exportsDir, name), (at - days * dayMs) / 1000, (at - days * dayMs) / 1000)
  }
  leave('e_nobody-knows.zip', 8)
  leave('e_just-made.zip', 1)
  leave('e_being-made.zip.part', 8)
  leave('letter.zip', 8)
  await exports.sweep(at)
  assert.deepEqual(readdirSync(exportsDir).sort(), ['e_being-made.zip.part', 'e_just-made.zip', 'letter.zip'])
})

test('who only asks about a zip hears its headers; no download is told, and nothing is left open', async () => {
  const id = await anExport()
  await house.add('oscar', 'auditor')
  const { cookie } = await house.signIn('oscar')
  const told = async () => (await house.facts('export.downloaded')).length
  const isOpen = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === fileOf(id)
    } catch {
      return false // it was closed meanwhile
    }
  }
  const before = await told()
  for (let n = 0; n < 5; n++) {
    const byToken = await house.api(token, 'HEAD', `/exports/${id}/file`)
    const byPage = await house.app.request(`/auditor/exports/${id}/file`, { method: 'HEAD', headers: { cookie } })
    for (const { status, headers } of [byToken, byPage])
      assert.deepEqual(
        [status, headers.get('content-type'), headers.get('content-length'), headers.get('content-disposition')],
        [200, 'application/zip', `${statSync(fileOf(id)).size}`, `attachment; filename="switchroom-${id}.zip"`],
      )
  }
  assert.equal(await told(), before)
  assert.deepEqual(readdirSync('/proc/self/fd').filter(isOpen), [])
  assert.equal((await house.api(token, 'HEAD', '/exports/e_none/file')).status, 404)
  await house.deps.exports.sweep(noon + 8 * dayMs)
  assert.equal((await house.api(token, 'HEAD', `/exports/${id}/file`)).status, 409)
})

test('a zip that cannot be removed is told once, is not said to be gone, and keeps no other', async () => {
  const { door, logged } = { door: house.deps.records, logged: [] as string[] }
  const { exportsDir, recordingsDir } = house.deps.config
  const log = { ...house.deps.log, error: ({ file }: { file: string }) => void logged.push(file) } as unknown as Logger
  const exports = await createExports({ door, recordingsDir, exportsDir, log, missingWords, version: 'test' })
  const [stuck, gone] = [await anExport(), await anExport()]
  const stray = path.join(exportsDir, 'e_nobody-knows.zip')
  const strayStuck = path.join(exportsDir, 'e_a-folder.zip')
  rmSync(fileOf(stuck))
  mkdirSync(strayStuck)
  for (const folder of [fileOf(stuck), strayStuck]) {
    mkdirSync(folder, { recursive: true }) // what rm(2) takes for no file
    utimesSync(folder, 0, 0)
  }
  writeFileSync(stray, 'zip')
  utimesSync(stray, 0, 0)
  for (let hour = 0; hour < 2; hour++) await exports.sweep(noon + 8 * dayMs + hour * 3_600_000)
  assert.deepEqual([existsSync(fileOf(gone)), existsSync(stray)], [false, false])
  assert.deepEqual(logged, [fileOf(stuck), strayStuck])
  assert.deepEqual([(await view(stuck))['state'], (await view(gone))['state']], ['finished', 'erased'])
  rmdirSync(fileOf(stuck))
  rmdirSync(strayStuck)
  await exports.sweep(noon + 9 * dayMs)
  assert.equal((await view(stuck))['state'], 'erased')
})
