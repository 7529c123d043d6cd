import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Campaign } from '../../centre/entities.ts'
import { campaignChange } from '../../records/campaigns/campaign-schemas.ts'
import { checkNotice } from '../../records/campaigns/notice.ts'
import { InvalidInput } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import { modesGiven, modeValues } from './campaign-modes.ts'

const typed = {
  noticeLanguage: 'en',
  noticeMaxLines: '40',
  noticeWait: '20',
  abandoned: 'callback',
  reserved: 'true',
  notice: 'notice-greeting\n{ amount  money }\r\npress-1',
  modeRules: '09:00-12:00 @Asia/Tokyo agents<10 answers<12.5% : preview\nagents>=50 : predictive',
}

test('what the form has is what the schema takes, and comes back as it was', () => {
  const change = parseInput(campaignChange, modesGiven(typed))
  assert.deepEqual(change.modeRules, [
    {
      when: { from: '09:00', to: '12:00', zone: 'Asia/Tokyo', agentsBelow: 10, answerRateBelow: 0.125 },
      mode: 'preview',
    },
    { when: { agentsFrom: 50 }, mode: 'predictive' },
  ])
  assert.equal(change.notice?.waitMs, 20_000)
  const again = modeValues(change as Campaign)
  assert.deepEqual(again, {
    ...typed,
    notice: 'notice-greeting\n{amount money}\npress-1',
  })
})

test('a form of before these fields changes none of them', () => {
  assert.deepEqual(modesGiven({ name: 'x' }), {})
})

test('a line that cannot be read is told: what was found and what is allowed', () => {
  const problemOf = (more: object) => {
    try {
      parseInput(campaignChange, modesGiven({ ...typed, ...more }))
    } catch (error) {
      assert.ok(error instanceof InvalidInput)
      return error.message
    }
    return assert.fail('it was taken')
  }
  assert.match(problemOf({ modeRules: 'soon : preview' }), /modeRules: found soon : preview; allowed: 09:00/)
  assert.match(problemOf({ modeRules: 'agents<10 : clever' }), /predictive, progressive/)
  assert.match(problemOf({ modeRules: '@Mars/Base agents<10 : preview' }), /IANA time zone/)
  assert.match(problemOf({ modeRules: '@Asia/Tokyo : preview' }), /at least one of from/)
  assert.match(problemOf({ modeRules: '25:00-26:00 : preview' }), /a time of the day/)
  assert.match(problemOf({ notice: '{amount}' }), /money \| number/)
  assert.match(problemOf({ notice: '{amount gold}' }), /notice\.parts\.0/)
  assert.match(problemOf({ notice: '../etc' }), /notice\.parts\.0/)
})

test('a line of a hundred thousand spaces is refused at once: calls are signalled on this same thread', () => {
  const before = process.cpuUsage()
  const notice = `{a${' '.repeat(99_990)}b`
  assert.throws(() => modesGiven({ ...typed, notice }), InvalidInput)
  const { user, system } = process.cpuUsage(before)
  assert.ok((user + system) / 1_000 < 200, 'a backtracking pattern would take a minute')
})

test('a phrase that nobody recorded cannot be said', () => {
  const change = parseInput(campaignChange, modesGiven({ ...typed, notice: 'amount-due\nown/hello' }))
  assert.throws(
    () => checkNotice({ notice: change.notice }, []),
    /notice\.parts\.1: found own\/hello; allowed: one of notice-greeting/,
  )
  checkNotice({ notice: change.notice }, ['hello'])
})
