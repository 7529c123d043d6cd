/** The composition root: builds each part of the call centre from its slice of the configuration, and joins them. */
import { createServer } from 'node:http'
import type { Config } from './config.ts'
import type { Logger } from './lib/log.ts'
import type { RecordsDoor } from './records/door.ts'

export type Running = {
  /** Where a person may point the browser: `https://host:8443`. */
  readonly urls: string[]
  /** False: systemd should restart us. Asked every few seconds; must be cheap. */
  isAlive(): boolean
  /** Resolves, never rejects, with the fault that makes going on pointless; pending while all is well. */
  readonly failed: Promise<Error>
  /** For commands from a shell, such as `user add`. */
  readonly records?: RecordsDoor
  /** Ends the calls, commits what is decided, closes everything. At most 10 s. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Rejects with words for a person when something cannot start (a port in use, a folder not writable). */
export async function serve(config: Config, _log: Logger): Promise<Running> {
  const server = createServer((_request, response) => response.end('ok\n'))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.http.listen.port, config.http.listen.host, resolve)
  })
  const address = server.address() as { port: number }
  return {
    urls: [`http://${config.http.listen.host}:${address.port}`],
    isAlive: () => true,
    failed: new Promise(() => {}),
    async [Symbol.asyncDispose]() {
      await new Promise(resolve => server.close(resolve))
    },
  }
}
