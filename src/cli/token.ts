import type { Actor } from '../centre/facts.ts'
import type { TokenId } from '../lib/ids.ts'
import { InvalidInput, NotFound } from '../records/errors.ts'
import { issueToken, revokeToken } from '../records/people/tokens.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { type RecordsCommand, runWithRecords } from './records-door.ts'

const kinds = { config: 'text', role: 'text', json: 'flag' } as const

/** Whoever has a shell on this machine may let a program in, as `user add` lets a person in. */
const actor: Actor = 'system'

export async function run(args: string[], io: Io): Promise<ExitCode | number> {
  const { options } = readArguments(args, kinds, { min: 1, max: 2 })
  return runWithRecords('token', token, { args, io, config: configOf(options, io.env) })
}

/** `add NAME --role ROLE` shows the secret once; `revoke ID`; `list`. */
export const token: RecordsCommand = async (args, io, door) => {
  const { options, words } = readArguments(args, kinds, { min: 1, max: 2 })
  const [verb, name] = words
  if (verb === 'list' && name === undefined) {
    const tokens = (await door.store.read('tokens.list', {})).filter(one => one.revokedAt === null)
    if (options.json) io.out(JSON.stringify(tokens.map(({ id, name, role }) => ({ id, name, role }))))
    else for (const one of tokens) io.out([one.id, one.role, one.name].join('\t'))
    return 0
  }
  if (name === undefined || (verb !== 'add' && verb !== 'revoke'))
    throw new UsageError(`found ${words.join(' ').slice(0, 60)}, allowed: add NAME --role ROLE, revoke ID, list`)
  try {
    if (verb === 'revoke') {
      await revokeToken(door, actor, name as TokenId)
      io.out(`${name} is worth nothing any more`)
      return 0
    }
    if (options.role === null)
      throw new UsageError('add needs --role: agent, supervisor, quality, admin, security or auditor')
    const { id, secret } = await issueToken(door, actor, { name, role: options.role })
    if (options.json) io.out(JSON.stringify({ id, secret }))
    else io.out(`${id} is there, as ${options.role}; send it as Authorization: Bearer TOKEN\ntoken: ${secret}`)
    return 0
  } catch (error) {
    if (error instanceof InvalidInput || error instanceof NotFound)
      throw new UsageError(error.message, { cause: error })
    throw error
  }
}
