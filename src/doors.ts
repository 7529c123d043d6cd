/** The doors of the house before it opens: the web's address and the certificates that are shown there and by SIP over TLS. */
import { hostname, networkInterfaces } from 'node:os'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { type Config, dataFiles } from './config.ts'
import { type Certificate, ensureCertificate } from './http/certificate.ts'
import { readCertificate } from './http/certificate-files.ts'
import { CertificateKeeper, type CertificateSeen } from './http/certificate-keeper.ts'
import type { Env } from './http/deps.ts'
import { type Listening, listen } from './http/server.ts'
import { systemClock } from './lib/clock.ts'
import type { Identity } from './phone/connections.ts'

/** Whoever renews the company's certificate should see it taken up; our own authority needs no such hurry. */
const filesEveryMs = 300_000
const ownEveryMs = 12 * 3_600_000

export type Doors = AsyncDisposable & {
  web: Listening
  keeper: CertificateKeeper | null
  /** By who is shown them. */
  certificates(): Record<string, CertificateSeen>
  reload(): Promise<void>
  /** What SIP shows at a `tls:` address now; null where there is none. `onSipIdentity` is told of each renewal. */
  sipIdentity(): Identity | null
  onSipIdentity(listener: (identity: Identity) => void): void
  /** From now on requests are answered by the app; until then with 503. */
  letIn(app: Pick<Hono<Env>, 'fetch'>): void
}

/**
 * The certificate is read and the web address held before a call is taken or a line of the journal written: a start that must fail for
 * either has done nothing. Rejects with words for a person.
 */
export async function openDoors(config: Config, log: Logger): Promise<Doors> {
  const names = [hostname(), 'localhost']
  // The company's files may be botched on the night of a reboot: phones and trunks work all the same.
  const ofFiles = { everyMs: filesEveryMs, standIn: () => ownCertificate(config, names) }
  const telling = { now: () => systemClock.now(), onWarning: (words: string) => log.warn({ alarm: true }, words) }
  let web: Listening | null = null
  await using parts = new AsyncDisposableStack()
  const keeper =
    config.http.tls === 'off'
      ? null
      : parts.use(
          await CertificateKeeper.start({
            load: () => loadCertificate(config, names),
            ...(config.http.tls === 'files' ? ofFiles : { everyMs: ownEveryMs }),
            onChange: certificate => {
              web?.secure(identityOf(certificate))
              if (sipKeeper === keeper) renewed(identityOf(certificate))
              log.info({ endsAt: new Date(certificate.notAfter).toISOString() }, 'a renewed certificate is in service')
            },
            onTrouble: error =>
              log.error({ err: error, alarm: true }, 'the certificate is not taken; another one is in service'),
            ...telling,
          }),
        )
  let renewed: (identity: Identity) => void = () => undefined
  const needsTls = config.sip.listen.some(({ transport }) => transport === 'tls')
  const sharesTheWebs = config.sip.cert === null && keeper !== null
  const sipKeeper = !needsTls
    ? null
    : sharesTheWebs
      ? keeper
      : parts.use(
          await CertificateKeeper.start({
            load: () => loadSipCertificate(config, names),
            ...(config.sip.cert === null ? { everyMs: ownEveryMs } : ofFiles),
            onChange: certificate => {
              renewed(identityOf(certificate))
              log.info(
                { endsAt: new Date(certificate.notAfter).toISOString() },
                'a renewed certificate for SIP is in service',
              )
            },
            onTrouble: error =>
              log.error({ err: error, alarm: true }, 'the certificate for SIP is not taken; another one is in service'),
            ...telling,
          }),
        )
  let app: Pick<Hono<Env>, 'fetch'> = {
    fetch: () => new Response('Switchroom is starting; try again in a moment.\n', { status: 503 }),
  }
  const late: Pick<Hono<Env>, 'fetch'> = { fetch: (...given) => app.fetch(...given) }
  web = await listen(late, {
    host: config.http.listen.host,
    port: config.http.listen.port,
    tls: keeper ? { cert: keeper.current.certPem, key: keeper.current.keyPem } : null,
  }).catch(error => {
    throw httpError(error, config)
  })
  parts.use(web)
  const held = parts.move()
  return {
    web,
    keeper,
    certificates: () => ({
      ...(keeper === null ? {} : { web: keeper.seen }),
      ...(sipKeeper === null ? {} : { sip: sipKeeper.seen }),
    }),
    reload: async () => {
      for (const each of new Set([keeper, sipKeeper])) await each?.reload()
    },
    sipIdentity: () => sipKeeper && identityOf(sipKeeper.current),
    onSipIdentity: listener => {
      renewed = listener
    },
    letIn: opened => {
      app = opened
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const identityOf = ({ certPem, keyPem }: Certificate): Identity => ({ cert: certPem, key: keyPem })

/** Files of its own, or where the pages need no certificate the one that our own authority would give them. */
async function loadSipCertificate(config: Config, names: string[]): Promise<Certificate> {
  const { cert, key } = config.sip
  if (cert !== null && key !== null) return readCertificate({ cert, key, names: [], now: systemClock.now() })
  return ownCertificate(config, names)
}

async function loadCertificate(config: Config, names: string[]): Promise<Certificate> {
  const now = systemClock.now()
  if (config.http.tls === 'files')
    return readCertificate({ cert: config.http.cert!, key: config.http.key!, names: [names[0]!], now })
  return ownCertificate(config, names)
}

function ownCertificate(config: Config, names: string[]): Promise<Certificate> {
  const addresses = Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(one => one.address))
  return ensureCertificate({
    dir: dataFiles(config).tls,
    names,
    addresses: addresses.filter(one => !one.includes('%')),
    now: systemClock.now(),
  })
}

function httpError(cause: NodeJS.ErrnoException, config: Config): Error {
  const at = `${config.http.listen.host}:${config.http.listen.port}`
  const why: Record<string, string> = {
    EADDRINUSE: `another program holds the port (see it with: ss -ltnp 'sport = :${config.http.listen.port}'); stop it or change http.listen`,
    EACCES:
      'a port below 1024 needs the capability CAP_NET_BIND_SERVICE, which the service unit grants; or change http.listen',
    EADDRNOTAVAIL: 'this machine has no such address; write 0.0.0.0 for all of them, or correct http.listen',
  }
  return Object.assign(
    new Error(`cannot listen at http.listen ${at}: ${why[cause.code ?? ''] ?? cause.message}`, { cause }),
    { code: cause.code },
  )
}
