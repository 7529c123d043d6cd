/** Answers of the API held against the OpenAPI document that describes them: nothing more in them, and nothing less. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let secret = ''
// biome-ignore lint/suspicious/noExplicitAny: a document of any form
let document: any
before(async () => {
  house = await openHouse()
  secret = (await house.token('admin')).secret
  document = await (await house.app.request('/api/openapi.json')).json()
})
after(() => house[Symbol.asyncDispose]())

// biome-ignore lint/suspicious/noExplicitAny: a schema of any form
type Schema = any

/** What of `value` is not as the schema says, by path; objects may have no property that is not described. */
function faults(value: unknown, given: Schema, path = ''): string[] {
  const schema = named(given)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) {
    const each = choices.map((one: Schema) => faults(value, one, path))
    return each.some((found: string[]) => found.length === 0) ? [] : each[0]
  }
  if (schema.allOf) return faults(value, merged(schema.allOf), path)
  if (schema.type === undefined) return []
  const types = [schema.type].flat()
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const fits = types.some((one: string) => one === type || (one === 'integer' && Number.isInteger(value)))
  if (!fits) return [`${path}: ${type}, not ${types}`]
  if (schema.enum && value !== null && !schema.enum.includes(value))
    return [`${path}: ${String(value)} not in ${schema.enum}`]
  if (Array.isArray(value))
    return value.flatMap((one, at) => (schema.items ? faults(one, schema.items, `${path}[${at}]`) : []))
  if (type !== 'object') return []
  const { properties = {}, required = [], additionalProperties } = schema
  return [
    ...required
      .filter((name: string) => !Object.hasOwn(value as object, name))
      .map((name: string) => `${path}.${name}: missing`),
    ...Object.entries(value as object).flatMap(([name, one]) => {
      if (Object.hasOwn(properties, name)) return faults(one, properties[name], `${path}.${name}`)
      if (typeof additionalProperties === 'object') return faults(one, additionalProperties, `${path}.${name}`)
      return additionalProperties === true ? [] : [`${path}.${name}: not described`]
    }),
  ]
}

function named(schema: Schema): Schema {
  return schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema
}

/** Of a schema that extends another: the properties of both. */
function merged(parts: Schema[]): Schema {
  const all = parts.map(named)
  const required = all.flatMap(part => part.required ?? [])
  return { ...all.at(-1), required, properties: Object.assign({}, ...all.map(part => part.properties)) }
}

/** Asks, and holds what is answered against what is described for this status. */
async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await house.api(secret, method, path, body, headers)
  const text = await response.text()
  const bare = path
    .replace(/\?.*$/, '')
    .replace(/\/i_[^/]+/, '/{list}')
    .replace(/\/[a-z]+_[^/]+/, '/{id}')
  const what = `${method} ${path}: ${response.status} ${text.slice(0, 300)}`
  assert.ok(response.ok, what)
  const described = document.paths[`/api/v1${bare}`]?.[method.toLowerCase()]?.responses[response.status]
  assert.ok(described, `${what} is described`)
  if (text === '') return null
  const json = JSON.parse(text)
  assert.deepEqual(faults(json, described.content['application/json'].schema), [], what)
  return json
}

test('what the API answers of the dialer is what its document says, field by field', async () => {
  const alice = await house.add('alice', 'agent')
  const trunk = await ask('POST', '/trunks', {
    name: 'c',
    host: '127.0.0.1',
    callerIds: ['+861012345678'],
    callerIdShares: [{ callerId: '+861012345678', minShare: 0.1, maxShare: 1 }],
  })
  await ask('GET', '/trunks')
  const own = {
    id: 'OWN-1',
    source: 's',
    business: ['collections'],
    hours: { from: 0, to: 1440 },
    relations: ['SELF'],
    limits: [{ unit: 'ATTEMPT', key: ['PARTY'], window: { type: 'DAY' }, max: 5 }],
    weekdays: [0, 1, 2, 3, 4, 5, 6],
    abandon: { max: 0.03, days: 1 },
  }
  await ask('POST', '/policies', own)
  await ask('GET', '/policies')
  const c = await ask('POST', '/campaigns', {
    name: 'due',
    business: 'collections',
    mode: 'progressive',
    trunks: [trunk.id],
    agents: [alice.id],
    policy: 'OWN-1',
    modeRules: [{ when: { agentsBelow: 2 }, mode: 'preview' }],
    notice: { parts: [{ prompt: 'goodbye' }] },
    quotas: [{ segment: 'a', count: 'done', max: 3 }],
    order: 'newest',
    // biome-ignore lint/suspicious/noThenProperty: the word of the contract
    retries: [{ result: 'BUSY', delayMs: 60000, max: 1, then: 'next_number', otherSlot: true }],
    reserved: true,
  })
  await ask('GET', '/campaigns')
  await ask('GET', `/campaigns/${c.id}`)
  await ask('PATCH', `/campaigns/${c.id}`, { wrapMs: 1000 })
  const r = await ask('POST', `/campaigns/${c.id}/leads?duplicates=mark`, [
    {
      ref: 'a',
      phones: [{ number: '13800000001' }],
      segment: 'x',
      consent: { basis: 'b', evidence: 'e' },
      debt: 'd',
      fields: { x: 1 },
    },
    { ref: 'a', phones: [] },
  ])
  await ask('GET', `/campaigns/${c.id}/leads`)
  await ask('GET', `/campaigns/${c.id}/lists`)
  await ask('GET', `/campaigns/${c.id}/lists/${r.list}`)
  await ask('PATCH', `/campaigns/${c.id}/lists/${r.list}`, { weight: 2 })
  await ask('POST', `/campaigns/${c.id}/lists/${r.list}/recycle`, { reasons: ['BUSY'] })
  await ask('GET', `/campaigns/${c.id}/leads/filters`)
  await ask('GET', `/campaigns/${c.id}/leads/best-times`)
  await ask('POST', `/campaigns/${c.id}/state`, { state: 'running' })
  await ask('GET', `/campaigns/${c.id}/stats`)
  await ask('GET', `/campaigns/${c.id}/pacing`)
  await ask('POST', '/policies/ask', { number: '13800000001', campaign: c.id })
  await ask('POST', '/policies/ask', { number: '13800000001' })
  await ask('POST', '/holds', { party: 'a', reason: 'x' })
  await ask('GET', '/holds')
  assert.equal((await house.api(secret, 'DELETE', '/holds/a?reason=settled')).status, 204)
  await ask('GET', '/lines?number=13800000001')
  await ask('GET', '/lines/hours')
  await ask('GET', '/lines/rules')
  await ask('POST', '/lines/rules', {})
  await ask('POST', '/lines/areas', '1380013,010\n1,2\n', { 'content-type': 'text/csv' })
  await ask('POST', '/suppressions', { number: '13800000009', reason: 'x' })
  await ask('GET', '/suppressions')
  await ask('GET', '/attempts')
  await ask('GET', '/callbacks')
})
