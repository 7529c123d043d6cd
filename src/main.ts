import { terminal } from './cli/command.ts'
import { dispatch } from './cli/commands.ts'

dispatch(process.argv.slice(2), terminal).then(
  code => process.exit(code),
  fault => {
    process.stderr.write(`switchroom: ${fault instanceof Error ? fault.stack : fault}\n`)
    process.exit(1)
  },
)
