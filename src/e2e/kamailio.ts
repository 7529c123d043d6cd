/**
 * Kamailio as a carrier, or as the proxy before one: a registrar with digest, and the way to a far end and back, on which it stays (RFC 3261 §16:
 * it record-routes, and routes loosely). What it saw of each request is a line of `said`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, Transport } from '../sip/events.ts'
import { freePort } from './ports.ts'

const modules = (() => {
  try {
    const folder = execFileSync('sh', ['-c', 'ls -d /usr/lib/*/kamailio/modules'], { encoding: 'utf8' }).trim()
    return execFileSync('sh', ['-c', 'command -v kamailio']).length > 0 ? folder : ''
  } catch {
    return ''
  }
})()

export const hasKamailio = modules !== '' && existsSync(`${modules}/tls.so`)

export type KamailioWishes = {
  address: string
  /** Where calls of the trunk's go; calls that come from that address go to who is registered as `username`. */
  far: Address
  username?: string
  password?: string
  algorithm?: 'MD5' | 'SHA-256'
  /** How long a nonce is good; default 300, as Kamailio has it. */
  nonceS?: number
  /** Each nonce is good for one request. */
  nonceOnce?: boolean
  /** The longest registration that it grants. */
  grantsS?: number
  /** How far away it is: each REGISTER is looked at so much later. */
  afarMs?: number
  /** The first REGISTER that takes a contact back does not arrive. */
  losesLeave?: boolean
  /** False: a proxy that asks nobody who he is. */
  asks?: boolean
  /** It wants a client certificate that `authorities` signed. Shown to who asks by SNI for `name`: `identity`; to others `otherwise`. */
  tls?: {
    authorities: string
    name: string
    identity: Pem
    otherwise: Pem
    /** It does not call over the connection that we registered by: it opens one of its own to our Contact, and shows this. */
    calling?: Pem
  }
}
type Pem = { certPem: string; keyPem: string }

export class Kamailio {
  readonly address: string
  /** UDP and TCP. */
  readonly port: number
  readonly tlsPort: number
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #rpcPort: number
  #output = ''

  private constructor(
    process: ChildProcess,
    at: { folder: string; address: string; port: number; tlsPort: number; rpcPort: number },
  ) {
    this.#process = process
    this.#folder = at.folder
    this.#rpcPort = at.rpcPort
    ;({ address: this.address, port: this.port, tlsPort: this.tlsPort } = at)
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', bytes => (this.#output = (this.#output + bytes).slice(-200_000)))
  }

  /** Resolves once it answers. */
  static async open(wishes: KamailioWishes): Promise<Kamailio> {
    const { address } = wishes
    const [port, tlsPort, rpcPort] = [await freePort(address), await freePort(address), await freePort(address)]
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-kamailio-'))
    writeFileSync(join(folder, 'kamailio.cfg'), configuration(wishes, { folder, port, tlsPort, rpcPort }))
    if (wishes.tls) writeTls(folder, address, tlsPort, wishes.tls)
    const memory = ['-m', '32', '-M', '4']
    const child = spawn(
      'kamailio',
      ['-f', join(folder, 'kamailio.cfg'), '-DD', '-E', '-L', modules, '-w', folder, '-Y', folder, ...memory],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const one = new Kamailio(child, { folder, address, port, tlsPort, rpcPort })
    for (let attempt = 0; ; attempt++) {
      if (child.exitCode !== null || attempt === 200) {
        await one[Symbol.asyncDispose]()
        throw new Error(`kamailio did not start:\n${one.#output}`)
      }
      if (await one.ask('core.version').catch(() => null)) return one
      await sleep(50)
    }
  }

  /** One line for each request: `REGISTER udp proved SHA-256`, `BYE udp in dialog, routes 1`. */
  get said(): string[] {
    return this.#output.split('\n').flatMap(line => /<script>: @ (.*)$/.exec(line)?.[1] ?? [])
  }

  /** For who looks for the reason of a failure. */
  get output(): string {
    return this.#output.slice(-6_000)
  }

  /** Contacts of who is registered as `username`, as Kamailio has them. */
  async contacts(username: string): Promise<string[]> {
    const found = JSON.stringify(await this.ask('ul.lookup', ['location', username]).catch(() => null))
    return [...(found ?? '').matchAll(/"Address":"([^"]+)"/g)].map(([, contact]) => contact!)
  }

  /** From now on it asks within a call too, at each request of ours but an ACK. */
  async asksWithin(): Promise<void> {
    await this.ask('pv.shvSet', ['within', 'int', 1])
  }

  /** From now on each REGISTER hears 403; what is registered stays so until it runs out. */
  async barsRegistering(bars: boolean): Promise<void> {
    await this.ask('pv.shvSet', ['barred', 'int', Number(bars)])
  }

  /** An RPC; rejects with what it says against it, or when it says nothing for half a second. */
  async ask(method: string, params: unknown[] = []): Promise<unknown> {
    const socket = createSocket('udp4')
    try {
      socket.bind(0, this.address)
      await once(socket, 'listening')
      const answered = once(socket, 'message', { signal: AbortSignal.timeout(500) })
      socket.send(JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 }), this.#rpcPort, this.address)
      const [bytes] = (await answered) as [Buffer]
      const { result, error } = JSON.parse(bytes.toString('utf8')) as { result?: unknown; error?: unknown }
      if (error !== undefined) throw new Error(JSON.stringify(error))
      return result
    } finally {
      socket.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function configuration(
  wishes: KamailioWishes,
  { folder, port, tlsPort, rpcPort }: { folder: string; port: number; tlsPort: number; rpcPort: number },
): string {
  const { address, far, tls, username = 'lender', password = 'right', algorithm = 'MD5', asks = true } = wishes
  const callsBack = tls?.calling !== undefined
  const alias = callsBack ? '' : 'if ($proto == "tls" || $proto == "tcp") { add_contact_alias(); }'
  const listens: [Transport, number][] = [
    ['udp', port],
    ['tcp', port],
  ]
  if (tls) listens.push(['tls', tlsPort])
  return `#!KAMAILIO
debug=0
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
dns_try_naptr=no
use_dns_failover=off
mhomed=0
${tls ? 'enable_tls=yes\n' : ''}${listens.map(([transport, at]) => `listen=${transport}:${address}:${at}`).join('\n')}
${['tm', 'sl', 'rr', 'pv', 'maxfwd', 'usrloc', 'registrar', 'textops', 'siputils', 'xlog', 'auth', 'jsonrpcs', 'nathelper', 'cfgutils', ...(tls ? ['tls'] : [])].map(name => `loadmodule "${name}.so"`).join('\n')}
modparam("usrloc", "db_mode", 0)
modparam("pv", "shvset", "lost=i:${wishes.losesLeave ? 0 : 1}")
modparam("pv", "shvset", "within=i:0")
modparam("pv", "shvset", "barred=i:0")
modparam("registrar", "max_expires", ${wishes.grantsS ?? 3600})
modparam("registrar", "min_expires", 0)
modparam("registrar", "received_avp", "$avp(received)")
modparam("nathelper", "received_avp", "$avp(received)")
modparam("nathelper", "natping_interval", 0)
modparam("auth", "nonce_expire", ${wishes.nonceS ?? 300})
modparam("auth", "algorithm", "${algorithm}")
${wishes.nonceOnce ? 'modparam("auth", "one_time_nonce", 1)\n' : ''}modparam("jsonrpcs", "transport", 4)
modparam("jsonrpcs", "dgram_socket", "udp:${address}:${rpcPort}")
${tls ? `modparam("tls", "config", "${folder}/tls.cfg")\nmodparam("tls", "tls_force_run", 1)\n` : ''}
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  force_rport();
  if (is_method("CANCEL")) {
    xlog("L_ALERT", "@ $rm $proto\\n");
    if (t_check_trans()) { t_relay(); }
    exit;
  }
  if (has_totag()) {
    xlog("L_ALERT", "@ $rm $proto in dialog, routes $hdrc(Route)\\n");
    if ($shv(within) == 1 && $si != "${far.address}" && !is_method("ACK")) { route(ASK); }
    if (loose_route()) {
      # Who came over a connection is told by that one (RFC 5626), whatever port its Contact names.
      handle_ruri_alias();
      if (!t_relay()) { sl_reply_error(); }
      exit;
    }
    if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
    sl_send_reply("404", "Not Here");
    exit;
  }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_present_hf("Route")) { xlog("L_ALERT", "@ $rm $proto by route to $rd\\n"); }
  if ($si == "${far.address}") {
    xlog("L_ALERT", "@ $rm $proto from the far end\\n");
    if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
    $rU = "${username}";
    if (!lookup("location")) { sl_send_reply("404", "Not Registered"); exit; }
    record_route();
    if (!t_relay()) { sl_reply_error(); }
    exit;
  }
  if (is_method("REGISTER")) {
    if ($hdr(Expires) == "0" && $shv(lost) == 0) {
      $shv(lost) = 1;
      xlog("L_ALERT", "@ $rm $proto lost\\n");
      drop;
    }
    usleep("${(wishes.afarMs ?? 0) * 1000}");
    if ($shv(barred) == 1) {
      xlog("L_ALERT", "@ $rm $proto barred\\n");
      sl_send_reply("403", "Forbidden");
      exit;
    }
  }
  ${asks ? 'route(ASK);' : 'xlog("L_ALERT", "@ $rm $proto unasked\\n");'}
  if (is_method("REGISTER")) {
    ${callsBack ? '' : 'fix_nated_register();'}
    if (!save("location")) { sl_reply_error(); }
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  remove_hf("Route");
  ${alias}
  record_route();
  $du = "sip:${far.address}:${far.port}";
  if (!t_relay()) { sl_reply_error(); }
  exit;
}

route[ASK] {
  if (pv_auth_check("carrier.test", "${password}", "0", "0") && $au == "${username}") {
    xlog("L_ALERT", "@ $rm $proto proved $aa, expires $hdr(Expires)\\n");
    consume_credentials();
    return;
  }
  $var(why) = $rc;
  if ($var(why) == -4 || $var(why) == -6) {
    xlog("L_ALERT", "@ $rm $proto stale\\n");
    auth_challenge("carrier.test", "17");
    exit;
  }
  if ($var(why) == -5) { xlog("L_ALERT", "@ $rm $proto asked\\n"); }
  else { xlog("L_ALERT", "@ $rm $proto wrong $var(why)\\n"); }
  auth_challenge("carrier.test", "1");
  exit;
}

${alias === '' ? '' : `onreply_route {\n  ${alias}\n}`}
`
}

function writeTls(folder: string, address: string, port: number, tls: NonNullable<KamailioWishes['tls']>): void {
  const files = {
    'ca.pem': tls.authorities,
    'named.pem': tls.identity.certPem,
    'named.key': tls.identity.keyPem,
    'other.pem': tls.otherwise.certPem,
    'other.key': tls.otherwise.keyPem,
    'calling.pem': (tls.calling ?? tls.identity).certPem,
    'calling.key': (tls.calling ?? tls.identity).keyPem,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const server = (of: string, name: string, more: string) =>
    `[server:${of}]\nmethod = TLSv1.2+\nverify_certificate = yes\nrequire_certificate = yes\nca_list = ${folder}/ca.pem\ncertificate = ${folder}/${name}.pem\nprivate_key = ${folder}/${name}.key\n${more}\n`
  const client = `[client:default]\nmethod = TLSv1.2+\nverify_certificate = yes\nca_list = ${folder}/ca.pem\ncertificate = ${folder}/calling.pem\nprivate_key = ${folder}/calling.key\n`
  writeFileSync(
    join(folder, 'tls.cfg'),
    server('default', 'other', '') + client + server(`${address}:${port}`, 'named', `server_name = ${tls.name}\n`),
  )
}
