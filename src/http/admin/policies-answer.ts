/** The page of policies as every route of it answers: what holds, the bench, calendars, and the forms as they were filled in. */
import type { CalendarRow } from '../../../web/pages/admin/calendars.ts'
import { policiesPage, type Verdict } from '../../../web/pages/admin/policies.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { closesOf, limitLine } from '../../centre/policy/gate-words.ts'
import { type Policy, stackNames, stacks } from '../../centre/policy/policy.ts'
import type { FloorState } from '../../centre/state.ts'
import { calendarsOf } from '../../records/gate/calendars.ts'
import type { Ctx, Deps } from '../deps.ts'
import { frameOf } from '../live/frame.ts'
import { type AboutForm, refusedFor } from '../refused.ts'
import { actorName } from './journal.ts'
import { filledWith, newPolicy } from './policy-form.ts'

export type PoliciesGiven = { bench?: Filled; own?: Filled; verdict?: Verdict; calendar?: Filled }

export async function policiesAnswer(
  c: Ctx,
  deps: Deps,
  given: PoliciesGiven,
  status: 200 | 422 = 200,
): Promise<Response> {
  const { state } = deps.engine
  const frame = { ...(await frameOf(c, deps)), path: '/admin/policies' }
  const campaigns = [...state.campaigns.values()].map(({ campaign }) => ({ value: campaign.id, word: campaign.name }))
  const open = c.req.query('calendar') ?? null
  const calendars = await calendarRows(deps)
  const edited = state.policies.get(c.req.query('policy') ?? '')
  const { bench = nothingFilled, own = edited ? filledWith(edited) : newPolicy, verdict = null } = given
  const shown = calendars.find(({ code }) => code === open)
  const calendar = given.calendar ?? { values: { code: shown?.code ?? '', how: 'add' }, errors: {} }
  return c.html(
    policiesPage({
      frame,
      rows: [...state.policies.values()].filter(policy => !policy.labOnly || state.lab).map(rowOf),
      stacks: Object.entries(stacks).map(([name, of]) => ({ name, of })),
      campaigns,
      ...{ bench, verdict, own },
      versions: edited?.own ? await versionsOf(deps, edited) : [],
      calendars,
      open: shown === undefined ? null : { ...shown, versions: await calendarVersions(deps, shown.code) },
      calendar,
      saved: c.req.query('saved') === '1',
    }),
    status,
  )
}

/** What was refused, in the words of this page where it has some for the field. */
export function refusedHere(error: unknown, frame: Frame, about: AboutForm): Filled['errors'] {
  const w = textsOf(frame)
  const allowed = { ...w.admin.allowed, ...w.policies.allowed }
  return refusedFor(error, { ...w, admin: { ...w.admin, allowed } }, about)
}

/** The policies that keep to a calendar, and of those the ones that campaigns which are not closed are run by. */
export function usersOf(state: FloorState, code: string): { policies: string[]; campaigns: string[] } {
  const policies = [...state.policies.values()].filter(({ holidays }) => holidays === code).map(({ id }) => id)
  const campaigns = [...state.campaigns.values()]
    .filter(({ campaign }) => campaign.state !== 'closed')
    .filter(({ campaign }) => stackNames(campaign.policy).some(name => policies.includes(name)))
  return { policies, campaigns: campaigns.map(({ campaign }) => campaign.name) }
}

function rowOf({ id, version, source, confidence, hours, limits, consentFor, ...more }: Policy) {
  return {
    ...{ id, version, source, confidence, hours: closesOf(hours), limits: (limits ?? []).map(limitLine) },
    ...{ holidays: more.holidays ?? null, consent: (consentFor ?? []).length > 0, note: more.note ?? null },
    ...{ weekdays: more.weekdays ?? null, agreed: more.hoursUnlessAgreed ?? false, abandon: more.abandon ?? null },
    own: more.own ?? false,
  }
}

async function calendarRows(deps: Deps): Promise<CalendarRow[]> {
  const [calendars, kept] = await Promise.all([calendarsOf(deps.records), deps.store.read('calendars.list', {})])
  return calendars.map(({ code, days, shipped, own }) => {
    const savedAt = kept.find(row => row.code === code && own)?.savedAt ?? null
    return { code, days, shipped, own, savedAt, ...usersOf(deps.engine.state, code) }
  })
}

async function calendarVersions(deps: Deps, code: string) {
  const versions = await deps.store.read('calendars.versions', { code })
  return versions.map(({ version, at, actor, value }) => {
    const days = value === '' ? 0 : value.split('\n').length
    return { version, at, by: actorName(deps, actor), days }
  })
}

async function versionsOf(deps: Deps, { id }: Policy) {
  const versions = await deps.store.read('policies.versions', { id })
  return versions.map(({ policy, savedAt, savedBy }) => {
    return { version: policy.version, at: savedAt, by: actorName(deps, savedBy as `user:${string}`) }
  })
}
