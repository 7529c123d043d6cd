import assert from 'node:assert/strict'
import { truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { NotFound } from '../errors.ts'
import { noTable } from '../sheets/table-file.ts'
import { importTroubleOf } from './import-trouble.ts'
import { openImportHouse, streamOf } from './testing/house.ts'

const coded = (code: string) => Object.assign(new Error(code), { code })

test('why an import failed has a name, whatever was met', () => {
  const cases = [
    [noTable('a file that is no text'), 'table'],
    [coded('ERR_WORKER_OUT_OF_MEMORY'), 'memory'],
    [coded('ENOSPC'), 'full'],
    [coded('EIO'), 'disk'],
    [coded('EROFS'), 'disk'],
    [coded('ENOENT'), 'file_gone'],
    [new NotFound('campaign', 'k_1'), 'gone'],
    [new TypeError('undefined is not a function'), 'fault'],
    ['thrown as a text', 'fault'],
    [null, 'fault'],
  ] as const
  for (const [error, why] of cases) assert.equal(importTroubleOf(error), why, String(error))
})

test('an import that fails in its thread says why by a name, keeps what was met, and is without both when it goes on', async () => {
  await using house = await openImportHouse()
  const { imports } = house
  const rows = Array.from({ length: 20_000 }, (_, n) => `P${n},王小明,1380000${String(n).padStart(4, '0')}\n`)
  const given = { kind: 'parties', campaign: null, name: '客户.csv' }
  const bytes = [Buffer.from(`客户编号,姓名,手机号\n${rows.join('')}`)]
  const { id } = await imports.receive('system', given, streamOf(bytes))
  truncateSync(path.join(house.folder, 'imports', id, 'source'), 70_000)
  await imports.start('system', id, {})
  await imports.idle()
  const failed = await imports.view(id)
  assert.deepEqual([failed.state, failed.troubleWhy], ['failed', 'sealed'])
  assert.ok(failed.trouble!.length > 10)
  writeFileSync(path.join(house.folder, 'imports', id, 'source'), bytes[0]!)
  await imports.start('system', id, {})
  const running = await imports.view(id)
  assert.deepEqual([running.trouble, running.troubleWhy], [null, null])
  await imports.idle()
})
