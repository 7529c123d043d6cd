/** The empty store that tests begin with: its migrations run once for all tests and processes, not once for each of a thousand stores. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { asset } from '../../lib/places.ts'
import { migrate, openWriter, readMigrations } from '../db.ts'

/** Copies it to `file`, unless something is there. */
export function copyEmptyStore(file: string): void {
  if (!existsSync(file)) copyFileSync((made ??= make()), file)
}

let made: string | undefined

/** Known by what the migrations say, so that it is never an old one; it gets its name when it is whole. */
function make(): string {
  const migrations = readMigrations(asset('migrations'))
  const version = createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 16)
  const file = asset(`node_modules/.cache/empty-store-${version}.db`)
  if (existsSync(file)) return file
  mkdirSync(asset('node_modules/.cache'), { recursive: true })
  const part = `${file}-${process.pid}`
  const connection = openWriter(part)
  migrate(connection, migrations, 1)
  connection.close()
  renameSync(part, file)
  return file
}
