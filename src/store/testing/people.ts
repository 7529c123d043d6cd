/** Values for tests of the store and the engine, with the usual names. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Campaign, Lead, Trunk, User } from '../../centre/entities.ts'
import type { Fact, Recorded } from '../../centre/facts.ts'
import { Store, type StoreOptions } from '../store.ts'
import { copyEmptyStore } from './empty-store.ts'

export type TestFolder = Disposable & { file: string; keyFile: string; path: string }

export function testFolder(): TestFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-store-'))
  return {
    path: folder,
    file: path.join(folder, 'switchroom.db'),
    keyFile: path.join(folder, 'secrets.key'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A store that is not there yet begins as a copy of an empty one; that migrations make a store is shown where they are the subject. */
export function openStore(folder: TestFolder, more: Partial<StoreOptions> = {}): Promise<Store> {
  if (more.migrations === undefined) copyEmptyStore(folder.file)
  return Store.open({ file: folder.file, keyFile: folder.keyFile, now: 1, readers: 1, ...more })
}

export function recorded(fact: Fact, at = 1_000): Recorded {
  return { at, actor: 'system', fact }
}

export function userNamed(name: string, more: Partial<User> = {}): User {
  return {
    id: `u_${name}` as User['id'],
    name,
    displayName: name,
    role: 'agent',
    extension: null,
    station: 'browser',
    skills: [],
    numbersMasked: false,
    language: 'en',
    enabled: true,
    ...more,
  }
}

export function trunkNamed(name: string): Trunk {
  return {
    id: `t_${name}` as Trunk['id'],
    name,
    host: '127.0.0.1',
    port: 5060,
    transport: 'udp',
    register: false,
    username: null,
    callerIds: ['+861012345678'],
    maxCalls: 30,
    callsPerSecond: 5,
    codecs: ['pcma'],
    enabled: true,
  }
}

export function campaignNamed(name: string): Campaign {
  return {
    id: `k_${name}` as Campaign['id'],
    name,
    business: 'sales',
    mode: 'progressive',
    state: 'running',
    trunks: [],
    agents: [],
    policy: 'CN-SALES-DEFAULT',
    ringMs: 30_000,
    wrapMs: 15_000,
    previewMs: 30_000,
    abandonRateMax: 0.03,
    retries: [],
    dispositions: [],
  }
}

export function leadNumbered(n: number, campaign = 'k_sales', number = `+86138${String(n).padStart(8, '0')}`): Lead {
  return {
    id: `l_${campaign}_${String(n).padStart(6, '0')}` as Lead['id'],
    campaign: campaign as Lead['campaign'],
    ref: `R${n}`,
    name: `Carl ${n}`,
    phones: [{ number, relation: 'SELF' }],
    fields: { city: 'Beijing' },
  }
}
