/** A process that is to be killed: `node crash-child.ts FOLDER start CAMPAIGN FILE` or `… boot` imports leads, and says after which row it is. */
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../../../lib/clock.ts'
import { Store } from '../../../store/store.ts'
import { importsIn } from './house.ts'

const [folder, what, about, file] = process.argv.slice(2) as [string, 'start' | 'boot', string, string]
const clock = systemClock
const files = { file: path.join(folder, 'switchroom.db'), keyFile: path.join(folder, 'secrets.key') }
const store = await Store.open({ ...files, now: clock.now(), readers: 1 })
const imports = importsIn(folder, { store, clock, tell: () => {} })
imports.onProgress(id => void imports.view(id).then(({ counts }) => process.stdout.write(`${id} ${counts.rows}\n`)))
if (what === 'boot') await imports.goOn()
else {
  const { id } = await imports.receive(
    'system',
    { kind: 'leads', campaign: about, name: 'crash.csv' },
    createReadStream(file),
  )
  await imports.start('system', id, {})
}
await imports.idle()
