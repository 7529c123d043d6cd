import type { User } from '../centre/entities.ts'
import type { FloorState } from '../centre/state.ts'
import { ha1 } from '../sip/digest.ts'
import type { DeviceSecret } from '../sip/events.ts'

/** What desk phones are asked for; it is part of the hashed password, so it never changes. */
export const sipRealm = 'switchroom'

/** In clear, as the store keeps it sealed; null: none was set. */
type Secret = (owner: string, kind: 'sip-password') => string | null

/** What the registrar asks: the secret of an extension. Kept hashed in memory, made from the store when first asked for. */
export class DeskPasswords {
  readonly #floor: () => FloorState
  readonly #secret: Secret
  #users: Map<string, User> | null = null
  readonly #hashes = new Map<string, DeviceSecret | null>()

  constructor(floor: () => FloorState, secret: Secret) {
    this.#floor = floor
    this.#secret = secret
  }

  userAt(extension: string): User | null {
    this.#users ??= new Map(
      [...this.#floor().users.values()].flatMap(user =>
        user.extension === null || !user.enabled ? [] : [[user.extension, user] as const],
      ),
    )
    return this.#users.get(extension) ?? null
  }

  lookup(extension: string): DeviceSecret | null {
    const user = this.userAt(extension)
    if (!user) return null
    const known = this.#hashes.get(extension)
    if (known !== undefined) return known
    const password = this.#secret(user.id, 'sip-password')
    const credentials = { username: extension, password: password ?? '' }
    const hashes =
      password === null
        ? null
        : {
            ha1Md5: ha1('MD5', credentials, sipRealm),
            ha1Sha256: ha1('SHA-256', credentials, sipRealm),
            offerSha256: user.device?.sha256 ?? false,
          }
    this.#hashes.set(extension, hashes)
    return hashes
  }

  /** Of those who have an extension, 0 to 1, whose phone is offered SHA-256. */
  sha256Share(): number {
    this.userAt('')
    const users = [...(this.#users?.values() ?? [])]
    return users.length === 0 ? 0 : users.filter(({ device }) => device?.sha256 === true).length / users.length
  }

  /** People or passwords changed: everything is asked for again. Answers the extensions that nobody has any more or whose password is new. */
  forget(): string[] {
    const before = [...this.#hashes]
    this.#users = null
    this.#hashes.clear()
    return before
      .filter(([extension, hashes]) => hashes !== null && this.lookup(extension)?.ha1Md5 !== hashes.ha1Md5)
      .map(([extension]) => extension)
  }
}
