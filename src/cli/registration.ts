/**
 * The registration of a trunk as the running service knows it, for `check`. A second one beside it would be taken back at the end of the check, and
 * with it, at a registrar that keeps one Contact a user, the service's own (RFC 3261 section 10.2.1 leaves to it how many it keeps).
 */
import type { Config } from '../config.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { TrunkWire } from '../phone/trunk-line.ts'
import { askService, type RecordsCommand } from './records-door.ts'

export type Registration = TrunkWire['registration']

const command = 'registration'

/** The service's end. */
export function tellRegistration(wireOf: (id: TrunkId) => TrunkWire | null): Record<string, RecordsCommand> {
  return {
    [command]: async ([id = ''], io) => {
      io.out(JSON.stringify(wireOf(id as TrunkId)?.registration ?? null))
      return 0
    },
  }
}

/** Null: no service runs here. Its `registration` is null while no answer has come. Rejects when the service cannot be asked. */
export async function registrationAtService(
  config: Config,
  trunk: TrunkId,
): Promise<{ registration: Registration } | null> {
  const lines = await askService(config, { command, args: [trunk], input: '' })
  return lines === null ? null : { registration: JSON.parse(lines.join('')) as Registration }
}
