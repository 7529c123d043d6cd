/** `?team=` on the pages of the floor: of what somebody sees only one team. */
import type { TeamChoice } from '../../../web/parts/team-chooser.ts'
import { teamsSeen } from '../../centre/agents/team.ts'
import type { User } from '../../centre/entities.ts'
import type { FloorState } from '../../centre/state.ts'
import { isId, type TeamId } from '../../lib/ids.ts'
import type { Ctx } from '../deps.ts'

/** As the page's address has it, also when a button of the page asks. Anything else: null, all that they see. */
export function teamIn(c: Ctx): TeamId | null {
  const page = c.req.header('hx-current-url')
  const asked = c.req.query('team') ?? (page && URL.canParse(page) ? new URL(page).searchParams.get('team') : null)
  return isId(asked) ? (asked as string as TeamId) : null
}

export function teamChoice(state: FloorState, viewer: User, team: TeamId | null): TeamChoice {
  const teams = teamsSeen(state, viewer).map(({ id, name }) => ({ id, name }))
  return { teams, chosen: teams.some(({ id }) => id === team) ? team : null }
}
