import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sections } from './report.ts'

const outcome = (figures: Record<string, unknown>) => ({
  at: '2026-11-24T01:00:00.000Z',
  machine: '2 × a processor',
  figures,
})

test('a figure stands beside its goal, and a missed goal is said', () => {
  const page = sections(new Map([['engine', outcome({ decisionUs: 12.345, durableP99Ms: 25 })]]), () => '')
  assert.match(page, /one decision, 500 agents, 100,000 leads \| 12\.3 µs \| ≤ 50 µs \| met/)
  assert.match(page, /p99 \| 25 ms \| ≤ 20 ms \| \*\*missed\*\*/)
  assert.match(page, /delay of the main loop meanwhile, p99 \| not measured/)
})

test('a peer that was absent is named, and what has no goal is kept with machine, command and text', () => {
  const page = sections(
    new Map([
      ['media', outcome({ relayVsRtpengine: null, why: 'rtpengine is not installed', usPerPacket: { plain: 9 } })],
    ]),
    name => `What ${name} means.`,
  )
  assert.match(page, /against rtpengine \| not measured \| ≤ 0\.7 × \| rtpengine is not installed/)
  assert.match(page, /`npm run bench:media -- --json` on 2026-11-24: 2 × a processor/)
  assert.match(page, /What media means\./)
  assert.match(page, /"plain": 9/)
})

test('what was found cell by cell is a table', () => {
  const page = sections(new Map([['pacing', outcome({ rows: [{ agents: 10, worst15: null }] })]]), () => '')
  assert.match(page, /### rows\n\n\| agents \| worst15 \|\n\| --- \| --- \|\n\| 10 \| – \|/)
})

test('the goals stand before everything, and what has a text only behind it', () => {
  const outcomes = new Map([['sip', outcome({})]])
  const page = sections(outcomes, () => '', { goals: '## goals', notes: new Map([['soak', 'Two hours.']]) })
  assert.match(page, /## goals\n[\s\S]*## sip\n[\s\S]*## soak\n\nTwo hours\./)
})
