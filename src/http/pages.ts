import type { Hono } from 'hono'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { User } from '../centre/entities.ts'
import type { Deps, Env, Language } from './deps.ts'
import type { Problem } from './problem.ts'
import type { SignInView } from './sign-in.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** What the server needs of the pages: two of its own, and the routers of each role, mounted at the root (they name their full paths). */
export type Pages = {
  signIn(view: SignInView): Html
  problem(view: ProblemView): Html
  routers: ((deps: Deps) => Hono<Env>)[]
}

export type ProblemView = { lang: Language; user: User | null; problem: Problem; home: string }
