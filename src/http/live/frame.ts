import { getCookie } from 'hono/cookie'
import { type Frame, type Theme, themes } from '../../../web/parts/frame.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Refusal, Role } from '../../centre/entities.ts'
import { ledBy } from '../agency-bar.ts'
import type { Ctx, Deps } from '../deps.ts'

/** Settings that pages are made with; the keys of `setting.saved`. */
export const centreNameKey = 'centre.name'
export const centreZoneKey = 'centre.zone'
const defaultZone = 'Asia/Shanghai'
/** What people do takes this long to be done. */
const slowMs = 3_000
const slowWords = 'The disk is slow: what you do takes a while.'

/** What every page of this request knows. Behind `allow(…)`, or with nobody signed in. */
export async function frameOf(c: Ctx, deps: Deps): Promise<Frame> {
  const settings = await deps.store.read('settings.all', {})
  const theme = getCookie(c, 'theme')
  const user = c.var.user ?? null
  return {
    language: c.var.lang,
    theme: themes.includes(theme as Theme) ? (theme as Theme) : 'auto',
    centre: settings[centreNameKey] ?? '',
    person: user && {
      ...{ displayName: user.displayName, role: user.role },
      ...(ledBy(deps.engine.state, user) === null ? {} : { leads: true }),
    },
    path: c.req.path,
    lab: deps.engine.state.lab,
    trouble: floorTrouble(deps),
    ...certificateFor(deps, user?.role ?? null),
    zone: zoneOf(settings[centreZoneKey]),
    now: deps.clock.now(),
  }
}

/** What keeps the floor from doing at once what people ask of it; null: nothing. */
export function floorTrouble({ engine }: Pick<Deps, 'engine'>): string | null {
  return engine.trouble ?? (engine.lag.nowMs >= slowMs ? slowWords : null)
}

const faults = ['ended', 'early', 'refused', 'ending'] as const

/** The worst of the certificates: what browsers refuse is told to everybody, what an administrator must do to administrators. */
export function certificateFor(
  { certificates }: Pick<Deps, 'certificates'>,
  role: Role | null,
): Pick<Frame, 'certificate'> {
  const found = Object.values(certificates?.() ?? {}).flatMap(({ standing, refused, notAfter }) => {
    const types = [standing, refused === null ? null : ('refused' as const)]
    return types.flatMap(type => (type === null || type === 'good' ? [] : [{ type, endsAt: notAfter }]))
  })
  found.sort((a, b) => faults.indexOf(a.type) - faults.indexOf(b.type) || a.endsAt - b.endsAt)
  const worst = found[0]
  const isForAll = worst?.type === 'ended' || worst?.type === 'early'
  return worst !== undefined && (isForAll || role === 'admin') ? { certificate: worst } : {}
}

/** A zone that this machine does not know would break every page, so it falls back. */
function zoneOf(setting: string | undefined): string {
  if (!setting) return defaultZone
  try {
    new Intl.DateTimeFormat('en', { timeZone: setting })
    return setting
  } catch {
    return defaultZone
  }
}

/** A refusal in the page's language, where the rule has words there. */
export function wordsOf(refusal: Refusal, w: Words): string {
  return w.domain.rules[refusal.rule] ?? refusal.words
}
