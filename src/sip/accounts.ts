/**
 * Those whose calls are let in by a password beside where they come from: a trunk whose address anybody can forge on UDP. Nothing is kept of who
 * proves nothing: a nonce is sealed with the address that it was sent to (digest.ts), and who has only forged that never sees one.
 */
import { DigestServer, ha1 } from './digest.ts'
import type { Account, Flow } from './events.ts'
import type { Request } from './message.ts'
import type { Reply } from './registrar.ts'
import { say } from './screening.ts'

const realm = 'switchroom'
/** More trunks than anybody has; those that were not called from for longest are made anew. */
const doorsMax = 1_000

export type AccountsOptions = {
  secret: (bytes: number) => string
  /** An answer to a challenge of ours that does not hold. */
  onWrong(flow: Flow, now: number): void
}

type Door = { account: Account; server: DigestServer }

export class Accounts {
  readonly #options: AccountsOptions
  readonly #doors = new Map<string, Door>()

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  /** Null: it is this one. Else what to answer: 401 until it has shown that it knows the password, 403 when it does not. */
  prove(request: Request, account: Account, flow: Flow, now: number): Reply | null {
    if (account.password === null) return say(403)
    const { server } = this.#door(account)
    const source = flow.source.address
    const verdict = server.verify(request, now, source)
    switch (verdict.type) {
      case 'proved':
        return null
      case 'challenge':
        return say(401, ...server.challenge(account.username, this.#options.secret(9), verdict.stale, now, source))
      case 'wrong':
        this.#options.onWrong(flow, now)
        return say(403)
      default:
        throw verdict satisfies never
    }
  }

  /** One each, since two may bear one name. */
  #door(account: Account): Door {
    const known = this.#doors.get(account.id)
    if (known !== undefined) {
      known.account = account
      return known
    }
    const door: Door = {
      account,
      server: new DigestServer({
        realm,
        secret: this.#options.secret,
        lookup(username) {
          const { password } = door.account
          if (username !== door.account.username || password === null) return null
          const of = (algorithm: 'MD5' | 'SHA-256') => ha1(algorithm, { username, password }, realm)
          return { ha1Md5: of('MD5'), ha1Sha256: of('SHA-256'), offerSha256: false }
        },
      }),
    }
    if (this.#doors.size >= doorsMax) this.#doors.delete(this.#doors.keys().next().value!)
    this.#doors.set(account.id, door)
    return door
  }
}
