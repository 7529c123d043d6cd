import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Role } from '../centre/entities.ts'
import { addressOf } from './address.ts'
import type { Ctx, Deps, Env, Guard, Language } from './deps.ts'
import type { SessionEnd } from './session.ts'
import type { WallSeat } from './walls.ts'

/**
 * Names the roles of a route: `route.get('/x', allow('admin'), handler)`. Every route has it, or `open(…)` with the reason why anyone may
 * come; the tidy test checks that. Behind it `c.var.user` is the person and `c.var.sessionId` the session.
 */
export function allow(...roles: [Role, ...Role[]]): Guard {
  const allowed = new Set<Role>(roles)
  return async (c, next) => {
    const deps = depsOf(c)
    const token = getCookie(c, cookieName(deps))
    const found = token === undefined ? null : deps.sessions.find(token)
    if (found === null || typeof found === 'string') return toSignIn(c, found)
    c.set('user', found.user)
    c.set('sessionId', found.session.id)
    if (!allowed.has(found.user.role)) throw new Forbidden(found.user.role)
    checkPlace(deps, c, found.user.role)
    c.header('Cache-Control', 'no-store')
    return next()
  }
}

/** A stream of a screen on the wall, where nobody is signed in: by a cookie that opens nothing else. */
export function allowWall(): Guard {
  return async (c, next) => {
    const seat = await seatOf(c, depsOf(c))
    if (seat === null) return c.text('This screen shows nothing any more.\n', 401)
    c.set('seat', seat)
    c.header('Cache-Control', 'no-store')
    return next()
  }
}

/** The screen on the wall that asks; null: it is none that stands. */
export async function seatOf(c: Ctx, deps: Deps): Promise<WallSeat | null> {
  const token = getCookie(c, wallCookieName(deps))
  return token === undefined ? null : deps.walls.find(token, addressOf(c))
}

/** A route without sign-in; `why` is for the reader and the tidy test. */
export function open(_why: string): Guard {
  return (_c, next) => next()
}

/** HTTP 403. */
export class Forbidden extends Error {
  override name = 'Forbidden'
  constructor(role: string) {
    super(`the role ${role} may not do this`)
  }
}

/** HTTP 403: right person, wrong network. */
export class WrongPlace extends Forbidden {
  override name = 'WrongPlace'
  constructor(role: Role, address: string) {
    super(role)
    this.message = `the role ${role} may not sign in from ${address}: it is in none of the networks of /admin/safety`
  }
}

/** HTTP 403: what is not of the token's team, or not shared out by teams at all. */
export class OtherTeam extends Forbidden {
  override name = 'OtherTeam'
  constructor(role: Role, words: string) {
    super(role)
    this.message = words
  }
}

const staff = new Set<Role>(['admin', 'security', 'auditor'])

/** Who has rights over others comes from where the administrator said, with a session or a token. */
export function checkPlace(deps: Deps, c: Ctx, role: Role): void {
  if (!staff.has(role)) return
  const list = deps.engine.state.allowed.staff
  if (list.isEverywhere) return
  const address = addressOf(c)
  if (!list.has(address)) throw new WrongPlace(role, address)
}

/** `__Host-` binds the cookie to this very host; browsers take it over TLS only. */
export function cookieName(deps: Deps): string {
  return deps.config.tls ? '__Host-switchroom' : 'switchroom'
}

/** Of a screen on the wall: no page of a person asks for it, and no screen for that of a person. */
export function wallCookieName(deps: Deps): string {
  return `${cookieName(deps)}-wall`
}

/** Puts the deps within reach of `allow`, which is written where there are none. */
export function provide(deps: Deps): MiddlewareHandler<Env> {
  return (c, next) => {
    c.set('deps', deps)
    return next()
  }
}

export function depsOf(c: Ctx): Deps {
  const { deps } = c.var
  if (deps === undefined) throw new Error('provide(deps) does not stand before this route')
  return deps
}

/** Chinese unless the person, the cookie or, on the sign-in page, the browser says otherwise. */
export function languageOf(c: Ctx): Language {
  const chosen = getCookie(c, 'lang')
  if (chosen === 'en' || chosen === 'zh-CN') return chosen
  return /^en\b/i.test(c.req.header('accept-language') ?? '') ? 'en' : 'zh-CN'
}

/**
 * No session (any more): pages go to the sign-in and come back to where they were. An htmx request is answered 401 with `HX-Redirect`; the
 * page's script has put what was typed into the tab's own storage before it goes.
 */
export function toSignIn(c: Ctx, why: SessionEnd | null): Response {
  const htmx = c.req.header('hx-request') === 'true'
  const query = new URLSearchParams()
  if (why !== null) query.set('why', why)
  const back = htmx ? pathOf(c.req.header('hx-current-url')) : c.req.method === 'GET' ? pathOf(c.req.url) : null
  if (back !== null) query.set('next', back)
  const target = `/sign-in${query.size === 0 ? '' : `?${query}`}`
  if (htmx) {
    c.header('HX-Redirect', target)
    return c.text('Please sign in again.\n', 401)
  }
  const wantsPage = c.req.header('accept')?.includes('text/html') ?? false
  if (wantsPage) return c.redirect(target, 303)
  return c.text('Please sign in.\n', 401)
}

/** Path and query of one of our own pages, never another host: `//evil.example` and `/\evil` are not paths. */
export function pathOf(url: string | undefined): string | null {
  if (url === undefined || url.length > 2000) return null
  const base = 'http://self.invalid'
  if (!URL.canParse(url, base)) return null
  const { pathname, search } = new URL(url, base)
  if (/^\/[/\\]/.test(pathname) || pathname === '/sign-in') return null
  return pathname + search
}
