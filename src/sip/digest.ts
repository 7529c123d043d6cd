/**
 * Digest authentication (RFC 3261 §22, RFC 7616, RFC 8760): MD5 and SHA-256, qop=auth, nonce counts, as client and as server. The server's
 * nonces carry their own time and seal, so that a flood of unauthenticated requests leaves nothing in memory.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Destination, DeviceSecret, DigestCredentials } from './events.ts'
import { quote } from './grammar.ts'
import { type Authentication, parseAuthentication } from './headers.ts'
import { type HeaderLine, headerLines, type Message, type Request, type Response } from './message.ts'

export type Algorithm = 'MD5' | 'SHA-256'

export function hash(algorithm: Algorithm, text: string): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text, 'utf8')
    .digest('hex')
}

/** H(username:realm:password), what a registrar keeps instead of the password. */
export function ha1(algorithm: Algorithm, credentials: DigestCredentials, realm: string): string {
  return hash(algorithm, `${credentials.username}:${realm}:${credentials.password}`)
}

type ResponseInput = {
  algorithm: Algorithm
  ha1: string
  method: string
  uri: string
  nonce: string
  /** With qop=auth; without, RFC 2069's shorter form. */
  qop: { nc: string; cnonce: string } | null
}

export function digestResponse({ algorithm, ha1, method, uri, nonce, qop }: ResponseInput): string {
  const ha2 = hash(algorithm, `${method}:${uri}`)
  return hash(
    algorithm,
    qop === null ? `${ha1}:${nonce}:${ha2}` : `${ha1}:${nonce}:${qop.nc}:${qop.cnonce}:auth:${ha2}`,
  )
}

/** An algorithm we can compute, null for others (SHA-512-256, MD5-sess …). */
function algorithmOf(parameters: Map<string, string>): Algorithm | null {
  const name = (parameters.get('algorithm') ?? 'MD5').toUpperCase()
  return name === 'MD5' || name === 'SHA-256' ? name : null
}

type Challenge = {
  header: 'Authorization' | 'Proxy-Authorization'
  algorithm: Algorithm
  parameters: Map<string, string>
  /** Requests that answered it. */
  count: number
  /** Challenges of whoever this is that were answered since the last success, or since one request's first; two wrong ones in a row mean that the password is. */
  failures: number
  /** Somebody behind it asked since: it let our request pass, and what it asks next is a question anew. */
  hasPassed: boolean
}

/** A far end and the proxies before it (RFC 3261 section 22.3) that ask each for themselves; of more the first is forgotten. */
const challengersMax = 3
/** Challenges that one request answers: who asks without end is not answered without end. */
const answersMax = 5

/**
 * Our side of challenges: remembers them, so that later requests bring their credentials along at once. A proxy (407) and who is behind it (401) are
 * answered together, each with what it asked for.
 */
export class DigestClient {
  readonly #credentials: DigestCredentials
  readonly #cnonce: () => string
  /** By who asks: of proxies each realm is one. */
  readonly #challenges = new Map<string, Challenge>()
  /** Challenges answered since the last success, or since one request's first. */
  #answers = 0

  constructor(credentials: DigestCredentials, cnonce: () => string) {
    this.#credentials = credentials
    this.#cnonce = cnonce
  }

  /** A request is challenged for the first time: another's, under way beside it, says nothing of the password. */
  begins(): void {
    this.#answers = 0
    for (const challenge of this.#challenges.values()) [challenge.failures, challenge.hasPassed] = [0, false]
  }

  /** Takes a 401 or 407. True when sending again with `authorize` makes sense. */
  learn(response: Response): boolean {
    const proxy = response.status === 407
    const challenges = headerLines(response, proxy ? 'proxy-authenticate' : 'www-authenticate')
      .map(parseAuthentication)
      .filter((one): one is Authentication => one?.scheme === 'digest')
    // The server lists them in its order of preference (RFC 8760 §2.4); the first that we can do is taken.
    const chosen = challenges.find(one => {
      const qop = one.parameters.get('qop')
      const auth = qop === undefined || qop.split(',').some(word => word.trim().toLowerCase() === 'auth')
      return algorithmOf(one.parameters) !== null && one.parameters.has('nonce') && one.parameters.has('realm') && auth
    })
    if (chosen === undefined) return false
    const header = proxy ? 'Proxy-Authorization' : 'Authorization'
    const key = proxy ? `${header} ${chosen.parameters.get('realm')}` : header
    const former = this.#challenges.get(key)
    const isAnew = former?.hasPassed === true && former.parameters.get('nonce') !== chosen.parameters.get('nonce')
    const failures = isAnew ? 0 : (former?.failures ?? 0)
    const stale = chosen.parameters.get('stale')?.toLowerCase() === 'true'
    if (failures >= (stale ? 3 : 1) || this.#answers >= answersMax) return false
    this.#answers++
    for (const other of this.#challenges.values()) other.hasPassed ||= other !== former
    this.#challenges.delete(key)
    this.#challenges.set(key, {
      header,
      algorithm: algorithmOf(chosen.parameters)!,
      parameters: chosen.parameters,
      count: 0,
      failures: failures + 1,
      hasPassed: false,
    })
    if (this.#challenges.size > challengersMax) this.#challenges.delete(this.#challenges.keys().next().value!)
    return true
  }

  /** The credentials were taken. The answer may give the nonce for what comes next (RFC 7616 section 3.5). */
  succeeded(response?: Response): void {
    this.begins()
    if (response === undefined) return
    for (const header of ['Authorization', 'Proxy-Authorization'] as const) {
      const name = header === 'Authorization' ? 'authentication-info' : 'proxy-authentication-info'
      const line = headerLines(response, name)[0]
      const next = line === undefined ? undefined : parseAuthentication(`Digest ${line}`)?.parameters.get('nextnonce')
      const [challenge, ...others] = [...this.#challenges.values()].filter(one => one.header === header)
      // It does not say which of several proxies means it.
      if (next === undefined || next === '' || challenge === undefined || others.length > 0) continue
      challenge.parameters.set('nonce', next)
      challenge.count = 0
    }
  }

  /** [] before any challenge. */
  authorize(method: string, uri: string): HeaderLine[] {
    return [...this.#challenges.values()].map(challenge => this.#answer(challenge, method, uri))
  }

  #answer(challenge: Challenge, method: string, uri: string): HeaderLine {
    const { header, algorithm, parameters } = challenge
    const realm = parameters.get('realm')!
    const nonce = parameters.get('nonce')!
    const withQop = parameters.has('qop')
    const qop = withQop ? { nc: (++challenge.count).toString(16).padStart(8, '0'), cnonce: this.#cnonce() } : null
    const { username } = this.#credentials
    const response = digestResponse({
      algorithm,
      ha1: ha1(algorithm, this.#credentials, realm),
      method,
      uri,
      nonce,
      qop,
    })
    let value = `Digest username=${quote(username)}, realm=${quote(realm)}, nonce=${quote(nonce)}, uri="${uri}", response="${response}"`
    if (parameters.has('algorithm')) value += `, algorithm=${algorithm}`
    if (qop !== null) value += `, qop=auth, nc=${qop.nc}, cnonce="${qop.cnonce}"`
    const opaque = parameters.get('opaque')
    if (opaque !== undefined) value += `, opaque=${quote(opaque)}`
    return [header, value]
  }
}

/** What answers the challenges of who is reached there; null: nothing, whatever it asks. */
export type DigestFor = (to: Destination) => DigestClient | null

/** One client for all that is said in a call, as `credentials` says each time: they are for one far end, and a Contact may lead to another. */
export function digestFor(credentials: (to: Destination) => DigestCredentials | null, cnonce: () => string): DigestFor {
  let client: DigestClient | null = null
  return to => {
    const held = credentials(to)
    if (held === null) return null
    client ??= new DigestClient(held, cnonce)
    return client
  }
}

export type Verdict =
  | { type: 'proved'; username: string }
  /** No credentials for our realm, or the nonce is over: answer with a challenge. */
  | { type: 'challenge'; stale: boolean }
  /** Credentials that do not hold, whether the user exists or not. */
  | { type: 'wrong'; username: string }

const nonceLifeMs = 60_000
const usedNoncesMax = 20_000

/** The registrar's side. */
export class DigestServer {
  readonly #realm: string
  readonly #sealKey: string
  readonly #lookup: (username: string) => DeviceSecret | null
  readonly #sha256Share: () => number
  /** Stands in for unknown users, so that they take as long as wrong passwords. */
  readonly #nobody: DeviceSecret
  /** The highest count seen with a nonce that proved someone: a replay has none higher. Bounded; the oldest go first. */
  readonly #counts = new Map<string, number>()

  constructor(options: {
    realm: string
    secret: (bytes: number) => string
    lookup(username: string): DeviceSecret | null
    /** Of all users, 0 to 1, those whose `offerSha256` is true; default 0. */
    sha256Share?(): number
  }) {
    this.#realm = options.realm
    this.#sealKey = options.secret(32)
    this.#lookup = options.lookup
    this.#sha256Share = options.sha256Share ?? (() => 0)
    const nobody = options.secret(32)
    this.#nobody = { ha1Md5: hash('MD5', nobody), ha1Sha256: hash('SHA-256', nobody), offerSha256: false }
  }

  /**
   * WWW-Authenticate lines; the stronger first (RFC 8760 §2.3). `peer` is the address that asked: to another address's nonce nobody is listened
   * to, or a stranger who forges a telephone's address could have it locked out for wrong passwords.
   */
  challenge(username: string, salt: string, stale: boolean, now: number, peer = ''): HeaderLine[] {
    const nonce = this.#nonce(salt, now, peer)
    const offersSha256 = this.#lookup(username)?.offerSha256 ?? this.#wouldOffer(username)
    const algorithms: Algorithm[] = offersSha256 ? ['SHA-256', 'MD5'] : ['MD5']
    return algorithms.map(algorithm => [
      'WWW-Authenticate',
      `Digest realm=${quote(this.#realm)}, nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale ? ', stale=true' : ''}`,
    ])
  }

  /** Who is nobody is asked as somebody might be, and each time alike, or one question would tell who is there. */
  #wouldOffer(username: string): boolean {
    return (
      Number.parseInt(hash('SHA-256', `${this.#sealKey} ${username}`).slice(0, 8), 16) < this.#sha256Share() * 2 ** 32
    )
  }

  /** Whom it says to be; null: nobody yet. */
  usernameOf(request: Request): string | null {
    return credentialsFor(request, this.#realm)?.get('username') ?? null
  }

  /** What it says to prove it, in a short form: who says the same again has guessed nothing new. */
  saidBy(request: Request): string {
    const said = [...(credentialsFor(request, this.#realm) ?? [])].map(([name, value]) => `${name}=${value}`)
    return hash('SHA-256', [request.method, ...said].join('\n'))
  }

  /** Whether these credentials answer a challenge that this peer was given: who forges an address has seen none. */
  answersUs(request: Request, peer = ''): boolean {
    const nonce = credentialsFor(request, this.#realm)?.get('nonce')
    return nonce !== undefined && this.#madeAt(nonce, peer) !== null
  }

  verify(request: Request, now: number, peer = ''): Verdict {
    const given = credentialsFor(request, this.#realm)
    if (given === null) return { type: 'challenge', stale: false }
    const [username = '', nonce = '', uri = '', response = '', nc = '', cnonce = ''] = [
      'username',
      'nonce',
      'uri',
      'response',
      'nc',
      'cnonce',
    ].map(name => given.get(name))
    const algorithm = algorithmOf(given)
    const made = this.#madeAt(nonce, peer)
    if (algorithm === null || made === null) return { type: 'challenge', stale: made === null && nonce !== '' }

    const device = this.#lookup(username)
    const held = device ?? this.#nobody
    const expected = digestResponse({
      algorithm,
      ha1: algorithm === 'MD5' ? held.ha1Md5 : held.ha1Sha256,
      method: request.method,
      uri,
      nonce,
      qop: given.has('qop') ? { nc, cnonce } : null,
    })
    const right = sameText(expected, response.toLowerCase()) && device !== null
    // A count that is none (RFC 7616 section 3.4: from 1) is wrong whatever the password, or it would try passwords at no price.
    const count = /^[0-9a-f]{8}$/i.test(nc) ? Number.parseInt(nc, 16) : 0
    if (!right || !given.has('qop') || count === 0) return { type: 'wrong', username }
    // Only who knows the password learns that the nonce is over, and is not counted as an attacker.
    const fresh = now - made < nonceLifeMs || this.#counts.has(nonce)
    if (!fresh || count <= (this.#counts.get(nonce) ?? 0)) return { type: 'challenge', stale: true }
    this.#remember(nonce, count)
    return { type: 'proved', username }
  }

  #remember(nonce: string, count: number): void {
    this.#counts.delete(nonce)
    this.#counts.set(nonce, count)
    if (this.#counts.size > usedNoncesMax) this.#counts.delete(this.#counts.keys().next().value!)
  }

  /** `time.salt.seal`: ours, and for this peer, when the seal fits. */
  #nonce(salt: string, now: number, peer: string): string {
    const text = `${Math.floor(now).toString(36)}.${salt}`
    return `${text}.${this.#seal(text, peer)}`
  }

  #madeAt(nonce: string, peer: string): number | null {
    const dot = nonce.lastIndexOf('.')
    if (dot < 0 || nonce.length > 200 || !sameText(this.#seal(nonce.slice(0, dot), peer), nonce.slice(dot + 1)))
      return null
    return Number.parseInt(nonce.split('.', 1)[0]!, 36)
  }

  #seal(text: string, peer: string): string {
    return createHmac('sha256', this.#sealKey).update(`${peer} ${text}`, 'latin1').digest('base64url').slice(0, 22)
  }
}

/** The Digest credentials for our realm; other schemes and realms are as good as none (RFC 3261 §22.1). */
function credentialsFor(message: Message, realm: string): Map<string, string> | null {
  for (const name of ['authorization', 'proxy-authorization']) {
    for (const line of headerLines(message, name).slice(0, 4)) {
      const given = parseAuthentication(line)
      if (given?.scheme === 'digest' && given.parameters.get('realm') === realm) return given.parameters
    }
  }
  return null
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')]
  return left.length === right.length && timingSafeEqual(left, right)
}
