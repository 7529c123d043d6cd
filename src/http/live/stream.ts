/**
 * Live pages: a stream of server-sent events for each open page. When something happened that may concern it, the page's regions are made
 * anew and those that differ from what was sent last are sent. A page that cannot keep up is cut off; it comes back and gets everything.
 */
import { isDeepStrictEqual } from 'node:util'
import { getCookie } from 'hono/cookie'
import { partials, type Region } from '../../../web/parts/html.ts'
import { certificateChip, floorChip } from '../../../web/parts/layout.ts'
import { wordsIn } from '../../../web/words/words.ts'
import type { Role } from '../../centre/entities.ts'
import type { FeedItem } from '../../engine/port.ts'
import type { Ctx, Deps } from '../deps.ts'
import { cookieName } from '../guard.ts'
import { certificateFor, floorTrouble } from './frame.ts'

/** Unread bytes at which a reader is too slow. */
export const unreadMaxBytes = 256 * 1024
/** Also the heartbeat, by which a page notices that its server is gone (`page.js`); what changed without a fact (time, records) is repainted. */
const beatMs = 10_000
const beatEvent = 'event: beat\ndata:\n\n'
/** In trouble nothing is written, and a certificate is no fact, so no fact tells a page of them. */
const topEveryMs = 1000

/** Of one session at once: more tabs than a person looks at. Of those too many the oldest ends. */
export const streamsPerSessionMax = 12
const streamsOf = new Map<string, Set<() => void>>()

/** Whose page it is; a stream lives as long as they may see it. */
export type StreamSeat = {
  id: string
  /** null: of nobody, on a screen on the wall. */
  role: Role | null
  /** `onEnd`: it is over, maybe at once. Answers how to let go. */
  hold(onEnd: () => void): () => void
  /** Asked before each painting. */
  stands(): boolean
}

export type StreamOptions = {
  /** Left out: the person's who is signed in. */
  seat?: StreamSeat
  /** Makes all regions of the page. */
  regions: () => Promise<Region[]>
  /** Whether a fact may concern this page. */
  concerns: (item: FeedItem) => boolean
  /** Calls `paint` when something changed that is no fact; answers how to end that. */
  also?: (paint: () => void) => () => void
  /** At most one painting in this time; the first is at once. */
  everyMs: number
}

export function liveStream(c: Ctx, deps: Deps, options: StreamOptions): Response {
  const encoder = new TextEncoder()
  const seat = options.seat ?? personsSeat(c, deps)
  const sent = new Map<string, string>()
  let close = () => {}
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let timer: NodeJS.Timeout | null = null
        let paintedAt = Number.NEGATIVE_INFINITY
        let painting = false
        let again = false
        let open = true
        let release = () => {}
        const unsubscribe = deps.engine.subscribe(item => {
          if (options.concerns(item)) soon()
        })
        const unfollow = options.also?.(() => soon())
        let said = topOf(deps, seat.role)
        const watch = setInterval(() => {
          if (!isDeepStrictEqual(said, topOf(deps, seat.role))) soon()
        }, topEveryMs)
        const beat = setInterval(() => {
          if (!send(beatEvent)) return
          soon()
        }, beatMs)
        close = () => {
          if (!open) return
          open = false
          mine.delete(close)
          if (mine.size === 0) streamsOf.delete(seat.id)
          clearInterval(beat)
          clearInterval(watch)
          if (timer) clearTimeout(timer)
          unsubscribe()
          unfollow?.()
          release()
          try {
            controller.close()
          } catch {} // the reader went first
        }

        const mine = streamsOf.get(seat.id) ?? new Set()
        streamsOf.set(seat.id, mine.add(close))
        if (mine.size > streamsPerSessionMax) [...mine][0]?.()
        release = seat.hold(() => close())
        if (!open) release() // over before it began: `close` had nothing to let go yet

        function send(text: string): boolean {
          if (!open) return false
          if ((controller.desiredSize ?? 0) <= 0) close()
          else controller.enqueue(encoder.encode(text))
          return open
        }

        function soon(): void {
          if (timer || !open) return
          if (painting) {
            again = true
            return
          }
          const waitMs = Math.max(0, paintedAt + options.everyMs - deps.clock.monotonic())
          timer = setTimeout(() => {
            timer = null
            void paint()
          }, waitMs)
        }

        async function paint(): Promise<void> {
          if (!open || !seat.stands()) return close()
          painting = true
          paintedAt = deps.clock.monotonic()
          try {
            said = topOf(deps, seat.role)
            const changed = await differing([...(await options.regions()), ...chips(c, deps, seat.role, said)], sent)
            if (changed !== '') send(eventOf(changed))
          } catch (error) {
            deps.log.error({ err: error, path: c.req.path }, 'a live page could not be painted')
            close()
          } finally {
            painting = false
            if (again) {
              again = false
              soon()
            }
          }
        }
        void paint()
      },
      cancel: () => close(),
    },
    { highWaterMark: unreadMaxBytes, size: chunk => chunk.byteLength },
  )
  c.req.raw.signal.addEventListener('abort', () => close())
  return c.body(body, 200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  })
}

/** What every page says at its top: how the floor is, and what is wrong with a certificate, for whom it concerns. */
function topOf(deps: Deps, role: Role | null) {
  return { trouble: floorTrouble(deps), ...certificateFor(deps, role) }
}

function chips(c: Ctx, deps: Deps, role: Role | null, { trouble, certificate }: ReturnType<typeof topOf>): Region[] {
  const w = wordsIn(c.var.lang)
  const about = { role, now: deps.clock.now() }
  return [floorChip(trouble, w), certificateChip(certificate, w, about)]
}

function personsSeat(c: Ctx, deps: Deps): StreamSeat {
  const { sessionId, user } = c.var
  return {
    id: sessionId,
    role: user.role,
    hold: onEnd => {
      const release = deps.sessions.hold(sessionId, onEnd)
      sessionEnd(c, deps)?.addEventListener('abort', onEnd)
      return release
    },
    stands: () => true,
  }
}

/** A page whose session has ended gets nothing more: it comes back, is refused, and shows the sign-in. */
function sessionEnd(c: Ctx, deps: Deps): AbortSignal | null {
  const found = deps.sessions.find(getCookie(c, cookieName(deps)) ?? '')
  return found !== null && typeof found === 'object' ? found.session.ended.signal : null
}

/** The regions that are not as they were sent last, as one piece of HTML; remembers them. */
async function differing(regions: Region[], sent: Map<string, string>): Promise<string> {
  const changed: Region[] = []
  for (const region of regions) {
    const text = String(await region.body)
    if (sent.get(region.id) === text) continue
    sent.set(region.id, text)
    changed.push(region)
  }
  return changed.length === 0 ? '' : String(await partials(changed))
}

/** An event whose data are these lines (HTML Living Standard, section 9.2.6: a line break starts a new data field). */
export function eventOf(text: string): string {
  return `${text
    .split(/\r\n|\r|\n/)
    .map(line => `data: ${line}`)
    .join('\n')}\n\n`
}
