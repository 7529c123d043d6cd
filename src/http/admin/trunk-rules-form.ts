/** A trunk's own rules as its form shows and sends them: tables one rule a line, times in seconds; and what they would make of an example. */

import type { Filled } from '../../../web/parts/form.ts'
import type { TrunkTrial } from '../../../web/parts/trunk-rules.ts'
import { conditionOf, type ResultRule, resultBy } from '../../centre/calls/result-rules.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import {
  isPattern,
  isPrefix,
  type NumberRule,
  numberRulesMax,
  rewritten,
  shownAs,
} from '../../centre/trunks/trunk-numbers.ts'
import { rulesOf } from '../../centre/trunks/trunk-rules.ts'
import { InvalidInput } from '../../records/errors.ts'
import { trunkRules } from '../../records/telephony/trunk-rule-schemas.ts'
import type { TrunkRecord } from '../../store/telephony/telephony.ts'
import { isChecked, linesOf, numberOf, type Typed, textOf } from '../typed.ts'

export function ruleValues(trunk: Pick<TrunkRecord, 'rules'>): Filled['values'] {
  const rules = rulesOf(trunk)
  return {
    overflowOn: rules.overflowOn.join(' '),
    responseMs: String(rules.responseMs / 1000),
    ringMinMs: String(rules.ringMinMs / 1000),
    ringMaxMs: String(rules.ringMaxMs / 1000),
    numbersOut: rules.numbersOut.map(lineOfNumbers).join('\n'),
    numbersIn: rules.numbersIn.map(lineOfNumbers).join('\n'),
    callerIdForm: rules.callerIdForm,
    userPhone: String(rules.userPhone),
    fromUser: rules.fromUser,
    asserted: rules.asserted,
    withheld: String(rules.withheld),
    diversion: rules.diversion ?? '',
    forceRport: String(rules.forceRport),
    dtmf: rules.dtmf,
    earlyMedia: rules.earlyMedia,
    redirects: rules.redirects,
    results: rules.results.map(rule => `${conditionOf(rule)} ${rule.result}`).join('\n'),
    hearing: String(rules.hearing),
    tones: rules.tones,
    machines: String(rules.machines),
    echoNumber: rules.echoNumber ?? '',
  }
}

/** Nothing when the form was opened before it asked for this. Throws InvalidInput for a line that has not the right parts. */
export function rulesGiven(typed: Typed): { rules?: Record<string, unknown> } {
  if (typed['callerIdForm'] === undefined) return {}
  return {
    rules: {
      overflowOn: textOf(typed, 'overflowOn')
        .split(/[\s,，;；]+/)
        .filter(word => word !== '')
        .map(word => (/^\d{3}$/.test(word) ? Number(word) : word)),
      responseMs: numberOf(typed, 'responseMs', 1000),
      ringMinMs: numberOf(typed, 'ringMinMs', 1000),
      ringMaxMs: numberOf(typed, 'ringMaxMs', 1000),
      numbersOut: linesOf(typed, 'numbersOut').map(line => numbersOf(line, 'numbersOut')),
      numbersIn: linesOf(typed, 'numbersIn').map(line => numbersOf(line, 'numbersIn')),
      callerIdForm: textOf(typed, 'callerIdForm'),
      userPhone: isChecked(typed, 'userPhone'),
      fromUser: textOf(typed, 'fromUser'),
      asserted: textOf(typed, 'asserted'),
      withheld: isChecked(typed, 'withheld'),
      diversion: textOf(typed, 'diversion') || null,
      forceRport: isChecked(typed, 'forceRport'),
      dtmf: textOf(typed, 'dtmf'),
      earlyMedia: textOf(typed, 'earlyMedia'),
      redirects: textOf(typed, 'redirects'),
      results: linesOf(typed, 'results').map(resultOf),
      // A form of before it asked for these has none of them, and a box that is not ticked is not sent: the choice beside it tells.
      ...(typed['tones'] === undefined
        ? {}
        : {
            tones: textOf(typed, 'tones'),
            hearing: isChecked(typed, 'hearing'),
            machines: isChecked(typed, 'machines'),
          }),
      echoNumber: textOf(typed, 'echoNumber') || null,
    },
  }
}

/** `rules.numbersOut.3.pattern` of the records is the fourth line of `numbersOut` in the form. */
export function asFormNames(error: unknown): unknown {
  if (!(error instanceof InvalidInput)) return error
  return new InvalidInput(error.problems.map(each => ({ ...each, field: each.field.replace(/^rules\./, '') })))
}

/** What the form as it stands would do with an example: nothing is saved. Lines that are not right yet are passed over, and counted. */
export function trialOf(typed: Typed, emergency: readonly string[]): TrunkTrial {
  const wrong = { lines: 0 }
  const tryLines = <T>(name: string, read: (line: string) => T, isGood: (rule: T) => boolean): T[] =>
    linesOf(typed, name)
      .slice(0, numberRulesMax)
      .flatMap(line => {
        try {
          const rule = read(line)
          if (isGood(rule)) return [rule]
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error
        }
        wrong.lines++
        return []
      })
  const isGood = ({ pattern, prefix }: NumberRule) => isPattern(pattern) && isPrefix(prefix)
  const out = tryLines('numbersOut', line => numbersOf(line, 'numbersOut'), isGood)
  const into = tryLines('numbersIn', line => numbersOf(line, 'numbersIn'), isGood)
  const results = tryLines('results', resultOf, rule => trunkRules.safeParse({ results: [rule] }).success)
  const form = trunkRules.safeParse({ callerIdForm: textOf(typed, 'callerIdForm') })
  const callerId = linesOf(typed, 'callerIds')[0]?.slice(0, 40) ?? null
  const text = textOf(typed, 'tryNumber').slice(0, 40)
  const known = normaliseNumber(text) ?? text
  const [status = '', cause = '', ...words] = textOf(typed, 'trySignalled').slice(0, 120).split(/\s+/)
  const said = {
    sipStatus: /^[3-6]\d\d$/.test(status) ? Number(status) : null,
    q850: /^\d{1,3}$/.test(cause) ? Number(cause) : null,
    text: (/^\d{1,3}$/.test(cause) ? words : [cause, ...words]).join(' '),
  }
  return {
    number: text === '' ? null : { known, out: rewritten(out, known), into: rewritten(into, text) },
    help: emergency
      .map(number => ({ number, left: rewritten(out, number) }))
      .filter(({ number, left }) => left.number !== number)
      .map(({ number, left }) => ({ number, out: left.number })),
    shown: callerId === null ? null : shownAs(form.data?.callerIdForm ?? 'as_written', callerId),
    result: said.sipStatus === null ? null : resultBy(results, said),
    wrongLines: wrong.lines,
  }
}

/** `+861XXXXXXXXXX 3` · `+86. 3 0` · `. 0 9`: the pattern, how many characters go, and what comes in front. */
function lineOfNumbers({ pattern, strip, prefix }: NumberRule): string {
  return [pattern, strip, ...(prefix === '' ? [] : [prefix])].join(' ')
}

function numbersOf(line: string, field: string): NumberRule {
  const [pattern = '', strip = '', prefix = '', more] = line.split(/[\s,，]+/)
  if (!/^\d{1,2}$/.test(strip) || more !== undefined)
    throw new InvalidInput([
      { field, found: line.slice(0, 60), allowed: 'a pattern, how many characters to strip, a prefix: +86. 3 0' },
    ])
  return { pattern: pattern.toUpperCase(), strip: Number(strip), prefix }
}

/** `sip 480 q850 20 text "switched off" POWER_OFF`: conditions in any order, the result last. */
function resultOf(line: string): ResultRule {
  const fail = (): never => {
    throw new InvalidInput([
      { field: 'results', found: line.slice(0, 80), allowed: 'sip 480 q850 20 text "words" RESULT, e.g. sip 480 BUSY' },
    ])
  }
  const rule: Record<string, unknown> = {}
  const parts = [...line.slice(0, 300).matchAll(/"([^"]{0,100})"|(\S+)/g)].map(match => match[1] ?? match[2]!)
  const result = parts.pop() ?? fail()
  if (parts.length % 2 !== 0) fail()
  for (let at = 0; at < parts.length; at += 2) {
    const name = parts[at]!.toLowerCase()
    const value = parts[at + 1]!
    if (rule[name] !== undefined) fail()
    if ((name === 'sip' || name === 'q850') && /^\d{1,3}$/.test(value)) rule[name] = Number(value)
    else if (name === 'text') rule['text'] = value
    else fail()
  }
  return { ...rule, result: result.toUpperCase() } as ResultRule
}
