import { Hono } from 'hono'
import { fieldName, newRows, partyFormPage } from '../../../web/pages/supervisor/party-form.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { InvalidInput, NotNow } from '../../records/errors.ts'
import { changeParty, createParty, type Definitions, partyByRef } from '../../records/parties/parties.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, listOf, type Typed, textOf, typedOf } from '../typed.ts'

const rowsMax = 50 + newRows

/** `/supervisor/parties/new` and `/:ref/change`: a party by hand. Numbers that a person may not see are kept by their place, never sent out and back. */
export function partyFormRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/supervisor/parties/new', allow('admin', 'supervisor'), c =>
    page(c, null, { values: { type: 'person', zone: 'Asia/Shanghai' }, errors: {} }),
  )

  route.post('/supervisor/parties', allow('admin', 'supervisor'), c =>
    save(c, null, async typed => {
      const { ref } = await createParty(records, actorOf(c), {
        ref: textOf(typed, 'ref'),
        ...(await givenBy(typed, [])),
      })
      return ref
    }),
  )

  route.get('/supervisor/parties/:ref/change', allow('admin', 'supervisor'), async c => {
    const party = await partyByRef(records, c.req.param('ref'))
    return page(c, party, { values: valuesOf(party, await store.read('fields.all', {})), errors: {} })
  })

  route.post('/supervisor/parties/:ref', allow('admin', 'supervisor'), async c => {
    const party = await partyByRef(records, c.req.param('ref'))
    return save(c, party, async typed => {
      // Numbers are kept by their place, which another's change may have moved.
      if (textOf(typed, 'changedAt') !== String(party.changedAt))
        throw new NotNow('party-changed', 'somebody else changed this party meanwhile; open it again')
      const given = await givenBy(typed, party.phones)
      await changeParty(records, actorOf(c), party.ref, isChecked(typed, 'noIdNo') ? { ...given, idNo: null } : given)
      return party.ref
    })
  })

  async function save(c: Ctx, party: PartyRecord | null, work: (typed: Typed) => Promise<string>): Promise<Response> {
    const typed = await typedOf(c)
    try {
      return c.redirect(`/supervisor/parties/${encodeURIComponent(await work(typed))}`, 303)
    } catch (error) {
      if (!(error instanceof InvalidInput || error instanceof NotNow)) throw error
      const definitions = await store.read('fields.all', {})
      const fields = Object.fromEntries(
        Object.entries(definitions).flatMap(([business, all]) =>
          all.map(({ key }) => [`fields.${business}.${key}`, fieldName(business, key)]),
        ),
      )
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, fields })
      return page(c, party, { values: withoutSecrets(typed, definitions), errors }, 422)
    }
  }

  /** What the records door takes. A number that is there is named by its place; a secret that is left empty stays. */
  async function givenBy(typed: Typed, known: PartyRecord['phones']) {
    const phones = Array.from({ length: Math.min(known.length + newRows, rowsMax) }, (_, at) => {
      const before = known[at]
      const number = before?.number ?? textOf(typed, `number-${at}`)
      if (number === '' || isChecked(typed, `remove-${at}`)) return null
      return {
        ...(before ?? {}),
        number,
        relation: textOf(typed, `relation-${at}`) || 'SELF',
        name: textOf(typed, `whose-${at}`),
        source: textOf(typed, `source-${at}`),
        legalBasis: textOf(typed, `basis-${at}`),
        status: textOf(typed, `status-${at}`) || 'UNTRIED',
      }
    }).filter(phone => phone !== null)
    const definitions = await store.read('fields.all', {})
    const fields = Object.fromEntries(
      Object.entries(definitions).map(([business, all]) => [
        business,
        Object.fromEntries(all.map(({ key }) => [key, textOf(typed, fieldName(business, key))])),
      ]),
    )
    const idNo = textOf(typed, 'idNo')
    return {
      type: textOf(typed, 'type'),
      name: textOf(typed, 'name'),
      ...(idNo === '' ? {} : { idNo }),
      zone: textOf(typed, 'zone') || null,
      language: textOf(typed, 'language') || null,
      flags: listOf(typed, 'flags'),
      phones,
      fields,
    }
  }

  async function page(c: Ctx, party: PartyRecord | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const masked = c.var.user.numbersMasked
    return c.html(
      partyFormPage({
        frame: await frameOf(c, deps),
        party: party && {
          ref: party.ref,
          name: party.name,
          phones: party.phones.map(({ number }) => shownNumber(number, masked)),
          hasIdNo: party.idNo !== null,
          changedAt: party.changedAt,
        },
        definitions: await store.read('fields.all', {}),
        filled,
      }),
      status,
    )
  }

  return route
}

function valuesOf(party: PartyRecord, definitions: Definitions): Filled['values'] {
  const values: Filled['values'] = {
    name: party.name,
    type: party.type,
    zone: party.zone ?? '',
    language: party.language ?? '',
    flags: party.flags,
  }
  for (const [at, { relation, name, source, legalBasis, status }] of party.phones.entries())
    Object.assign(values, {
      [`relation-${at}`]: relation,
      [`whose-${at}`]: name,
      [`source-${at}`]: source,
      [`basis-${at}`]: legalBasis,
      [`status-${at}`]: status,
    })
  for (const [business, all] of Object.entries(definitions))
    for (const { key, type } of all) {
      const value = party.fields[business as keyof PartyRecord['fields']]?.[key]
      if (value === undefined || typeof value === 'object') continue
      values[fieldName(business, key)] = type === 'money' ? (Number(value) / 100).toFixed(2) : String(value)
    }
  return values
}

/** What was typed comes back with the error, but no secret is sent out again. */
function withoutSecrets(typed: Typed, definitions: Definitions): Filled['values'] {
  const secrets = Object.entries(definitions).flatMap(([business, all]) =>
    all.filter(({ type }) => type === 'secret').map(({ key }) => fieldName(business, key)),
  )
  const values: Filled['values'] = { ...typed }
  for (const name of ['idNo', ...secrets]) delete values[name]
  return values
}
