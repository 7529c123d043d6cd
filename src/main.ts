import { keepCompiled } from './lib/compile-cache.ts'
import { widenFileThreads } from './lib/file-threads.ts'
import { boundEachHeapByItself } from './lib/heap-bounds.ts'

widenFileThreads()
keepCompiled()
boundEachHeapByItself()

main().then(
  code => process.exit(code),
  fault => {
    process.stderr.write(`switchroom: ${fault instanceof Error ? fault.stack : fault}\n`)
    process.exit(1)
  },
)

/** Everything else is loaded once what is compiled is kept. */
async function main(): Promise<number> {
  const { terminal } = await import('./cli/command.ts')
  const { dispatch } = await import('./cli/commands.ts')
  return await dispatch(process.argv.slice(2), terminal)
}
