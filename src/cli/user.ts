import type { Actor } from '../centre/facts.ts'
import { secretText } from '../lib/random.ts'
import type { RecordsDoor } from '../records/door.ts'
import { InvalidInput, NotFound } from '../records/errors.ts'
import { changeUser, createUser } from '../records/people/users.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { type RecordsCommand, runWithRecords } from './records-door.ts'

const kinds = {
  config: 'text',
  role: 'text',
  'display-name': 'text',
  extension: 'text',
  station: 'text',
  language: 'text',
  'password-stdin': 'flag',
  json: 'flag',
} as const

/** Whoever has a shell on this machine may let people in: the first administrator, and one who cannot sign in any more. */
const actor: Actor = 'system'

export async function run(args: string[], io: Io): Promise<ExitCode | number> {
  const { options } = readArguments(args, kinds, { min: 1, max: 2 })
  return runWithRecords('user', user, { args, io, config: configOf(options, io.env) })
}

/** `add NAME --role ROLE`, `reset NAME`, `list`. Without --password-stdin a password is made and shown once. */
export const user: RecordsCommand = async (args, io, door) => {
  const { options, words } = readArguments(args, kinds, { min: 1, max: 2 })
  const [verb, name] = words
  if (verb === 'list' && name === undefined) return list(io, door, options.json)
  if (name === undefined || (verb !== 'add' && verb !== 'reset'))
    throw new UsageError(`found ${words.join(' ').slice(0, 60)}, allowed: add NAME --role ROLE, reset NAME, list`)

  const given = options['password-stdin'] ? (await io.input()).replace(/\r?\n$/, '') : null
  const password = given ?? secretText(12)
  try {
    if (verb === 'reset') await changeUser(door, actor, await idOf(door, name), { password })
    else {
      const { role, extension, station, language, 'display-name': displayName } = options
      if (role === null)
        throw new UsageError('add needs --role: agent, supervisor, quality, admin, security or auditor')
      const chosen = Object.entries({ extension, station, language, displayName }).filter(([, value]) => value !== null)
      await createUser(door, actor, { name, role, password, ...Object.fromEntries(chosen) })
    }
  } catch (error) {
    if (error instanceof InvalidInput) throw new UsageError(error.message, { cause: error })
    throw error
  }
  io.out(verb === 'add' ? `${name} is there, as ${options.role}` : `${name} has a new password`)
  if (given === null) io.out(`password: ${password}`)
  return 0
}

async function list(io: Io, door: RecordsDoor, json: boolean): Promise<number> {
  const users = await door.store.read('users.list', {})
  if (json) {
    const rows = users.map(({ id, name, displayName, role, extension, enabled }) => ({
      id,
      name,
      displayName,
      role,
      extension,
      enabled,
    }))
    io.out(JSON.stringify(rows))
  } else
    for (const { name, displayName, role, extension, enabled } of users)
      io.out([name, role, extension ?? '-', enabled ? 'enabled' : 'disabled', displayName].join('\t'))
  return 0
}

async function idOf(door: RecordsDoor, name: string) {
  const found = await door.store.read('users.byName', { name })
  if (found === null) throw new NotFound('user', name)
  return found.id
}
