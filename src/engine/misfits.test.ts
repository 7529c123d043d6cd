import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Recorded } from '../centre/facts.ts'
import { createLogger } from '../lib/log.ts'
import { type MisfitFound, Misfits, type MisfitsOptions } from './misfits.ts'
import { SecondLook } from './second-look.ts'

const log = createLogger('silent')
const missing = { id: 'r', call: 'c', openedAt: 1_000, callEndedAt: 2_000, path: 'r.wav', missingCause: 'misfit' }
const size = { bytes: 144_058, sealedBytes: 144_058, payloadType: 8 }
const laid = { ...size, soundMs: 9_000, writtenAt: 1, changedAt: 1, seen: 'as it lies' }
const sealed = { sha256: 'ab', bytes: 144_058, durationMs: 9_000 }
const olga = { by: 'u_olga' as never, reason: 'she is heard on it', seen: laid.seen, after: 0 }
const recording = 'r' as never

/** A desk with one misfit on a disk that answers as it is told to. */
function deskOn({ commits, ...disk }: Partial<MisfitsOptions> & { commits?: () => Error | null }) {
  const kept: Recorded[] = []
  const asked: string[] = []
  const lines: { seq: number; type: string; body: string }[] = []
  const store = {
    async read(query: string) {
      if (query === 'journal.ofCall') return [...lines]
      return query === 'journal.wasSetBack' ? false : kept.length === 0 ? [missing] : []
    },
    async commit({ recorded }: { recorded: Recorded[] }) {
      const refusal = commits?.() ?? null
      if (refusal !== null) throw refusal
      kept.push(...recorded)
    },
  } as never
  const timers = { soon: () => {}, after: () => () => {} }
  const clocks = { now: () => 3_000, monotonic: () => 0 }
  const secondLook = new SecondLook({ store, log, timers, mayLook: () => true, ...clocks, salvage: async () => sealed })
  const misfits = new Misfits({
    ...{ store, secondLook, log, now: () => 3_000, mayWrite: () => true },
    ...{ examine: async () => laid, read: async () => null, lookWithinMs: 5, turnWithinMs: 20, sealWithinMs: 20 },
    ...disk,
    salvage: (path, as) => {
      asked.push(path)
      return disk.salvage?.(path, as) ?? Promise.resolve(sealed)
    },
  })
  const leaves = async () =>
    void lines.push({ seq: lines.length + 1, type: 'recording.misfitLeft', body: '{"recording":"r","reason":"no"}' })
  return { misfits, secondLook, kept, asked, lines, leaves }
}

test('who accepts a misfit behind a file that its disk does not give up is answered, and nothing is done of it later', async () => {
  const { misfits, secondLook, kept, asked } = deskOn({})
  const hung = Promise.withResolvers<void>()
  void secondLook.inTurn(() => hung.promise)
  assert.equal(await misfits.accept(recording, olga), 'unseen')
  hung.resolve()
  await secondLook.inTurn(async () => {})
  assert.deepEqual([kept, asked], [[], []])
  assert.equal(await misfits.accept(recording, olga), 'accepted')
})

test('a misfit on a share that hangs is not accepted, and holds up no other file', async () => {
  const hung = Promise.withResolvers<typeof laid>()
  const { misfits, secondLook, kept, asked } = deskOn({ examine: () => hung.promise })
  assert.equal(await misfits.accept(recording, olga), 'unseen')
  await secondLook.inTurn(async () => {})
  hung.resolve(laid)
  await secondLook.inTurn(async () => {})
  assert.deepEqual([kept, asked], [[], []])
})

test('where the disk may not be looked at, whoever accepts is told at once, behind whatever hangs', async () => {
  const never = { turnWithinMs: 2 ** 30 }
  const { misfits, secondLook, asked } = deskOn({ mayWrite: () => false, ...never })
  void secondLook.inTurn(() => new Promise(() => {}))
  assert.equal(await misfits.accept(recording, olga), 'busy')
  let looks = 0
  const goesAway = async () => {
    looks++
    return laid
  }
  const other = deskOn({ mayWrite: () => looks === 0, examine: goesAway })
  assert.equal(await other.misfits.accept(recording, olga), 'busy', 'it went away while it was looked at')
  assert.deepEqual([asked, other.asked], [[], []])
})

test('a disk that says no, or is not the one, is not taken for one on which nothing lies', async () => {
  for (const code of ['EIO', 'ENODEV', 'EACCES', 'ESTALE']) {
    const { misfits } = deskOn({ examine: () => Promise.reject(Object.assign(new Error(code), { code })) })
    assert.deepEqual([await misfits.look(recording), await misfits.accept(recording, olga)], ['unseen', 'unseen'], code)
  }
  const none = deskOn({ examine: () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' })) })
  assert.deepEqual([await none.misfits.look(recording), await none.misfits.accept(recording, olga)], [null, 'other'])
})

test('a seal that its disk takes long for is told as begun, and is done once', async () => {
  const hung = Promise.withResolvers<typeof sealed>()
  const { misfits, secondLook, kept, asked } = deskOn({ salvage: () => hung.promise })
  assert.equal(await misfits.accept(recording, olga), 'sealing')
  assert.deepEqual([misfits.isSealing(recording), await misfits.look(recording)], [true, 'sealing'])
  assert.equal(await misfits.accept(recording, olga), 'sealing')
  hung.resolve(sealed)
  await secondLook.inTurn(async () => {})
  assert.deepEqual([misfits.isSealing(recording), kept.length, asked.length], [false, 1, 1])
  assert.equal(await misfits.accept(recording, olga), 'none')
})

test('what was accepted in vain is told and accepted as it was found first, while nobody else changes it', async () => {
  const disk = { lies: laid, refuses: true }
  const known: (object | null)[] = []
  const heard: string[] = []
  const { misfits, kept, asked } = deskOn({
    examine: async (_, was) => {
      known.push(was)
      return disk.lies
    },
    read: async (_, { seen }) => {
      heard.push(seen)
      return null
    },
    async salvage(_, as) {
      assert.equal('seen' in as && as.seen, disk.lies.seen)
      disk.lies = { ...laid, changedAt: 2_500 + asked.length, bytes: 100, seen: `left ${asked.length}` }
      if (disk.refuses) throw Object.assign(new Error('EIO'), { code: 'EIO', leftSeen: disk.lies.seen })
      return { ...sealed, leftSeen: disk.lies.seen }
    },
  })
  const { lies, ...first } = (await misfits.look(recording)) as MisfitFound
  assert.equal(lies, laid.seen)
  for (const left of ['left 1', 'left 2']) {
    assert.equal(await misfits.accept(recording, olga), 'failed')
    const found = (await misfits.look(recording)) as MisfitFound
    assert.deepEqual(found, { ...first, lies: left })
    await misfits.read(recording, found, { from: 0, to: 9 })
  }
  assert.deepEqual(heard, ['left 1', 'left 2'])
  assert.equal(known[0], null)
  assert.equal((known.at(-1) as { seen: string }).seen, 'left 1', 'it is known as it was looked at last')
  disk.lies = { ...disk.lies, seen: 'of another hand' }
  assert.equal(await misfits.accept(recording, olga), 'other')
  assert.equal(((await misfits.look(recording)) as MisfitFound).changedAt, 2_502)
  disk.refuses = false
  assert.equal(await misfits.accept(recording, { ...olga, seen: 'of another hand' }), 'accepted')
  const [{ fact }] = kept as [Recorded]
  assert.equal(fact.type === 'recording.sealed' && fact.accepted?.changedAt, 2_502)
})

test('a seal that the journal did not take leaves the file as it was found first', async () => {
  const disk = { lies: laid, refusal: new Error('disk full') as Error | null }
  const { misfits, kept } = deskOn({
    examine: async () => disk.lies,
    async salvage() {
      disk.lies = { ...laid, changedAt: 2_500, seen: 'left' }
      return { ...sealed, leftSeen: 'left' }
    },
    commits: () => disk.refusal,
  })
  await assert.rejects(misfits.accept(recording, olga), /disk full/)
  assert.deepEqual([misfits.isSealing(recording), kept], [false, []])
  disk.refusal = null
  assert.equal(await misfits.accept(recording, olga), 'accepted')
  const [{ fact }] = kept as [Recorded]
  assert.equal(fact.type === 'recording.sealed' && fact.accepted?.changedAt, laid.changedAt)
})

test('those who wait behind a file that hangs are no more than fifty', async () => {
  const { misfits, secondLook } = deskOn({ turnWithinMs: 60_000 })
  const hung = Promise.withResolvers<void>()
  void secondLook.inTurn(() => hung.promise)
  const waiting = Array.from({ length: 50 }, () => misfits.accept(recording, olga))
  assert.equal(await misfits.accept(recording, olga), 'full')
  hung.resolve()
  const [first, ...rest] = await Promise.all(waiting)
  assert.deepEqual([first, new Set(rest)], ['accepted', new Set(['none'])])
})

test('who asked in vain behind a file that hangs keeps no place of those who ask later', async () => {
  const { misfits, secondLook, asked } = deskOn({ turnWithinMs: 1 })
  const hung = Promise.withResolvers<void>()
  void secondLook.inTurn(() => hung.promise)
  const impatient = await Promise.all(Array.from({ length: 50 }, () => misfits.accept(recording, olga)))
  assert.deepEqual(new Set(impatient), new Set(['unseen']))
  assert.equal(await misfits.accept(recording, olga), 'unseen', 'it is the disk that does not answer')
  hung.resolve()
  await secondLook.inTurn(async () => {})
  assert.deepEqual(asked, [])
  assert.equal(await misfits.accept(recording, olga), 'accepted')
})

test('a misfit that somebody leaves while its acceptance waits is not sealed, until it is accepted knowing of that', async () => {
  const { misfits, secondLook, kept, asked, leaves } = deskOn({ turnWithinMs: 60_000 })
  const long = Promise.withResolvers<void>()
  void secondLook.inTurn(() => long.promise)
  const accepting = misfits.accept(recording, olga)
  assert.equal(await misfits.leave(recording, 0, leaves), 'left')
  long.resolve()
  assert.equal(await accepting, 'overtaken')
  assert.deepEqual([kept, asked], [[], []])
  assert.equal(await misfits.accept(recording, { ...olga, after: 1 }), 'accepted')
})

test('a misfit is not sealed while it is being written that it was left, nor left while it is being sealed', async () => {
  const { misfits, lines, leaves, asked } = deskOn({ turnWithinMs: 60_000, lookWithinMs: 60_000 })
  const journal = Promise.withResolvers<void>()
  const leaving = misfits.leave(recording, 0, () => journal.promise.then(leaves))
  const accepting = misfits.accept(recording, olga)
  for (let n = 0; n < 50; n++) await new Promise(setImmediate)
  journal.resolve()
  assert.deepEqual([await leaving, await accepting, asked], ['left', 'overtaken', []])
  const hung = Promise.withResolvers<typeof sealed>()
  const slow = deskOn({ salvage: () => hung.promise, sealWithinMs: 1 })
  assert.equal(await slow.misfits.accept(recording, olga), 'sealing')
  assert.equal(await slow.misfits.leave(recording, 0, slow.leaves), 'sealing')
  hung.resolve(sealed)
  assert.deepEqual([lines.length, slow.lines.length], [1, 0])
})

test('of two who leave a misfit at once the second is told of the first, and a journal that refuses holds up nobody', async () => {
  const { misfits, lines, leaves } = deskOn({})
  const refusal = new Error('disk full')
  const [none, first, second] = await Promise.allSettled([
    misfits.leave(recording, 0, () => Promise.reject(refusal)),
    misfits.leave(recording, 0, leaves),
    misfits.leave(recording, 0, leaves),
  ])
  assert.equal(none.status === 'rejected' && none.reason, refusal)
  assert.deepEqual(
    [first, second].map(said => said.status === 'fulfilled' && said.value),
    ['left', 'overtaken'],
  )
  assert.equal(lines.length, 1)
})
