/**
 * Before the tests: each entry of the program (main and every worker) becomes one file in `node_modules/.cache/entries`, and entries.cjs puts
 * it in the place of its source. Hundreds of houses are opened by the tests, and each starts threads that would find, read and link four
 * hundred modules one by one; as one file that is a fifth of the work. What runs is the same source, from the same places.
 */
import { globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '../..')
const outdir = join(root, 'node_modules/.cache/entries')

/** A module of ours still says where its source lies. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup(build) {
    build.onLoad({ filter: /\/src\/lib\/places\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
      resolveDir: dirname(path),
    }))
  },
}

/** In a bundle drizzle costs nothing to resolve, so its ES modules are taken, as in scripts/build.ts. */
const drizzleModules: Plugin = {
  name: 'drizzle-modules',
  setup(build) {
    build.onResolve({ filter: /\/drizzle\.cjs$/ }, () => ({ path: join(root, 'src/store/drizzle.d.cts') }))
  },
}

rmSync(outdir, { recursive: true, force: true })
await build({
  entryPoints: globSync(['src/main.ts', 'src/**/*-worker.ts'], { cwd: root }).map(file => join(root, file)),
  outbase: root,
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  keepNames: true,
  external: ['better-sqlite3', 'koffi', 'libopus-wasm', 'pino'],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
  plugins: [ownPlaces, drizzleModules],
})
