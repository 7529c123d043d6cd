import { ladderPage } from '../../../web/pages/auditor/ladder.ts'
import { LadderError } from '../../ladder/ladder.ts'
import { pcapOf } from '../../ladder/pcap.ts'
import type { CallId } from '../../lib/ids.ts'
import { type CallLadder, ladderOfCall } from '../call-ladder.ts'
import type { Ctx, Deps } from '../deps.ts'
import { frameOf } from '../live/frame.ts'
import { drawnLadder } from './ladder-props.ts'

/** The drawn ladder of a call. `?open=1`: every message unfolded. */
export async function ladderAnswer(c: Ctx, deps: Deps, call: CallId): Promise<Response> {
  const frame = await frameOf(c, deps)
  const path = `/auditor/calls/${call}/ladder`
  const open = c.req.query('open') === '1'
  let trouble: string | null = null
  const ladder = await ladderOfCall(deps, call).catch((error): CallLadder => {
    if (!(error instanceof LadderError)) throw error
    trouble = error.message
    return { notes: [], legs: [] }
  })
  const page = ladderPage({
    frame,
    call,
    back: c.var.user.role === 'admin' ? null : `/auditor/calls/${call}`,
    pcap: `${path}.pcap`,
    turned: open ? path : `${path}?open=1`,
    open,
    days: deps.ladders?.days ?? 0,
    trouble,
    ...drawnLadder(deps, frame, ladder),
  })
  return c.html(page, trouble === null ? 200 : 503)
}

export async function pcapAnswer(c: Ctx, deps: Deps, call: CallId): Promise<Response> {
  const { notes } = await ladderOfCall(deps, call)
  return c.body(new Uint8Array(pcapOf(notes)), 200, {
    'Content-Type': 'application/vnd.tcpdump.pcap',
    'Content-Disposition': `attachment; filename="${call}.pcap"`,
    'Cache-Control': 'no-store',
  })
}
