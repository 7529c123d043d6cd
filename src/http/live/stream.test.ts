import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import { html } from '../../../web/parts/html.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { openHouse } from '../testing/house.ts'
import { eventOf, liveStream, unreadMaxBytes } from './stream.ts'

test('an event keeps every line of its text as data', () => {
  assert.equal(eventOf('a\nb\r\nc'), 'data: a\ndata: b\ndata: c\n\n')
})

test('a reader that does not read is cut off, so that it comes back and gets the whole page', async () => {
  let painted = 0
  const big = 'x'.repeat(unreadMaxBytes / 2)
  const routes = (deps: Deps) => {
    const route = new Hono<Env>()
    route.get('/live/big', allow('agent'), c =>
      liveStream(c, deps, {
        regions: async () => [{ id: 'big', body: html`<p id="big">${++painted} ${big}</p>` }],
        concerns: () => true,
        everyMs: 0,
      }),
    )
    return route
  }
  await using house = await openHouse({ pages: { routers: [routes] } })
  const alice = await house.add('alice', 'agent')
  const { cookie } = await house.signIn('alice')
  const response = await house.app.request('/live/big', { headers: { cookie } })
  for (let n = 0; n < 12; n++) {
    await house.engine.dispatch(
      { type: n % 2 === 0 ? 'agent.signOn' : 'agent.signOff', agent: alice.id, reason: '' },
      'system',
    )
    await new Promise(resolve => setTimeout(resolve, 15))
  }
  const frozenAt = painted
  assert.ok(painted < 10, `painted ${painted} times although nobody read`)
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  await new Promise(resolve => setTimeout(resolve, 30))
  assert.equal(painted, frozenAt, 'nothing is painted for a stream that is closed')
  let bytes = 0
  for await (const chunk of response.body!) bytes += chunk.byteLength
  assert.ok(bytes >= unreadMaxBytes / 2, 'what was sent before can still be read, and then the stream ends')
})

test('a page that stands open is told when the floor has trouble, and when it is over, though no fact is written meanwhile', async () => {
  let trouble: string | null = null
  const routes = (deps: Deps) => {
    const engine = {
      ...{ state: deps.engine.state, lag: deps.engine.lag },
      subscribe: deps.engine.subscribe.bind(deps.engine),
      get trouble() {
        return trouble
      },
    } as Deps['engine']
    const route = new Hono<Env>()
    route.get('/live/small', allow('agent'), c =>
      liveStream(
        c,
        { ...deps, engine },
        {
          regions: async () => [{ id: 'small', body: html`<p id="small">the same</p>` }],
          concerns: () => false,
          everyMs: 0,
        },
      ),
    )
    return route
  }
  await using house = await openHouse({ pages: { routers: [routes] } })
  await house.add('alice', 'agent')
  const { cookie } = await house.signIn('alice')
  const response = await house.app.request('/live/small', { headers: { cookie } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const next = async () => (await reader.read()).value ?? ''
  assert.match(await next(), /id="small"[\s\S]*class="chip green"/)
  trouble = 'The disk is full: no new calls. Make space; the floor goes on by itself.'
  const told = await next()
  assert.match(told, /id="floor-chip" class="chip red"[\s\S]*磁盘已满/)
  assert.doesNotMatch(told, /id="small"/, 'what has not changed is not painted anew')
  trouble = null
  assert.match(await next(), /chip green/)
  await reader.cancel()
})
