/**
 * Those whose calls are let in by a password beside where they come from: a trunk whose address anybody can forge on UDP. Nothing is kept of who
 * proves nothing: a nonce is sealed with the address that it was sent to (digest.ts), and who has only forged that never sees one.
 */
import { DigestServer, ha1 } from './digest.ts'
import type { Account, DeviceSecret, Flow } from './events.ts'
import type { Request } from './message.ts'
import type { Reply } from './registrar.ts'
import { say } from './screening.ts'

const realm = 'switchroom'
/** Somebody has to give us a password first; then it should not be long until calls come. */
const unableRetryS = '60'

export type AccountsOptions = {
  secret: (bytes: number) => string
  /** An answer to a challenge of ours that does not hold. */
  onWrong(flow: Flow, now: number): void
}

export class Accounts {
  readonly #options: AccountsOptions
  readonly #server: DigestServer
  /** Who it may be that is looked at now. */
  #asked: Account | null = null

  constructor(options: AccountsOptions) {
    this.#options = options
    this.#server = new DigestServer({ realm, secret: options.secret, lookup: name => secretOf(this.#asked, name) })
  }

  /**
   * Which of these it is: of several at one address the name says so. Else what to answer: 401 until it has shown that it knows a password, 403
   * when it does not. 503 when we do not know its password ourselves: that is our fault and may pass, and a carrier offers the call to its next
   * gateway (RFC 3261 section 21.5.4, RFC 3263 section 4.3), where 403 tells the caller to give up (section 21.4.4; Q.850 21, RFC 3398 section
   * 8.2.6.1).
   */
  prove(request: Request, accounts: readonly Account[], flow: Flow, now: number): { account: string } | Reply {
    const able = accounts.filter(({ password }) => password !== null)
    const name = this.#server.usernameOf(request)
    const named = able.filter(({ username }) => username === name)
    // Two may bear one name. Who bears none of theirs is looked at as long as who does.
    for (const account of named.length > 0 ? named : able.slice(0, 1)) {
      this.#asked = account
      const source = flow.source.address
      const verdict = this.#server.verify(request, now, source)
      if (verdict.type === 'proved') return { account: account.id }
      if (verdict.type === 'challenge') {
        const salt = this.#options.secret(9)
        return say(401, ...this.#server.challenge(account.username, salt, verdict.stale, now, source))
      }
    }
    const mayBeUnable = accounts.some(({ username, password }) => password === null && username === name)
    if (able.length > 0 && (named.length > 0 || !mayBeUnable)) this.#options.onWrong(flow, now)
    return able.length === 0 || mayBeUnable ? say(503, ['Retry-After', unableRetryS]) : say(403)
  }
}

function secretOf(account: Account | null, name: string): DeviceSecret | null {
  if (account === null || account.password === null || name !== account.username) return null
  const credentials = { username: name, password: account.password }
  const of = (algorithm: 'MD5' | 'SHA-256') => ha1(algorithm, credentials, realm)
  return { ha1Md5: of('MD5'), ha1Sha256: of('SHA-256'), offerSha256: false }
}
