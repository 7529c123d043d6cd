/** What an ear tells of a line. */
import type { Judgement } from './answerer.ts'
import type { MachineSignal } from './machine-tones.ts'
import type { SpecialClass } from './special-tones.ts'
import type { ToneName, TonePlanName } from './tone-plans.ts'

export type Heard =
  /** A tone of the network; `afterMs` of listening, as everywhere here. */
  | { type: 'tone'; tone: ToneName; confidence: number; afterMs: number }
  | { type: 'special'; class: SpecialClass; confidence: number; afterMs: number }
  | { type: 'machine'; signal: MachineSignal; confidence: number; afterMs: number }
  /** A recording of the library, and what it is labelled with. Confidence 0: it was not, what is heard only began like it. */
  | { type: 'announcement'; id: string; label: string | null; confidence: number; afterMs: number }
  | { type: 'digit'; digit: string }
  /** What was listened for after the answer is told, or does not come any more. */
  | { type: 'listened' }
  | ({ type: 'answerer' } & Judgement)

/** What to listen for: what the network says before the answer, who answers, whether a fax is there (for `faxMsMax`), keys. */
export type Wants = { carrier: boolean; answerer: boolean; fax: boolean; digits: boolean; plan: TonePlanName }
