/** Who works in a soak: agents who need no person and hear of their desks from the API's stream of events, and a supervisor who looks around. */
import { seededRandom } from '../../src/lib/random.ts'
import { type DeskNews, RobotAgent } from '../../src/sim/robot-agent.ts'

export type Employed = { id: string; name: string }

export type StaffOptions = {
  url: string
  token: string
  password: string
  agents: Employed[]
  supervisor: string
  outcomes: { weight: number; code: string; note: string }[]
  onTrouble(words: string): void
}

export type SoakStaff = Disposable & {
  /** Pages fetched so far. */
  readonly pages: number
}

/** At once, so that hashing passwords does not take the processor from those who register. */
const signInsAtOnce = 4
const pageEveryMs = 5000
const comesBackAfterMs = 1000
const pages = ['/supervisor', '/supervisor/calls', '/agent', '/healthz', '/metrics'] as const

export async function employ(options: StaffOptions): Promise<SoakStaff> {
  const { url, token, password, agents, onTrouble } = options
  const stopping = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  const after = (ms: number, task: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      task()
    }, ms)
    timers.add(timer)
    return () => clearTimeout(timer)
  }
  const robots = new Map(
    agents.map(({ id, name }, at) => [
      id,
      new RobotAgent({
        url,
        name,
        password,
        random: seededRandom(100 + at),
        after,
        outcomes: options.outcomes,
        onTrouble,
      }),
    ]),
  )
  await new Promise<void>((listening, fail) => {
    void follow(
      url,
      token,
      stopping.signal,
      listening,
      (agent, news) => robots.get(agent)?.hear(news),
      onTrouble,
    ).catch(fail)
  })
  const waiting = [...robots.values()]
  await Promise.all(
    Array.from({ length: signInsAtOnce }, async () => {
      for (let robot = waiting.shift(); robot !== undefined; robot = waiting.shift()) await robot.signIn()
    }),
  )
  let fetched = 0
  const cookie = await signIn(url, options.supervisor, password)
  const look = async (at: number): Promise<void> => {
    const path = pages[at % pages.length]!
    try {
      const response = await fetch(url + path, { headers: { cookie }, redirect: 'manual', signal: stopping.signal })
      await response.text()
      if (response.status >= 500) onTrouble(`GET ${path}: HTTP ${response.status}`)
      fetched++
    } catch (error) {
      if (!stopping.signal.aborted) onTrouble(`GET ${path}: ${String(error)}`)
    }
    if (!stopping.signal.aborted) after(pageEveryMs, () => void look(at + 1))
  }
  void look(0)
  return {
    get pages() {
      return fetched
    },
    [Symbol.dispose]() {
      stopping.abort()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

export async function signIn(url: string, name: string, password: string): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
    body: new URLSearchParams({ name, password }),
  })
  if (response.status !== 303) throw new Error(`${name} could not sign in: HTTP ${response.status}`)
  return response.headers
    .getSetCookie()
    .map(cookie => cookie.split(';', 1)[0])
    .join('; ')
}

/** Listens for what changes at the desks and comes back when the stream breaks, from the line where it was. Returns when `signal` says so. */
async function follow(
  url: string,
  token: string,
  signal: AbortSignal,
  onListening: () => void,
  onNews: (agent: string, news: DeskNews) => void,
  onTrouble: (words: string) => void,
): Promise<void> {
  let last: string | null = null
  while (!signal.aborted) {
    try {
      const response: Response = await fetch(`${url}/api/v1/events?types=agent.stateChanged`, {
        headers: { authorization: `Bearer ${token}`, ...(last === null ? {} : { 'last-event-id': last }) },
        signal,
      })
      if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`)
      onListening()
      let rest = ''
      for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + part).split('\n\n')
        rest = blocks.pop()!
        for (const block of blocks) {
          const data = /^data: (.*)$/m.exec(block)?.[1]
          if (data === undefined) continue
          const { seq, fact } = JSON.parse(data) as { seq: number; fact: DeskNews & { agent: string } }
          last = String(seq)
          onNews(fact.agent, fact)
        }
      }
    } catch (error) {
      if (!signal.aborted) onTrouble(`the stream of events broke: ${String(error)}`)
    }
    await new Promise(done => setTimeout(done, signal.aborted ? 0 : comesBackAfterMs))
  }
}
