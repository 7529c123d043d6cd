import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Role } from '../centre/entities.ts'
import { addressOf } from './address.ts'
import type { Deps, Env, Language } from './deps.ts'
import { allow, cookieName, languageOf, open, pathOf } from './guard.ts'
import type { Pages } from './pages.ts'

export const homes: Record<Role, string> = {
  agent: '/agent',
  supervisor: '/supervisor',
  quality: '/auditor',
  admin: '/admin',
  security: '/admin',
  auditor: '/auditor',
}

/** What the sign-in page shows; see `web/pages/sign-in.ts`. */
export type SignInView = {
  lang: Language
  /** Where to go afterwards: one of our own paths, or null for the person's home. */
  next: string | null
  /** The name that was typed. */
  name: string
  problem:
    | { kind: 'wrong' }
    | { kind: 'locked'; minutes: number }
    | { kind: 'busy' }
    | { kind: 'expired' | 'replaced' | 'signed_out' }
    | null
  /** First start: nobody can sign in yet; the page says how to make the first administrator. */
  noUsers: boolean
  /** False on plain HTTP: browsers then give no microphone, except on this very machine. */
  secure: boolean
}

/** `GET /sign-in`, `POST /session` (name, password, next), `POST /session/end`, `POST /language`. */
export function signInRoutes(deps: Deps, pages: Pages): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/', open('leads to the sign-in or to one’s own home'), c => {
    const token = getCookie(c, cookieName(deps))
    const found = token === undefined ? null : deps.sessions.find(token)
    if (found === null || typeof found === 'string') return c.redirect('/sign-in', 303)
    return c.redirect(homes[found.user.role], 303)
  })

  route.get('/sign-in', open('signing in'), c => {
    const why = c.req.query('why')
    const kind = why === 'expired' || why === 'replaced' || why === 'signed_out' ? why : null
    return c.html(
      pages.signIn({
        ...blank(languageOf(c)),
        next: pathOf(c.req.query('next')),
        problem: kind === null ? null : { kind },
      }),
    )
  })

  route.post('/session', open('signing in'), async c => {
    const form = await c.req.parseBody()
    const name = textOf(form['name']).trim().slice(0, 64)
    const next = pathOf(textOf(form['next']) || undefined)
    const outcome = await deps.sessions.signIn({ name, password: textOf(form['password']), address: addressOf(c) })
    if (!outcome.ok) {
      const minutes = Math.max(1, Math.ceil(((outcome.until ?? 0) - deps.clock.now()) / 60_000))
      const problem = outcome.why === 'locked' ? { kind: outcome.why, minutes } : { kind: outcome.why }
      const view = { ...blank(languageOf(c)), next, name, problem }
      return c.html(pages.signIn(view), outcome.why === 'wrong' ? 401 : 429)
    }
    // Always a fresh token: one that was planted before the sign-in is worth nothing.
    setCookie(c, cookieName(deps), outcome.token, {
      httpOnly: true,
      secure: deps.config.tls,
      sameSite: 'Strict',
      path: '/',
    })
    if (getCookie(c, 'lang') === undefined) keepLanguage(c, outcome.user.language)
    return c.redirect(next ?? homes[outcome.user.role], 303)
  })

  route.post('/session/end', allow('agent', 'supervisor', 'quality', 'admin', 'security', 'auditor'), async c => {
    const { user } = c.var
    if (user.role === 'agent')
      await deps.engine.dispatch({ type: 'agent.signOff', agent: user.id, reason: 'signed_out' }, `user:${user.id}`)
    deps.sessions.end(c.var.sessionId, 'signed_out')
    deleteCookie(c, cookieName(deps), { path: '/', secure: deps.config.tls })
    if (c.req.header('hx-request') === 'true') {
      c.header('HX-Redirect', '/sign-in?why=signed_out')
      return c.body(null, 204)
    }
    return c.redirect('/sign-in?why=signed_out', 303)
  })

  route.post('/language', open('the sign-in page is in two languages'), async c => {
    const form = await c.req.parseBody()
    keepLanguage(c, form['lang'] === 'en' ? 'en' : 'zh-CN')
    const back = pathOf(textOf(form['next']) || c.req.header('referer')) ?? '/sign-in'
    return c.redirect(back, 303)
  })

  function keepLanguage(c: Parameters<typeof setCookie>[0], lang: Language): void {
    setCookie(c, 'lang', lang, {
      httpOnly: true,
      secure: deps.config.tls,
      sameSite: 'Strict',
      path: '/',
      maxAge: 365 * 86_400,
    })
  }

  function blank(lang: Language): SignInView {
    const noUsers = deps.engine.state.users.size === 0
    return { lang, next: null, name: '', problem: null, noUsers, secure: deps.config.tls }
  }
  return route
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
