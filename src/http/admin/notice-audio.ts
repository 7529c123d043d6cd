import { Hono } from 'hono'
import type { MessagePart } from '../../centre/entities.ts'
import { spoken } from '../../centre/speech/message.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns/campaigns.ts'
import { NotFound } from '../../records/errors.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'

/** Looked through for one whose values can all be said. */
const leadsMax = 20
const samples = { money: '1,234.50', number: '12.5', digits: '20260042', date: '2026-12-05', tail: '0042' } as const

/** `/admin/campaigns/:id/notice.wav`: the message as it is saved, with the values of a lead of the campaign, or with examples. */
export function noticeAudioRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/admin/campaigns/:id/notice.wav', allow('admin'), async c => {
    const id = c.req.param('id') as CampaignId
    const { notice } = await campaignById(deps.records, id)
    if (!notice) throw new NotFound('message of campaign', id)
    const page = await deps.store.read('leads.page', { campaign: id, limit: leadsMax })
    const said = [...page.items, { ref: samples.digits, fields: examplesFor(notice.parts) }]
      .map(lead => spoken(notice, lead, deps.engine.state.phrases))
      .find(each => each.ok)
    if (said === undefined) throw new NotFound('message of campaign', id)
    const wav = deps.speech(said.prompts)
    return c.body(wav.buffer as ArrayBuffer, 200, { 'Content-Type': 'audio/wav', 'Cache-Control': 'no-store' })
  })
  return route
}

function examplesFor(parts: readonly MessagePart[]): Record<string, string> {
  return Object.fromEntries(parts.flatMap(part => ('field' in part ? [[part.field, samples[part.as]]] : [])))
}
