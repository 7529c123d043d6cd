/** What a column of a file can be, by kind of records; guessed from its heading, in Chinese and English. */
import type { ImportKind } from '../../centre/records/file-import.ts'
import { contactsMax } from '../../lender/application.ts'
import { type FieldBusiness, type FieldDefinition, fieldBusinesses } from '../../lender/fields.ts'

export type Definitions = Partial<Record<FieldBusiness, FieldDefinition[]>>

/** Numbers of one person in one row; a page offers the first of these, and more where the file has them. */
export const phonesMax = 50
const phonesOffered = 5
const contactsOffered = 3
export const columnsMax = 400
/** Before the heading of a lead's own field that would be taken for something else. */
export const fieldMark = 'field.'

const refWords = ['ref', 'reference', 'id', '编号', '客户编号', '客户号', '业务编号']
const phoneWords =
  'phone number mobile tel telephone 电话 手机 手机号 手机号码 电话号码 联系电话 号码 本人手机 本人电话'.split(' ')
const relationWords = ['relation', '关系', '与本人关系', '联系人关系']
const nameWords = ['name', '姓名', '客户姓名', '客户名称', '名称']
const loanWords = [
  'loan',
  'debt',
  'loanref',
  'contract',
  '借据',
  '借据号',
  '借据编号',
  '合同号',
  '合同编号',
  '贷款编号',
]
const partyWords = ['party', 'customer', 'customerref', 'partyref', '客户编号', '客户号', '客户', '借款人编号']
const amountWords = ['amount', 'money', 'paid', '金额', '还款金额', '还款额', '实还金额', '入账金额']
const contactWords: Record<string, readonly string[]> = {
  contact: ['contact', 'contactname', '联系人', '联系人姓名'],
  contactNumber: ['contactnumber', 'contactphone', '联系人电话', '联系人手机', '联系人手机号', '联系人号码'],
  contactRelation: ['contactrelation', 'relation', '联系人关系', '与申请人关系', '关系'],
}
const currencyWords = ['currency', 'ccy', '币种', '货币']

type Known = Record<string, readonly string[]>
const known: Record<ImportKind, Known> = {
  leads: {
    ref: [...refWords, '合同号', '借据号'],
    name: nameWords,
    debt: ['debt', 'loan', '借据', '借据编号'],
    basis: ['basis', 'consent', 'consentbasis', '同意依据', '授权依据'],
    evidence: ['evidence', 'consentevidence', '同意凭证', '授权凭证'],
    segment: ['segment', '分组'],
    priority: ['priority', '优先级'],
  },
  parties: {
    ref: [...refWords, 'party', 'customer', '客户'],
    name: nameWords,
    type: ['type', '类型', '客户类型'],
    idNo: ['idno', 'idnumber', 'idcard', '身份证', '身份证号', '身份证号码', '证件号', '证件号码'],
    zone: ['zone', 'timezone', '时区'],
    language: ['language', '语言'],
    flags: ['flags', '标记', '客户标记'],
  },
  loans: {
    ref: [...loanWords, 'ref', 'reference', 'id', '编号'],
    party: partyWords,
    product: ['product', '产品', '产品名称'],
    currency: currencyWords,
    lent: ['lent', 'loanamount', '放款金额', '贷款金额', '借款金额', '借款本金'],
    rate: ['rate', 'apr', '年利率', '年化利率', '利率'],
    term: ['term', '期数', '总期数'],
    status: ['status', '状态', '贷款状态'],
    startedOn: ['startedon', 'start', '放款日', '放款日期', '起息日', '借款日期'],
    no: ['no', 'instalment', 'installment', '期次', '第几期', '期号'],
    dueOn: ['dueon', 'due', 'duedate', '应还日', '应还日期', '到期日', '还款日'],
    principal: ['principal', '应还本金', '本金', '剩余本金'],
    interest: ['interest', '应还利息', '利息'],
    fees: ['fees', 'fee', '费用', '手续费', '违约金', '应还费用'],
    penalty: ['penalty', '罚息', '应还罚息'],
    paidBefore: ['paidbefore', 'alreadypaid', '已还', '已还金额'],
  },
  repayments: {
    id: ['id', 'ref', 'reference', 'serial', '流水号', '还款流水号', '交易流水号', '还款编号', '编号'],
    party: partyWords,
    loan: loanWords,
    amount: amountWords,
    currency: currencyWords,
    paidAt: [
      'paidat',
      'paidon',
      'date',
      'time',
      '还款时间',
      '还款日期',
      '入账时间',
      '入账日期',
      '交易时间',
      '交易日期',
    ],
    channel: ['channel', '渠道', '还款方式', '还款渠道'],
  },
  suppressions: {
    number: phoneWords,
    reason: ['reason', '原因', '事由'],
    until: ['until', 'expires', '到期', '有效期至', '截止日期'],
  },
  applications: {
    ref: ['ref', 'reference', 'id', 'application', '进件编号', '进件号', '申请编号', '申请号', '申请单号', '编号'],
    party: [...partyWords, '申请人编号'],
    product: ['product', '产品', '产品名称'],
    amount: ['amount', 'money', '申请金额', '申请额度', '贷款金额', '金额'],
    currency: currencyWords,
    term: ['term', '期数', '申请期数', '分期期数'],
    employerName: ['employer', 'employername', '工作单位', '单位名称', '单位', '公司名称'],
    // What stands on a form is what the applicant wrote there, unless the file says that somebody looked for it.
    employerStated: ['employerstated', 'statednumber', '单位电话', '填写的单位电话'],
    employerLine: ['employerline', 'line', '核实座机', '核实电话', '单位核实电话'],
    lineSource: ['linesource', 'source', '座机来源', '电话来源', '核实电话来源', '来源'],
  },
}

/** Without these a file is of no use; of a list in it one is enough. */
export const neededColumns: Record<ImportKind, readonly (string | readonly string[])[]> = {
  leads: ['ref', 'phone1'],
  parties: ['ref', 'name'],
  loans: ['ref', 'party', 'product', 'dueOn', ['principal', 'interest', 'fees', 'penalty']],
  repayments: ['id', ['party', 'loan'], 'amount', 'paidAt'],
  suppressions: ['number'],
  applications: ['ref', 'party', 'product', 'amount', 'term'],
}

/**
 * Every target of a kind, in the order in which a page lists them, with as many numbers as `used` (targets) has and a few more.
 * `fields.BUSINESS.KEY` are the lender's own fields of parties.
 */
export function targetsOf(kind: ImportKind, definitions: Definitions, used: readonly string[] = []): string[] {
  const targets = Object.keys(known[kind])
  const most = Math.max(phonesOffered, ...used.map(placeOf))
  if (kind === 'leads') return [...targets, ...phoneTargets(['phone', 'relation'], most), 'field']
  const own = (businesses: readonly FieldBusiness[]) =>
    businesses.flatMap(business => (definitions[business] ?? []).map(({ key }) => `fields.${business}.${key}`))
  if (kind === 'applications') {
    const contacts = Math.max(contactsOffered, ...used.map(contactOf))
    return [...targets, ...phoneTargets(Object.keys(contactWords), contacts), ...own(['verification'])]
  }
  if (kind !== 'parties') return targets
  return [...targets, ...phoneTargets(['phone', 'relation', 'phoneName'], most), ...own(fieldBusinesses)]
}

/** Targets whose values are sealed in the records. */
export function sealedTargets(definitions: Definitions): string[] {
  const secret = fieldBusinesses.flatMap(business =>
    (definitions[business] ?? []).flatMap(({ key, type }) => (type === 'secret' ? [`fields.${business}.${key}`] : [])),
  )
  return ['idNo', ...secret]
}

/** Which of a person's numbers a target is about, from 1; 0: none. */
export function placeOf(target: string): number {
  const place = Number(/^(?:phone|relation|phoneName)(\d{1,2})$/.exec(target)?.[1] ?? 0)
  return place <= phonesMax ? place : 0
}

/** Which contact of an application a target is about, from 1; 0: none. */
export function contactOf(target: string): number {
  const place = Number(/^contact(?:Number|Relation)?(\d{1,2})$/.exec(target)?.[1] ?? 0)
  return place <= contactsMax ? place : 0
}

function phoneTargets(parts: string[], most: number): string[] {
  return Array.from({ length: most }, (_, at) => parts.map(part => `${part}${at + 1}`)).flat()
}

/** One target a column; no target but `field` twice. Columns that say nothing are left out (`''`), of leads kept under their heading. */
export function guessColumns(kind: ImportKind, headings: readonly string[], definitions: Definitions): string[] {
  const taken = new Set<string>()
  const take = (target: string) => {
    if (taken.has(target)) return null
    taken.add(target)
    return target
  }
  return headings.map(heading => {
    const word = plain(heading)
    if (word === '') return ''
    if (kind === 'leads' && heading.startsWith(fieldMark)) return 'field'
    for (const target of wordTargets(kind, word, definitions)) {
      const free = take(target)
      if (free !== null) return free
    }
    return kind === 'leads' ? 'field' : ''
  })
}

/** What a heading may mean, the likeliest first. */
function* wordTargets(kind: ImportKind, word: string, definitions: Definitions): Generator<string> {
  for (const [target, words] of Object.entries(known[kind])) if (words.includes(word)) yield target
  if (kind === 'applications') {
    yield* contactTargets(word)
    yield* ownTargets(word, ['verification'], definitions)
  }
  if (kind !== 'leads' && kind !== 'parties') return
  const [, stem = word, which] = /^(.*?)(\d{1,2})$/.exec(word) ?? []
  const from = which === undefined ? 1 : Number(which)
  const numbers = Array.from({ length: phonesMax }, (_, at) => at + 1).filter(n => n >= from)
  if (phoneWords.includes(stem)) for (const n of numbers) yield `phone${n}`
  if (relationWords.includes(stem)) for (const n of numbers) yield `relation${n}`
  if (kind === 'leads') return
  if (stem === '联系人姓名' || stem === 'phonename') for (const n of numbers) yield `phoneName${n}`
  yield* ownTargets(word, fieldBusinesses, definitions)
}

/** `联系人1电话`, `联系人电话1`, `contact phone 1`; without a figure the first that is free. */
function* contactTargets(word: string): Generator<string> {
  const [, head, within, tail] = /^(contact|联系人)(\d{1,2})(\D+)$/.exec(word) ?? []
  const [, stem = word, which = within] =
    within === undefined ? (/^(.*?)(\d{1,2})$/.exec(word) ?? []) : [word, head! + tail!]
  for (const [target, words] of Object.entries(contactWords))
    if (words.includes(stem)) for (let n = Number(which ?? 1); n <= contactsMax; n++) yield `${target}${n}`
}

function* ownTargets(word: string, businesses: readonly FieldBusiness[], definitions: Definitions): Generator<string> {
  for (const business of businesses)
    for (const { key, label } of definitions[business] ?? [])
      if ([`fields.${business}.${key}`, key, label['zh-CN'], label.en].some(each => plain(each) === word))
        yield `fields.${business}.${key}`
}

/** `手机号（本人）` and `Phone No.` lose their marks: `手机号本人`, `phoneno`. */
function plain(heading: string): string {
  return heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.:*()]/g, '')
}

/** What is wrong with a mapping, field by field; `columns.3`. Empty: nothing. */
export function faultsOfColumns(
  kind: ImportKind,
  {
    headings,
    columns,
    definitions,
  }: { headings: readonly string[]; columns: readonly string[]; definitions: Definitions },
): { field: string; found: string; allowed: string }[] {
  if (columns.length !== headings.length)
    return [{ field: 'columns', found: `${columns.length} columns`, allowed: `the ${headings.length} of the file` }]
  const targets = new Set(targetsOf(kind, definitions, columns))
  const faults = []
  const at = new Map<string, number>()
  for (const [index, column] of columns.entries()) {
    const field = `columns.${index}`
    if (column === '' || column === 'field') continue
    if (!targets.has(column)) faults.push({ field, found: column.slice(0, 64), allowed: [...targets].join(', ') })
    else if (at.has(column))
      faults.push({ field, found: column, allowed: `once; column ${at.get(column)! + 1} is this already` })
    else at.set(column, index)
  }
  for (const needed of neededColumns[kind]) {
    const any = typeof needed === 'string' ? [needed] : needed
    if (!any.some(each => at.has(each)))
      faults.push({ field: 'columns', found: 'no column for it', allowed: `a column that is ${any.join(' or ')}` })
  }
  return faults
}
