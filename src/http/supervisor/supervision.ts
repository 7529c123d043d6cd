import { Hono } from 'hono'
import { liveCallsRegions } from '../../../web/pages/supervisor/live-calls.ts'
import type { SupervisionProps } from '../../../web/pages/supervisor/supervision.ts'
import { gainSteps, supervisionReasons } from '../../../web/pages/supervisor/supervision.ts'
import { notice } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { html, partials } from '../../../web/parts/html.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { isCallForHelp } from '../../centre/calls/emergency.ts'
import { supervisionModes, type User } from '../../centre/entities.ts'
import type { Input } from '../../centre/inputs.ts'
import type { FloorState } from '../../centre/state.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf, wordsOf } from '../live/frame.ts'
import { oneOf, textOf, typedOf } from '../typed.ts'
import { appealsOf } from './appeals.ts'
import { liveCallsOf } from './floor-props.ts'
import { teamIn } from './team-choice.ts'

/** `/supervisor/supervision`: what this person hears: begun or changed, taken over, ended. Answered with the page of live calls painted anew. */
export function supervisionRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.put('/supervisor/supervision', allow('supervisor', 'quality'), async c => {
    const typed = await typedOf(c)
    const by = c.var.user.id
    const text = (name: string) => textOf(typed, name)
    const mode = text('mode') === '' ? undefined : oneOf(text('mode'), supervisionModes)
    const stays = text('stays') === '' ? undefined : text('stays') === 'true'
    const gainDb = text('gainDb') === '' ? undefined : Number(oneOf(text('gainDb'), gainSteps))
    if (text('call') === '' && text('agent') === '')
      return act(c, {
        type: 'supervisor.change',
        by,
        ...(mode === undefined ? {} : { mode }),
        ...(stays === undefined ? {} : { stays }),
        ...(gainDb === undefined ? {} : { gainDb }),
      })
    const reason = oneOf(text('reason') || supervisionReasons[0], supervisionReasons)
    const call = (text('call') || null) as CallId | null
    const agent = (text('agent') || null) as UserId | null
    return act(c, { type: 'supervisor.begin', by, call, agent, mode: mode ?? 'listen', stays: stays ?? false, reason })
  })

  route.post('/supervisor/supervision/call', allow('supervisor'), c =>
    act(c, { type: 'supervisor.takeOver', by: c.var.user.id }, w => w.takenOver),
  )

  route.delete('/supervisor/supervision', allow('supervisor', 'quality'), c =>
    act(c, { type: 'supervisor.stop', by: c.var.user.id }, w => w.stopped),
  )

  async function act(
    c: Ctx,
    input: Input,
    done?: (words: ReturnType<typeof textsOf>['supervision']) => string,
  ): Promise<Response> {
    const frame = await frameOf(c, deps)
    const w = textsOf(frame)
    const outcome = await deps.engine.dispatch(input, actorOf(c))
    const words = outcome.ok ? done?.(w.supervision) : `${w.frame.form.refused}${wordsOf(outcome.refusal, w)}`
    // The wallboard has no place for the panel: the page of live calls has.
    if (outcome.ok && c.req.header('hx-current-url')?.endsWith('/supervisor'))
      c.header('HX-Redirect', '/supervisor/calls')
    const said = words === undefined ? null : notice(outcome.ok ? 'green' : 'red', words)
    const { state } = deps.engine
    return c.html(
      partials([
        { id: 'calls-said', body: html`<div id="calls-said" aria-live="polite">${said}</div>` },
        ...liveCallsRegions({
          ...appealsOf(state, c.var.user, frame),
          calls: liveCallsOf(state, c.var.user, undefined, teamIn(c)),
          supervision: supervisionOf(state, c.var.user),
        }),
      ]),
    )
  }

  return route
}

/** What this person hears now. */
export function supervisionOf(state: FloorState, viewer: User): SupervisionProps {
  const supervision = state.supervisions.get(viewer.id)
  const who = state.agents.get(viewer.id)
  const call = supervision?.call ? state.calls.get(supervision.call) : undefined
  const isRung = supervision !== undefined && supervision.leg !== null
  return {
    now:
      supervision === undefined
        ? null
        : {
            agent: state.users.get(supervision.agent)?.displayName ?? '',
            call:
              call === undefined || call.phase === 'ended'
                ? null
                : {
                    id: call.id,
                    ...{ direction: call.direction, isForHelp: isCallForHelp(state, call.id), name: call.name },
                    number: shownNumber(call.number, viewer.numbersMasked),
                    since: call.connectedAt ?? call.startedAt,
                    held: call.heldBy !== null,
                  },
            mode: supervision.mode,
            gainDb: supervision.gainDb,
            stays: supervision.stays,
            reason: supervision.reason,
          },
    audio: isRung
      ? supervision.up
        ? 'phone-up'
        : 'phone-rings'
      : who?.stationLeg
        ? who.user.station === 'browser' && !who.stationIsPhone
          ? 'browser-up'
          : 'phone-up'
        : (who?.user.station ?? 'browser') === 'browser'
          ? 'browser-down'
          : 'phone',
    mayTalk: viewer.role === 'supervisor',
    ownCall: (who?.call ?? null) !== null,
  }
}
