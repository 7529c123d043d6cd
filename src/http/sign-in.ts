import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type SignInProps, signInPage } from '../../web/pages/sign-in.ts'
import { type Role, roles } from '../centre/entities.ts'
import { addressOf, isLoopback } from './address.ts'
import type { Ctx, Deps, Env } from './deps.ts'
import { allow, cookieName, open, pathOf } from './guard.ts'
import { frameOf } from './live/frame.ts'

export const homes: Record<Role, string> = {
  agent: '/agent',
  supervisor: '/supervisor',
  quality: '/auditor',
  admin: '/admin',
  security: '/admin',
  auditor: '/auditor',
}

/** `GET /`, `GET|POST /sign-in` (name, password, next), `POST /sign-out`. */
export function signInRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const cookie = { httpOnly: true, secure: deps.config.tls, sameSite: 'Strict', path: '/' } as const

  route.get('/', open('leads to the sign-in or to one’s own home'), c => {
    const token = getCookie(c, cookieName(deps))
    const found = token === undefined ? null : deps.sessions.find(token)
    if (found === null || typeof found === 'string') return c.redirect('/sign-in', 303)
    return c.redirect(homes[found.user.role], 303)
  })

  route.get('/sign-in', open('signing in'), async c => {
    const why = c.req.query('why')
    const known = why === 'expired' || why === 'replaced' || why === 'signed_out' || why === 'agency' ? why : null
    return c.html(await page(c, { why: known, next: pathOf(c.req.query('next')) ?? '' }))
  })

  route.post('/sign-in', open('signing in'), async c => {
    const form = await c.req.parseBody()
    const name = textOf(form['name']).trim().slice(0, 64)
    const next = pathOf(textOf(form['next']) || undefined)
    const outcome = await deps.sessions.signIn({ name, password: textOf(form['password']), address: addressOf(c) })
    if (!outcome.ok) {
      const minutes = Math.max(1, Math.ceil(((outcome.until ?? 0) - deps.clock.now()) / 60_000))
      return c.html(
        await page(c, { why: outcome.why, minutes, name, next: next ?? '' }),
        outcome.why === 'wrong' ? 401 : outcome.why === 'agency' ? 403 : 429,
      )
    }
    // Always a fresh token: one that was planted before the sign-in is worth nothing.
    setCookie(c, cookieName(deps), outcome.token, cookie)
    if (getCookie(c, 'lang') === undefined)
      setCookie(c, 'lang', outcome.user.language, { ...cookie, httpOnly: false, maxAge: 365 * 86_400 })
    return c.redirect(next ?? homes[outcome.user.role], 303)
  })

  route.post('/sign-out', allow(...roles), async c => {
    const { user } = c.var
    if (deps.engine.state.agents.has(user.id))
      await deps.engine.dispatch({ type: 'agent.signOff', agent: user.id, reason: 'signed_out' }, `user:${user.id}`)
    deps.sessions.end(c.var.sessionId, 'signed_out')
    deleteCookie(c, cookieName(deps), { path: '/', secure: deps.config.tls })
    const target = '/sign-in?why=signed_out'
    if (c.req.header('hx-request') !== 'true') return c.redirect(target, 303)
    c.header('HX-Redirect', target)
    return c.body(null, 204)
  })

  async function page(c: Ctx, given: Partial<SignInProps>) {
    const base = { name: '', why: null, next: '', firstStart: deps.engine.state.users.size === 0, secure: isSecure(c) }
    return signInPage({ frame: await frameOf(c, deps), ...base, ...given })
  }

  /** Browsers give their microphone to https, and to plain http on this very machine. */
  function isSecure(c: Ctx): boolean {
    if (deps.config.tls) return true
    const { hostname } = new URL(c.req.url)
    return hostname === 'localhost' || isLoopback(hostname)
  }
  return route
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
