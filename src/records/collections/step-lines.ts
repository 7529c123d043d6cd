/** Steps of a strategy as an administrator writes them, one a line: `NAME | DAY | ACTION | CONDITIONS | TEXT`. */
import type { StepAction, StrategyStep } from '../../lender/strategy.ts'
import { InvalidInput } from '../errors.ts'

export type NamedCampaign = { id: string; name: string }

export const stepLineWords =
  'NAME | DAY | sms, email, letter, call CAMPAIGN, send LEGAL or send OUTSOURCED | owed>=N, owed<N, promise, no promise, consent, after BUSY+NO_ANSWER | TEXT (of an e-mail SUBJECT | TEXT)'

/** Throws InvalidInput of the field `stepLines` with the line that is none. What single values may be is the schema's to say. */
export function readStepLine(line: string, at: number, campaigns: readonly NamedCampaign[]): Record<string, unknown> {
  const parts = line.split('|').map(part => part.trim())
  const [name = '', day = '', action = '', conditions = ''] = parts
  const text = parts.slice(4).join(' | ').replaceAll('\\n', '\n')
  const wrong = () => new InvalidInput([{ field: `stepLines.${at}`, found: line.slice(0, 60), allowed: stepLineWords }])
  if (name === '' || !/^\d{1,4}$/.test(day)) throw wrong()
  const step: Record<string, unknown> = {
    name,
    day: Number(day),
    action: readAction(action, text, campaigns) ?? raise(wrong()),
  }
  for (const condition of conditions.split(/[,，]/).map(each => each.trim())) {
    if (condition === '') continue
    const [, sign, amount] = /^owed\s*(>=|<)\s*(\d{1,9}(?:\.\d{1,2})?)$/.exec(condition) ?? []
    const [, results] = /^after ([A-Z_+]+)$/.exec(condition) ?? []
    if (sign !== undefined) step[sign === '<' ? 'owedBelow' : 'owedFrom'] = Math.round(Number(amount) * 100)
    else if (condition === 'promise') step['promise'] = true
    else if (condition === 'no promise') step['promise'] = false
    else if (condition === 'consent') step['consent'] = true
    else if (results !== undefined) step['lastResults'] = results.split('+')
    else throw wrong()
  }
  return step
}

function readAction(text: string, words: string, campaigns: readonly NamedCampaign[]): Record<string, unknown> | null {
  if (text === 'sms' || text === 'letter') return { type: text, text: words }
  if (text === 'email') {
    const [subject = '', ...rest] = words.split(' | ')
    return { type: 'email', subject: subject.trim(), text: rest.join(' | ') }
  }
  const [, verb, what] = /^(call|send)\s+(.+)$/.exec(text) ?? []
  if (verb === 'send') return { type: 'send', to: what }
  const campaign = campaigns.find(({ name, id }) => name === what || id === what)
  return verb === 'call' && campaign !== undefined ? { type: 'call', campaign: campaign.id } : null
}

export function stepLine(step: StrategyStep, campaigns: readonly NamedCampaign[]): string {
  const { action, owedFrom, owedBelow, promise, lastResults, consent } = step
  const conditions = [
    ...(owedFrom === null ? [] : [`owed>=${owedFrom / 100}`]),
    ...(owedBelow === null ? [] : [`owed<${owedBelow / 100}`]),
    ...(promise === null ? [] : [promise ? 'promise' : 'no promise']),
    ...(consent ? ['consent'] : []),
    ...(lastResults.length === 0 ? [] : [`after ${lastResults.join('+')}`]),
  ]
  const subject = action.type === 'email' ? ` | ${action.subject}` : ''
  const text = 'text' in action ? `${subject} | ${action.text.replaceAll('\n', '\\n')}` : ''
  return `${step.name} | ${step.day} | ${actionWords(action, campaigns)} | ${conditions.join(', ')}${text}`
}

export function actionWords(action: StepAction, campaigns: readonly NamedCampaign[]): string {
  if (action.type === 'send') return `send ${action.to}`
  if (action.type !== 'call') return action.type
  return `call ${campaigns.find(({ id }) => id === action.campaign)?.name ?? action.campaign}`
}

function raise(error: Error): never {
  throw error
}
