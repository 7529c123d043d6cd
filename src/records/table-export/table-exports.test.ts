import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Lead } from '../../centre/entities.ts'
import type { ExportForm, ExportKind } from '../../centre/records/table-export.ts'
import { partyFlags, phoneRelations, phoneStatuses } from '../../lender/party.ts'
import type { ImportId, LeadId } from '../../lib/ids.ts'
import { workerFile } from '../../lib/places.ts'
import { StoreError } from '../../store/port.ts'
import type { Store } from '../../store/store.ts'
import { Duplicates } from '../campaigns/duplicates.ts'
import { addLeads } from '../campaigns/lead-rows.ts'
import { importOptions } from '../campaigns/lead-schemas.ts'
import { saveLoans } from '../collections/loans.ts'
import { recordRepayments } from '../collections/repayment-rows.ts'
import { reverseRepayment } from '../collections/repayments.ts'
import { addSuppressions } from '../gate/suppressions.ts'
import { type ImportHouse, noon, openImportHouse } from '../import/testing/house.ts'
import { defineFields } from '../parties/field-definitions.ts'
import { saveParties } from '../parties/parties.ts'
import type { RowReport } from '../row-report.ts'
import { saveSettings } from '../settings.ts'
import { guarded, unguarded } from '../sheets/guarded-cell.ts'
import { type Sight, TableExports } from './table-exports.ts'

const all: Sight = { numbers: true, secrets: true }
const masked: Sight = { numbers: false, secrets: false }

let house: ImportHouse
let exports: TableExports
before(async () => {
  house = await openImportHouse()
  exports = open()
  await defineFields(house.door, 'system', {
    business: 'collections',
    fields: [
      { key: 'score', label: { 'zh-CN': '评分', en: 'Score' }, type: 'number' },
      { key: 'city', label: { 'zh-CN': '姓名', en: 'name' }, type: 'text' },
      { key: 'limit', label: { 'zh-CN': '额度', en: 'Limit' }, type: 'money' },
      { key: 'own_phone', label: { 'zh-CN': '号码9', en: 'Other phone' }, type: 'phone' },
      { key: 'passport', label: { 'zh-CN': '护照', en: 'Passport' }, type: 'secret' },
    ],
  })
  await defineFields(house.door, 'system', {
    business: 'sales',
    fields: [
      { key: 'score', label: { 'zh-CN': '评分', en: 'Score' }, type: 'choice', choices: ['=A', '+B'] },
      { key: 'rich', label: { 'zh-CN': '富裕', en: 'Rich' }, type: 'yes-no' },
    ],
  })
})
after(async () => {
  await exports[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

function open(): TableExports {
  return new TableExports({
    ...{ door: house.door, folder: path.join(house.folder, 'tables'), log: { error: () => {} } },
    worker: workerFile('records/table-export/export-worker'),
  })
}

async function made(given: { kind: ExportKind; form?: ExportForm } & Record<string, unknown>, sight = all) {
  const filter = given.kind === 'leads' ? { campaign: house.campaign, ...(given['filter'] as object) } : given['filter']
  const asked = { reason: 'audit', ...given, ...(filter === undefined ? {} : { filter }) }
  const { id } = await exports.request('system', sight, asked)
  await exports.idle()
  const view = await exports.view(id)
  assert.equal(view.state, 'finished', view.trouble ?? '')
  const { stream, bytes } = await exports.download('system', sight, id)
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const file = Buffer.concat(chunks)
  assert.equal(file.length, bytes)
  assert.equal(createHash('sha256').update(file).digest('hex'), view.sha256)
  return { view, file }
}

const dirty = fc.oneof(
  fc.constantFrom(
    '=1+1',
    '@x',
    '-5',
    '+cmd|x',
    "'=x",
    "''",
    '1E5',
    "'1e9",
    '＝x',
    'a,"b"\nc',
    'a;b',
    '001',
    '本人',
    'é\u0301',
  ),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
)
/** As the doors take texts: trimmed, not empty, without characters that nobody sees. */
const words = dirty
  .map(text => text.replace(/[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}|\ufffd|[\ufffe\uffff]/gu, '').trim())
  .filter(text => text !== '' && !/\r/.test(text))
const number = fc.oneof(
  fc.integer({ min: 0, max: 99_999_999 }).map(n => `138${String(n).padStart(8, '0')}`),
  fc.integer({ min: 10_000_000, max: 89_999_999 }).map(n => `010-${n}`),
  fc.integer({ min: 1_000_000, max: 8_999_999 }).map(n => `0571-${n}`),
  fc.integer({ min: 1_000_000, max: 9_999_999 }).map(n => `+44790${n}`),
)
const some = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const day = fc.integer({ min: 0, max: 20_000 }).map(n => new Date(n * 86_400_000).toISOString().slice(0, 10))
const told = (given: object) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
const amount = fc.oneof(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 1_000_000_000_000 }))

const phones = fc.uniqueArray(number, { maxLength: 8 }).chain(numbers =>
  fc.tuple(
    ...numbers.map(each =>
      fc
        .record({
          ...{ relation: fc.constantFrom(...phoneRelations), status: fc.constantFrom(...phoneStatuses) },
          ...{ name: some(words), source: some(words), badReason: some(words) },
        })
        .map(more => told({ number: each, ...more })),
    ),
  ),
)
const party = fc
  .record({
    ...{ name: words, type: fc.constantFrom('person', 'company'), phones },
    idNo: some(fc.constantFrom('110101199003071234', '1E99', 'A-12 34')),
    ...{ zone: some(fc.constant('Asia/Tokyo')), language: some(fc.constantFrom('en', 'zh-CN')) },
    flags: fc.uniqueArray(fc.constantFrom(...partyFlags), { maxLength: 3 }),
    collections: some(
      fc
        .record({
          ...{ score: some(fc.integer({ min: -1e9, max: 1e9 })), city: some(words), limit: some(amount) },
          ...{ own_phone: some(number), passport: some(fc.constantFrom('G123', '=G5')) },
        })
        .map(told),
    ),
    sales: some(fc.record({ score: some(fc.constantFrom('=A', '+B')), rich: some(fc.boolean()) }).map(told)),
  })
  .map(({ collections, sales, ...rest }) => told({ ...rest, fields: told({ collections, sales }) }))
const currency = fc.constantFrom('CNY', 'JPY', 'KWD')
const loan = fc
  .record({
    ...{ product: words, principal: amount, ratePpm: fc.integer({ min: 0, max: 10_000_000 }), startedOn: some(day) },
    ...{
      term: some(fc.integer({ min: 1, max: 600 })),
      status: fc.constantFrom('ACTIVE', 'CLOSED', 'WRITTEN_OFF', 'CANCELLED'),
      currency,
    },
    days: fc.uniqueArray(day, { minLength: 1, maxLength: 5 }),
    parts: fc.array(fc.record({ principal: amount, interest: amount, fees: amount, penalty: amount, gap: fc.nat(3) }), {
      ...{ minLength: 5, maxLength: 5 },
    }),
  })
  .map(({ days, parts, ...rest }) => {
    let no = 0
    const plan = days.sort().map((dueOn, at) => {
      const { gap, ...part } = parts[at]!
      no += 1 + gap
      return { no, dueOn, ...part, paidBefore: Math.min(part.interest, 7) }
    })
    return told({ ...rest, plan })
  })
const lead = fc.record({
  ...{
    name: fc.oneof(
      fc.constant(''),
      words.map(text => text.slice(0, 100).trim()),
    ),
    segment: fc.constantFrom('', 'A', '=A'),
  },
  phones: fc
    .uniqueArray(number, { minLength: 1, maxLength: 7 })
    .chain(numbers =>
      fc.tuple(
        ...numbers.map(each => fc.constantFrom('SELF', 'CONTACT').map(relation => ({ number: each, relation }))),
      ),
    ),
  fields: fc.dictionary(
    fc.oneof(
      fc.constantFrom('姓名', 'ref', '电话', 'field.x', '=f', 'phone3', '城市'),
      words.map(text => text.slice(0, 40).trim()),
    ),
    fc.oneof(fc.constant(''), words),
    { maxKeys: 4 },
  ),
  priority: fc.integer({ min: 0, max: 9 }),
  consent: fc.option(fc.record({ basis: words, evidence: words })),
  debt: fc.option(words),
})
const repayment = fc.record({
  ...{
    amount: fc.integer({ min: 1, max: 1e12 }),
    currency,
    paidAt: fc.integer({ min: 0, max: noon }),
    channel: fc.oneof(fc.constant(''), words),
  },
})
const suppression = fc.record({
  ...{ number, reason: words, until: fc.option(fc.integer({ min: noon + 1, max: 4_102_444_800_000 })) },
})

/** Each begins three threads; the rows are many instead. */
const runs = 2
let serial = 0
const refs = { base: ['R1', '=R2', '1E7', '+R3', "'=R4", '00'] }
const refOf = (at: number) => `${refs.base[at % refs.base.length]}-${serial}-${at}`
const reported = (report: RowReport) => assert.deepEqual(report.rejected, [])

/** Each saves what was made up and answers how many records its export then has. */
const kinds: { [Kind in ExportKind]: (rows: object[]) => Promise<void> } = {
  parties: async rows =>
    reported(
      await saveParties(
        house.door,
        'system',
        rows.map((row, at) => ({ ref: refOf(at), ...row })),
      ),
    ),
  loans: async rows => {
    reported(await saveParties(house.door, 'system', [{ ref: 'owner', name: 'carl' }]))
    reported(
      await saveLoans(
        house.door,
        'system',
        rows.map((row, at) => ({ ref: refOf(at), party: 'owner', ...row })),
      ),
    )
  },
  leads: async rows => {
    const list = {
      id: `i_${serial}` as ImportId,
      campaign: house.campaign,
      name: 'x',
      priority: 5,
      weight: 1,
      paused: false,
    }
    const duplicates = new Duplicates(house.door, importOptions.parse({}))
    const { normalNumber } = await import('../numbers-e164.ts')
    const leads = rows.map((row, at): Lead => {
      const { phones, ...rest } = row as Lead
      return {
        ...rest,
        ...{ id: `l_${serial}-${at}` as LeadId, campaign: house.campaign, ref: refOf(at) },
        phones: phones.map(phone => ({ ...phone, number: normalNumber(phone.number)! })),
      }
    })
    reported(await addLeads(house.door, 'system', { list, duplicates, leads }))
  },
  repayments: async rows => {
    reported(await saveParties(house.door, 'system', [{ ref: 'payer', name: 'carl' }]))
    reported(
      await recordRepayments(
        house.door,
        'system',
        rows.map((row, at) => ({ id: refOf(at), party: 'payer', ...row })),
      ),
    )
  },
  suppressions: async rows => {
    const once = new Map(rows.map(row => [(row as { number: string }).number, row]))
    reported(await addSuppressions(house.door, 'system', [...once.values()]))
  },
}
const rowOf: Record<ExportKind, fc.Arbitrary<object>> = {
  ...{ parties: party, loans: loan, leads: lead, repayments: repayment, suppressions: suppression },
}

for (const kind of Object.keys(kinds) as ExportKind[])
  test(`an export of ${kind} that is imported again changes nothing, whatever is in it`, async () => {
    // A zone in which an hour comes twice.
    await saveSettings(house.door, 'system', { 'centre.zone': 'America/New_York' })
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf[kind], { minLength: 20, maxLength: 40 }), async rows => {
        serial++
        const [form, language] = serial % 2 === 0 ? (['csv', 'zh-CN'] as const) : (['xlsx', 'en'] as const)
        await kinds[kind](rows)
        const { view, file } = await made({ kind, form, language, secrets: kind === 'parties' })
        const facts = await house.facts()
        const again = await house.run(kind, file)
        assert.equal(again.state, 'finished', again.trouble ?? '')
        const errors = await house.errors(again)
        assert.deepEqual(errors, [], file.toString().slice(0, 3_000))
        assert.deepEqual([again.counts.saved, again.counts.rows], [0, view.rows])
        assert.ok(again.counts.unchanged >= (kind === 'suppressions' ? 5 : rows.length))
        // That it was received, started and ended.
        assert.equal(await house.facts(), facts + 3)
      }),
      { numRuns: runs, seed: 2026 },
    )
  })

test('who sees no numbers gets none, and what is masked is never read back as a value', async () => {
  serial++
  const flagged = {
    flags: ['vip'],
    idNo: '110101199003071234',
    fields: { collections: { passport: 'G55', own_phone: '13899990000' } },
  }
  await kinds.parties([{ name: '王 13812345678', phones: [{ number: '13812340001', name: '李' }], ...flagged }])
  const { file, view } = await made({ kind: 'parties', filter: { flag: 'vip' } }, masked)
  const text = file.toString()
  for (const hidden of ['13812345678', '13812340001', '110101199003071234', 'G55', '13899990000'])
    assert.ok(!text.includes(hidden), hidden)
  assert.match(text, /138\*\*\*\*0001/)
  assert.equal(view.numbers, 'masked')
  const facts = await house.facts()
  const again = await house.run('parties', file)
  assert.equal(again.counts.saved, 0)
  assert.equal(await house.facts(), facts + 3)
  // The name would be read back with its mask.
  assert.ok((await house.errors(again)).some(({ field, reason }) => field === 'name' && /masked/.test(reason)))
  await assert.rejects(exports.request('system', masked, { kind: 'parties', reason: 'x', numbers: 'clear' }), /masked/)
  await assert.rejects(exports.request('system', masked, { kind: 'parties', reason: 'x', secrets: true }), /secrets/)
  const clear = await made({ kind: 'parties', secrets: true, filter: { flag: 'vip' } })
  assert.ok(clear.file.includes('110101199003071234'))
  await assert.rejects(exports.download('system', masked, clear.view.id), /masked/)
  await assert.rejects(exports.download('system', { numbers: true, secrets: false }, clear.view.id), /ID numbers/)
})

test('a file of names and numbers takes no flag, no field and no mark of a number away', async () => {
  await saveParties(house.door, 'system', [
    {
      ...{ ref: 'K9', name: 'carl', flags: ['vip'], zone: 'Asia/Tokyo', type: 'company' },
      phones: [{ number: '13812349999', status: 'REFUSED', source: 'form', name: 'olga' }],
      fields: { collections: { score: 7, city: 'x' } },
    },
  ])
  const view = await house.run('parties', 'ref,name,phone,score\nK9,Carl,13812349999,8\n', {
    columns: ['ref', 'name', 'phone1', 'fields.collections.score'],
  })
  assert.equal(view.counts.saved, 1)
  const { name, flags, zone, type, phones, fields } = (await house.store.read('parties.byRef', { ref: 'K9' }))!
  assert.deepEqual([name, flags, zone, type], ['Carl', ['vip'], 'Asia/Tokyo', 'company'])
  assert.deepEqual([phones[0]!.status, phones[0]!.source, phones[0]!.name], ['REFUSED', 'form', 'olga'])
  assert.deepEqual(fields.collections, { score: 8, city: 'x' })
})

test('an export is chosen by filters; money that was reversed is not in it, nor what no longer holds', async () => {
  await saveSettings(house.door, 'system', { 'centre.zone': 'Asia/Shanghai' })
  await saveParties(house.door, 'system', [{ ref: 'F1', name: 'carl' }])
  const at = (day: string) => Date.parse(`${day}T23:30:00+08:00`)
  await recordRepayments(house.door, 'system', [
    { id: 'F-1', party: 'F1', amount: 100, paidAt: at('2026-11-01') },
    { id: 'F-2', party: 'F1', amount: 200, paidAt: at('2026-11-02') },
    { id: 'F-3', party: 'F1', amount: 300, paidAt: at('2026-11-02') },
  ])
  await reverseRepayment(house.door, 'system', 'F-3', { reason: 'x' })
  const filter = { party: 'F1', from: '2026-11-02', to: '2026-11-02' }
  const { file } = await made({ kind: 'repayments', filter })
  assert.equal(
    file.toString(),
    '\ufeff还款流水号,客户编号,借据编号,还款金额,币种,还款时间,还款渠道\r\nF-2,F1,,2.00,CNY,2026-11-02 23:30:00,\r\n',
  )
  const refused = async (given: object) =>
    assert.rejects(exports.request('system', all, { reason: 'x', ...given }), { name: 'InvalidInput' })
  await refused({ kind: 'repayments', filter: { flag: 'vip' } })
  await refused({ kind: 'repayments', filter: { from: '2026-02-30' } })
  await refused({ kind: 'leads', filter: {} })
  await refused({ kind: 'parties', reason: '' })
  await refused({ kind: 'loans', secrets: true })
})

test('who asked, for what, how many rows and who fetched it are facts; the file lies sealed and is erased after seven days', async () => {
  const folder = path.join(house.folder, 'tables')
  await addSuppressions(house.door, 'system', [{ number: '13877770001', reason: 'geheim-wort' }])
  const { view, file } = await made({ kind: 'suppressions', reason: 'for the regulator' })
  assert.ok(file.includes('geheim-wort'))
  const kept = await readFile(path.join(folder, `${view.id}.sealed`))
  assert.ok(!kept.includes('geheim-wort') && !kept.includes('13877770001'))
  const lines = await house.store.read('journal.page', { limit: 20 })
  const [downloaded, ended, requested] = lines.items.map(({ body }) => JSON.parse(body))
  assert.deepEqual(downloaded, { type: 'tableExport.downloaded', export: view.id })
  assert.deepEqual([ended.type, ended.rows, ended.sha256], ['tableExport.ended', view.rows, view.sha256])
  assert.deepEqual([requested.export.reason, requested.export.kind], ['for the regulator', 'suppressions'])
  const day = 86_400_000
  await exports.sweep(noon + 7 * day - 1)
  assert.equal((await exports.view(view.id)).state, 'finished')
  await writeFile(path.join(folder, 'te_nobody.sealed.part'), 'x')
  await exports.sweep(noon + 7 * day)
  assert.equal((await exports.view(view.id)).state, 'erased')
  assert.deepEqual(await readdir(folder), [])
  await assert.rejects(exports.download('system', all, view.id), /erased/)
})

test('a file that cannot be removed keeps no other, and is not told as erased', async () => {
  const folder = path.join(house.folder, 'tables')
  const stuck = await made({ kind: 'suppressions', reason: 'stuck' })
  const other = await made({ kind: 'suppressions', reason: 'other' })
  const file = path.join(folder, `${stuck.view.id}.sealed`)
  await rm(file)
  await mkdir(file) // what rm(2) takes for no file
  const later = noon + 8 * 86_400_000
  await exports.sweep(later)
  const states = async () => [(await exports.view(stuck.view.id)).state, (await exports.view(other.view.id)).state]
  assert.deepEqual(await states(), ['finished', 'erased'])
  await rmdir(file)
  await exports.sweep(later)
  assert.deepEqual(await states(), ['erased', 'erased'])
})

test('an export that is cancelled leaves no file, and one that the process left behind is written at the next start', async () => {
  const leads = Array.from({ length: 3_000 }, (_, at) => `X${at},carl,${13_500_000_000 + at}`)
  await house.run('leads', `ref,name,phone\n${leads.join('\n')}\n`, { columns: ['ref', 'name', 'phone1'] })
  const asked = { kind: 'leads', filter: { campaign: house.campaign }, reason: 'x' }
  const begun = (from: TableExports, id: string) =>
    new Promise<void>(resolve => {
      const unfollow = from.onProgress(which => {
        if (which !== id) return
        unfollow()
        resolve()
      })
    })
  const first = await exports.request('system', all, asked)
  await begun(exports, first.id)
  await exports.cancel(first.id)
  await exports.idle()
  assert.equal((await exports.view(first.id)).state, 'cancelled')
  assert.deepEqual(await readdir(path.join(house.folder, 'tables')), [])
  const second = await exports.request('system', all, asked)
  await begun(exports, second.id)
  await exports[Symbol.asyncDispose]()
  exports = open()
  assert.equal((await exports.view(second.id)).state, 'waiting')
  await exports.resume()
  await exports.idle()
  const done = await exports.view(second.id)
  assert.equal(done.state, 'finished', done.trouble ?? '')
  assert.ok(done.rows >= 3_000)
})

test('a cell that a spreadsheet would reckon with is guarded, and comes back as it was', () => {
  for (const text of ['=1+1', '@x', '-1', '+1', '\t=1', '1E5', "'=1", '＝1']) assert.equal(guarded(text)[0], "'")
  for (const text of ['', 'a', '13812345678', '010-6234', "'", "'a", '王']) assert.equal(guarded(text), text)
  fc.assert(fc.property(dirty, text => unguarded(guarded(text)) === text))
})

test('a disk that is full as a file is finished forgets it not: it is said as soon as there is room, and not written anew', async () => {
  let refused = 0
  let isFull = true
  const { promise: tried, resolve: twice } = Promise.withResolvers<void>()
  const { store } = house.door
  const commit: Store['commit'] = async transaction => {
    if (!isFull || transaction.recorded?.[0]?.fact.type !== 'tableExport.ended') return store.commit(transaction)
    if (++refused === 2) twice()
    throw new StoreError('full', null, 'The disk is full.')
  }
  const full = new Proxy(store, {
    get: (real, key) => {
      if (key === 'commit') return commit
      const value: unknown = Reflect.get(real, key, real)
      return typeof value === 'function' ? value.bind(real) : value
    },
  })
  const errors: unknown[] = []
  await using own = new TableExports({
    ...{ door: { ...house.door, store: full }, folder: path.join(house.folder, 'tables-full'), retryMs: 1 },
    ...{ log: { error: (...words: unknown[]) => errors.push(words) } },
    worker: workerFile('records/table-export/export-worker'),
  })
  const { id } = await own.request('system', all, { kind: 'parties', reason: 'audit' })
  await tried
  assert.equal((await own.view(id)).state, 'running')
  const [file] = await readdir(path.join(house.folder, 'tables-full'))
  const written = await stat(path.join(house.folder, 'tables-full', file!))
  isFull = false
  await own.idle()
  assert.equal((await own.view(id)).state, 'finished')
  assert.equal((await stat(path.join(house.folder, 'tables-full', file!))).mtimeMs, written.mtimeMs)
  assert.equal(errors.length, 1, 'the log is told once')
})
