/** sipp as the carrier: one scenario, made from a few lines, whose media port is that of an `RtpPeer`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logged, tell, tellable, waitToBeTold } from '../phone/fixtures/told.ts'
import { payloadTypeOf } from '../rtp/g711.ts'
import { freePort } from './ports.ts'
import type { RtpPeer } from './rtp-peer.ts'

export const hasSipp = has('sipp', '-v')

export function has(program: string, flag: string): boolean {
  try {
    execFileSync(program, [flag], { stdio: 'ignore' })
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

/** What the called side does, in the order of the list. Durations in ms. */
export type Act =
  /** 100 and no more. */
  | { do: 'trying' }
  | { do: 'ring' }
  | { do: 'pause'; ms: number }
  /** Waits for `goOn`: what is to happen meanwhile has all the time it needs. */
  | { do: 'told' }
  | { do: 'answer' }
  /** 401 or 407, then an INVITE with credentials that sipp checks. */
  | { do: 'challenge'; status: 401 | 407; username: string; password: string }
  | { do: 'final'; status: number; words: string; headers?: string[] }
  | { do: 'early' }
  | { do: 'expectBye' }
  | { do: 'expectInfo' }
  /** A caller presses a key, told by INFO. */
  | { do: 'info'; key: string }
  | { do: 'bye' }
  | { do: 'expectCancel' }
  /** A re-INVITE of the far end with this direction. */
  | { do: 'reinvite'; direction: 'sendonly' | 'sendrecv' | 'inactive' }

/** Where the far end's media is, as its SDP says; `law`: all that it speaks, A-law unless named; `events`: RFC 4733, unless false. */
type MediaAt = Pick<RtpPeer, 'address' | 'port'> & Partial<Pick<RtpPeer, 'law'>> & { events?: boolean }

/** A password that a phone registers with, by MD5 (Debian's sipp knows no more), and all that it is answered. */
/** Of the extension that sipp registers as, or of this one. */
export type Registration = { password: string; answers: (200 | 401 | 403)[]; extension?: string }

const always = ['-trace_err', ...tellable, '-nostdin', '-timeout', '120s']

export class Sipp {
  readonly address: string
  readonly port: number
  readonly #process: ChildProcess
  readonly #folder: string
  readonly finished: Promise<number>
  #output = ''
  #told = 0

  private constructor(process: ChildProcess, folder: string, address: string, port: number) {
    this.#process = process
    this.#folder = folder
    this.address = address
    this.port = port
    process.stdout?.on('data', bytes => (this.#output = (this.#output + bytes).slice(-8000)))
    process.stderr?.on('data', bytes => (this.#output = (this.#output + bytes).slice(-8000)))
    this.finished = new Promise(done => process.once('exit', code => done(code ?? -1)))
  }

  /** A carrier that answers `calls` calls by the script, then exits 0. */
  static async carrier(options: {
    address: string
    media: MediaAt
    acts: Act[]
    calls?: number
    port?: number
  }): Promise<Sipp> {
    const port = options.port ?? (await freePort(options.address))
    const xml = calledSide(options.acts, options.media)
    return Sipp.#run(xml, options.address, port, ['-m', String(options.calls ?? 1), '-aa'])
  }

  /** A caller that dials `number` at our SIP port: INVITE, waits for the answer, then `acts`. */
  static async caller(options: {
    address: string
    media: MediaAt
    number: string
    from: string
    target: string
    acts: Act[]
    /** Further headers of the INVITE, a line each. */
    headers?: string[]
  }): Promise<Sipp> {
    const port = await freePort(options.address)
    const xml = callingSide(options)
    return Sipp.#run(xml, options.address, port, ['-m', '1', '-aa', options.target])
  }

  /** A phone, or who would like to be one: registers as `extension` with one password after the other, and ends 0 when it was answered so. */
  static async registering(options: {
    address: string
    extension: string
    target: string
    registrations: Registration[]
  }): Promise<Sipp> {
    const port = await freePort(options.address)
    const xml = registeringSide(options)
    return Sipp.#run(xml, options.address, port, ['-m', '1', '-trace_msg', options.target])
  }

  /** Sends a REGISTER so often, and waits for no answer, until it is disposed of. */
  static async flooding(options: { address: string; target: string; perSecond: number }): Promise<Sipp> {
    const xml = document([register('1999', 1)], 'flooding')
    const rest = ['-r', String(options.perSecond), '-m', '1000000', options.target]
    return Sipp.#run(xml, options.address, await freePort(options.address), rest)
  }

  static async #run(xml: string, address: string, port: number, rest: string[]): Promise<Sipp> {
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-sipp-'))
    writeFileSync(join(folder, 'scenario.xml'), xml)
    const child = spawn('sipp', ['-sf', 'scenario.xml', '-i', address, '-p', String(port), ...always, ...rest], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TERM: 'dumb' },
    })
    return new Sipp(child, folder, address, port)
  }

  /** What a registering sipp was answered, word for word, as soon as it is done. */
  get answers(): string[] {
    const logs = readdirSync(this.#folder).filter(name => name.endsWith('messages.log'))
    return logs
      .flatMap(name => readFileSync(join(this.#folder, name), 'latin1').split(/^-{20,}.*$/m))
      .flatMap(text => /message received[^\n]*\n\n(.*)/s.exec(text)?.[1]?.trim() ?? [])
  }

  /** Leads a sipp that waits to be told to its next act, as soon as it waits. */
  async goOn(): Promise<void> {
    const isOver = () => this.#process.exitCode !== null
    await tell({ address: this.address, port: this.port, folder: this.#folder, isOver }, ++this.#told)
    if (isOver()) await this.done()
  }

  /** Fails with sipp's own error log when its script was not followed. */
  async done(): Promise<void> {
    const code = await this.finished
    if (code === 0) return
    const errors = logged(this.#folder, 'errors.log').slice(0, 4000)
    throw new Error(`sipp ended with ${code}:\n${errors || this.#output.slice(-1500)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) this.#process.kill('SIGKILL')
    await this.finished
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function sdp({ address, port, law = 'pcma', events = true }: MediaAt, direction = 'sendrecv'): string {
  const family = address.includes(':') ? 'IP6' : 'IP4'
  const type = payloadTypeOf[law]
  return [
    'v=0',
    `o=- 20518 1 IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${type}${events ? ' 101' : ''}`,
    `a=rtpmap:${type} ${law.toUpperCase()}/8000`,
    ...(events ? ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15'] : []),
    `a=${direction}`,
  ].join('\n')
}

/** `inDialog`: the request's To has our tag already. */
function response(status: number, words: string, body: string | null, extra: string[] = [], inDialog = false): string {
  return `<send><![CDATA[
SIP/2.0 ${status} ${words}
[last_Via:]
[last_From:]
[last_To:]${inDialog ? '' : ';tag=[pid]sipp[call_number]'}
[last_Call-ID:]
[last_CSeq:]
[last_Record-Route:]
Contact: <sip:carrier@[local_ip]:[local_port]>
${extra.map(line => `${line}\n`).join('')}${body === null ? 'Content-Length: 0\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`}
]]></send>`
}

function calledSide(acts: Act[], media: MediaAt): string {
  const steps = [
    '<recv request="INVITE" rrs="true"><action><ereg regexp="sips?:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="contact"/><ereg regexp="&lt;?sips?:.*" search_in="hdr" header="From:" assign_to="from"/><ereg regexp="sips?:[^;>]*" search_in="hdr" header="To:" assign_to="to"/></action></recv>',
  ]
  for (const act of acts) {
    switch (act.do) {
      case 'trying':
        steps.push(response(100, 'Trying', null))
        break
      case 'ring':
        steps.push(response(180, 'Ringing', null))
        break
      case 'early':
        steps.push(response(183, 'Session Progress', sdp(media)))
        break
      case 'pause':
        steps.push(`<pause milliseconds="${act.ms}"/>`)
        break
      case 'told':
        steps.push(waitToBeTold)
        break
      case 'answer':
        steps.push(response(200, 'OK', sdp(media)), '<recv request="ACK"/>')
        break
      case 'challenge':
        steps.push(
          response(act.status, act.status === 401 ? 'Unauthorized' : 'Proxy Authentication Required', null, [
            `${act.status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate'}: Digest realm="carrier.test",nonce="5c1a2b3c4d5e6f70",qop="auth",algorithm=MD5`,
          ]),
          '<recv request="ACK"/>',
          act.status === 401
            ? `<recv request="INVITE"><action><verifyauth assign_to="ok" username="${act.username}" password="${act.password}"/></action></recv><nop test="ok" next="authorised"/>${response(403, 'Forbidden', null)}<recv request="ACK" next="never"/><label id="authorised"/>`
            : '<recv request="INVITE"><action><ereg regexp="Digest.*response=" search_in="hdr" header="Proxy-Authorization:" check_it="true" assign_to="ok"/></action></recv>',
        )
        break
      case 'final':
        steps.push(response(act.status, act.words, null, act.headers), '<recv request="ACK"/>')
        break
      case 'info':
        throw new Error('a called sipp presses no keys')
      case 'expectInfo':
        steps.push('<recv request="INFO"/>', response(200, 'OK', null, [], true))
        break
      case 'expectBye':
        steps.push('<recv request="BYE"/>', response(200, 'OK', null, [], true))
        break
      case 'bye':
        steps.push(bye())
        break
      case 'expectCancel':
        steps.push(
          '<recv request="CANCEL"/>',
          response(200, 'OK', null),
          `<send><![CDATA[
SIP/2.0 487 Request Terminated
[last_Via:]
[last_From:]
[last_To:];tag=[pid]sipp[call_number]
[last_Call-ID:]
CSeq: 1 INVITE
Content-Length: 0

]]></send>`,
          '<recv request="ACK"/>',
        )
        break
      case 'reinvite':
        steps.push(reinvite(sdp(media, act.direction)))
        break
      default:
        act satisfies never
    }
  }
  return document(steps, 'called')
}

function callingSide({ acts, media, number, from, headers = [] }: Parameters<typeof Sipp.caller>[0]): string {
  let sequence = 1
  const steps = [
    `<send retrans="500"><![CDATA[
INVITE sip:${number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:${from}@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
To: <sip:${number}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:${from}@[local_ip]:[local_port]>
Max-Forwards: 70
${headers.map(line => `${line}\n`).join('')}Content-Type: application/sdp
Content-Length: [len]

${sdp(media)}
]]></send>`,
    '<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>',
    '<recv response="200" rrs="true"/>',
    `<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:${from}@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>`,
  ]
  for (const act of acts) {
    if (act.do === 'pause') steps.push(`<pause milliseconds="${act.ms}"/>`)
    else if (act.do === 'told') steps.push(waitToBeTold)
    else if (act.do === 'expectBye') steps.push('<recv request="BYE"/>', response(200, 'OK', null, [], true))
    else if (act.do === 'info')
      steps.push(
        `<send retrans="500"><![CDATA[
INFO [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:${from}@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: ${++sequence} INFO
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal=${act.key}
Duration=160
]]></send>`,
        '<recv response="200"/>',
      )
    else if (act.do === 'bye')
      steps.push(
        `<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:${from}@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: ${++sequence} BYE
Max-Forwards: 70
Content-Length: 0

]]></send>`,
        '<recv response="200"/>',
      )
    else throw new Error(`a calling sipp cannot ${act.do}`)
  }
  return document(steps, 'calling')
}

function registeringSide({ registrations, ...one }: Parameters<typeof Sipp.registering>[0]): string {
  let sequence = 0
  const steps = registrations.flatMap(({ password, answers, extension = one.extension }) =>
    answers.flatMap((status, at) => [
      register(extension, ++sequence, at === 0 ? '' : `[authentication username=${extension} password=${password}]\n`),
      `<recv response="${status}"${status === 401 ? ' auth="true"' : ''}/>`,
    ]),
  )
  return document(steps, 'registering')
}

/** Said once: where it is answered, the answer comes at once. */
function register(extension: string, sequence: number, credentials = ''): string {
  return `<send><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:${extension}@[remote_ip]>;tag=[pid]phone[call_number]
To: <sip:${extension}@[remote_ip]>
Call-ID: [call_id]
CSeq: ${sequence} REGISTER
Contact: <sip:${extension}@[local_ip]:[local_port]>
Expires: 60
Max-Forwards: 70
${credentials}Content-Length: 0

]]></send>`
}

/** In a dialog where we were called: From and To change places. By the route that the INVITE came. */
function bye(): string {
  return `<send retrans="500"><![CDATA[
BYE [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <[$to]>;tag=[pid]sipp[call_number]
To: [$from]
Call-ID: [call_id]
CSeq: 20 BYE
Max-Forwards: 70
Content-Length: 0

]]></send><recv response="200"/>`
}

let reinvites = 0
function reinvite(body: string): string {
  const sequence = 2 + (reinvites++ % 15)
  return `<send retrans="500"><![CDATA[
INVITE [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <[$to]>;tag=[pid]sipp[call_number]
To: [$from]
Call-ID: [call_id]
CSeq: ${sequence} INVITE
Contact: <sip:carrier@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

${body}
]]></send><recv response="100" optional="true"/><recv response="200"/><send><![CDATA[
ACK [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <[$to]>;tag=[pid]sipp[call_number]
To: [$from]
Call-ID: [call_id]
CSeq: ${sequence} ACK
Max-Forwards: 70
Content-Length: 0

]]></send>`
}

function document(steps: string[], name: string): string {
  const referenced = steps.some(step => step.includes('assign_to="ok"')) ? 'contact,from,to,ok' : 'contact,from,to'
  return `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="${name}">
${name === 'called' ? `${steps.join('\n')}\n<label id="never"/>\n<Reference variables="${referenced}"/>` : steps.join('\n')}
</scenario>
`
}
