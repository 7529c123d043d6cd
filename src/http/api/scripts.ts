import { z } from '@hono/zod-openapi'
import type { ScriptFault } from '../../lender/script.ts'
import { defaultWriteUp } from '../../lender/write-up.ts'
import { ScriptFaults, saveScript, saveWriteUp, scriptInput, writeUpInput } from '../../records/campaigns/scripts.ts'
import { InvalidInput, NotFound } from '../../records/errors.ts'
import type { ScriptRecord } from '../../store/desk/scripts.ts'
import type { Deps } from '../deps.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const scriptReply = scriptInput
  .extend({
    id: z.string(),
    version: z.int(),
    savedAt: z.int().openapi({ description: 'Unix time, ms' }),
    savedBy: z.string(),
  })
  .openapi('Script')
const scriptChange = scriptInput.partial().openapi('ScriptChange')
const writeUpReply = writeUpInput.openapi('WriteUp')
const writeUpChange = writeUpInput.omit({ place: true }).partial().openapi('WriteUpChange')

/** `/scripts`: what is said on calls, in versions; `/write-ups/:place`: what is written down after those of a campaign or queue. */
export function scriptsApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const shown = ({ id, version, doc, savedAt, savedBy }: ScriptRecord) =>
    scriptReply.parse({ ...doc, id, version, savedAt, savedBy })
  const newest = async (id: string) => {
    const [last] = await store.read('scripts.versions', { id })
    if (last === undefined) throw new NotFound('script', id)
    return last
  }
  const writeUpOf = async (place: string) => {
    const kept = await store.read('writeUps.ofPlace', { place })
    if (kept !== null) return writeUpReply.parse(kept)
    const { campaigns, queues } = deps.engine.state
    const campaign = campaigns.get(place as never)
    if (campaign === undefined && !queues.has(place as never)) throw new NotFound('campaign or queue', place)
    return writeUpReply.parse(defaultWriteUp(place, campaign?.campaign.business ?? null))
  }

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/scripts',
      roles: readers,
      summary: 'All scripts, each in its newest version',
      reply: pageOf(scriptReply),
    },
    async c => c.json({ items: (await store.read('scripts.all', {})).map(shown), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/scripts',
      roles: writers,
      summary: 'Add a script',
      body: scriptInput,
      reply: scriptReply,
      status: 201,
    },
    async c => {
      const given = await jsonBody(c)
      const { script } = await told(() => saveScript(records, c.var.client.actor, null, given))
      c.header('Location', `/api/v1/scripts/${script.id}`)
      return c.json(shown(await newest(script.id)), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/scripts/:id',
      roles: readers,
      summary: 'One script in its newest version',
      reply: scriptReply,
    },
    async c => c.json(shown(await newest(c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/scripts/:id',
      roles: writers,
      summary: 'Save a new version; calls that go through an older one go on with it',
      body: scriptChange,
      reply: scriptReply,
    },
    async c => {
      const { id: _, ...doc } = (await newest(c.req.param('id')!)).doc
      const given = { ...doc, ...objectOf(await jsonBody(c)) }
      const { script } = await told(() => saveScript(records, c.var.client.actor, c.req.param('id')!, given))
      return c.json(shown(await newest(script.id)))
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/write-ups/:place',
      roles: readers,
      summary: 'What is written down after calls of a campaign or queue',
      reply: writeUpReply,
    },
    async c => c.json(await writeUpOf(c.req.param('place')!)),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/write-ups/:place',
      roles: writers,
      summary: 'Change what is written down',
      body: writeUpChange,
      reply: writeUpReply,
    },
    async c => {
      const place = c.req.param('place')!
      const given = { ...(await writeUpOf(place)), ...objectOf(await jsonBody(c)), place }
      return c.json(writeUpReply.parse(await saveWriteUp(records, c.var.client.actor, given)))
    },
  )
}

function objectOf(given: unknown): object {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
  throw new InvalidInput([{ field: 'body', found: JSON.stringify(given).slice(0, 40), allowed: 'an object' }])
}

/** What is wrong with a script as a whole is told as the fields of which it is wrong. */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ScriptFaults) throw new InvalidInput(error.faults.map(problemOf))
    throw error
  }
}

const allowed: Record<ScriptFault['fault'], string> = {
  unknown_placeholder: 'placeholders that there are',
  debt_to_others: 'no debt in what others than the debtor hear',
  unknown_step: 'the key of a step, or null',
  unreachable: 'steps that an answer leads to',
  no_exit: 'a way from each step to an end',
  twice: 'each key once',
  no_text: 'a text in one language at least',
  no_steps: 'at least one step',
}

function problemOf(fault: ScriptFault) {
  return {
    field: 'step' in fault ? `steps.${fault.step}` : 'steps',
    found: 'found' in fault ? fault.found : fault.fault.replaceAll('_', ' '),
    allowed: allowed[fault.fault],
  }
}
