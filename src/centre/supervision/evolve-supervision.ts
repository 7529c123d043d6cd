/** What facts about supervisors do to the floor. Answers whether the change was about one. */
import type { Note } from '../decision.ts'
import { type SupervisionMode, supervisionModes } from '../entities.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

/** What is shown to agents unless a setting says otherwise: who is spoken to knows it, who is listened to need not. */
export const shownByDefault: Record<SupervisionMode, boolean> = { listen: false, whisper: true, barge: true }

export function evolveSupervision(state: FloorState, change: Fact | Note, at: number): boolean {
  switch (change.type) {
    case 'supervision.began': {
      const { type, gainDb = 0, ...about } = change
      const old = state.supervisions.get(about.by)
      const keepsPhone = old !== undefined && old.leg !== null && old.leg === about.leg
      if (old !== undefined && old.leg !== null && !keepsPhone) state.legs.delete(old.leg)
      const fresh = { since: at, up: keepsPhone && old.up, gainDb, heard: null, told: null }
      state.supervisions.set(about.by, { ...about, ...fresh })
      if (about.leg !== null) state.legs.set(about.leg, { agent: about.by, side: 'supervision' })
      return true
    }
    case 'supervision.answered': {
      const supervision = state.supervisions.get(change.by)
      if (supervision !== undefined) supervision.up = true
      return true
    }
    case 'supervision.changed': {
      const supervision = state.supervisions.get(change.by)
      if (supervision === undefined) return true
      supervision.mode = change.mode
      supervision.stays = change.stays
      supervision.gainDb = change.gainDb ?? 0
      return true
    }
    case 'supervision.ended': {
      const leg = state.supervisions.get(change.by)?.leg ?? null
      if (leg !== null) state.legs.delete(leg)
      state.supervisions.delete(change.by)
      return true
    }
    case 'call.monitored': {
      const supervision = state.supervisions.get(change.by)
      if (supervision === undefined) return true
      supervision.heard = { call: change.call, mode: change.mode }
      supervision.call = change.call
      if (change.agent !== null) supervision.agent = change.agent
      return true
    }
    case 'call.unmonitored': {
      const supervision = state.supervisions.get(change.by)
      if (supervision === undefined) return true
      supervision.heard = null
      if (supervision.stays) supervision.call = null
      return true
    }
    case 'note.supervisionTold': {
      const supervision = state.supervisions.get(change.by)
      if (supervision !== undefined) supervision.told = change.told
      return true
    }
    default:
      return false
  }
}

const settingPrefix = 'supervision.shown.'

/** A setting of what agents see; one of another name is passed over. */
export function setSupervisionShown(state: FloorState, key: string, value: string): void {
  const mode = supervisionModes.find(one => key === `${settingPrefix}${one}`)
  if (mode !== undefined) state.supervisionShown[mode] = value === '' ? shownByDefault[mode] : value === 'true'
}
