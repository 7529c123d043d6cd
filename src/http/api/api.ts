import { Hono } from 'hono'
import type { Deps, Env } from '../deps.ts'
import { open } from '../guard.ts'
import { agenciesApi } from './agencies.ts'
import { announcementsApi } from './announcements.ts'
import { appealApi } from './appeals.ts'
import { applicationsApi } from './applications.ts'
import { assignmentApi } from './assignment.ts'
import { attemptsApi } from './attempts.ts'
import { audioApi } from './audio.ts'
import { batchesApi } from './batches.ts'
import { callbacksApi } from './callbacks.ts'
import { callsApi } from './calls.ts'
import { campaignsApi } from './campaigns.ts'
import { casesApi } from './cases.ts'
import { confirmationsApi } from './confirmations.ts'
import { eventsApi } from './events.ts'
import { exportsApi } from './exports.ts'
import { gateApi } from './gate.ts'
import { importsApi } from './imports.ts'
import { legalHoldsApi } from './legal-holds.ts'
import { linesApi } from './lines.ts'
import { listsApi } from './lists.ts'
import { loansApi } from './loans.ts'
import { menusApi } from './menus.ts'
import { ordersApi } from './orders.ts'
import { pacingApi } from './pacing.ts'
import { partiesApi } from './parties.ts'
import { peopleApi } from './people.ts'
import { recordingsApi } from './recordings.ts'
import { repaymentsApi } from './repayments.ts'
import { createApi } from './route.ts'
import { safetyApi } from './safety.ts'
import { scriptsApi } from './scripts.ts'
import { strategiesApi } from './strategies.ts'
import { supervisionApi } from './supervision.ts'
import { suppressionsApi } from './suppressions.ts'
import { tableExportsApi } from './table-exports.ts'
import { teamsApi } from './teams.ts'
import { telephonyApi } from './telephony.ts'
import { transfersApi } from './transfers.ts'
import { trunkGroupsApi } from './trunk-groups.ts'
import { waiversApi } from './waivers.ts'

/** `/api/v1/…` with a token, and `/api/openapi.json` that describes it. */
export function apiRoutes(deps: Deps): Hono<Env> {
  const api = createApi()
  for (const part of [
    peopleApi,
    teamsApi,
    telephonyApi,
    menusApi,
    linesApi,
    campaignsApi,
    pacingApi,
    listsApi,
    callsApi,
    supervisionApi,
    appealApi,
    audioApi,
    transfersApi,
    callbacksApi,
    recordingsApi,
    legalHoldsApi,
    exportsApi,
    suppressionsApi,
    trunkGroupsApi,
    announcementsApi,
    attemptsApi,
    gateApi,
    eventsApi,
    safetyApi,
    partiesApi,
    loansApi,
    repaymentsApi,
    casesApi,
    importsApi,
    tableExportsApi,
    applicationsApi,
    confirmationsApi,
    ordersApi,
    assignmentApi,
    scriptsApi,
    strategiesApi,
    waiversApi,
    agenciesApi,
    batchesApi,
  ])
    part(api, deps)
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  const route = new Hono<Env>()
  route.route('/v1', api)
  route.get('/openapi.json', open('a description holds no data'), c =>
    c.json(
      api.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Switchroom',
          version: deps.version,
          description:
            'Errors are RFC 9457 problem documents. Lists answer {items, next}; give `next` as `cursor` for the next page. Unknown fields are refused.',
        },
      }),
    ),
  )
  return route
}
