import type { CommandModule } from './command.ts'

/** A command whose name is reserved while its work is not done: it says so, and nobody mistakes silence for success. */
export function later(name: string): () => Promise<CommandModule> {
  return async () => ({
    async run(_args, io) {
      io.err(`switchroom ${name} is not there yet in this version; see CHANGELOG.md`)
      return 2
    },
  })
}
