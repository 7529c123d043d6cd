/**
 * Where the program's own files lie: beside the source in a checkout, inside the single executable after `npm run build`. This is the one
 * module that knows the difference; nobody else reads `import.meta.url`, which the bundle does not have.
 */
import { fileURLToPath } from 'node:url'

/** True when this runs from the source tree. */
export const isCheckout: boolean = import.meta.url !== undefined

/** The folder that holds `src`, `web`, `migrations` and `assets`, or the executable's copy of it. Absolute, no slash at its end. */
export const projectFolder: string = isCheckout
  ? fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
  : __dirname

/** `asset('migrations')`, `asset('web/static/app.css')`: an absolute path, readable with `node:fs` in both forms. */
export function asset(path: string): string {
  return `${projectFolder}/${path}`
}

/**
 * A worker's entry point for `new Worker(…)`: `workerFile('store/threads/db-worker')` is `src/store/threads/db-worker.ts` in a checkout and its
 * bundle in the executable. Each file under `src/` whose name ends in `-worker.ts` is bundled as one.
 */
export function workerFile(name: string): string {
  return isCheckout ? `${projectFolder}/src/${name}.ts` : `${projectFolder}/${name.replaceAll('/', '-')}.cjs`
}
