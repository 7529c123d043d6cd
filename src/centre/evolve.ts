import type { Note } from './decision.ts'
import type { Fact } from './facts.ts'
import type { FloorState } from './state.ts'

export function evolve(_state: FloorState, _change: Fact | Note, _at: number): void {}
