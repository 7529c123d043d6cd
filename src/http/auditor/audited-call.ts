/** One call as an auditor sees it: its record, its recordings, and what the journal says of it. */

import type { AuditedCallProps } from '../../../web/pages/auditor/call.ts'
import { type CallNames, saysWho, tellFact } from '../../../web/parts/call-history.ts'
import { shownDiverted } from '../../../web/parts/diverted.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import type { MisfitProps, Undecidable } from '../../../web/parts/misfit.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import type { Words } from '../../../web/words/words.ts'
import { isEmergency } from '../../centre/calls/emergency.ts'
import type { User } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { Verdict } from '../../centre/gate/verdict.ts'
import type { CallId, CampaignId, MenuId, QueueId, TrunkId, UserId } from '../../lib/ids.ts'
import { maskNumbersIn } from '../../lib/mask.ts'
import { NotFound } from '../../records/errors.ts'
import type { CallRecord } from '../../store/calls/calls.ts'
import type { JournalLine } from '../../store/journal/chain.ts'
import { actorName } from '../admin/journal.ts'
import { nameOf, outcomeOf } from '../agent/contact-line.ts'
import { issueOpening } from '../audio-file.ts'
import type { Deps } from '../deps.ts'
import { holdRows } from '../legal-holds.ts'
import { programNames } from '../who.ts'
import { type MisfitFilled, misfitProps } from './misfit-props.ts'
import { saidOnCall } from './said-on-call.ts'
import { stateOf } from './search.ts'

/** Throws NotFound. */
export async function auditedCall(
  deps: Deps,
  viewer: User,
  frame: Frame,
  id: CallId,
  { hold = nothingFilled, misfit = null }: { hold?: Filled; misfit?: MisfitFilled | null } = {},
): Promise<AuditedCallProps> {
  const [call, recordings, lines, sounds] = await Promise.all([
    deps.store.read('calls.byId', { id }),
    deps.store.read('recordings.ofCall', { call: id }),
    deps.store.read('journal.ofCall', { call: id }),
    deps.store.read('audio.ofCall', { call: id }),
  ])
  if (call === null) throw new NotFound('call', id)
  const { state } = deps.engine
  const mayHold = viewer.role === 'auditor'
  const holds = await deps.store.read('legalHolds.ofCall', { call: id })
  const names = await namesOn(deps, call, frame)
  const doerOf = await doersIn(deps, lines, textsOf(frame))
  const misfits = await Promise.all(recordings.map(one => misfitProps(deps, viewer, one, { lines, typed: misfit })))
  const verdict = verdictIn(lines)
  /** What people wrote: there may be numbers in it. */
  const written = (text: string) => (viewer.numbersMasked ? maskNumbersIn(text) : text)
  return {
    frame,
    call: {
      id: call.id,
      at: call.startedAt,
      direction: call.direction,
      name: call.name,
      isForHelp: call.direction === 'out' && isEmergency(state, call.number),
      number: shownNumber(call.number, viewer.numbersMasked),
      agent: nameOf(state, call.agent),
      campaign: (call.campaign && state.campaigns.get(call.campaign)?.campaign.name) || null,
      result: call.result,
      outcome: outcomeOf(state, call)?.words[frame.language] ?? call.disposition,
      ourNumber: call.ourNumber,
      diverted: shownDiverted(call.diverted, viewer.numbersMasked),
      trunk: (call.trunk && state.trunks.get(call.trunk)?.trunk.name) || null,
      tries: (call.tries ?? []).map(({ trunk, why, sipStatus, q850 }) => ({
        trunk: state.trunks.get(trunk)?.trunk.name ?? trunk,
        ...{ why, sipStatus, q850 },
      })),
      announced: call.announced,
      judged: call.judged,
      fax: call.fax,
      told: call.told && { ...call.told, who: actorName(deps, call.told.actor) },
      tellAt:
        call.direction === 'out' && call.answeredAt !== null && call.endedAt !== null
          ? `/auditor/calls/${call.id}/answerer`
          : null,
      note: call.note && written(call.note),
      ending: call.ending,
      verdict: verdict && {
        ...verdict,
        ...(verdict.override === undefined ? {} : { override: written(verdict.override) }),
      },
    },
    ladder: deps.ladders === undefined ? null : `/auditor/calls/${call.id}/ladder`,
    recordings: recordings.map((recording, n) => ({
      id: recording.id,
      state: stateOf(recording),
      missing: recording.missingReason === null ? null : (recording.missingCause ?? 'unknown'),
      wasMissing: recording.wasMissing,
      foundAfterMs: recording.foundAfterMs,
      misfit: masked(misfits[n]!, written),
      undone: (misfit?.recording === recording.id && misfit.filled.errors['']) || null,
      accepted: recording.accepted && {
        ...recording.accepted,
        reason: written(recording.accepted.reason),
        who: actorName(deps, `user:${recording.accepted.by}`),
        at: recording.sealedAt ?? 0,
        soundMs: recording.durationMs ?? 0,
      },
      src: `/auditor/recordings/${recording.id}/audio?opening=${issueOpening(viewer.id, recording.id)}`,
      openedAt: recording.openedAt,
      answerMs: answerIn(recording.openedAt, call.answeredAt),
      durationMs: recording.durationMs,
      bytes: recording.bytes,
      sha256: recording.sha256,
      kind: recording.kind,
      lostMs: recording.lostMs,
      lost: recording.lost,
      derivedSha256: recording.derivedSha256,
      isSourceRemoved: recording.sourceRemovedAt !== null,
      isDestroyed: recording.destroyedAt !== null,
      underivable: recording.underivable,
      underivableCause: recording.underivableCause,
    })),
    said: await saidOnCall(deps, { call, recordings, viewer, frame }),
    sounds: sounds.map(({ leg, trunk, agent, audio }) => ({
      id: leg,
      name: nameOf(state, agent) ?? (trunk && state.trunks.get(trunk)?.trunk.name) ?? leg,
      audio,
    })),
    holds: {
      holds: await holdRows(deps, holds, textsOf(frame)),
      action: mayHold ? `/auditor/calls/${call.id}/holds` : null,
      targets: [
        { kind: 'call', target: call.id },
        ...recordings
          .filter(({ destroyedAt }) => destroyedAt === null)
          .map(one => ({ kind: 'recording' as const, target: one.id })),
        ...(call.party === null ? [] : [{ kind: 'party' as const, target: call.party }]),
      ],
      filled: hold,
    },
    // The number stands in the head already, masked where it must be.
    timeline: lines.map(line => ({
      ...{ seq: line.seq, at: line.at, type: line.type },
      who: doerOf(line),
      detail: tellFact(line.body, { names, frame, w: textsOf(frame), masked: viewer.numbersMasked }),
    })),
  }
}

async function namesOn(deps: Deps, call: CallRecord, frame: Frame): Promise<CallNames> {
  const { state } = deps.engine
  const place = call.campaign ?? call.queue
  const writeUp = place === null ? null : await deps.store.read('writeUps.ofPlace', { place })
  const fields = new Map(writeUp?.fields.map(({ key, label }) => [key, label[frame.language]]))
  return {
    user: id => state.users.get(id as UserId)?.displayName ?? null,
    queue: id => state.queues.get(id as QueueId)?.queue.name ?? null,
    campaign: id => state.campaigns.get(id as CampaignId)?.campaign.name ?? null,
    trunk: id => state.trunks.get(id as TrunkId)?.trunk.name ?? null,
    menu: id => state.menus.get(id as MenuId)?.name ?? null,
    outcome: code => outcomeOf(state, { campaign: call.campaign, disposition: code })?.words[frame.language] ?? null,
    field: key => fields.get(key) ?? null,
  }
}

/** Who did it, where the fact itself does not say so already; null: the house or a trunk. Programs by the names of their tokens. */
async function doersIn(
  deps: Deps,
  lines: JournalLine[],
  { auditor }: Words,
): Promise<(line: JournalLine) => string | null> {
  const programs = await programNames(
    deps,
    lines.map(({ actor }) => actor),
  )
  return ({ actor, body }) => {
    if (actor.startsWith('token:')) return auditor.call.program(programs.get(actor) ?? actor)
    if (!actor.startsWith('user:')) return null
    return saysWho(body, actor.slice('user:'.length)) ? null : actorName(deps, actor as Actor)
  }
}

function masked(misfit: MisfitProps | Undecidable | null, written: (text: string) => string): typeof misfit {
  if (misfit === null || typeof misfit === 'string' || misfit.left === null) return misfit
  return { ...misfit, left: { ...misfit.left, reason: written(misfit.left.reason) } }
}

function verdictIn(lines: JournalLine[]): Verdict | null {
  const dialed = lines.find(line => line.type === 'call.dialed')
  return dialed ? ((JSON.parse(dialed.body) as { verdict?: Verdict }).verdict ?? null) : null
}

/** Where the answer is in a recording that began with early media. */
function answerIn(openedAt: number, answeredAt: number | null): number | null {
  return answeredAt === null || answeredAt <= openedAt ? null : answeredAt - openedAt
}
