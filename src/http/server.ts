import { randomUUID } from 'node:crypto'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type ProblemProps, problemPage } from '../../web/pages/problem.ts'
import { textsOf } from '../../web/parts/frame.ts'
import { errorsOf } from '../../web/parts/problems.ts'
import type { Words } from '../../web/words/words.ts'
import { formatHost } from '../lib/host.ts'
import { maskNumbersIn } from '../lib/mask.ts'
import { fileBytesMax } from '../records/import/receive.ts'
import { apiRoutes } from './api/api.ts'
import { bodyMax } from './body.ts'
import { certificateRoutes } from './certificate-page.ts'
import { keepPlaces } from './crowd.ts'
import { sameOriginOnly } from './csrf.ts'
import type { Ctx, Deps, Env } from './deps.ts'
import { languageOf, provide } from './guard.ts'
import { securityHeaders } from './headers.ts'
import { healthRoutes } from './health.ts'
import { frameOf } from './live/frame.ts'
import { metricsRoutes } from './metrics.ts'
import type { Pages } from './pages.ts'
import { provisioningRoutes } from './phones/routes.ts'
import { type Problem, problemOf, titled } from './problem.ts'
import { signInRoutes } from './sign-in.ts'
import { staticRoutes } from './static.ts'
import { wallRoutes } from './wall.ts'

const bodyMaxBytes = 256 * 1024
/** A hundred thousand leads with their fields. */
const uploadMaxBytes = 64 * 1024 * 1024
/** Files of imports go to the disk as they come. */
const importMaxBytes = fileBytesMax + 1024 * 1024

/** All routes; `app.request()` in tests, `listen` in service. */
export function createApp(deps: Deps, pages: Pages): Hono<Env> {
  const app = new Hono<Env>()
  app.use(provide(deps), securityHeaders, async (c, next) => {
    c.set('requestId', randomUUID())
    c.set('lang', languageOf(c))
    return next()
  })
  app.use(sameOriginOnly)
  const [small, large, huge] = [bodyMax(bodyMaxBytes), bodyMax(uploadMaxBytes), bodyMax(importMaxBytes)]
  app.use((c, next) =>
    /^\/(admin|api\/v1)\/imports$/.test(c.req.path)
      ? huge(c, next)
      : /\/(leads|suppressions|areas|phrases|announcements(\/try)?)$/.test(c.req.path)
        ? large(c, next)
        : small(c, next),
  )

  app.route('/', healthRoutes(deps))
  app.route('/', metricsRoutes(deps))
  app.route('/', staticRoutes(deps))
  app.route('/', certificateRoutes(deps))
  app.route('/', signInRoutes(deps))
  app.route('/api', apiRoutes(deps))
  app.route('/', provisioningRoutes(deps))
  app.route('/', wallRoutes(deps))
  for (const router of pages.routers) app.route('/', router(deps))

  app.notFound(c => answer(c, titled(404, 'Not found', `there is nothing at ${c.req.path.slice(0, 200)}`)))
  app.onError((error, c) => {
    const problem =
      error instanceof HTTPException
        ? titled(error.status, error.status === 401 ? 'Not signed in' : 'Bad request', error.message)
        : problemOf(error)
    if (problem !== null) return answer(c, problem)
    const { requestId } = c.var
    const path = maskNumbersIn(c.req.path.replaceAll(/%2B/gi, '+').replace(/^\/(provision|wall\/open)\/[^/]+/, '/$1/…')) // a suppression is named by its number
    deps.log.error({ err: error, requestId, method: c.req.method, path }, 'a request met a bug')
    return answer(c, {
      ...titled(500, 'A fault of the program', 'It is in the log under this name.'),
      instance: requestId,
    })
  })

  function answer(c: Ctx, problem: Problem): Response | Promise<Response> {
    const status = problem.status as ContentfulStatusCode
    if (c.req.path.startsWith('/api/'))
      return c.body(JSON.stringify(problem), status, { 'Content-Type': 'application/problem+json' })
    if (c.req.header('hx-request') !== 'true' && !c.req.header('accept')?.includes('text/html'))
      return c.text(`${problem.title}: ${problem.detail}\n`, status)
    return problemHtml(c, problem, status)
  }

  /** When even the page about the problem cannot be made (the database is gone), plain words must do. */
  async function problemHtml(c: Ctx, problem: Problem, status: ContentfulStatusCode): Promise<Response> {
    try {
      const frame = await frameOf(c, deps)
      return c.html(
        problemPage({ frame, kind: kindOf(problem.status), detail: detailOf(problem, textsOf(frame)) }),
        status,
      )
    } catch {
      return c.text(`${problem.title}: ${problem.detail}\n`, status)
    }
  }
  return app
}

/** In the page's language where there are words for it. */
function detailOf({ instance, status, detail, rule, errors }: Problem, w: Words): string | null {
  if (instance !== undefined) return instance
  if (status === 404 || status === 403 || status === 413) return null
  if (rule !== undefined) return w.domain.rules[rule] ?? detail
  return errors === undefined ? detail : Object.values(errorsOf(errors, w)).join(' ')
}

function kindOf(status: number): ProblemProps['kind'] {
  if (status === 404) return 'notFound'
  if (status === 403) return 'forbidden'
  if (status === 413) return 'tooLarge'
  if (status >= 400 && status < 500) return 'refused'
  return status >= 501 ? 'stopped' : 'fault'
}

export type Listening = AsyncDisposable & {
  host: string
  port: number
  url: string
  /** A renewed certificate, for connections from now on. */
  secure(tls: { cert: string; key: string }): void
}

/** Binds and serves. Rejects with the system's error (EADDRINUSE, EACCES) when the address cannot be had. */
export async function listen(
  app: Pick<Hono<Env>, 'fetch'>,
  at: { host: string; port: number; tls: { cert: string; key: string } | null },
): Promise<Listening> {
  const watch = { connectionsCheckingInterval: 5_000 } // how late the time-outs below may be noticed
  const listener = getRequestListener(app.fetch as Parameters<typeof getRequestListener>[0])
  const server: Server = at.tls
    ? createHttpsServer({ ...at.tls, minVersion: 'TLSv1.2', ...watch }, listener)
    : createHttpServer(watch, listener)
  server.headersTimeout = 10_000
  server.requestTimeout = 120_000 // an upload of 64 MB over a slow line
  server.keepAliveTimeout = 65_000
  keepPlaces(server, 5000)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  const shown = at.host === '0.0.0.0' || at.host === '::' ? 'localhost' : at.host
  return {
    host: at.host,
    port,
    url: `${at.tls ? 'https' : 'http'}://${formatHost(shown, port)}`,
    secure(tls) {
      if (server instanceof HttpsServer) server.setSecureContext(tls)
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
