import pino, { type Logger } from 'pino'

export type { Logger }

/**
 * Logs go to standard output, one JSON object a line; under systemd (`JOURNAL_STREAM` set) each line carries its priority as `<N>`.
 * Keys that name a secret are removed wherever they stand one level deep; numbers are masked by the caller with `maskNumber`.
 */
export function createLogger(level: string, env: NodeJS.ProcessEnv = process.env): Logger {
  const priorities: Record<string, number> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2 }
  const journal = env['JOURNAL_STREAM'] !== undefined
  const secrets = ['password', 'sipPassword', 'secret', 'token', 'authorization', 'cookie']
  const options: pino.LoggerOptions = {
    level,
    base: null,
    redact: { paths: secrets.flatMap(key => [key, `*.${key}`]), remove: true },
    formatters: { level: label => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  if (!journal) return pino(options)
  return pino(options, {
    write(line: string) {
      const label = /"level":"(\w+)"/.exec(line)?.[1] ?? 'info'
      process.stdout.write(`<${priorities[label] ?? 6}>${line}`)
    },
  })
}
