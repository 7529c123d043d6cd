import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { missingWords } from '../../../web/words/custody.ts'
import type { Fact } from '../../centre/facts.ts'
import { type House, noon, openHouse } from '../../http/testing/house.ts'
import type { ExportId } from '../../lib/ids.ts'
import { recorded } from '../../store/testing/people.ts'
import { verifyEvidence } from './evidence-check.ts'
import { csvCell } from './evidence-texts.ts'

let house: House
let auditor = ''
before(async () => {
  house = await openHouse()
  auditor = (await house.token('auditor')).secret
  for (const which of [1, 2, 3]) await aCall(which)
})
after(() => house[Symbol.asyncDispose]())

/** A call with a sealed recording of some bytes. */
async function aCall(which: number): Promise<void> {
  const call = `c_${which}` as never
  const recording = `r_${which}` as never
  const audio = Buffer.alloc(100_000 + which, which)
  const where = `2026-11-24/r_${which}.wav`
  mkdirSync(path.join(house.deps.config.recordingsDir, '2026-11-24'), { recursive: true })
  writeFileSync(path.join(house.deps.config.recordingsDir, where), audio)
  const sha256 = createHash('sha256').update(audio).digest('hex')
  const verdict = { policy: 'CN', version: '1', rules: [] }
  const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 } as const
  const none = { campaign: null, lead: null, party: null, relation: null, agent: null }
  const facts: Fact[] = [
    {
      type: 'call.dialed',
      call,
      mode: 'manual',
      ...none,
      name: '=cmd()',
      number: `+861380000000${which}`,
      trunk: 't_1' as never,
      callerId: '+861012345678',
      leg: `g_${which}` as never,
      verdict,
    },
    { type: 'call.answered', call },
    { type: 'recording.opened', recording, call, path: where },
    { type: 'call.ended', call, ending },
    // The second was told as missing, and found after all.
    ...(which === 2
      ? [{ type: 'recording.missing', recording, call, cause: 'absent', reason: 'ENOENT' } as const]
      : []),
    {
      ...{ type: 'recording.sealed', recording, call, sha256, bytes: audio.length, durationMs: 6250, salvaged: false },
      ...(which === 2 ? { wasMissing: true } : {}),
    },
  ]
  await house.store.commit({ recorded: facts.map(fact => recorded(fact, noon + which)) })
}

async function anExport(given: object): Promise<{ id: ExportId; file: string }> {
  const response = await house.api(auditor, 'POST', '/exports', { reason: 'court order 2026-17', ...given })
  assert.equal(response.status, 202, await response.clone().text())
  const { id } = (await response.json()) as { id: ExportId }
  await house.deps.exports.idle()
  return { id, file: path.join(house.deps.config.exportsDir, `${id}.zip`) }
}

/** Unpacks, lets `change` loose on the folder, packs again. */
function tampered(file: string, change: (folder: string) => void, repairSums = false): string {
  const folder = path.join(house.folder, `tampered-${readdirSync(house.folder).length}`)
  execFileSync('unzip', ['-q', file, '-d', folder])
  change(folder)
  if (repairSums) {
    const sums = readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8').replace(
      /^[0-9a-f]{64} {2}(.+)$/gm,
      (_line, name: string) => {
        const hash = createHash('sha256')
          .update(readFileSync(path.join(folder, name)))
          .digest('hex')
        return `${hash}  ${name}`
      },
    )
    writeFileSync(path.join(folder, 'SHA256SUMS'), sums)
  }
  execFileSync('python3', [
    '-c',
    'import shutil,sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])',
    `${folder}-packed`,
    folder,
  ])
  return `${folder}-packed.zip`
}

test('an export is a zip that unzip, sha256sum and our own check agree on, with the audio to the byte', async () => {
  const { id, file } = await anExport({ from: noon, to: noon + 1000 })
  execFileSync('unzip', ['-tq', file])
  const folder = path.join(house.folder, 'plain')
  execFileSync('unzip', ['-q', file, '-d', folder])
  const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })
  assert.equal(checked.match(/: OK$/gm)?.length, 7)
  assert.deepEqual(readFileSync(path.join(folder, 'audio/r_2.wav')), Buffer.alloc(100_002, 2))
  const report = await verifyEvidence(file)
  assert.deepEqual(report.faults, [])
  assert.deepEqual([report.ok, report.files, report.recordings], [true, 8, 3])
  assert.match(readFileSync(path.join(folder, 'README.txt'), 'utf8'), /court order 2026-17/)
  assert.match(readFileSync(path.join(folder, 'calls.csv'), 'utf8'), /,'=cmd\(\),/)
  const calls = JSON.parse(readFileSync(path.join(folder, 'calls.json'), 'utf8')) as {
    id: string
    recordings: { wasMissing: boolean; missingReason: string | null }[]
  }[]
  assert.deepEqual(
    calls.map(({ id, recordings: [one] }) => [id, one?.wasMissing, one?.missingReason]).toSorted(),
    ['1', '2', '3'].map(which => [`c_${which}`, which === '2', null]),
  )
  const view = await (await house.api(auditor, 'GET', `/exports/${id}`)).json()
  assert.equal((view as { state: string }).state, 'finished')
  assert.equal((view as { sha256: string }).sha256, createHash('sha256').update(readFileSync(file)).digest('hex'))
})

test('recordings behind a link are missing in an export, and that is told once with the place of the link', async t => {
  const folder = path.join(house.deps.config.recordingsDir, '2026-11-24')
  renameSync(folder, `${folder}-archive`)
  symlinkSync(`${folder}-archive`, folder)
  const told: { err: Error }[] = []
  t.mock.method(house.deps.log, 'error', (of: { err: Error }) => void told.push(of))
  await anExport({ from: noon, to: noon + 1000 })
  rmSync(folder)
  renameSync(`${folder}-archive`, folder)
  assert.equal(told.length, 1)
  assert.match(told[0]!.err.message, /2026-11-24 is a link/)
})

test('why a call has no audio stands in the zip as a code, and in the words of the pages in both languages', async () => {
  await aCall(9)
  const missing = (recording: string, cause?: 'full'): Fact => ({
    ...{ type: 'recording.missing', recording: recording as never, call: 'c_9' as never, reason: 'ENOSPC: no space' },
    ...(cause && { cause }),
  })
  const opened = (id: string): Fact => ({
    ...{ type: 'recording.opened', recording: id as never, call: 'c_9' as never, path: `2026-11-24/${id}.wav` },
  })
  const facts = [opened('r_9a'), missing('r_9a'), opened('r_9b'), missing('r_9b', 'full')]
  await house.store.commit({ recorded: facts.map((fact, i) => recorded(fact, noon + 10 + i)) })
  const { file } = await anExport({ filter: { calls: ['c_9'] } })
  const [call] = JSON.parse(execFileSync('unzip', ['-p', file, 'calls.json'], { encoding: 'utf8' }))
  const full = { 'zh-CN': '录音磁盘自始至终已满。', en: 'the disk was full from its beginning to its end.' }
  assert.deepEqual([call.recordingMissingCause, call.recordingMissingWords], ['full', full])
  assert.deepEqual(
    call.recordings.map((one: Record<string, unknown>) => [one['id'], one['missingCause'], one['missingWords']]),
    [
      ['r_9', null, null],
      ['r_9a', null, { 'zh-CN': '原因见审计日志。', en: 'the journal says why.' }],
      ['r_9b', 'full', full],
    ],
  )
  assert.deepEqual((await verifyEvidence(file)).faults, [])
})

test('fetching the zip is a fact, and is on disk before the first byte', async () => {
  const { id, file } = await anExport({ filter: { calls: ['c_1'] } })
  const response = await house.api(auditor, 'GET', `/exports/${id}/file`)
  const [fact] = await house.facts('export.downloaded')
  assert.match(fact!.actor, /^token:/)
  assert.equal(response.headers.get('content-type'), 'application/zip')
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), readFileSync(file))
})

test('audio that was changed is found out, also by one who repaired the sums', async () => {
  const { file } = await anExport({ from: noon, to: noon + 1000 })
  const change = (folder: string) => writeFileSync(path.join(folder, 'audio/r_1.wav'), 'another voice')
  const plain = await verifyEvidence(tampered(file, change))
  assert.ok(
    plain.faults.some(fault => /audio\/r_1\.wav is not the file that was exported/.test(fault)),
    plain.faults.join(),
  )
  const repaired = await verifyEvidence(tampered(file, change, true))
  assert.deepEqual(repaired.faults, ['audio/r_1.wav is not the recording that was sealed at the end of its call.'])
})

test('two recordings that changed their names are found out', async () => {
  const { file } = await anExport({ from: noon, to: noon + 1000 })
  const swapped = tampered(
    file,
    folder => {
      const [a, b] = [path.join(folder, 'audio/r_1.wav'), path.join(folder, 'audio/r_2.wav')]
      cpSync(a, `${folder}/../kept.wav`)
      cpSync(b, a)
      cpSync(`${folder}/../kept.wav`, b)
    },
    true,
  )
  assert.equal((await verifyEvidence(swapped)).faults.length, 2)
})

test('a seal rewritten in the proof does not fit the chain', async () => {
  const { file } = await anExport({ filter: { recordings: ['r_3'] } })
  const forged = createHash('sha256').update('another voice').digest('hex')
  const rewritten = tampered(
    file,
    folder => {
      writeFileSync(path.join(folder, 'audio/r_3.wav'), 'another voice')
      const proof = path.join(folder, 'journal/proof.json')
      writeFileSync(proof, readFileSync(proof, 'utf8').replace(/sha256\\":\\"[0-9a-f]{64}/, `sha256\\":\\"${forged}`))
    },
    true,
  )
  const { faults } = await verifyEvidence(rewritten)
  assert.equal(faults.length, 2)
  assert.match(faults[0]!, /Line \d+ of the journal is not what was journaled/)
  assert.match(faults[1]!, /calls\.json says of the recording r_3 that its sha256 is/)
})

/** Changes a text of the zip and repairs the sums, as somebody would who wants to be believed. */
async function faultsAfter(
  change: (read: (name: string) => string, write: (name: string, text: string) => void) => void,
) {
  const { file } = await anExport({ filter: { calls: ['c_1', 'c_2'] } })
  const forged = tampered(
    file,
    folder =>
      change(
        name => readFileSync(path.join(folder, name), 'utf8'),
        (name, text) => (text === '' ? rmSync(path.join(folder, name)) : writeFileSync(path.join(folder, name), text)),
      ),
    true,
  )
  return (await verifyEvidence(forged)).faults
}

test('a number, an instant or a note that was rewritten in calls.json or calls.csv is found out', async () => {
  for (const [from, to] of [
    ['+8613800000001', '+8613800000009'],
    ['"direction": "out"', '"direction": "in"'],
    ['"cause": "hangup"', '"cause": "busy"'],
    ['"note": null', '"note": "he agreed to pay"'],
  ] as const) {
    const faults = await faultsAfter((read, write) => write('calls.json', read('calls.json').replace(from, to)))
    assert.match(faults.join(), /calls\.json says of the call c_[12] that its \w+ is/, to)
  }
  const faults = await faultsAfter((read, write) => write('calls.csv', read('calls.csv').replace('0001', '0009')))
  assert.deepEqual(faults, ['calls.csv does not say the same as calls.json.'])
})

/** A call taken out everywhere but where `keep` says. */
function dropped(keep: { line: boolean; told: boolean; request: boolean }) {
  return faultsAfter((read, write) => {
    write('audio/r_2.wav', '')
    write('SHA256SUMS', read('SHA256SUMS').replace(/.*r_2\.wav\n/, ''))
    const calls = JSON.parse(read('calls.json'))
    if (!keep.told) {
      write('calls.json', `${JSON.stringify([calls.find((call: { id: string }) => call.id === 'c_1')], null, 1)}\n`)
      write('calls.csv', read('calls.csv').replace(/^c_2,.*\r\n/m, ''))
    }
    const proof = JSON.parse(read('journal/proof.json'))
    const goes = ({ type, body }: { type: string; body: string }) =>
      (!keep.line && /"c_2"|"r_2"/.test(body)) || (!keep.request && type === 'export.requested')
    write(
      'journal/proof.json',
      JSON.stringify({ ...proof, lines: proof.lines.filter((line: { type: string; body: string }) => !goes(line)) }),
    )
  })
}

test('a recording or a whole call that was left out is found out, however well the rest was repaired', async () => {
  assert.match((await dropped({ line: true, told: true, request: true })).join(), /r_2.*is not in the zip/)
  assert.match((await dropped({ line: true, told: false, request: true })).join(), /tell of the call c_2/)
  assert.deepEqual(await dropped({ line: false, told: false, request: true }), [
    '2 calls were asked for, and calls.json tells of 1.',
  ])
  assert.match((await dropped({ line: false, told: false, request: false })).join(), /who asked for this export/)
})

test('a file that was added, taken away, or cut short is told', async () => {
  const { file } = await anExport({ filter: { calls: ['c_1', 'c_2'] } })
  const added = await verifyEvidence(tampered(file, folder => writeFileSync(path.join(folder, 'audio/r_9.wav'), 'x')))
  assert.ok(added.faults.some(fault => /r_9\.wav is in the zip but not in SHA256SUMS/.test(fault)))
  const taken = await verifyEvidence(tampered(file, folder => execFileSync('rm', [path.join(folder, 'audio/r_2.wav')])))
  assert.ok(taken.faults.some(fault => /r_2\.wav is named in SHA256SUMS but is not in the zip/.test(fault)))
  const short = path.join(house.folder, 'short.zip')
  writeFileSync(short, readFileSync(file).subarray(0, 50_000))
  assert.equal((await verifyEvidence(short)).ok, false)
})

test('another head than the one known from elsewhere is told', async () => {
  const { file } = await anExport({ filter: { calls: ['c_1'] } })
  const { head } = await verifyEvidence(file)
  assert.equal((await verifyEvidence(file, head!.hash)).ok, true)
  assert.match((await verifyEvidence(file, 'ab'.repeat(32))).faults[0]!, /another head/)
})

test('a recording whose file is gone is named in the zip and does not stop the export', async () => {
  await aCall(4)
  execFileSync('rm', [path.join(house.deps.config.recordingsDir, '2026-11-24/r_4.wav')])
  const { file } = await anExport({ filter: { calls: ['c_4', 'c_1'] } })
  const report = await verifyEvidence(file)
  assert.deepEqual([report.ok, report.recordings, report.missing], [true, 1, ['r_4']])
  const calls = JSON.parse(execFileSync('unzip', ['-p', file, 'calls.json'], { encoding: 'utf8' }))
  const gone = calls.find((call: { id: string }) => call.id === 'c_4')
  assert.equal(gone.recordings[0].file, 'missing')
})

test('without a reason, without a selection, or with an empty one nothing is exported', async () => {
  const ask = async (given: object) => (await house.api(auditor, 'POST', '/exports', given)).status
  assert.equal(await ask({ from: noon }), 422)
  assert.equal(await ask({ reason: 'x' }), 422)
  assert.equal(await ask({ reason: 'x', from: noon + 86_400_000 }), 422)
  assert.equal(await ask({ reason: 'x', filter: { calls: ['c_none'] } }), 404)
})

test('an export that was under way when the process went is made by the next one', async () => {
  const id = 'e_interrupted' as ExportId
  const filter = JSON.stringify({ filter: { calls: ['c_1'] } })
  await house.store.commit({
    recorded: [
      recorded(
        { type: 'export.requested', export: id, user: 'u_olga' as never, reason: 'audit', calls: 1, filter },
        noon,
      ),
    ],
  })
  const { createExports } = await import('./exports.ts')
  const { recordingsDir, exportsDir } = house.deps.config
  writeFileSync(path.join(exportsDir, `${id}.zip.part`), 'half')
  const exports = await createExports({
    door: house.deps.records,
    recordingsDir,
    exportsDir,
    missingWords,
    log: house.deps.log,
    version: 'test',
  })
  await exports.idle()
  assert.equal((await exports.view(id)).state, 'finished')
  assert.equal((await verifyEvidence(path.join(exportsDir, `${id}.zip`))).ok, true)
  assert.equal(
    readdirSync(exportsDir).some(name => name.endsWith('.part')),
    false,
  )
})

test('a cell that a spreadsheet would run is made harmless, and a telephone number stays one', () => {
  assert.equal(csvCell('=1+1'), "'=1+1")
  assert.equal(csvCell('@x'), "'@x")
  assert.equal(csvCell('＝1+1'), "'＝1+1") // a spreadsheet in Chinese takes the wide signs too
  assert.equal(csvCell('\n=1+1'), '"\'\n=1+1"')
  assert.equal(csvCell('+8613812345678'), '+8613812345678')
  assert.equal(csvCell('+cmd'), "'+cmd")
  assert.equal(csvCell('a "b", c'), '"a ""b"", c"')
})

test('a zip that unpacks to far more than it is, is put aside', async () => {
  const bomb = path.join(house.folder, 'bomb.zip')
  const lines =
    'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED); z.writestr("audio/r_1.wav", bytes(200<<20)); z.close()'
  execFileSync('python3', ['-c', lines, bomb])
  const { ok, faults } = await verifyEvidence(bomb)
  assert.equal(ok, false)
  assert.match(faults[0]!, /unpacks to far more/)
})
