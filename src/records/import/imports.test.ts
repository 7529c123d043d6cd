import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import type { LeadList } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { VirtualClock } from '../../lib/clock.ts'
import type { FileImportId } from '../../lib/ids.ts'
import { workerFile } from '../../lib/places.ts'
import { leadNumbered } from '../../store/testing/people.ts'
import { Duplicates } from '../campaigns/duplicates.ts'
import { LeadAdder } from '../campaigns/lead-rows.ts'
import { importOptions } from '../campaigns/lead-schemas.ts'
import { openCase } from '../collections/cases.ts'
import { makePromise } from '../collections/promises.ts'
import { defineFields } from '../parties/field-definitions.ts'
import { xlsxOf } from '../sheets/xlsx-writer.ts'
import { Imports, type ImportsOptions } from './imports.ts'
import { noteTry, progressIn } from './interrupted.ts'
import { type ImportHouse, importsIn, openImportHouse, streamOf } from './testing/house.ts'

let house: ImportHouse
before(async () => {
  house = await openImportHouse()
})
after(() => house[Symbol.asyncDispose]())

const counts = (rows: number, saved: number, unchanged: number, rejected: number) => ({
  rows,
  saved,
  unchanged,
  rejected,
})

test('a list of leads comes in, a bad row comes back with its reason, and the same file again changes nothing', async () => {
  const file = '编号,姓名,手机号,城市\nL1,王小明,13800000001,上海\nL2,李雷,123,北京\nL3,韩梅梅,0086 138 0000 0003,\n'
  const first = await house.run('leads', file)
  assert.equal(first.state, 'finished', first.trouble ?? '')
  assert.deepEqual(first.counts, counts(3, 2, 0, 1))
  const [error] = await house.errors(first)
  assert.deepEqual([error!.row, error!.field, error!.cells], [2, 'phones.0.number', ['L2', '李雷', '123', '北京']])
  assert.match(error!.reason, /found "123"; allowed: a telephone number/)
  const leads = await house.store.read('leads.page', { campaign: house.campaign })
  assert.deepEqual(
    leads.items.map(({ ref, name, phones, fields }) => [ref, name, phones[0]!.number, fields]),
    [
      ['L1', '王小明', '+8613800000001', { 城市: '上海' }],
      ['L3', '韩梅梅', '+8613800000003', {}],
    ],
  )
  const second = await house.run('leads', file)
  assert.deepEqual(second.counts, counts(3, 0, 2, 1))
  assert.equal((await house.store.read('leads.page', { campaign: house.campaign })).items.length, 2)
})

test('GB18030 is recognised, and so is UTF-8 with its mark', async () => {
  const text = '客户编号,姓名,手机号\nG1,龘靐,13900000001\n'
  for (const bytes of [iconv.encode(text, 'gb18030'), Buffer.from(`\ufeff${text}`)]) {
    const view = await house.run('parties', bytes)
    assert.equal(view.state, 'finished', view.trouble ?? '')
    assert.equal((await house.store.read('parties.byRef', { ref: 'G1' }))?.name, '龘靐')
  }
})

test('parties come with sealed ID numbers and the lender’s own fields; forms of numbers are one number, cut ones are refused', async () => {
  await defineFields(house.door, 'system', {
    business: 'collections',
    fields: [{ key: 'score', label: { 'zh-CN': '评分', en: 'Score' }, type: 'number', min: 0, max: 100 }],
  })
  const file = [
    '客户号,姓名,身份证号,手机号,联系人电话,评分,标记',
    'P1,王小明,110101199003071234,+8613800000011,0086-138-0000-0012,80,重要客户',
    '000123,李雷,,１３８００００００１３,,99,',
    'P3,韩梅梅,,1.38E+10,,1,',
    'P4,林涛,,13800000014,,101,',
    ',魏华,,13800000015,,1,',
    'P6,周博,1.10101E+17,13800000016,,,',
    'P7,吴勇,x,13800000017,,,',
  ].join('\n')
  const columns = ['ref', 'name', 'idNo', 'phone1', 'phone2', 'fields.collections.score', 'flags']
  const view = await house.run('parties', file, { columns })
  assert.deepEqual(view.counts, counts(7, 2, 0, 5))
  const carl = (await house.store.read('parties.byRef', { ref: 'P1' }))!
  assert.deepEqual(
    carl.phones.map(({ number }) => number),
    ['+8613800000011', '+8613800000012'],
  )
  assert.deepEqual([carl.flags, carl.fields], [['vip'], { collections: { score: 80 } }])
  assert.equal(house.store.sealer.open({ party: 'P1', field: 'idNo' }, carl.idNo!), '110101199003071234')
  assert.equal((await house.store.read('parties.byRef', { ref: '000123' }))?.phones[0]?.number, '+8613800000013')
  const errors = await house.errors(view)
  assert.deepEqual(
    errors.map(({ row, field }) => [row, field]),
    [
      [3, 'phone1'],
      [4, 'fields.collections.score'],
      [5, 'ref'],
      [6, 'idNo'],
      [7, 'idNo'],
    ],
  )
  assert.match(errors[0]!.reason, /1\.38E\+10.*spreadsheet has cut them/)
  assert.ok(!errors[4]!.reason.includes('"x"'))
  // What was sent back has ID numbers in it: in the data folder they are sealed.
  for (const name of ['errors.jsonl', 'inspection.json']) {
    const kept = await readFile(path.join(house.folder, 'imports', view.id, name), 'utf8')
    assert.ok(kept.length > 100 && !/110101199003071234|林涛|13800000014/.test(kept), name)
  }
  assert.deepEqual((await house.run('parties', file, { columns })).counts, counts(7, 0, 2, 5))
})

test('a loan is all its rows; one bad row sends all of them back, and rows of one loan stand together', async () => {
  await house.run('parties', '客户号,姓名\nD1,王小明\nD2,李雷\n')
  const file = [
    '借据号,客户号,产品,年利率,应还日,应还本金,应还利息,罚息',
    'J1,D1,现金贷,24%,2026/10/1,"1,000.00",20.50,',
    'J1,D1,现金贷,24%,20261101,1000,20.5,',
    'J2,D2,现金贷,0.18,2026-10-01,500,,',
    'J2,D2,现金贷,0.18,2026-02-30,500,,',
    'J3,D9,现金贷,18%,2026-10-01,500,,',
    'J4,D2,现金贷,18,2026-10-01,500,,',
    'J1,D1,现金贷,24%,2026-12-01,1000,,',
  ].join('\n')
  const view = await house.run('loans', file)
  assert.deepEqual(view.counts, counts(7, 1, 0, 5))
  const loan = (await house.store.read('loans.byRef', { ref: 'J1' }))!
  assert.deepEqual([loan.ratePpm, loan.term, loan.principal], [240_000, 2, 200_000])
  assert.deepEqual(
    loan.plan.map(({ dueOn, principal, interest }) => [dueOn, principal, interest]),
    [
      ['2026-10-01', 100_000, 2_050],
      ['2026-11-01', 100_000, 2_050],
    ],
  )
  assert.deepEqual(
    (await house.errors(view)).map(({ row, field }) => [row, field]),
    [
      [3, 'dueOn'],
      [4, 'dueOn'],
      [5, 'party'],
      [6, 'rate'],
      [7, 'ref'],
    ],
  )
  assert.deepEqual((await house.run('loans', file)).counts, counts(7, 0, 1, 5))
})

test('an amount has the decimals of the currency in its row, and one too many is refused', async () => {
  await house.run('parties', '客户号,姓名\nW1,王小明\n')
  const rows = [
    ['WJ1', 'JPY', '1,200'],
    ['WJ2', 'JPY', '1200.0'],
    ['WJ3', 'JPY', '1200.5'],
    ['WD1', 'KWD', '1.005'],
    ['WD2', 'kwd', '1.0050'],
    ['WD3', 'KWD', '1.0055'],
    ['WC1', '', '1.50'],
    ['WC2', 'CNY', '1.005'],
  ]
  const head = '借据号,客户号,产品,应还日,币种,本金'
  const lines = rows.map(([ref, currency, amount]) => `${ref},W1,现金贷,2026-11-01,${currency},"${amount}"`)
  const view = await house.run('loans', [head, ...lines].join('\n'))
  const owed = async (ref: string) => (await house.store.read('loans.byRef', { ref }))?.owed ?? null
  assert.deepEqual(await Promise.all(rows.map(([ref]) => owed(ref!))), [
    1_200,
    1_200,
    null,
    1_005,
    1_005,
    null,
    150,
    null,
  ])
  assert.deepEqual(
    (await house.errors(view)).map(({ row, field }) => [row, field]),
    [
      [3, 'principal'],
      [6, 'principal'],
      [8, 'principal'],
    ],
  )
})

test('repayments of a file keep promises and cure cases at once, and told again they change nothing', async () => {
  await house.run('parties', '客户号,姓名\nR1,王小明\n')
  await house.run('loans', '借据号,客户号,产品,应还日,本金\nRJ1,R1,现金贷,2026-11-01,300\n')
  await openCase(house.door, 'system', { party: 'R1', agent: null })
  const promise = await makePromise(house.door, 'system', { party: 'R1', amount: 20_000, dueOn: '2026-11-30' })
  const file = [
    '流水号,客户号,借据号,金额,还款时间',
    'T1,R1,,100,2026-11-24 09:30',
    'T2,,RJ1,200.00,2026/11/24',
    'T3,R1,RJ9,1,2026-11-24',
    'T4,R1,,1.001,2026-11-24',
    'T5,R1,,5,2027-11-24',
  ].join('\n')
  const view = await house.run('repayments', file)
  assert.deepEqual(view.counts, counts(5, 2, 0, 3))
  assert.equal((await house.store.read('promises.byId', { id: promise.id }))?.state, 'KEPT')
  assert.equal((await house.store.read('cases.ofParty', { party: 'R1' }))[0]?.state, 'CURED')
  assert.equal((await house.store.read('loans.byRef', { ref: 'RJ1' }))?.owed, 0)
  assert.deepEqual(
    (await house.errors(view)).map(({ row, field }) => [row, field]),
    [
      [3, 'loan'],
      [4, 'amount'],
      [5, 'paidAt'],
    ],
  )
  assert.deepEqual((await house.run('repayments', file)).counts, counts(5, 0, 2, 3))
})

test('numbers that nobody calls are taken once, and for the longest time that anyone asked for', async () => {
  assert.deepEqual(
    (await house.run('suppressions', '电话,原因,截止日期\n13811110001,投诉,2027-01-01\n13811110002,,\n12,x,\n')).counts,
    counts(3, 2, 0, 1),
  )
  assert.deepEqual(
    (await house.run('suppressions', '电话,截止日期\n13811110001,2026-12-01\n13811110002,2027-01-01\n')).counts,
    counts(2, 0, 2, 0),
  )
  assert.deepEqual((await house.run('suppressions', '电话\n13811110001\n')).counts, counts(1, 1, 0, 0))
  assert.equal((await house.store.read('suppressions.byNumber', { number: '+8613811110001' }))?.until, null)
})

test('the same file twice changes nothing, whatever is in it', async () => {
  const cell = fc.oneof(
    fc.constantFrom('', '1', 'a', 'b', 'Z9', '13800000001', '13800000002', '=x', '本人', '2026-11-24'),
    fc.string({ maxLength: 6 }),
  )
  const quoted = cell.map(text => `"${text.replaceAll('"', '""')}"`)
  const heads: Record<string, string> = {
    leads: 'ref,name,phone,phone2,city',
    parties: 'ref,name,phone,flags,phone2',
    suppressions: 'phone,reason,until,x,y',
    repayments: 'id,party,amount,paidAt,channel',
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(heads)),
      fc.array(fc.tuple(quoted, quoted, quoted, quoted, quoted), { minLength: 1, maxLength: 40 }),
      async (kind, rows) => {
        const file = `${heads[kind]}\n${rows.map(row => row.join(',')).join('\n')}\n`
        const first = await house.run(kind, file)
        const facts = await house.facts()
        const again = await house.run(kind, file)
        const { rows: read, saved, rejected } = again.counts
        assert.equal(again.state, 'finished', again.trouble ?? '')
        assert.equal(read, first.counts.rows)
        // What a later row of the same ref says wins; told again, each of them is a change once more.
        const refs = new Set(rows.map(([ref]) => ref))
        if (refs.size === rows.length) assert.equal(saved, 0)
        if (refs.size === rows.length) assert.equal(rejected, first.counts.rejected)
        // That it was received, started and ended.
        if (saved === 0) assert.equal(await house.facts(), facts + 3)
      },
    ),
    { numRuns: 4, seed: 2026 },
  )
})

test('an import whose process went away says where it was, goes on from there, and nothing comes twice', async () => {
  const rows = 20_000
  const lines = Array.from(
    { length: rows },
    (_, at) => `S${at},carl ${at},${13_900_000_000 + at}${at % 1000 === 7 ? 'x' : ''}`,
  )
  const bytes = Buffer.from(`ref,name,phone\n${lines.join('\n')}\n`)
  const given = { kind: 'leads', campaign: house.campaign, name: 'long.csv' }
  const folder = path.join(house.folder, 'imports')
  const open = () =>
    new Imports({
      door: house.door,
      folder,
      worker: workerFile('records/import/import-worker'),
      log: { error: () => {} },
    })
  const first = open()
  const { id } = await first.receive('system', given, streamOf([bytes]))
  const stoppedAt = new Promise<void>(resolve => {
    const unfollow = first.onProgress(async () => {
      if ((await first.view(id)).counts.rows < 2_000) return
      unfollow()
      resolve()
    })
  })
  await first.start('system', id, { columns: ['ref', 'name', 'phone1'] })
  await stoppedAt
  await first[Symbol.asyncDispose]()
  await using second = open()
  const stopped = await second.view(id)
  assert.equal(stopped.state, 'stopped')
  assert.ok(stopped.counts.rows >= 2_000 && stopped.counts.rows < rows, String(stopped.counts.rows))
  await second.resume('system', id)
  await second.idle()
  const view = await second.view(id)
  assert.equal(view.state, 'finished', view.trouble ?? '')
  assert.equal(view.counts.rows, rows)
  assert.equal(view.counts.rejected, 20)
  assert.equal(view.counts.saved + view.counts.unchanged, rows - 20)
  assert.equal((await house.errors(view)).length, 20)
  const kept = await house.store.read('campaigns.leadCounts', { campaign: house.campaign, now: 0 })
  const list = (await house.store.read('lists.ofCampaign', { campaign: house.campaign })).find(
    ({ name }) => name === 'long.csv',
  )
  assert.equal(list?.leads, rows - 20, JSON.stringify(kept))
})

test('what ran and what waited when the process went goes on by itself, one after the other, as whoever started it; what was cancelled does not', async () => {
  const [olga, adam] = ['user:u_olga', 'user:u_adam'] as Actor[]
  const received = async (name: string) => {
    const lines = Array.from({ length: 8_000 }, (_, at) => `${name}${at},carl,${13_500_000_000 + at}`)
    const bytes = Buffer.from(`ref,name,phone\n${lines.join('\n')}\n`)
    const given = { kind: 'leads', campaign: house.campaign, name: `${name}.csv` }
    return (await first.receive('system', given, streamOf([bytes]))).id
  }
  const first = importsIn(house.folder, house.door)
  const [running, waiting, unwanted, over, lost] = [
    ...[await received('run'), await received('wait'), await received('unwanted')],
    ...[await received('over'), await received('lost')],
  ]
  const columns = ['ref', 'name', 'phone1']
  await first.start('system', over!, { columns })
  await first.cancel(over!)
  await first.idle()
  await first.start(olga!, running!, { columns })
  ;(house.door.clock as VirtualClock).advance(1)
  await first.start(adam!, waiting!, { columns })
  ;(house.door.clock as VirtualClock).advance(1)
  await first.start(olga!, unwanted!, { columns })
  ;(house.door.clock as VirtualClock).advance(1)
  await first.start(olga!, lost!, { columns })
  while ((await first.view(running!)).counts.rows < 500) await sleep(5)
  await first.cancel(unwanted!)
  await first[Symbol.asyncDispose]()
  await rm(path.join(house.folder, 'imports', lost!, 'source'))
  const { lastSeq } = await house.store.commit({ recorded: [] })

  await using second = importsIn(house.folder, house.door)
  const at = (await second.view(running!)).counts.rows
  assert.ok(at >= 500 && at < 8_000, String(at))
  await second.goOn()
  await assert.rejects(second.resume(adam!, running!), { rule: 'import-running' })
  await second.goOn() // what goes on already does not twice
  const states = async (...ids: FileImportId[]) => Promise.all(ids.map(async id => (await second.view(id)).state))
  let together = 0
  second.onProgress(async () => {
    if ((await states(running!, waiting!)).every(state => state === 'running')) together++
  })
  await second.idle()
  assert.deepEqual(
    [await states(running!, waiting!, unwanted!, over!, lost!), together],
    [['finished', 'finished', 'cancelled', 'cancelled', 'stopped'], 0],
  )
  for (const id of [running!, waiting!]) {
    const { counts: done } = await second.view(id)
    assert.deepEqual([done.rows, done.saved + done.unchanged, done.rejected], [8_000, 8_000, 0])
  }
  assert.deepEqual(
    (await house.store.read('journal.after', { seq: lastSeq, limit: 500 }))
      .filter(({ fact }) => fact.type === 'import.started' || fact.type === 'import.ended')
      .map(({ actor, fact }) => [actor, fact.type, 'import' in fact && fact.import]),
    [
      [olga, 'import.started', running],
      [adam, 'import.started', waiting],
      [olga, 'import.ended', unwanted],
      [olga, 'import.ended', running],
      [adam, 'import.ended', waiting],
    ],
  )
})

test('an import that takes the process with it goes on by itself once from each row, then a person says', async () => {
  const lines = Array.from({ length: 8_000 }, (_, at) => `K${at},carl,${13_400_000_000 + at}`)
  const given = { kind: 'leads', campaign: house.campaign, name: 'kills.csv' }
  const first = importsIn(house.folder, house.door)
  const bytes = Buffer.from(`ref,name,phone\n${lines.join('\n')}\n`)
  const { id } = await first.receive('system', given, streamOf([bytes]))
  await first.start('system', id, { columns: ['ref', 'name', 'phone1'] })
  while ((await first.view(id)).counts.rows < 500) await sleep(5)
  await first[Symbol.asyncDispose]()
  const folder = path.join(house.folder, 'imports', id)
  await noteTry(folder, await progressIn(folder)) // as a process leaves it that died at this row
  await using second = importsIn(house.folder, house.door)
  await second.goOn()
  await second.idle()
  assert.equal((await second.view(id)).state, 'stopped')
  await noteTry(folder, null) // it died after it had come further
  await second.goOn()
  await second.idle()
  assert.deepEqual([(await second.view(id)).state, (await second.view(id)).counts.rows], ['finished', 8_000])
})

test('a cancelled import keeps what came before, and can go on', async () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `C${at},carl,${13_700_000_000 + at}`)
  const given = { kind: 'leads', campaign: house.campaign, name: 'cancelled.csv' }
  const { id } = await house.imports.receive(
    'system',
    given,
    streamOf([Buffer.from(`ref,name,phone\n${lines.join('\n')}\n`)]),
  )
  await house.imports.start('system', id, { columns: ['ref', 'name', 'phone1'] })
  while ((await house.imports.view(id)).counts.rows < 500) await sleep(20)
  await house.imports.cancel(id)
  await house.imports.idle()
  const cancelled = await house.imports.view(id)
  assert.equal(cancelled.state, 'cancelled')
  assert.ok(cancelled.counts.rows >= 500 && cancelled.counts.rows < 20_000, String(cancelled.counts.rows))
  await house.imports.resume('system', id)
  await house.imports.idle()
  assert.deepEqual((await house.imports.view(id)).counts, counts(20_000, 20_000, 0, 0))
})

test('two tabs that start the same import at once start it once, and its end is not told as a failure', async () => {
  const given = { kind: 'suppressions', campaign: null, name: 'twice.csv' }
  const { id } = await house.imports.receive('system', given, streamOf([Buffer.from('电话\n13811119991\n')]))
  const begun = await Promise.allSettled([1, 2].map(() => house.imports.start('system', id, { columns: ['number'] })))
  await house.imports.idle()
  assert.deepEqual(begun.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  const view = await house.imports.view(id)
  assert.deepEqual([view.state, view.counts], ['finished', counts(1, 1, 0, 0)])
})

test('what was sent lies sealed in the data folder, from its first byte until it is read; what lies there in clear from before is read too', async () => {
  const secrets = ['欧阳修文', '13712345678', '110101199003078888']
  const row = (at: number) => `Z${at},欧阳修文,13712345678,110101199003078888`
  const csv = Buffer.from(
    `客户号,姓名,手机号,身份证号\n${Array.from({ length: 3_000 }, (_, at) => row(at)).join('\n')}\n`,
  )
  const cells = [...csv.toString().trim().split('\n')].map(line => line.split(','))
  const xlsx = await buffer(xlsxOf(Readable.from(cells), new Date(0)))
  const folder = path.join(house.folder, 'imports')
  const seen: string[] = []
  const lookInto = async () => {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const bytes = await readFile(path.join(entry.parentPath, entry.name))
      seen.push(entry.name)
      for (const secret of secrets) assert.equal(bytes.includes(secret), false, `${secret} in ${entry.name}`)
      assert.equal(bytes.includes('PK\u0003\u0004'), false, `a zip in ${entry.name}`)
    }
  }
  async function* comes(bytes: Buffer) {
    for (let at = 0; at < bytes.length; at += 20_000) {
      yield bytes.subarray(at, at + 20_000)
      await lookInto()
    }
  }
  for (const bytes of [csv, xlsx]) {
    const { id, ...given } = await house.imports.receive(
      'system',
      { kind: 'parties', campaign: null, name: 'sealed' },
      comes(bytes),
    )
    assert.deepEqual([given.bytes, given.sha256], [bytes.length, createHash('sha256').update(bytes).digest('hex')])
    await lookInto()
    await house.imports.start('system', id, { columns: ['ref', 'name', 'phone1', 'idNo'] })
    await lookInto()
    await house.imports.idle()
    await lookInto()
    assert.equal((await house.imports.view(id)).counts.rows, 3_000)
  }
  assert.ok(['source', 'inspection.json', 'progress.json'].every(name => seen.includes(name)))

  const given = { kind: 'parties', campaign: null, name: 'before' }
  const { id } = await house.imports.receive('system', given, streamOf([csv]))
  await writeFile(path.join(folder, id, 'source'), csv)
  await house.imports.start('system', id, { columns: ['ref', 'name', 'phone1', 'idNo'] })
  await house.imports.idle()
  assert.deepEqual((await house.imports.view(id)).counts, counts(3_000, 0, 3_000, 0))
})

test('a file that is still on its way is not swept away', async () => {
  let sweep = async () => {}
  async function* slowly() {
    yield Buffer.from('电话\n13811')
    await sweep()
    yield Buffer.from('119992\n')
  }
  sweep = () => house.imports.sweep(house.door.clock.now())
  const given = { kind: 'suppressions', campaign: null, name: 'slow.csv' }
  const { id } = await house.imports.receive('system', given, slowly())
  await house.imports.start('system', id, { columns: ['number'] })
  await house.imports.idle()
  assert.deepEqual((await house.imports.view(id)).counts, counts(1, 1, 0, 0))
})

test('a folder that cannot be removed keeps no other, and is told once', async () => {
  const folder = path.join(house.folder, 'swept')
  const told: unknown[] = []
  const log = { error: ({ file }: { file: string }) => void told.push(file) }
  await using imports = new Imports({ door: house.door, folder, worker: '', log: log as ImportsOptions['log'] })
  // Deeper than a path may be long, which two trees are that were made apart: nobody can remove that, not even root.
  const halfPath = path.join(...Array.from({ length: 12 }, () => 'x'.repeat(200)))
  const half = path.join(folder, 'fi_1', halfPath)
  const whole = path.join(folder, 'fi_2', halfPath)
  for (const each of [half, whole, path.join(folder, 'fi_3')]) await mkdir(each, { recursive: true })
  await rename(path.join(folder, 'fi_1'), path.join(whole, 'y'))
  await mkdir(path.join(folder, 'fi_1'))
  for (let hour = 0; hour < 2; hour++) await imports.sweep(house.door.clock.now())
  assert.deepEqual(await readdir(folder), ['fi_2'])
  assert.deepEqual(told, [path.join(folder, 'fi_2')])
  await rename(path.join(whole, 'y'), path.join(folder, 'y'))
  await imports.sweep(house.door.clock.now())
  assert.deepEqual(await readdir(folder), [])
})

test('a ref that comes again in the same file is known, also while the rows before it are on their way to the disk', async () => {
  const rows = Array.from({ length: 40 }, (_, at) => `again${at},韩梅梅,${13_700_000_000 + at}`)
  const again = rows.flatMap(row => [row, row])
  const file = ['编号,姓名,手机号', ...again, 'again39,李雷,13700000039', ...rows].join('\n')
  const view = await house.run('leads', file)
  assert.equal(view.state, 'finished', view.trouble ?? '')
  assert.deepEqual(view.counts, counts(121, 40, 80, 1))
  const [error] = await house.errors(view)
  assert.deepEqual([error!.row, error!.field], [81, 'ref'])
})

test('a list whose first leads the disk refused is made as it was asked for by those that come after them', async () => {
  const { store, campaign } = house
  let isFull = true
  const full = new Proxy(store, {
    get: (of, name) => {
      const value = Reflect.get(of, name, of)
      if (name !== 'commit') return typeof value === 'function' ? value.bind(of) : value
      return (asked: Parameters<typeof of.commit>[0]) => (isFull ? Promise.reject(new Error('full')) : of.commit(asked))
    },
  })
  const door = { ...house.door, store: full }
  const list: LeadList = {
    ...{ id: 'i_refused' as LeadList['id'], campaign: campaign as LeadList['campaign'], name: 'autumn' },
    ...{ priority: 3, weight: 2, paused: true },
  }
  const adder = new LeadAdder(door, 'system', { list, duplicates: new Duplicates(door, importOptions.parse({})) })
  const leads = [1, 2].map(n => ({ ...leadNumbered(9_000 + n, campaign), campaign: list.campaign }))
  await assert.rejects(async () => (await adder.add([leads[0]!])).kept, /full/)
  isFull = false
  await (await adder.add([leads[1]!])).kept
  const { name, weight, paused } = (await store.read('lists.byId', { id: list.id }))!
  assert.deepEqual([name, weight, paused], ['autumn', 2, true])
})
