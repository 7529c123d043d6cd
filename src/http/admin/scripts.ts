import { Hono } from 'hono'
import {
  type ScriptFormProps,
  scriptFormPage,
  scriptsPage,
  type TypedMust,
  type TypedStep,
} from '../../../web/pages/admin/scripts.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Both, Script, ScriptFault } from '../../lender/script.ts'
import { filled } from '../../lender/script.ts'
import { readScript, ScriptFaults, saveScript } from '../../records/campaigns/scripts.ts'
import { NotFound } from '../../records/errors.ts'
import { type Said, saidAs } from '../agent/say.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { listOf, type Typed, textOf, typedOf } from '../typed.ts'

/** More rows than a script may have come back as they were typed, and are refused. */
const rowsMax = 60

/** `/admin/scripts`: what is said on calls, in versions; looked through before it is saved. */
export function scriptRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store } = deps

  route.get('/admin/scripts', allow('admin'), async c => {
    const frame = await frameOf(c, deps)
    const [all, used] = await Promise.all([store.read('scripts.all', {}), store.read('scripts.places', {})])
    const places = placesOf(deps)
    const names = new Map(places.map(({ value, word }) => [value, word]))
    const forms = await Promise.all(places.map(({ value }) => store.read('writeUps.ofPlace', { place: value })))
    const nameOf = (actor: string) => deps.engine.state.users.get(actor.replace(/^user:/, '') as never)?.displayName
    const scripts = all.map(({ id, version, doc, savedAt, savedBy }) => ({
      ...{ id, version, savedAt, name: doc.name, steps: doc.steps.length, savedBy: nameOf(savedBy) ?? savedBy },
      places: used.filter(each => each.script === id).map(({ place }) => names.get(place) ?? place),
    }))
    const rows = places.map(({ value, word }, at) => ({ id: value, name: word, fields: forms[at]?.fields.length ?? 0 }))
    return c.html(scriptsPage({ frame, scripts, places: rows, saved: c.req.query('saved') === '1' }))
  })

  route.get('/admin/scripts/new', allow('admin'), c => page(c, null, { typed: {}, steps: [], must: [] }))

  route.get('/admin/scripts/:id', allow('admin'), async c => {
    const [last] = await store.read('scripts.versions', { id: c.req.param('id') })
    if (last === undefined) throw new NotFound('script', c.req.param('id'))
    return page(c, last, typedFrom(last.doc))
  })

  route.post('/admin/scripts', allow('admin'), c => save(c, null))
  route.post('/admin/scripts/:id', allow('admin'), c => save(c, c.req.param('id')))

  async function save(c: Ctx, id: string | null): Promise<Response> {
    const typed = await typedOf(c)
    const [last] = id === null ? [] : await store.read('scripts.versions', { id })
    if (id !== null && last === undefined) throw new NotFound('script', id)
    const rows = { typed, steps: stepsOf(typed), must: mustOf(typed) }
    const w = textsOf(await frameOf(c, deps))
    const given = givenOf(typed, rows, [w.scripts.end, 'end', '结束'])
    try {
      if (textOf(typed, 'do') === 'preview') {
        const preview = previewOf(readScript(given, 'preview'), c.var.lang)
        return page(c, last ?? null, rows, { preview })
      }
      await saveScript(deps.records, actorOf(c), id, given)
    } catch (error) {
      if (error instanceof ScriptFaults) return page(c, last ?? null, rows, { faults: error.faults })
      return page(c, last ?? null, rows, { errors: refusedFor(error, w) })
    }
    return c.redirect('/admin/scripts?saved=1', 303)
  }

  async function page(
    c: Ctx,
    last: { doc: Script; version: number } | null,
    rows: { typed: Typed; steps: TypedStep[]; must: TypedMust[] },
    more: { preview?: ScriptFormProps['preview']; faults?: ScriptFault[]; errors?: Filled['errors'] } = {},
  ): Promise<Response> {
    const { preview = null, faults = [], errors = nothingFilled.errors } = more
    const frame = { ...(await frameOf(c, deps)), path: '/admin/scripts' }
    const values = { ...rows.typed, places: listOf(rows.typed, 'places') }
    const body = scriptFormPage({
      ...{ frame, id: last?.doc.id ?? null, version: last?.version ?? null, filled: { values, errors } },
      ...{ steps: rows.steps, must: rows.must, places: placesOf(deps), faults, preview },
    })
    return c.html(body, faults.length > 0 || Object.keys(errors).length > 0 ? 422 : 200)
  }

  return route
}

export function placesOf({ engine: { state } }: Deps): { value: string; word: string }[] {
  const campaigns = [...state.campaigns.values()].map(({ campaign }) => ({ value: campaign.id, word: campaign.name }))
  const queues = [...state.queues.values()].map(({ queue }) => ({ value: queue.id, word: queue.name }))
  return [...campaigns, ...queues]
}

function stepsOf(typed: Typed): TypedStep[] {
  const column = (name: string) => listOf(typed, name)
  const [titleZh, titleEn] = [column('stepTitleZh'), column('stepTitleEn')]
  const [textZh, textEn, answers] = [column('stepTextZh'), column('stepTextEn'), column('stepAnswers')]
  return column('stepKey')
    .slice(0, rowsMax)
    .flatMap((key, at) => {
      const row = {
        titleZh: titleZh[at],
        titleEn: titleEn[at],
        textZh: textZh[at],
        textEn: textEn[at],
        answers: answers[at],
      }
      const step = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, (value ?? '').trim()]))
      return key.trim() === '' ? [] : [{ ...(step as Omit<TypedStep, 'key'>), key: key.trim() }]
    })
}

function mustOf(typed: Typed): TypedMust[] {
  const [to, zh, en] = [listOf(typed, 'mustTo'), listOf(typed, 'mustTextZh'), listOf(typed, 'mustTextEn')]
  return listOf(typed, 'mustKey')
    .slice(0, rowsMax)
    .flatMap((key, at) =>
      key.trim() === ''
        ? []
        : [{ key: key.trim(), to: to[at] ?? 'all', textZh: (zh[at] ?? '').trim(), textEn: (en[at] ?? '').trim() }],
    )
}

/** As the records door takes it. `ends`: words for the end in each language. */
function givenOf(typed: Typed, { steps, must }: { steps: TypedStep[]; must: TypedMust[] }, ends: readonly string[]) {
  return {
    name: textOf(typed, 'name'),
    places: listOf(typed, 'places'),
    must: must.map(({ key, textZh, textEn, to }) => ({ key, text: { 'zh-CN': textZh, en: textEn }, to })),
    steps: steps.map(step => ({
      key: step.key,
      title: { 'zh-CN': step.titleZh, en: step.titleEn },
      text: { 'zh-CN': step.textZh, en: step.textEn },
      answers: step.answers
        .split(/\r\n|\r|\n/)
        .map(line => line.trim())
        .filter(line => line !== '')
        .map(line => answerOf(line, ends)),
    })),
    others: textOf(typed, 'others') || null,
  }
}

/** `是本人 | It is me > why`; without `>` it leads to the end. */
function answerOf(line: string, ends: readonly string[]): { words: Both; to: string | null } {
  const [, said = line, to = ''] = /^(.*?)(?:[>＞]\s*([^>＞]*))?$/.exec(line) ?? []
  const [zh = '', en = ''] = said.split(/[|｜]/).map(each => each.trim())
  return { words: { 'zh-CN': zh, en: en || zh }, to: to.trim() === '' || ends.includes(to.trim()) ? null : to.trim() }
}

function typedFrom(script: Script): { typed: Typed; steps: TypedStep[]; must: TypedMust[] } {
  return {
    typed: { name: script.name, places: script.places, others: script.others ?? '' },
    must: script.must.map(({ key, text, to }) => ({ key, to, textZh: text['zh-CN'], textEn: text.en })),
    steps: script.steps.map(({ key, title, text, answers }) => ({
      ...{ key, titleZh: title['zh-CN'], titleEn: title.en, textZh: text['zh-CN'], textEn: text.en },
      answers: answers.map(({ words, to }) => `${words['zh-CN']} | ${words.en} > ${to ?? '结束'}`).join('\n'),
    })),
  }
}

/** With made-up values, as nobody is on the line. */
function previewOf(script: Script, language: 'zh-CN' | 'en'): NonNullable<ScriptFormProps['preview']> {
  const word = (both: Both) => both[language] || both['zh-CN'] || both.en
  const said = sampleSaid(language)
  return script.steps.map(({ title, text, answers }) => ({
    title: word(title),
    text: filled(word(text), name => saidAs(name, said) ?? `{${name}}`)
      .map(piece => ('text' in piece ? piece.text : piece.value))
      .join(''),
    answers: answers.map(({ words, to }) => `${word(words)} → ${to ?? word({ 'zh-CN': '结束', en: 'end' })}`),
  }))
}

function sampleSaid(language: 'zh-CN' | 'en'): Said {
  const zh = language === 'zh-CN'
  return {
    language,
    open: {
      ...{ centre: zh ? '本中心' : 'our centre', agent: zh ? '李雨桐' : 'Alice Li', name: 'alice' },
      ...{ party: zh ? '陈建国' : 'Carl Chen', ref: 'K-100231', today: '2026-11-24' },
    },
    debts: {
      loans: [
        {
          ...{ ref: 'L-2026-0117', product: zh ? '消费分期' : 'Instalment', currency: 'CNY', daysPastDue: 17 },
          ...{ bucket: 'M1', overdueTotal: 208_000, owedTotal: 1_248_000, oldestDueOn: '2026-11-07' },
        },
      ],
      promise: { amount: 208_000, currency: 'CNY', dueOn: '2026-11-28' },
      ...{ case: null, fields: {}, lead: {} },
    },
  }
}
