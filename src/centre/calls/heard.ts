/**
 * What an ear tells of a customer's line: tones and announcements before the answer, and who answered. It is kept beside what the signalling
 * says, never in its place; the campaign says whether the next attempt goes by it, and whether ringing on is worth the line.
 *
 * Who answered is judged while an agent is matched as ever: to wait for the judgement would eat the two seconds within which a person must
 * hear somebody, and count as abandoned those whom it took too long over. So an agent meets a machine for at most 2.5 s, `unsure` is theirs
 * without anybody doing anything, and pacing and the abandonment count know nothing of it: a machine that waited for an agent is let go
 * before its two seconds are over or counts as whoever else waited that long, since nobody can say afterwards that it was no person.
 */
import type { CallId, LegId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import { type CallResult, callResults } from '../entities.ts'
import type { Input } from '../inputs.ts'
import { placeOf } from '../numbers/zone.ts'
import { rulesOf, tonesOf } from '../trunks/trunk-rules.ts'
import { sureMin } from './announced.ts'
import { endCall } from './ending.ts'
import { endAsMachine, faxHeard, isLive, mayEndUnasked } from './fax.ts'
import { campaignOf } from './give-back.ts'

/** By what the network was understood. */
export const heardBy = ['recording', 'tone', 'special', 'machine'] as const
/** `result` null: it says nothing about the number (music, a fax that calls, a recording that nobody has labelled). */
export type Announced = {
  by: (typeof heardBy)[number]
  /** The recording's id, or the name of the tone. */
  what: string
  result: CallResult | null
  confidence: number
  /** Of listening. */
  afterMs: number
}

export const answererVerdicts = ['human', 'machine', 'fax', 'unsure'] as const
export type Judged = {
  verdict: (typeof answererVerdicts)[number]
  reason: string
  confidence: number
  afterMs: number
  /** What the decision rests on (`Features` in hear/answerer.ts): kept as it was measured. */
  features: Record<string, number | string | null>
}

/** What people say who heard it for themselves: kept beside what the sound was judged to be, so that one can be measured by the other. */
export const toldAnswerers = ['human', 'machine'] as const
export const toldBy = ['agent', 'auditor'] as const
export type Told = { answerer: (typeof toldAnswerers)[number]; by: (typeof toldBy)[number] }

export type HeardOnLine =
  | { type: 'tone'; tone: string; confidence: number; afterMs: number }
  | { type: 'special'; class: string; confidence: number; afterMs: number }
  | { type: 'machine'; signal: string; confidence: number; afterMs: number }
  | { type: 'announcement'; id: string; label: string | null; confidence: number; afterMs: number }
  | ({ type: 'answerer' } & Judged)

/**
 * A machine is hung up on from here; below, whoever is there is the agent's. The length of a greeting alone says up to 0.9, and people at work who say
 * their firm's name and theirs in one breath are as long (bench/results/amd.md): `end` waits for what no person does.
 */
const machineSureMin = 0.7
const provesMachine: ReadonlySet<string> = new Set(['beep', 'known_recording', 'fax_tone'])

/** Recorded greetings are over by then; whoever talked longer talked to somebody. */
const greetingMsMax = 120_000

const byTone: Record<string, CallResult> = { busy: 'BUSY', congestion: 'CONGESTION', vacant: 'VACANT' }
const bySpecial: Record<string, CallResult> = {
  intercept: 'NUMBER_CHANGED',
  vacant: 'VACANT',
  reorder: 'CONGESTION',
  no_circuit: 'CONGESTION',
  ineffective: 'UNREACHABLE',
}

export function legHeard(d: Draft, { leg, heard }: Extract<Input, { type: 'leg.heard' }>): void {
  const call = partyCall(d, leg)
  if (call === null || call.phase === 'ended') return
  if (heard.type === 'answerer') return judge(d, call, heard)
  if (heard.type === 'machine' && call.answeredAt !== null) return faxHeard(d, call, heard)
  const announced = announcedBy(heard)
  if (announced === null || call.answeredAt !== null) return
  const before = call.announced
  const isWithdrawn = announced.confidence === 0 && announced.what === before?.what
  if (announced.confidence === 0 ? !isWithdrawn : before !== null && !isMore(announced, before)) return
  d.fact({ type: 'call.announced', call: call.id, ...announced })
  const { result, confidence } = announced
  const isAlone = call.agent === null && (call.phase === 'dialing' || call.phase === 'ringing')
  if (campaignOf(d, call)?.announcements !== 'end' || !isAlone || result === null || confidence < sureMin) return
  endCall(d, call, { by: 'carrier', cause: 'announced', result, sipStatus: null, q850: null })
}

/** At the answer, or when early media begin: what the ear is to listen for from now on. After the answer it is done by itself. */
export function listen(d: Draft, call: Call, when: 'early' | 'answered'): void {
  const { hearing, tones, machines } = rulesOf(d.state.trunks.get(call.trunk)?.trunk ?? {})
  const place = tones === 'callee' ? placeOf(call.number) : tonesOf[tones]
  const hear = (what: 'carrier' | 'answerer' | 'fax') =>
    d.effect({ type: 'media.hear', leg: call.leg, call: call.id, what, place })
  if (when === 'early') {
    if (hearing) hear('carrier')
    return
  }
  if (call.direction === 'in') return hear('fax')
  const isJudged = machines && (campaignOf(d, call)?.machines ?? 'off') !== 'off' && isLive(call)
  hear(isJudged ? 'answerer' : 'fax')
}

function judge(d: Draft, call: Call, { type: _, ...judged }: { type: 'answerer' } & Judged): void {
  if (call.answeredAt === null || call.judged) return
  d.fact({ type: 'call.judged', call: call.id, ...judged })
  const isMachine = judged.verdict === 'machine' || judged.verdict === 'fax'
  const { machines = 'off' } = campaignOf(d, call) ?? {}
  const isSure = machines === 'end' ? provesMachine.has(judged.reason) : machines === 'end_likely'
  if (!isMachine || judged.confidence < machineSureMin || !isSure) return
  if (!mayEndUnasked(call)) return
  endAsMachine(d, call, 'system', judged.verdict === 'fax' ? 'FAX' : 'VOICEMAIL')
}

/** The agent heard a machine: the call ends as one that met a machine does, with nothing to write down. */
export function agentMetMachine(d: Draft, { agent: by, call: id }: Extract<Input, { type: 'agent.metMachine' }>): void {
  const agent = d.state.agents.get(by)
  const call = d.state.calls.get(id)
  const isTheirs = agent?.call === id && call?.agent === by && call.phase === 'talking' && call.answeredAt !== null
  if (!isTheirs) return d.refuse('not_talking', 'You are not talking on this call.')
  if (call.direction === 'in') return d.refuse('not_dialled', 'Whoever called here is no answering machine.')
  if (call.consult !== null)
    return d.refuse('consulting', 'You are consulting somebody: turn to one of the two instead.')
  if (d.now - call.answeredAt! > greetingMsMax)
    return d.refuse('talked_too_long', 'No greeting lasts two minutes: end the call and write down its outcome.')
  d.fact({ type: 'call.answererTold', call: id, answerer: 'machine', by: 'agent' })
  endAsMachine(d, call, 'agent', call.fax === undefined ? 'VOICEMAIL' : 'FAX')
}

function announcedBy(heard: Exclude<HeardOnLine, { type: 'answerer' }>): Announced | null {
  const { confidence, afterMs } = heard
  const how = { confidence, afterMs }
  switch (heard.type) {
    case 'tone': // ring-back and dial tones are what one expects to hear: no fact for each call
      return heard.tone in byTone ? { by: 'tone', what: heard.tone, result: byTone[heard.tone]!, ...how } : null
    case 'special':
      return { by: 'special', what: heard.class, result: bySpecial[heard.class] ?? null, ...how }
    case 'machine':
      return { by: 'machine', what: heard.signal, result: null, ...how }
    case 'announcement':
      return { by: 'recording', what: heard.id, result: resultNamed(heard.label), ...how }
    default:
      return heard satisfies never
  }
}

/** A label that is no result is told to people, and nothing more. */
function resultNamed(label: string | null): CallResult | null {
  return callResults.find(result => result === label) ?? null
}

/** A result before none, words before tones, and then the surer. */
function isMore(one: Announced, before: Announced): boolean {
  if ((one.result === null) !== (before.result === null)) return one.result !== null
  if ((one.by === 'recording') !== (before.by === 'recording')) return one.by === 'recording'
  return one.confidence > before.confidence
}

function partyCall(d: Draft, leg: LegId): Call | null {
  const what = d.state.legs.get(leg)
  return what?.side === 'party' ? (d.state.calls.get(what.call as CallId) ?? null) : null
}
