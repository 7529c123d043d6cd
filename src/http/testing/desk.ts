/** A desk with somebody to call: alice, a collector in a manual campaign, and Carl (K-1) who owes on L-1, with a friend's number beside his own. */
import type { CampaignMode, User } from '../../centre/entities.ts'
import type { CallId, CampaignId, LegId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { openCase } from '../../records/collections/cases.ts'
import { saveLoans } from '../../records/collections/loans.ts'
import { createParty } from '../../records/parties/parties.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { agentRoutes } from '../agent/agent.ts'
import { handleOf } from '../agent/party-view.ts'
import type { Pages } from '../pages.ts'
import { look, send } from './form.ts'
import { type House, openHouse } from './house.ts'

export const carl = '+8613700000001'
export const friend = '+8613700000002'

export type Desk = AsyncDisposable & {
  house: House
  alice: User
  /** Of the session that is open: who signs in again ends the one before. */
  cookie: string
  campaign: CampaignId
  call(): { id: CallId; leg: LegId; number: string }
  post(path: string, fields: Record<string, string>): ReturnType<typeof send>
  put(path: string, fields: Record<string, string>): ReturnType<typeof send>
  page(): Promise<string>
  /** Carl's number, or his friend's; answers the call's id, with the other side on the line. */
  talk(number?: string): Promise<string>
  hangUp(): Promise<void>
}

export async function openDesk({
  mode = 'manual',
  currency = 'CNY',
  routers = [],
}: {
  mode?: CampaignMode
  currency?: string
  /** Besides the desk's own. */
  routers?: Pages['routers']
} = {}): Promise<Desk> {
  const house = await openHouse({ pages: { routers: [agentRoutes, ...routers] } })
  const alice = await house.add('alice', 'agent', { displayName: 'Alice', language: 'en', numbersMasked: true })
  const { cookie } = await house.signIn('alice')
  const door = house.deps.records
  const trunk = (await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })).id
  const about = { name: 'March', business: 'collections', mode, trunks: [trunk], agents: [alice.id] }
  const campaign = (await createCampaign(door, 'system', { ...about, policy: 'LAB-ANY-HOUR' })).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  await house.engine.dispatch({ type: 'trunk.up', trunk }, 'system')
  await createParty(door, 'system', {
    ...{ ref: 'K-1', name: 'Carl Chen', language: 'en' },
    phones: [{ number: carl }, { number: friend, relation: 'CONTACT' }],
  })
  const plan = [{ no: 1, dueOn: '2026-11-07', principal: 200_000, interest: 8_050 }]
  await saveLoans(door, 'system', [{ ref: 'L-1', party: 'K-1', product: 'cash', currency, principal: 200_000, plan }])
  await openCase(door, 'system', { party: 'K-1', agent: alice.id })
  await send(house, cookie, 'PUT', '/agent/state', { state: 'signed_on' }, true)
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')

  const call = () => house.engine.state.calls.get(house.engine.state.agents.get(alice.id)!.call!)!
  const post = (path: string, fields: Record<string, string>) => send(house, desk.cookie, 'POST', path, fields, true)
  const put = (path: string, fields: Record<string, string>) => send(house, desk.cookie, 'PUT', path, fields, true)
  const desk: Desk = {
    ...{ house, alice, cookie, campaign, call, post, put },
    page: async () => (await look(house, desk.cookie, '/agent')).text,
    async talk(number = carl) {
      const phone = handleOf(house.store.sealer, 'K-1', number)
      const { status, text } = await post('/agent/calls', { party: 'K-1', phone, campaign })
      if (status !== 200) throw new Error(`the call was not placed: ${status} ${text.slice(0, 300)}`)
      const { id, leg } = call()
      await house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
      return id
    },
    hangUp: async () => void (await put(`/agent/calls/${call().id}/ending`, {})),
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  }
  return desk
}
