import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../../config.ts'
import { readScenario } from './scenario.ts'

const refusal = (value: unknown) => {
  try {
    readScenario('a.json', typeof value === 'string' ? value : JSON.stringify(value))
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  return assert.fail('it was taken')
}

test('the scenario of the contract is taken as it stands, and an empty one has every default', () => {
  const contract = `{ "seed": 1, "hours": 8, "agents": 50, "mode": "predictive", "abandonRateMax": 0.03,
  "answerProbability": 0.3, "answerProbabilitySteps": [{ "atS": 7200, "value": 0.6 }],
  "answeredRingMs": { "mean": 10000, "cv": 0.5 }, "unanswered": [{ "weight": 0.4, "mean": 6000, "cv": 0.6 }, { "weight": 0.6, "ringOut": true }], "ringMs": 30000,
  "talkMs": [{ "weight": 0.4, "mean": 14400, "cv": 0.6 }, { "weight": 0.6, "mean": 86400, "cv": 0.9 }], "talkSteps": [{ "atS": 10800, "factor": 0.5 }],
  "wrapMs": { "mean": 18000, "cv": 0.8 }, "breaks": [{ "fromS": 14400, "toS": 15300, "share": 0.5, "announced": false }],
  "maxLines": 400, "callsPerSecond": 50, "trunkDown": [{ "fromS": 20000, "toS": 20300 }] }`
  const { talkMs, unanswered, wrapMs } = readScenario('a.json', contract)
  const bare = readScenario('b.json', '{}')
  assert.deepEqual([bare.talkMs, bare.unanswered, bare.wrapMs], [talkMs, unanswered, wrapMs])
})

test('a key that is not known is refused wherever it stands, with its file, what was found and what is allowed', () => {
  assert.match(
    refusal({ agent: 5 }),
    /a\.json: agent is[\s\S]*found: +5[\s\S]*allowed: seed, hours[\s\S]*did you mean agents/,
  )
  assert.match(refusal({ breaks: [{ fromS: 1, toS: 2, share: 1, said: true }] }), /breaks\[0\]\.said[\s\S]*announced/)
  assert.match(refusal({ unanswered: [{ weight: 1, ringOut: true, extra: 1 }] }), /unanswered\[0\]\.extra/)
})

test('a value that is not right is refused with what is allowed', () => {
  assert.match(refusal({ mode: 'fast' }), /mode[\s\S]*"fast"[\s\S]*predictive, progressive, preview, manual/)
  assert.match(refusal({ answerProbability: 1.5 }), /answerProbability[\s\S]*1\.5[\s\S]*at most 1/)
  assert.match(refusal({ agents: '50' }), /agents[\s\S]*"50"[\s\S]*number/)
  assert.match(refusal({ agents: 1.5 }), /agents[\s\S]*1\.5[\s\S]*whole number/)
  assert.match(refusal({ trunkDown: [{ fromS: 5, toS: 5 }] }), /trunkDown\[0\]\.toS[\s\S]*above fromS/)
  assert.match(
    refusal({ retries: [{ result: 'SOLD', delayMs: 1000, max: 1 }] }),
    /retries\[0\]\.result[\s\S]*"SOLD"[\s\S]*BUSY/,
  )
  assert.match(refusal({ inbound: { callsPerHour: -1 } }), /inbound\.callsPerHour[\s\S]*-1[\s\S]*at least 0/)
  assert.match(refusal({ inbound: { callsPerHour: 1, patience: 5 } }), /inbound\.patience[\s\S]*patienceMs/)
  assert.match(refusal({ startsAt: 'today' }), /startsAt[\s\S]*an instant/)
  assert.match(refusal([]), /the file itself[\s\S]*a JSON object/)
  assert.match(refusal('{ "seed": '), /the file itself[\s\S]*a JSON object/)
})
