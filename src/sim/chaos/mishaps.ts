/** Things that happen around a floor: lines fail, campaigns pause and change, rules get stricter, people ask not to be called, hands reach in. */
import type { Policy } from '../../centre/policy/policy.ts'
import type { UserId } from '../../lib/ids.ts'
import type { Desks } from './desks.ts'
import { changeMenu } from './menus.ts'
import { between, chance, oneOf, some } from './people.ts'
import { record, type Scene } from './scene.ts'

export class Mishaps {
  readonly #scene: Scene
  readonly #desks: Desks
  #saved = 1

  constructor(scene: Scene, desks: Desks) {
    this.#scene = scene
    this.#desks = desks
  }

  happen(): void {
    const { random, plan } = this.#scene
    const draw = random()
    const someone = oneOf(random, plan.setup.users).id
    if (draw < 0.1) this.#trunk()
    else if (draw < 0.2) this.#pause()
    else if (draw < 0.25) this.#stop()
    else if (draw < 0.28) this.#paid()
    else if (draw < 0.36) this.#campaign(someone)
    else if (draw < 0.4) this.#policy()
    else if (draw < 0.47) this.#user(someone)
    else if (draw < 0.54) this.#endCall()
    else if (draw < 0.64) this.#goAway(someone)
    else if (draw < 0.72) this.#desks.loseAudio(someone)
    else if (draw < 0.82) this.#digit()
    else if (draw < 0.92) this.#queue()
    else changeMenu(this.#scene)
  }

  #trunk(): void {
    const { random, plan, post, after } = this.#scene
    const trunk = oneOf(random, plan.setup.trunks).id
    const known = this.#scene.state.trunks.get(trunk)?.trunk
    if (known === undefined) return // it is removed for a while
    if (chance(random, 0.2))
      return record(this.#scene, { type: 'trunk.saved', trunk: { ...known, enabled: !known.enabled } })
    post({ type: 'trunk.down', trunk, reason: 'no answer to OPTIONS' })
    after(between(random, 1_000, 20_000), () => post({ type: 'trunk.up', trunk }))
  }

  #pause(): void {
    const { campaign } = this.#someCampaign()
    const state = campaign.state === 'running' ? 'paused' : 'running'
    record(this.#scene, { type: 'campaign.saved', campaign: { ...campaign, state } })
  }

  /** Somebody may not be called any more, or may be again. */
  #stop(): void {
    const { random, plan, now } = this.#scene
    if (plan.leads.length === 0) return
    const { phones, ref: party } = oneOf(random, plan.leads)
    const until = chance(random, 0.3) ? now + between(random, 30_000, 300_000) : null
    const draw = random()
    if (draw < 0.5)
      record(this.#scene, { type: 'suppression.added', number: oneOf(random, phones).number, reason: 'asked', until })
    else if (draw < 0.6)
      record(this.#scene, { type: 'suppression.removed', number: phones[0]!.number, reason: 'agreed again' })
    else if (draw < 0.85) record(this.#scene, { type: 'party.held', party, kind: 'hold', reason: 'dispute', until })
    else record(this.#scene, { type: 'party.released', party, kind: 'hold', reason: 'settled' })
  }

  /** Money came in, of somebody whose telephone rings if one does. */
  #paid(): void {
    const { random, plan, state, now } = this.#scene
    const ringing = [...state.calls.values()].find(call => call.answeredAt === null && call.party !== null)
    const party = ringing?.party ?? (plan.leads.length > 0 ? oneOf(random, plan.leads).ref : null)
    if (party === null) return
    const paid = { id: `p${++this.#saved}`, party, loan: null, amount: 1, currency: 'CNY', paidAt: now, channel: '' }
    record(this.#scene, { type: 'repayment.recorded', repayment: paid })
  }

  #campaign(someone: UserId): void {
    const { random } = this.#scene
    const { campaign } = this.#someCampaign()
    const agents = some(campaign.agents, 0.8, random)
    const change = oneOf(random, [
      { agents: agents.length > 0 ? agents : [someone] },
      { mode: oneOf(random, ['predictive', 'progressive', 'preview', 'manual', 'notice'] as const) },
      { priority: between(random, 1, 9), share: between(random, 1, 5) },
      { reserved: !campaign.reserved },
      { abandonRateMax: oneOf(random, [0.01, 0.03, 0.05]) },
    ])
    record(this.#scene, { type: 'campaign.saved', campaign: { ...campaign, ...change } })
  }

  /** A policy of the centre's own allows one contact more or less. */
  #policy(): void {
    const { random, plan, state } = this.#scene
    const { id } = oneOf(random, plan.setup.policies ?? [])
    const policy = state.policies.get(id)!
    const limits = policy.limits?.map(limit =>
      limit.max === 0 ? limit : { ...limit, max: Math.max(1, limit.max + (chance(random, 0.5) ? 1 : -1)) },
    )
    const changed: Policy = { ...policy, version: `${++this.#saved}`, ...(limits === undefined ? {} : { limits }) }
    record(this.#scene, { type: 'policy.saved', policy: changed })
  }

  #user(id: UserId): void {
    const { random } = this.#scene
    const { user } = this.#scene.state.agents.get(id)!
    const stations = ['browser', 'phone-nailed', 'phone-rung'] as const
    const change = chance(random, 0.6) ? { enabled: !user.enabled } : { station: oneOf(random, stations) }
    record(this.#scene, { type: 'user.saved', user: { ...user, ...change } })
  }

  #endCall(): void {
    const { random, state } = this.#scene
    const calls = [...state.calls.keys()]
    if (calls.length > 0) this.#scene.post({ type: 'call.end', call: oneOf(random, calls), by: 'supervisor' })
  }

  #goAway(agent: UserId): void {
    const { random, state, post } = this.#scene
    if (state.agents.get(agent)!.call === null) return
    if (chance(random, 0.5)) post({ type: 'agent.break', agent, reason: 'lunch' })
    else post({ type: 'agent.signOff', agent, reason: 'ill' })
  }

  #digit(): void {
    const { random, state } = this.#scene
    const legs = [...state.legs.keys()]
    const digit = oneOf(random, ['1', '#', 'x'])
    if (legs.length > 0) this.#scene.post({ type: 'leg.digit', leg: oneOf(random, legs), digit })
  }

  #queue(): void {
    const { random, plan, state } = this.#scene
    if (plan.setup.queues.length === 0) return
    const queue = state.queues.get(oneOf(random, plan.setup.queues).id)?.queue
    if (queue === undefined) return // it is removed for a while
    const members = queue.members.length > 1 ? queue.members.slice(1) : plan.setup.users.map(user => user.id)
    record(this.#scene, { type: 'queue.saved', queue: { ...queue, members } })
  }

  #someCampaign() {
    const { random, plan, state } = this.#scene
    return state.campaigns.get(oneOf(random, plan.setup.campaigns).id)!
  }
}
