/** A dialog (RFC 3261 §12): who talks to whom, by what route, and how far the counting has come. */
import { isIP } from 'node:net'
import { privateNetworkOf } from '../lib/private-network.ts'
import type { Destination, Flow, KeptDialog } from './events.ts'
import { parseNameAddresses } from './headers.ts'
import { type HeaderLine, headerLines, type Request, type Response } from './message.ts'
import type { RequestDraft } from './transaction.ts'
import { defaultPort, maySendTo, parseUri } from './uri.ts'

export type Dialog = Omit<KeptDialog, 'ourAddress'> & { remoteSeq: number | null }
/** What a request within it is made from. */
type Spoken = Omit<Dialog, 'remoteSeq'>

export const dialogKey = (callId: string, localTag: string, remoteTag: string | null) =>
  `${callId} ${localTag} ${remoteTag ?? ''}`

/** The dialog that a 2xx to our INVITE makes (§12.1.2). */
export function dialogOfResponse(
  sent: { callId: string; localTag: string; local: string; seq: number; target: string },
  response: Response,
  way: Pick<Dialog, 'peer' | 'symmetric' | 'extension' | 'account'>,
): Dialog {
  return {
    callId: sent.callId,
    localTag: sent.localTag,
    remoteTag: response.toTag,
    local: sent.local,
    remote: headerLines(response, 'to')[0]!,
    localSeq: sent.seq,
    remoteSeq: null,
    remoteTarget: contactOf(response) ?? sent.target,
    routes: recordRoutes(response).reverse(),
    caller: null,
    ...way,
  }
}

/** The dialog of an INVITE to us, once our tag is chosen (§12.1.1). A desk phone may be behind a NAT. */
export function dialogOfRequest(
  request: Request,
  localTag: string,
  flow: Flow,
  by: Pick<Dialog, 'extension' | 'caller'>,
): Dialog {
  const from = headerLines(request, 'from')[0]!
  return {
    callId: request.callId,
    localTag,
    remoteTag: request.fromTag,
    local: `${headerLines(request, 'to')[0]!};tag=${localTag}`,
    remote: from,
    localSeq: 0,
    remoteSeq: request.cseq.number,
    remoteTarget: contactOf(request) ?? request.from.uri,
    routes: recordRoutes(request),
    peer: {
      transport: flow.transport,
      ...flow.source,
      local: flow.local,
      connection: flow.connection,
      peer: flow.peer,
    },
    symmetric: by.extension !== null,
    ...by,
    account: null,
  }
}

/** Does this address belong to the far end, as far as the dialog says: where it was called, its Contact, a proxy of its route? */
export function knows(dialog: Dialog, address: string): boolean {
  if (dialog.peer.address === address || hostOf(dialog.remoteTarget) === address) return true
  return dialog.routes.some(route => hostOf(uriOf(route)) === address)
}

function hostOf(uri: string): string | null {
  const parsed = parseUri(uri)
  return typeof parsed === 'string' ? null : parsed.host
}

/** A request within the dialog, with the next CSeq; `extra` lines follow the ones every request has. */
export function requestInDialog(
  dialog: Spoken,
  method: string,
  options: { seq?: number; extra: HeaderLine[]; body?: string },
): RequestDraft {
  const { uri, routes, destination } = routeOf(dialog)
  const lines: HeaderLine[] = [
    ['Max-Forwards', '70'],
    ...routes.map((route): HeaderLine => ['Route', route]),
    ['From', dialog.local],
    ['To', dialog.remote],
    ['Call-ID', dialog.callId],
    ['CSeq', `${options.seq ?? ++dialog.localSeq} ${method}`],
    ...options.extra,
  ]
  return { method, uri, lines, body: options.body ?? '', destination }
}

/** The 2xx has the last word on the route that an early dialog began with (§13.2.2.4). */
export function reroute(dialog: Dialog, answer: Response): void {
  refreshTarget(dialog, answer)
  dialog.remote = headerLines(answer, 'to')[0]!
  dialog.routes = recordRoutes(answer).reverse()
}

/** A new Contact moves the far end (target refresh, §12.2.1.2). */
export function refreshTarget(dialog: Dialog, message: Request | Response): void {
  dialog.remoteTarget = contactOf(message) ?? dialog.remoteTarget
}

/** Request-URI, Route lines and the next hop (§12.2.1.1). A strict router (no `lr`) takes the Request-URI, and the target goes last. */
function routeOf(dialog: Spoken): { uri: string; routes: string[]; destination: Destination } {
  const first = dialog.routes[0]
  if (first === undefined)
    return { uri: dialog.remoteTarget, routes: [], destination: nextHop(dialog, dialog.remoteTarget) }
  const router = uriOf(first)
  const parsed = parseUri(router)
  if (typeof parsed === 'string' || parsed.parameters.has('lr'))
    return { uri: dialog.remoteTarget, routes: dialog.routes, destination: nextHop(dialog, router) }
  return {
    uri: router,
    routes: [...dialog.routes.slice(1), `<${dialog.remoteTarget}>`],
    destination: nextHop(dialog, router),
  }
}

/**
 * A PBX behind a NAT gives as its Contact, and a proxy as its route, an address that means something behind that alone; where its messages come from
 * is the way to it, as to a desk phone. Within one private network it may be another machine there, and is gone to.
 */
function isOutOfReach(host: string, { address }: Destination): boolean {
  if (host === address) return false
  const network = privateNetworkOf(host)
  return network !== null && network !== privateNetworkOf(address)
}

/** A literal address is gone to; a name, and whatever must not be sent to, is reached where its messages come from. */
function nextHop(dialog: Spoken, uri: string): Destination {
  const { peer } = dialog
  const parsed = parseUri(uri)
  if (dialog.symmetric || typeof parsed === 'string' || isIP(parsed.host) === 0) return peer
  // What began over TLS stays there, whatever a Contact says; and to what did not, TLS has no name to prove.
  const wantsTcp = parsed.parameters.get('transport')?.toLowerCase() === 'tcp' && parsed.scheme === 'sip'
  const transport = wantsTcp && peer.transport === 'udp' ? 'tcp' : peer.transport
  const port = parsed.port ?? defaultPort(transport)
  if (!maySendTo(parsed.host, port) || isOutOfReach(parsed.host, peer)) return peer
  // Behind one address there is one host: its open connection is as good as a new one, and passes its firewall.
  const same = transport === peer.transport
  const connection = same && peer.address === parsed.host ? peer.connection : undefined
  return { transport, address: parsed.host, port, local: same ? peer.local : undefined, connection, peer: peer.peer }
}

/** The URI of the first Contact when it is a SIP URI. */
export function contactOf(message: Request | Response): string | null {
  const line = headerLines(message, 'contact')[0]
  const uri = line === undefined ? undefined : parseNameAddresses(line)?.[0]?.uri
  return uri !== undefined && typeof parseUri(uri) !== 'string' ? uri : null
}

/** Record-Route values one by one, as received, at most 16. */
function recordRoutes(message: Request | Response): string[] {
  const routes: string[] = []
  for (const line of headerLines(message, 'record-route'))
    for (const one of parseNameAddresses(line) ?? []) routes.push(`<${one.uri}>`)
  return routes.slice(0, 16)
}

const uriOf = (route: string) => route.slice(1, -1)
