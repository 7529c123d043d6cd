import { leaderlessSetting } from '../centre/agents/team.ts'
import { awayMinutes, patternsMax, readPatterns } from '../centre/calls/outside.ts'
import type { Actor } from '../centre/facts.ts'
import { calendarKey, readDates } from '../centre/policy/holidays.ts'
import { unansweredChoices, whenFullChoices } from '../centre/recording/recording-rules.ts'
import { keepYearsMax } from '../centre/recording/retention.ts'
import { secondPersonSettings } from '../centre/records/approval.ts'
import { isLeftOut, leftOutKey } from '../centre/toll/left-out.ts'
import { AllowList } from '../lib/allow-list.ts'
import { daysMax, hoursMax, isWholeOrNone, keepYearsKeys, keepYearsWords } from './custody/custody-settings.ts'
import { keep, type RecordsDoor } from './door.ts'
import { InvalidInput } from './errors.ts'

const networksWords = 'addresses or networks, one a line, at most 200: 10.1.0.0/16; nothing: from anywhere'

const patternsWords = `numbers or beginnings of numbers, one a line, at most ${patternsMax}: +862155551234, +8621*`

const daysWords = `a whole number of days from 1 to ${daysMax}; nothing: kept for good`

/** Every setting there is and what is right for it. */
const checks: Record<string, { allowed: string; isRight: (value: string) => boolean }> = {
  'centre.name': { allowed: 'at most 64 characters', isRight: value => value.length <= 64 },
  'centre.zone': { allowed: 'an IANA time zone, e.g. Asia/Shanghai', isRight: isZone },
  'allow.phones': { allowed: networksWords, isRight: isNetworks },
  'allow.staff': { allowed: networksWords, isRight: isNetworks },
  'supervision.shown.listen': { allowed: 'true or false', isRight: isYesOrNo },
  'supervision.shown.whisper': { allowed: 'true or false', isRight: isYesOrNo },
  'supervision.shown.barge': { allowed: 'true or false', isRight: isYesOrNo },
  [leaderlessSetting]: { allowed: 'true or false', isRight: isYesOrNo },
  'transfer.numbers.agent': { allowed: patternsWords, isRight: isPatterns },
  'transfer.numbers.supervisor': { allowed: patternsWords, isRight: isPatterns },
  'transfer.maxMinutes': {
    allowed: `a whole number from ${awayMinutes.from} to ${awayMinutes.to}`,
    isRight: value => /^\d{1,3}$/.test(value) && +value >= awayMinutes.from && +value <= awayMinutes.to,
  },
  'recording.whenFull': { allowed: whenFullChoices.join(', '), isRight: value => isOneOf(whenFullChoices, value) },
  'recording.unanswered': {
    allowed: unansweredChoices.join(', '),
    isRight: value => isOneOf(unansweredChoices, value),
  },
  'recording.opusAfterHours': {
    allowed: `a whole number of hours from 0 to ${hoursMax}; nothing: never`,
    isRight: value => isWholeOrNone(value, 0, hoursMax),
  },
  'recording.sourceDays': { allowed: daysWords, isRight: value => isWholeOrNone(value, 1, daysMax) },
  'recording.unansweredDays': { allowed: daysWords, isRight: value => isWholeOrNone(value, 1, daysMax) },
  ...Object.fromEntries(
    Object.values(keepYearsKeys).map(key => [
      key,
      { allowed: keepYearsWords, isRight: (value: string) => isWholeOrNone(value, 0, keepYearsMax) && value !== '' },
    ]),
  ),
  [secondPersonSettings.export]: { allowed: 'true or false', isRight: isYesOrNo },
  [secondPersonSettings.token]: { allowed: 'true or false', isRight: isYesOrNo },
  [leftOutKey]: { allowed: 'a calling code and emergency numbers: 65: 993 995', isRight: isLeftOut },
  'setup.certificateDistributed': { allowed: 'true or false', isRight: value => value === 'true' || value === 'false' },
}

/** `calendar.ID`: the holidays of a country; empty brings back those that are shipped. */
const calendarCheck = {
  allowed: 'dates like 2026-08-17, apart by spaces or lines, at most 1,000',
  isRight: (value: string) => readDates(value) !== null,
}

export const settingKeys = Object.keys(checks)

export async function saveSettings(door: RecordsDoor, actor: Actor, values: Record<string, string>): Promise<void> {
  const problems = Object.entries(values).flatMap(([key, value]) => {
    const check = Object.hasOwn(checks, key) ? checks[key] : calendarKey.test(key) ? calendarCheck : undefined
    if (check === undefined)
      return [{ field: key.slice(0, 64), found: 'an unknown setting', allowed: settingKeys.join(', ') }]
    return check.isRight(value)
      ? []
      : [{ field: key, found: JSON.stringify(value.slice(0, 60)), allowed: check.allowed }]
  })
  for (const key of Object.values(secondPersonSettings))
    if (values[key] === 'false' && (await door.store.read('settings.get', { key })) === 'true')
      problems.push({ field: key, found: 'false', allowed: 'true; another person has to approve that it ends' })
  if (problems.length > 0) throw new InvalidInput(problems)
  const facts = Object.entries(values).map(([key, value]) => ({ type: 'setting.saved' as const, key, value }))
  if (facts.length > 0) await keep(door, actor, facts)
}

function isOneOf(choices: readonly string[], value: string): boolean {
  return choices.includes(value)
}

function isYesOrNo(value: string): boolean {
  return value === 'true' || value === 'false'
}

function isPatterns(text: string): boolean {
  const read = readPatterns(text)
  return 'patterns' in read && read.patterns.length <= patternsMax
}

function isNetworks(text: string): boolean {
  return AllowList.read(text) instanceof AllowList
}

function isZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}
