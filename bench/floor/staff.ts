/** Agents who sign on, go ready, and write each call up in the time that the law gives: they do through the engine what a desk does. */
import type { House } from '../../src/house.ts'
import type { CallId, UserId } from '../../src/lib/ids.ts'
import type { Random } from '../../src/lib/random.ts'
import { type Distribution, draw } from '../../src/sim/distribution.ts'

export type Staff = Disposable & { readonly refusals: ReadonlyMap<string, number> }

const backFromBreakMs = 300

export function employ(house: House, agents: UserId[], wrapMs: Distribution, random: Random): Staff {
  const { engine } = house
  const refusals = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const after = (ms: number, task: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      task()
    }, ms)
    timers.add(timer)
  }
  const count = (words: string) => refusals.set(words, (refusals.get(words) ?? 0) + 1)
  const say = (input: Parameters<typeof engine.dispatch>[0], agent: UserId) =>
    void engine.dispatch(input, `user:${agent}`).then(
      outcome => outcome.ok || count(outcome.refusal.rule),
      error => count(String(error)),
    )
  const write = (agent: UserId, call: CallId) =>
    say(
      {
        type: 'agent.dispose',
        agent,
        call,
        code: 'promise',
        note: '',
        fields: {},
        callbackAt: null,
        callbackMine: false,
        next: 'ready',
      },
      agent,
    )
  const unsubscribe = engine.subscribe(({ fact }) => {
    if (fact.type !== 'agent.stateChanged') return
    const { agent, state, call, reason } = fact
    if (state === 'wrapping' && call !== null && reason !== 'overrun')
      after(draw(wrapMs, random), () => write(agent, call))
    else if (state === 'break') after(backFromBreakMs, () => say({ type: 'agent.ready', agent }, agent))
  })
  for (const agent of agents) say({ type: 'agent.signOn', agent }, agent)
  return {
    refusals,
    [Symbol.dispose]() {
      unsubscribe()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
