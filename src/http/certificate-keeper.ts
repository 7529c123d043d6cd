/** The certificate in service: loaded at start, looked at twice a day, replaced without closing a connection. */
import type { Certificate } from './certificate.ts'

const lookEveryMs = 12 * 3_600_000

export type KeeperOptions = {
  /** `ensureCertificate` or `readCertificate` with its options bound. */
  load: () => Promise<Certificate>
  /** A new one: for `server.setSecureContext`. */
  onChange: (certificate: Certificate) => void
  /** A renewal that failed; the old certificate stays in service and it is tried again. */
  onTrouble: (error: Error) => void
}

export class CertificateKeeper {
  readonly #options: KeeperOptions
  #current: Certificate
  readonly #timer: NodeJS.Timeout

  private constructor(options: KeeperOptions, first: Certificate) {
    this.#options = options
    this.#current = first
    this.#timer = setInterval(() => void this.reload(), lookEveryMs)
    this.#timer.unref()
  }

  /** Rejects with CertificateError when there is none to start with. */
  static async start(options: KeeperOptions): Promise<CertificateKeeper> {
    return new CertificateKeeper(options, await options.load())
  }

  get current(): Certificate {
    return this.#current
  }

  /** For SIGHUP and after an upload; true when a different certificate is in service now. */
  async reload(): Promise<boolean> {
    try {
      const fresh = await this.#options.load()
      if (fresh.certPem === this.#current.certPem && fresh.keyPem === this.#current.keyPem) return false
      this.#current = fresh
      this.#options.onChange(fresh)
      return true
    } catch (error) {
      this.#options.onTrouble(error as Error)
      return false
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
