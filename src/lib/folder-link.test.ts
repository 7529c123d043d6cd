import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileBelow, refuseLinks, refuseLinksNow } from './folder-link.ts'

test('a link between a folder of ours and a file in it is told by its place, also one that leads nowhere; the folder itself may be one', async t => {
  const top = mkdtempSync(join(tmpdir(), 'switchroom-links-'))
  t.after(() => rmSync(top, { recursive: true }))
  const [real, root, elsewhere] = [join(top, 'real'), join(top, 'root'), join(top, 'elsewhere')]
  mkdirSync(join(real, '2026/11'), { recursive: true })
  mkdirSync(elsewhere)
  symlinkSync(real, root)
  symlinkSync(elsewhere, join(real, '2026/11/28'))
  symlinkSync(join(top, 'nowhere'), join(real, '2026/11/29'))
  for (const file of ['2026/11/r.wav', '2026/11/27/r.wav', 'r.wav']) {
    await refuseLinks(root, join(root, file))
    refuseLinksNow(root, join(root, file))
  }
  for (const day of ['2026/11/28', '2026/11/29']) {
    const told = { name: 'LedAway', code: 'ENODEV', message: new RegExp(`${day} is a link`) }
    await assert.rejects(refuseLinks(root, join(root, day, 'r.wav')), told)
    assert.throws(() => refuseLinksNow(root, join(root, day, 'r.wav')), told)
  }
  writeFileSync(join(real, '2026/11/r.wav'), 'said')
  symlinkSync(join(real, '2026/11/r.wav'), join(real, '2026/11/link.wav'))
  assert.equal((await fileBelow(root, join(root, '2026/11/r.wav')))?.size, 4)
  assert.equal(await fileBelow(root, join(root, '2026/11/27/r.wav')), null)
  assert.equal(await fileBelow(root, join(root, '2026')), null)
  await assert.rejects(fileBelow(root, join(root, '2026/11/link.wav')), { name: 'LedAway' })
})
