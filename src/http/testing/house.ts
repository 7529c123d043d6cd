/** A house to test the web door in: a real store in a temporary folder, the real floor, ports that only take note, and the usual people. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Hono } from 'hono'
import { missingWords } from '../../../web/words/custody.ts'
import type { Effect } from '../../centre/effects.ts'
import type { Role, User } from '../../centre/entities.ts'
import { whyNotWrite } from '../../centre/gate/writing.ts'
import { bootEngine } from '../../engine/boot.ts'
import type { Engine } from '../../engine/engine.ts'
import { VirtualClock } from '../../lib/clock.ts'
import type { TokenId } from '../../lib/ids.ts'
import { createLogger } from '../../lib/log.ts'
import { workerFile } from '../../lib/places.ts'
import { createExports } from '../../records/custody/exports.ts'
import type { RecordsDoor } from '../../records/door.ts'
import { Imports } from '../../records/import/imports.ts'
import { issueToken } from '../../records/people/tokens.ts'
import { createUser } from '../../records/people/users.ts'
import { TableExports } from '../../records/table-export/table-exports.ts'
import type { Store } from '../../store/store.ts'
import { openStore, testFolder } from '../../store/testing/people.ts'
import { agencyBarOn } from '../agency-bar.ts'
import { folderAssets } from '../assets.ts'
import type { Deps, Env } from '../deps.ts'
import { onCallOn } from '../on-call.ts'
import type { Pages } from '../pages.ts'
import { ProvisioningLinks } from '../phones/links.ts'
import { createApp } from '../server.ts'
import { createSessions } from '../session.ts'
import { Walls } from '../walls.ts'

/** A Tuesday noon in Shanghai, within every policy's hours. */
export const noon = Date.parse('2026-11-24T12:00:00+08:00')
export const testPassword = 'correct horse battery'

export type House = AsyncDisposable & {
  app: Hono<Env>
  deps: Deps
  store: Store
  engine: Engine
  clock: VirtualClock
  effects: Effect[]
  folder: string
  add(name: string, role: Role, more?: Partial<User>): Promise<User>
  token(role: Role): Promise<{ id: TokenId; secret: string }>
  /** Signs in as a browser does; answers the cookie to send. */
  signIn(name: string, password?: string): Promise<{ response: Response; cookie: string }>
  /** With the API's token; a body that is no text is sent as JSON. */
  api(token: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  facts(type?: string): Promise<{ actor: string; type: string; body: string }[]>
}

export async function openHouse(options: { tls?: boolean; pages?: Pages } = {}): Promise<House> {
  const folder = testFolder()
  const store = await openStore(folder)
  const clock = new VirtualClock(noon)
  const log = createLogger('silent')
  const effects: Effect[] = []
  const perform = (effect: Effect) => void effects.push(effect)
  const engine = await bootEngine({
    store,
    ports: { phone: { perform }, media: { perform } },
    salvage: async () => ({ sha256: '0'.repeat(64), bytes: 0, durationMs: 0 }),
    clock,
    log,
    version: 'test',
    lab: true,
  })
  engine.start()
  const door: RecordsDoor = {
    store,
    clock,
    tell: async (facts, actor) => void (await engine.dispatch({ type: 'records.committed', facts }, actor)),
    ask: of => whyNotWrite(engine.state, of, clock.now()),
    passwordCost: 10,
  }
  const recordingsDir = path.join(folder.path, 'recordings')
  const exportsDir = path.join(folder.path, 'exports')
  mkdirSync(recordingsDir, { recursive: true })
  const users = () => engine.state.users
  const sessions = await createSessions({
    log,
    door,
    clock,
    userById: id => users().get(id),
    userByName: name => [...users().values()].find(user => user.name.toLowerCase() === name.toLowerCase()),
    agencyBar: agencyBarOn(
      () => engine.state,
      () => clock.now(),
    ),
    onCall: onCallOn(() => engine.state),
    onGuessed: ({ user, address, tries }) => engine.post({ type: 'signIns.guessed', user, address, tries }, 'system'),
    passwordCost: 10,
  })
  const imports = new Imports({
    ...{ door, folder: path.join(folder.path, 'imports'), worker: workerFile('records/import/import-worker'), log },
  })
  const tableExports = new TableExports({
    ...{ door, folder: path.join(folder.path, 'tables'), log },
    worker: workerFile('records/table-export/export-worker'),
  })
  const deps: Deps = {
    engine,
    store,
    records: door,
    sessions,
    walls: new Walls({ door, clock, floor: () => engine.state, log }),
    exports: await createExports({ door, recordingsDir, exportsDir, missingWords, log, version: 'test' }),
    imports,
    tableExports,
    clock,
    log,
    config: { tls: options.tls ?? true, recordingsDir, exportsDir },
    speech: () => new Uint8Array(),
    phrases: {
      folder: path.join(folder.path, 'prompts'),
      convert: async () => ({ ok: false, found: 'a WAV', allowed: 'none: nothing converts here' }),
    },
    announcements: {
      folder: path.join(folder.path, 'announcements'),
      identify: async () => null,
      cut: async () => null,
    },
    stations: {
      answer: async () => ({ sdp: '' }),
      restart: () => ({ sdp: '' }),
      close: () => {},
      tryOut: () => Promise.reject(new Error('no audio in this house')),
    },
    phones: {
      bindings: () => [],
      password: id => store.secret(id, 'sip-password'),
      door: wanted => ({ transport: wanted, port: wanted === 'tls' ? 5061 : 5060 }),
      links: new ProvisioningLinks(),
    },
    assets: folderAssets(new URL('../../../web/static', import.meta.url).pathname),
    probes: [],
    certificateAuthority: async () => null,
    version: 'test',
  }
  const app = createApp(deps, options.pages ?? { routers: [] })
  return {
    app,
    deps,
    store,
    engine,
    clock,
    effects,
    folder: folder.path,
    add: (name, role, more = {}) => createUser(door, 'system', { name, role, password: testPassword, ...more }),
    async token(role) {
      return issueToken(door, 'system', { name: `test ${role}`, role })
    },
    async signIn(name, password = testPassword) {
      const response = await app.request('/sign-in', {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
        body: new URLSearchParams({ name, password }),
      })
      return {
        response,
        cookie: response.headers
          .getSetCookie()
          .map(each => each.split(';')[0])
          .join('; '),
      }
    },
    async api(token, method, where, body, headers = {}) {
      const isText = typeof body === 'string'
      return app.request(`/api/v1${where}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      })
    },
    async facts(type) {
      await store.commit({ recorded: [] }) // some are noted without being waited for: they are kept before this is
      const page = await store.read('journal.page', { limit: 500, ...(type ? { type: type as never } : {}) })
      return page.items.reverse()
    },
    async [Symbol.asyncDispose]() {
      await deps.exports.idle()
      await imports[Symbol.asyncDispose]()
      await tableExports[Symbol.asyncDispose]()
      await engine.stop(1000)
      await store[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}
