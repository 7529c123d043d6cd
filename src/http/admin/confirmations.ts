import { Hono } from 'hono'
import { type ConfirmationsProps, confirmationsPage } from '../../../web/pages/admin/confirmations.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { wordsIn } from '../../../web/words/words.ts'
import {
  type Confirmations,
  type ConfirmationTemplate,
  confirmationSubject,
  confirmationText,
} from '../../lender/confirmation.ts'
import { currencyDefault } from '../../lender/money.ts'
import type { DecisionReason } from '../../lender/reasons.ts'
import { InvalidInput, NotNow } from '../../records/errors.ts'
import { decisionReasons } from '../../records/verification/checklists.ts'
import { confirmationsOf, saveConfirmations, versionOf } from '../../records/verification/confirmations.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { isChecked, linesOf, textOf, typedOf } from '../typed.ts'
import { isAsSeen, withSeen } from '../untouched.ts'

/**
 * `/admin/confirmations`: what applicants are told of decisions in writing, one text a line: `DECISION | PRODUCT | CHANNEL | CHINESE | ENGLISH`; an e-mail has
 * its subject before each text, and `\\n` where a line of it ends.
 */
export function confirmationRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records } = deps

  route.get('/admin/confirmations', allow('admin'), async c => {
    const { saved } = c.req.query()
    return page(
      c,
      { values: withSeen(valuesOf(await confirmationsOf(records))), errors: {} },
      saved === '1' ? 'saved' : null,
    )
  })

  route.post('/admin/confirmations', allow('admin'), async c => {
    const typed = await typedOf(c)
    const needsConsent = isChecked(typed, 'needsConsent')
    const values = { needsConsent: String(needsConsent), templates: textOf(typed, 'templates') }
    // Nothing of either is lost: what was typed stays, how the other's read stands below, and who saves again means it.
    const changed = (current: Confirmations) =>
      page(c, { values: { ...values, seen: withSeen(valuesOf(current))['seen']! }, errors: {} }, 'changed', 409)
    const current = await confirmationsOf(records)
    if (!isAsSeen(typed, valuesOf(current))) return changed(current)
    const given = { needsConsent, templates: linesOf(typed, 'templates').map(templateIn) }
    try {
      await saveConfirmations(records, actorOf(c), given, versionOf(current))
    } catch (error) {
      if (error instanceof NotNow) return changed(await confirmationsOf(records))
      if (!(error instanceof InvalidInput)) throw error
      const errors = { templates: wordsOf(error, await frameOf(c, deps)) }
      return page(c, { values: { ...values, seen: textOf(typed, 'seen') }, errors }, null, 422)
    }
    return c.redirect('/admin/confirmations?saved=1', 303)
  })

  async function page(
    c: Ctx,
    filled: Filled,
    told: ConfirmationsProps['told'],
    status: 200 | 409 | 422 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/checklists' }
    const [confirmations, reasons] = [await confirmationsOf(records), await decisionReasons(records)]
    const reads = readsOf(confirmations, reasons)
    return c.html(confirmationsPage({ frame, filled, reads, told }), status)
  }

  return route
}

/** A text with values as an applicant might have them. */
export function readsOf({ templates }: Confirmations, known: readonly DecisionReason[]) {
  return templates.map(template => {
    const read = (language: 'zh-CN' | 'en') => {
      const { name, reason, missing } = wordsIn(language).confirmation.sample
      const told: DecisionReason = {
        ...{ code: 'SAMPLE', use: 'REJECT', words: { 'zh-CN': '', en: '' } },
        told: { 'zh-CN': reason, en: reason },
      }
      const values = {
        ...{
          name,
          application: 'A-20261124-031',
          product: template.product ?? 'cash',
          currency: currencyDefault,
          amount: 1_200_000,
          term: 12,
        },
        ...{ reasons: ['SAMPLE'], missing: [missing], dueOn: '2026-12-01' },
      }
      const how = { language, known: [told, ...known], secrets: [] }
      return { subject: confirmationSubject(template, values, how), text: confirmationText(template, values, how) }
    }
    return { ...template, texts: { 'zh-CN': read('zh-CN'), en: read('en') } }
  })
}

function valuesOf({ needsConsent, templates }: Confirmations): Record<string, string> {
  return { needsConsent: String(needsConsent), templates: templates.map(lineOf).join('\n') }
}

function lineOf({ as, product, channel, subject, text }: ConfirmationTemplate): string {
  const told = (['zh-CN', 'en'] as const).flatMap(language => [subject?.[language] ?? [], text[language]].flat())
  return [as, product ?? '*', channel, ...told.map(each => each.replaceAll('\n', '\\n'))].join(' | ')
}

function templateIn(line: string) {
  const [as = '', product = '', channel = '', ...told] = line.split('|').map(part => part.trim())
  const about = { as, channel, product: product === '*' || product === '' ? null : product }
  if (channel !== 'email') {
    const [zh = '', ...en] = told
    return { ...about, text: { 'zh-CN': zh, en: en.join(' | ') } }
  }
  const [subjectZh = '', zh = '', subjectEn = '', ...en] = told
  const text = { 'zh-CN': linesIn(zh), en: linesIn(en.join(' | ')) }
  return { ...about, subject: { 'zh-CN': subjectZh, en: subjectEn }, text }
}

function linesIn(text: string): string {
  return text.replaceAll('\\n', '\n')
}

/** What was found in which line, and what a line is. */
function wordsOf({ problems }: InvalidInput, frame: Frame): string {
  const words = textsOf(frame).confirmation
  const [first] = problems
  const line = /^templates\.(\d+)/.exec(first?.field ?? '')?.[1]
  const where = line === undefined ? '' : `${Number(line) + 1}: `
  return first !== undefined && /^\{\w*\}$/.test(first.found)
    ? `${where}${words.unknown(first.found)}`
    : `${where}${words.faulty}`
}
