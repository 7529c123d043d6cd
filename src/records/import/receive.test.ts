import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { testFolder } from '../../store/testing/people.ts'
import { sourceKey } from '../sheets/source-file.ts'
import { Reception } from './receive.ts'

const mb = 1024 * 1024
const floor = 2_000_000_000
const keyOf = sourceKey(Buffer.alloc(32, 7))

test('two files that come at once do not count on the same room, and what one does not use is the next one’s', async () => {
  using folder = testFolder()
  let written = 0
  const reception = new Reception(async () => floor + 20 * mb - written)
  let goOn = () => {}
  const first = async function* () {
    yield Buffer.alloc(mb)
    written += mb
    await new Promise<void>(resolve => {
      goOn = resolve
    })
    yield Buffer.alloc(mb)
  }
  const second = async function* () {
    for (let at = 0; at < 6; at++) {
      yield Buffer.alloc(mb)
      written += mb
    }
  }
  const to = (name: string) => path.join(folder.path, name)
  const receiving = reception.receive(first(), to('a'), keyOf)
  while (written === 0) await new Promise(resolve => setImmediate(resolve))
  await assert.rejects(reception.receive(second(), to('b'), keyOf), { rule: 'disk-full' })
  written = mb // whoever sent it takes what came away again
  goOn()
  assert.equal((await receiving).bytes, 2 * mb)
  assert.equal((await reception.receive(second(), to('c'), keyOf)).bytes, 6 * mb)
  assert.ok(existsSync(to('c')))
})
