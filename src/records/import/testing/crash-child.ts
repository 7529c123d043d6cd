/** A process that is to be killed: `node crash-child.ts FOLDER start CAMPAIGN FILE` or `… resume IMPORT` imports leads, and says after which row it is. */
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../../../lib/clock.ts'
import type { FileImportId } from '../../../lib/ids.ts'
import { Store } from '../../../store/store.ts'
import { importsIn } from './house.ts'

const [folder, what, about, file] = process.argv.slice(2) as [string, 'start' | 'resume', string, string]
const clock = systemClock
const files = { file: path.join(folder, 'switchroom.db'), keyFile: path.join(folder, 'secrets.key') }
const store = await Store.open({ ...files, now: clock.now(), readers: 1 })
const imports = importsIn(folder, { store, clock, tell: () => {} })
imports.onProgress(id => void imports.view(id).then(({ counts }) => process.stdout.write(`${id} ${counts.rows}\n`)))
if (what === 'resume') await imports.resume('system', about as FileImportId)
else {
  const { id } = await imports.receive(
    'system',
    { kind: 'leads', campaign: about, name: 'crash.csv' },
    createReadStream(file),
  )
  await imports.start('system', id, {})
}
await imports.idle()
