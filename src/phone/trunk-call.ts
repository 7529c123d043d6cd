/** An INVITE as one trunk wants it: the number, our own number, and where that is asserted, withheld or said to have diverted the call. */
import type { Trunk } from '../centre/entities.ts'
import { rewritten, shownAs } from '../centre/trunks/trunk-numbers.ts'
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import { formatHost } from '../lib/host.ts'
import type { Destination, InviteSpec } from '../sip/events.ts'
import { schemeOf } from './trunk-line.ts'

export type TrunkCall = {
  trunk: Trunk
  destination: Destination
  /** Host and port of the Request-URI, and the way there. */
  at: string
  routes: InviteSpec['routes']
  /** Our own address as the trunk sees it. */
  host: string
  /** E.164, as the centre has it, and one of the trunk's caller IDs. */
  number: string
  callerId: string
  password: string | null
  sdp: string
}

export function inviteOn({
  trunk,
  destination,
  at,
  routes,
  host,
  number,
  callerId,
  password,
  sdp,
}: TrunkCall): InviteSpec {
  const rules = rulesOf(trunk)
  const scheme = schemeOf(trunk)
  const own = formatHost(host)
  const shown = shownAs(rules.callerIdForm, callerId)
  const registered = rules.fromUser === 'auto' && trunk.register ? trunk.username : null
  const user = registered ?? shown
  const asserts = (what: 'pai' | 'rpid') => rules.asserted === what || rules.asserted === 'both'
  /** A number's URI; a user who registers may be a name. */
  const uri = (user: string, at: string, as: string = 'sip') =>
    `${as}:${user}@${at}${rules.userPhone && /^\+?\d+$/.test(user) ? ';user=phone' : ''}`
  const headers: [string, string][] = []
  if (rules.withheld) headers.push(['Privacy', 'id'])
  /** Of what says beside From who we are; the network may read it, and the callee is shown it. */
  const privacy = rules.withheld ? 'full' : 'off'
  if (asserts('rpid')) {
    headers.push(['Remote-Party-ID', `<${uri(shown, own)}>;party=calling;screen=yes;privacy=${privacy}`])
  }
  if (rules.diversion !== null) {
    const diverting = shownAs(rules.callerIdForm, rules.diversion)
    headers.push(['Diversion', `<${uri(diverting, own)}>;reason=unconditional;counter=1;privacy=${privacy}`])
  }
  return {
    target: uri(rewritten(rules.numbersOut, number).number.replaceAll('#', '%23'), at, scheme),
    destination,
    routes,
    // RFC 3323 §4.1.1.3; the network knows the caller by what is asserted.
    from: rules.withheld ? 'sip:anonymous@anonymous.invalid' : uri(user, own, scheme),
    displayName: rules.withheld ? 'Anonymous' : shown,
    sdp,
    headers,
    tellTrying: true,
    ...(trunk.username !== null && password !== null
      ? { auth: { username: trunk.username, password }, account: trunk.id }
      : {}),
    ...(asserts('pai') ? { assertedIdentity: uri(shown, own) } : {}),
  }
}
