/**
 * The certificate in service: loaded at start, looked at now and then and at SIGHUP, replaced without closing a connection. What cannot
 * be taken is told, and what was in service stays. So is one that nears its end, once a day.
 */
import { type Certificate, CertificateError, type Standing, standingOf } from './certificate.ts'

const tellEveryMs = 86_400_000

export type KeeperOptions = {
  /** `ensureCertificate` or `readCertificate` with its options bound. */
  load: () => Promise<Certificate>
  /** What is shown while there is none to start with; left out: the start fails. */
  standIn?: () => Promise<Certificate>
  /** How often it is looked whether there is another. */
  everyMs: number
  /** A new one: for `server.setSecureContext`. When it throws, the old one stays. */
  onChange: (certificate: Certificate) => void
  /** What lies there now is not taken; another certificate is in service and it is tried again. */
  onTrouble: (error: Error) => void
  /** What works but should be put right: at the start, when it changes, and once a day. */
  onWarning: (words: string) => void
  /** Unix ms. */
  now: () => number
}

/** What people are told of the certificate in service. */
export type CertificateSeen = {
  notAfter: number
  standing: Standing
  /** Why what lies there now was not taken, in words; null: it is in service. */
  refused: string | null
  /** Of our own authority, also where it stands in for the company's. */
  isOurs: boolean
}

export class CertificateKeeper {
  readonly #options: KeeperOptions
  #current: Certificate
  #refused: string | null = null
  #loading: Promise<boolean> | null = null
  /** What was told last, and when. */
  #told = { words: '', at: 0 }
  readonly #timer: NodeJS.Timeout

  private constructor(options: KeeperOptions, first: Certificate, trouble: Error | null) {
    this.#options = options
    this.#current = first
    this.#refused = trouble?.message ?? null
    this.#tell(trouble)
    this.#timer = setInterval(() => void this.reload(), options.everyMs)
    this.#timer.unref()
  }

  /** Rejects with CertificateError when there is none to start with, and none to stand in for it. */
  static async start(options: KeeperOptions): Promise<CertificateKeeper> {
    const { load, standIn } = options
    try {
      return new CertificateKeeper(options, await load(), null)
    } catch (error) {
      if (standIn === undefined) throw error
      return new CertificateKeeper(options, await standIn(), error as Error)
    }
  }

  get current(): Certificate {
    return this.#current
  }

  get seen(): CertificateSeen {
    const { notAfter, caPem } = this.#current
    const standing = standingOf(this.#current, this.#options.now())
    return { notAfter, standing, refused: this.#refused, isOurs: caPem !== null }
  }

  /** True when a different certificate is in service now. */
  reload(): Promise<boolean> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null
    })
    return this.#loading
  }

  async #load(): Promise<boolean> {
    try {
      const fresh = await this.#options.load()
      const isSame = this.#isCurrent(fresh)
      if (!isSame) {
        this.#mustBeBetter(fresh)
        this.#options.onChange(fresh)
      }
      this.#current = fresh
      this.#refused = null
      this.#tell()
      return !isSame
    } catch (error) {
      this.#refused = (error as Error).message
      this.#tell(error as Error)
      return false
    }
  }

  /** One that browsers refuse does not take the place of one that they take. */
  #mustBeBetter(fresh: Certificate): void {
    const serves = (certificate: Certificate) =>
      ['good', 'ending'].includes(standingOf(certificate, this.#options.now()))
    if (!serves(fresh) && serves(this.#current))
      throw new CertificateError(fresh.warnings.at(-1) ?? 'the new certificate is not good at this time')
  }

  #isCurrent({ certPem, keyPem }: Certificate): boolean {
    return certPem === this.#current.certPem && keyPem === this.#current.keyPem
  }

  #tell(trouble: Error | null = null): void {
    const { now, onTrouble, onWarning } = this.#options
    const words = trouble === null ? this.#current.warnings.join('; ') : trouble.message
    if (words === this.#told.words && now() - this.#told.at < tellEveryMs) return
    this.#told = { words, at: now() }
    if (trouble !== null) onTrouble(trouble)
    else for (const warning of this.#current.warnings) onWarning(warning)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
