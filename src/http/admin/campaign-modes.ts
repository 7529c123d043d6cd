/** The part of a campaign's form about modes: rules and the message of a robot notice, one a line. */
import type { Filled } from '../../../web/parts/form.ts'
import { type Campaign, type MessagePart, type ModeRule, readAs } from '../../centre/entities.ts'
import { InvalidInput } from '../../records/errors.ts'
import { isChecked, linesOf, numberOf, type Typed, textOf } from '../typed.ts'

/** A field's name of 64 characters, how it is read, and spaces. */
const lineMax = 200

export const freshModes: Filled['values'] = {
  reserved: 'false',
  abandoned: 'rest',
  modeRules: '',
  notice: '',
  noticeLanguage: 'zh-CN',
  noticeMaxLines: '30',
  noticeWait: '30',
}

export function modeValues({ reserved, abandoned, modeRules, notice }: Campaign): Filled['values'] {
  return {
    reserved: String(reserved ?? false),
    abandoned: abandoned ?? 'rest',
    modeRules: (modeRules ?? []).map(ruleLine).join('\n'),
    notice: (notice?.parts ?? []).map(partLine).join('\n'),
    noticeLanguage: notice?.language ?? 'zh-CN',
    noticeMaxLines: String(notice?.maxLines ?? 30),
    noticeWait: String((notice?.waitMs ?? 30_000) / 1000),
  }
}

/** Fields of a notice stand in the form one by one. */
export const modeFieldNames = {
  'notice.language': 'noticeLanguage',
  'notice.maxLines': 'noticeMaxLines',
  'notice.waitMs': 'noticeWait',
}

/** A form of before these fields sends none of them: they stay as they are. Throws InvalidInput for a line that cannot be read. */
export function modesGiven(typed: Typed): Record<string, unknown> {
  if (typed.noticeLanguage === undefined) return {}
  const parts = linesOf(typed, 'notice').map(partOf)
  return {
    reserved: isChecked(typed, 'reserved'),
    abandoned: textOf(typed, 'abandoned'),
    modeRules: linesOf(typed, 'modeRules').map(ruleOf),
    notice:
      parts.length === 0
        ? null
        : {
            language: textOf(typed, 'noticeLanguage'),
            parts,
            maxLines: numberOf(typed, 'noticeMaxLines'),
            waitMs: numberOf(typed, 'noticeWait', 1000),
          },
  }
}

/** `notice-greeting`, or `{amount money}`. */
function partLine(part: MessagePart): string {
  return 'prompt' in part ? part.prompt : `{${part.field} ${part.as}}`
}

function partOf(line: string): { prompt: string } | { field: string; as: string } {
  if (!line.startsWith('{')) return { prompt: line }
  // A longer line is none: the pattern would look for its spaces for minutes.
  const found = line.length > lineMax ? null : /^\{\s*(\S.*?)\s+(\S+?)\s*\}$/.exec(line)
  if (found === null)
    throw new InvalidInput([{ field: 'notice', found: line.slice(0, 60), allowed: `{field ${readAs.join(' | ')}}` }])
  return { field: found[1]!, as: found[2]! }
}

/** `09:00-12:00 @Asia/Shanghai agents<10 answers<20% : preview`; any of the conditions may be left out. */
function ruleLine({ when, mode }: ModeRule): string {
  const percent = (share: number) => `${Number((share * 100).toFixed(2))}%`
  const conditions = [
    when.from === undefined && when.to === undefined ? '' : `${when.from ?? '00:00'}-${when.to ?? '24:00'}`,
    when.zone === undefined ? '' : `@${when.zone}`,
    when.agentsBelow === undefined ? '' : `agents<${when.agentsBelow}`,
    when.agentsFrom === undefined ? '' : `agents>=${when.agentsFrom}`,
    when.answerRateBelow === undefined ? '' : `answers<${percent(when.answerRateBelow)}`,
    when.answerRateFrom === undefined ? '' : `answers>=${percent(when.answerRateFrom)}`,
  ]
  return `${conditions.filter(each => each !== '').join(' ')} : ${mode}`
}

function ruleOf(line: string): { when: Record<string, unknown>; mode: string } {
  const at = line.lastIndexOf(' :')
  const when: Record<string, unknown> = {}
  const bad = () =>
    new InvalidInput([
      { field: 'modeRules', found: line.slice(0, 60), allowed: '09:00-12:00 agents<10 answers<20% : preview' },
    ])
  if (at < 0) throw bad()
  for (const word of line.slice(0, at).split(/\s+/)) {
    const hours = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(word)
    const limit = /^(agents|answers)(<|>=)(\d+(?:\.\d+)?)(%?)$/.exec(word)
    if (word === '') continue
    if (hours !== null) [when.from, when.to] = [hours[1], hours[2]]
    else if (word.startsWith('@')) when.zone = word.slice(1)
    else if (limit !== null && (limit[1] === 'answers') === (limit[4] === '%')) {
      const side = limit[2] === '<' ? 'Below' : 'From'
      if (limit[1] === 'agents') when[`agents${side}`] = Number(limit[3])
      else when[`answerRate${side}`] = Number((Number(limit[3]) / 100).toFixed(4))
    } else throw bad()
  }
  return { when, mode: line.slice(at + 2).trim() }
}
