import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noEase } from '../centre/lines/ease.ts'
import type { FloorState } from '../centre/state.ts'
import { Histogram } from '../lib/histogram.ts'
import type { CampaignId } from '../lib/ids.ts'
import type { Deps } from './deps.ts'
import { metricsRoutes } from './metrics.ts'

test('from the 200 OK to the patch is a histogram in seconds for each campaign', async () => {
  const whole = new Histogram([100, 2000])
  const own = new Histogram([100, 2000])
  for (const ms of [20, 40, 1500, 3000]) whole.note(ms)
  own.note(20)
  const state = { agents: new Map(), calls: new Map(), campaigns: new Map(), trunks: new Map(), queues: new Map() }
  const route = metricsRoutes({
    engine: {
      state: state as unknown as FloorState,
      trouble: null,
      lag: { nowMs: 0, stalls: 0, stalledMs: 0 },
      inboxLag: { nowMs: 0, times: 0, inAllMs: 0 },
      subscribe: () => () => undefined,
    },
    sessions: { count: 0, guesses: { refused: 7, told: 1 } },
    version: 'x',
    answerTimes: () => new Map([['k_1' as CampaignId, { whole, own }]]),
  } as unknown as Deps)
  const here = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
  const text = await (await route.request('/metrics', {}, here)).text()
  const lines = text.split('\n').filter(line => /answer_to_patch_seconds/.test(line))
  assert.deepEqual(lines, [
    "# HELP switchroom_answer_to_patch_seconds From a customer's 200 OK to the patch with an agent.",
    '# TYPE switchroom_answer_to_patch_seconds histogram',
    'switchroom_answer_to_patch_seconds_bucket{campaign="k_1",le="0.1"} 2',
    'switchroom_answer_to_patch_seconds_bucket{campaign="k_1",le="2"} 3',
    'switchroom_answer_to_patch_seconds_bucket{campaign="k_1",le="+Inf"} 4',
    'switchroom_answer_to_patch_seconds_sum{campaign="k_1"} 4.56',
    'switchroom_answer_to_patch_seconds_count{campaign="k_1"} 4',
  ])
  assert.match(text, /switchroom_answer_to_patch_own_seconds_bucket\{campaign="k_1",le="0.1"\} 1\n/)
})

test('a trunk says whether it is up and registered, what it carries and starts, and how it answered last', async () => {
  const trunk = { id: 't_1', name: 'E1', register: true, maxCalls: 30, callsPerSecond: 5 }
  const floor = {
    trunk,
    up: true,
    reason: '',
    calls: 7,
    ease: noEase(),
    recent: [9_500, 8_000],
    fault: { at: 4_000, words: 'x' },
  }
  const silent = {
    trunk: { ...trunk, id: 't_2', register: false },
    up: false,
    reason: 'x',
    calls: 0,
    ease: noEase(),
    recent: [],
    missed: [],
    fault: null,
  }
  const trunks = new Map<string, object>([
    ['t_1', floor],
    ['t_2', silent],
  ])
  const state = { agents: new Map(), calls: new Map(), campaigns: new Map(), trunks, queues: new Map() }
  const route = metricsRoutes({
    engine: {
      state: state as unknown as FloorState,
      trouble: null,
      lag: { nowMs: 0, stalls: 0, stalledMs: 0 },
      inboxLag: { nowMs: 0, times: 0, inAllMs: 0 },
      subscribe: () => () => undefined,
    },
    sessions: { count: 0, guesses: { refused: 7, told: 1 } },
    version: 'x',
    clock: { now: () => 10_000 },
    trunkWire: (id: string) =>
      id === 't_1'
        ? { target: null, registration: { state: 'registered' }, options: { status: 200, rttMs: 25, at: 1 } }
        : null,
  } as unknown as Deps)
  const here = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
  const text = await (await route.request('/metrics', {}, here)).text()
  const lines = text.split('\n').filter(line => /^switchroom_trunk_/.test(line))
  assert.deepEqual(lines, [
    'switchroom_trunk_up{trunk="t_1"} 1',
    'switchroom_trunk_up{trunk="t_2"} 0',
    'switchroom_trunk_calls{trunk="t_1"} 7',
    'switchroom_trunk_calls{trunk="t_2"} 0',
    'switchroom_trunk_calls_max{trunk="t_1"} 30',
    'switchroom_trunk_calls_max{trunk="t_2"} 30',
    'switchroom_trunk_starts_last_second{trunk="t_1"} 1',
    'switchroom_trunk_starts_last_second{trunk="t_2"} 0',
    'switchroom_trunk_starts_per_second_max{trunk="t_1"} 5',
    'switchroom_trunk_starts_per_second_max{trunk="t_2"} 5',
    'switchroom_trunk_starts_per_second{trunk="t_1"} 5',
    'switchroom_trunk_starts_per_second{trunk="t_2"} 5',
    'switchroom_trunk_registered{trunk="t_1"} 1',
    'switchroom_trunk_options_rtt_seconds{trunk="t_1"} 0.025',
    'switchroom_trunk_fault_at_seconds{trunk="t_1"} 4',
  ])
})
