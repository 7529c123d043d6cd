import { Hono } from 'hono'
import { strategiesPage, strategyFormPage } from '../../../web/pages/admin/strategies.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { MailFormProps } from '../../../web/parts/mail-form.ts'
import type { Strategies } from '../../lender/strategy.ts'
import { type NamedCampaign, readStepLine, stepLine } from '../../records/collections/step-lines.ts'
import { saveStrategies, strategiesOf } from '../../records/collections/strategies.ts'
import { InvalidInput, NotFound } from '../../records/errors.ts'
import { mailShown, mailTestInput, saveMail, tryMail } from '../../records/messages/mail.ts'
import { saveSender, senderShown } from '../../records/messages/sender.ts'
import { parseInput } from '../../records/parse.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { linesOf, listOf, type Typed, textOf, typedOf } from '../typed.ts'

/** `/admin/strategies`: what is done on which day past due, reminders of promises, the gateway that texts go to, and the server of e-mails. */
export function strategyRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps
  const campaigns = async (): Promise<NamedCampaign[]> =>
    (await store.read('campaigns.list', {})).filter(({ business }) => business === 'collections')

  route.get('/admin/strategies', allow('admin'), c => page(c, {}))
  route.get('/admin/strategies/new', allow('admin'), c => form(c, null, { values: {}, errors: {} }))
  route.get('/admin/strategies/:at', allow('admin'), async c => {
    const { at, all } = await strategyAt(c)
    const known = await campaigns()
    const { name, buckets, steps } = all.strategies[at]!
    const values = { name, buckets, stepLines: steps.map(step => stepLine(step, known)).join('\n') }
    return form(c, at, { values, errors: {} })
  })
  route.post('/admin/strategies', allow('admin'), c => save(c, null))
  route.post('/admin/strategies/reminders', allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      const known = await campaigns()
      const reminders = linesOf(typed, 'reminders').map((line, at) => {
        const { name, day, action } = readStepLine(line, at, known)
        return { name, daysBefore: day, action }
      })
      await saveStrategies(records, actorOf(c), { ...(await strategiesOf(records)), reminders })
    } catch (error) {
      return page(
        c,
        { reminders: { values: typed, errors: refused(error, typed, 'reminders', await wordsOf(c)) } },
        422,
      )
    }
    return c.redirect('/admin/strategies?saved=1', 303)
  })
  route.post('/admin/strategies/sender', allow('admin'), async c => {
    const typed = await typedOf(c)
    const secret = textOf(typed, 'secret')
    try {
      const given = { url: textOf(typed, 'url'), policy: textOf(typed, 'policy') }
      await saveSender(records, actorOf(c), { ...given, ...(secret === '' ? {} : { secret }) })
    } catch (error) {
      const words = { secret: 'senderSecret', policy: 'textPolicy' }
      const errors = refusedFor(error, await wordsOf(c), { typed, words })
      return page(
        c,
        { sender: { values: { url: textOf(typed, 'url'), policy: textOf(typed, 'policy') }, errors } },
        422,
      )
    }
    return c.redirect('/admin/strategies?saved=1', 303)
  })
  route.post('/admin/strategies/mail', allow('admin'), async c => {
    const typed = await typedOf(c)
    const of = (name: string) => textOf(typed, name)
    const password = of('password')
    try {
      await saveMail(records, actorOf(c), {
        ...{ host: of('host'), port: Number(of('port')), security: of('security'), user: of('user') },
        ...{ from: of('from'), fromName: of('fromName'), ca: of('ca'), ...(password === '' ? {} : { password }) },
      })
    } catch (error) {
      const errors = refusedFor(error, await wordsOf(c), { typed, words: mailFieldWords })
      return page(c, { mail: { values: { ...typed, password: '' }, errors } }, 422)
    }
    return c.redirect('/admin/strategies?saved=1', 303)
  })
  route.post('/admin/strategies/mail/tests', allow('admin'), async c => {
    const typed = await typedOf(c)
    const w = await wordsOf(c)
    try {
      const { to } = parseInput(mailTestInput, { to: textOf(typed, 'to') })
      const outcome = await tryMail(records, actorOf(c), deps.mail, {
        to,
        subject: w.mail.testSubject,
        text: w.mail.testText,
      })
      const said = outcome.ok
        ? ({ tone: 'green', words: w.mail.sent(to) } as const)
        : ({ tone: 'red', words: w.mail.failed(outcome.reason) } as const)
      return page(c, { test: { filled: { values: typed, errors: {} }, said } }, outcome.ok ? 200 : 409)
    } catch (error) {
      const errors = refusedFor(error, w, { typed, words: { to: 'mailTo' } })
      return page(c, { test: { filled: { values: typed, errors }, said: null } }, 422)
    }
  })
  route.post('/admin/strategies/:at', allow('admin'), async c => save(c, (await strategyAt(c)).at))
  route.post('/admin/strategies/:at/removal', allow('admin'), async c => {
    const { at, all } = await strategyAt(c)
    await saveStrategies(records, actorOf(c), { ...all, strategies: all.strategies.toSpliced(at, 1) })
    return c.redirect('/admin/strategies?saved=1', 303)
  })

  const wordsOf = async (c: Ctx) => textsOf(await frameOf(c, deps))

  async function strategyAt(c: Ctx): Promise<{ at: number; all: Strategies }> {
    const all = await strategiesOf(records)
    const text = c.req.param('at') ?? ''
    if (!/^\d{1,2}$/.test(text) || all.strategies[Number(text)] === undefined) throw new NotFound('strategy', text)
    return { at: Number(text), all }
  }

  async function save(c: Ctx, at: number | null): Promise<Response> {
    const typed = await typedOf(c)
    try {
      const [all, known] = await Promise.all([strategiesOf(records), campaigns()])
      const steps = linesOf(typed, 'stepLines').map((line, n) => readStepLine(line, n, known))
      const strategy = { name: textOf(typed, 'name'), buckets: listOf(typed, 'buckets'), steps }
      const others: object[] = all.strategies
      const strategies = at === null ? [...others, strategy] : others.with(at, strategy)
      await saveStrategies(records, actorOf(c), { ...all, strategies })
    } catch (error) {
      return form(c, at, { values: typed, errors: refused(error, typed, 'stepLines', await wordsOf(c)) }, 422)
    }
    return c.redirect('/admin/strategies?saved=1', 303)
  }

  async function form(c: Ctx, at: number | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const [frame, { rules }] = await Promise.all([frameOf(c, deps), reckoningOf(records)])
    const buckets = rules.buckets.map(({ name }) => ({ value: name, word: name }))
    const name = filled.values['name']
    return c.html(strategyFormPage({ frame, at, name: typeof name === 'string' ? name : '', buckets, filled }), status)
  }

  async function page(
    c: Ctx,
    given: { reminders?: Filled; sender?: Filled; mail?: Filled; test?: MailFormProps['test'] },
    status: 200 | 409 | 422 = 200,
  ): Promise<Response> {
    const [frame, all, known, sender, mail] = await Promise.all([
      frameOf(c, deps),
      strategiesOf(records),
      campaigns(),
      senderShown(records),
      mailShown(records),
    ])
    const { hasPassword, port, ...mailValues } = mail
    const plain = { owedFrom: null, owedBelow: null, promise: null, lastResults: [], consent: false }
    const reminders = all.reminders.map(({ name, daysBefore, action }) =>
      stepLine({ name, day: daysBefore, action, ...plain }, known),
    )
    return c.html(
      strategiesPage({
        frame,
        version: all.version,
        rows: all.strategies.map(({ name, buckets, steps }) => ({
          ...{ name, buckets },
          steps: [...steps].sort((a, b) => a.day - b.day).map(step => stepLine(step, known)),
        })),
        reminders: given.reminders ?? { values: { reminders: reminders.join('\n') }, errors: {} },
        sender: given.sender ?? { values: { url: sender.url, policy: sender.policy }, errors: {} },
        mail: {
          filled: given.mail ?? { values: { ...mailValues, port: String(port) }, errors: {} },
          hasPassword,
          test: given.test ?? { filled: nothingFilled, said: null },
        },
        saved: c.req.query('saved') === '1',
      }),
      status,
    )
  }

  return route
}

const mailFieldWords = {
  ...{ host: 'mailHost', port: 'mailPort', security: 'mailSecurity', user: 'mailUser', password: 'mailPassword' },
  ...{ from: 'mailFrom', fromName: 'mailFromName', ca: 'mailCa' },
}

/** `strategies.2.steps.1.day` is line 1 of the one that the form shows. */
function refused(
  error: unknown,
  typed: Typed,
  lines: 'stepLines' | 'reminders',
  w: ReturnType<typeof textsOf>,
): Filled['errors'] {
  if (!(error instanceof InvalidInput)) return refusedFor(error, w, { typed })
  const problems = error.problems.map(problem => {
    const [, part = problem.field] = /^(?:strategies|reminders)\.\d+\.(\w+)/.exec(problem.field) ?? []
    const field = part === 'name' || part === 'buckets' ? part : lines
    return { ...problem, field }
  })
  return refusedFor(new InvalidInput(problems), w, { typed })
}
