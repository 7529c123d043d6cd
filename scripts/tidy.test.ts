/** The shape of the house, held by a test: who may import whom, no circles, no stray clock or chance, every route names its role. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { wordsIn } from '../web/words/words.ts'

const root = join(import.meta.dirname, '..')

/**
 * A folder (or a file) and what it may import besides itself and `lib`. The longest name that fits a file holds; `*` may import everything.
 * ARCHITECTURE.md draws the same tree.
 */
const mayImport: Record<string, string[] | '*'> = {
  'src/lib': [],
  'src/config.ts': [],
  'src/lender': [],
  'src/centre': ['src/lender'],
  'src/sip': [],
  'src/sdp': [],
  'src/hear': ['src/rtp/g711.ts'],
  'src/rtp': ['src/sdp', 'src/webrtc', 'src/hear'],
  'src/webrtc': ['src/sdp', 'src/rtp'],
  'src/store': ['src/centre', 'src/lender'],
  'src/records': ['src/store', 'src/centre', 'src/lender'],
  'src/engine': ['src/store', 'src/centre', 'src/lender'],
  'src/ladder': ['src/store'],
  'src/phone': ['src/sip', 'src/sdp', 'src/rtp', 'src/webrtc', 'src/centre', 'src/engine', 'src/config.ts'],
  'src/channels': ['src/engine', 'src/records', 'src/centre', 'src/lender'],
  'src/http': [
    'src/engine',
    'src/ladder',
    'src/records',
    'src/store',
    'src/centre',
    'src/lender',
    'src/config.ts',
    'web',
  ],
  'src/sim': [
    'src/phone',
    'src/engine',
    'src/records',
    'src/store',
    'src/centre',
    'src/lender',
    'src/sip',
    'src/sdp',
    'src/rtp',
    'src/config.ts',
    'web/parts/chart.ts',
  ],
  'src/sim/demo.ts': '*',
  'src/e2e': '*', // what tests need to start the other ends: no part of the program
  'src/cli': '*',
  'src/serve.ts': '*',
  'src/doors.ts': ['src/phone', 'src/http', 'src/config.ts'],
  'src/probes.ts': ['src/house.ts', 'src/recordings-folder.ts', 'src/http', 'src/config.ts'],
  'src/house.ts': '*',
  'src/hang-up.ts': ['src/centre', 'src/engine', 'src/phone'],
  'src/library.ts': ['src/records', 'src/rtp'],
  'src/in-hand.ts': [],
  'src/custody.ts': ['src/erasure.ts', 'src/in-hand.ts', 'src/records', 'src/rtp', 'src/store', 'src/centre'],
  'src/recordings-folder.ts': ['src/store'],
  'src/recordings-mark.ts': ['src/records', 'src/store'],
  'src/recordings-clock.ts': ['src/store'],
  'src/erasure.ts': ['src/records', 'src/store', 'src/centre'],
  'src/main.ts': '*',
  web: ['src/centre', 'src/lender'],
  bench: '*',
  scripts: '*',
}

/** Parts of so many files that each of their nouns has a folder. */
const parts = ['src/centre', 'src/store', 'src/records']

/** Where the program meets the real world: here alone a clock is read and chance is drawn. */
const meetsTheWorld = [
  /^src\/lib\/(clock|random)\.ts$/,
  /^src\/(main|serve|house)\.ts$/,
  /^src\/(cli|e2e)\//,
  /^src\/sim\/demo\.ts$/,
  /-worker\.ts$/,
  /\.test\.ts$|\/(fixtures|testing)\//,
  /^(bench|scripts)\//,
]

type Import = { to: string; typeOnly: boolean }
type SourceFile = { path: string; code: string; imports: Import[] }

const files = globSync(['src/**/*.ts', 'web/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'], { cwd: root })
  .filter(path => !path.startsWith('web/static/'))
  .sort()
  .map(read)

test('each folder imports only what stands below it', () => {
  const wrong = files.filter(isNotTest).flatMap(file => {
    const layer = layerOf(file.path)
    if (layer === undefined)
      return [`${file.path} stands in no known folder: add it to ARCHITECTURE.md and to this test`]
    const allowed = mayImport[layer]!
    if (allowed === '*') return []
    return file.imports
      .filter(({ to }) => ![layer, 'src/lib', ...allowed].some(name => isWithin(to, name)))
      .map(({ to }) => `${file.path} imports ${to}; ${layer} may import ${['src/lib', ...allowed].join(', ')}`)
  })
  assert.deepEqual(wrong, [])
})

test('drizzle is loaded by src/store/drizzle.cjs alone: as ES modules it costs each thread 160 MB', () => {
  const wrong = files
    .filter(({ code }) => /^(import|export|\}) ?.*from 'drizzle-orm/m.test(code))
    .map(({ path }) => path)
  assert.deepEqual(wrong, [])
})

test('nothing outside tests imports a test', () => {
  const wrong = files
    .filter(isNotTest)
    .flatMap(file => file.imports.filter(({ to }) => to.endsWith('.test.ts')).map(({ to }) => `${file.path} → ${to}`))
  assert.deepEqual(wrong, [])
})

test('no import goes round in a circle', () => {
  assert.deepEqual(circles(new Map(files.map(file => [file.path, loadedBy(file)]))), [])
})

test('nor does it among the folders of one part; what lies beside them is its spine, which knows them all', () => {
  const folders = new Map<string, string[]>()
  for (const file of files.filter(isNotTest)) {
    const folder = folderWithin(file.path)
    if (folder === null) continue
    const others = loadedBy(file).flatMap(to => folderWithin(to) ?? [])
    folders.set(folder, [...(folders.get(folder) ?? []), ...others.filter(other => other !== folder)])
  }
  assert.deepEqual(circles(folders), [])
})

test('time and chance arrive as arguments', () => {
  const stray =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bprocess\.hrtime\b|\bTemporal\.Now\b/
  assert.deepEqual(
    linesWith(stray, file => !meetsTheWorld.some(place => place.test(file.path))),
    [],
  )
})

test('only lib/places.ts knows where files lie, so that the single executable finds them', () => {
  const ownPlace = /\bimport\.meta\b|\b__dirname\b/
  const isProgram = (file: SourceFile) =>
    /^(src|web)\//.test(file.path) && isNotTest(file) && file.path !== 'src/lib/places.ts'
  assert.deepEqual(linesWith(ownPlace, isProgram), [])
})

test('every route names the roles that may come, or why anyone may', () => {
  // Routes of the API are written with `define`, whose type asks for roles.
  const route = /\.(?:get|post|put|patch|delete|all)\(\s*'[/*][^']*'\s*,(?!\s*(?:allow|allowWall|open)\()/g
  const wrong = files
    .filter(file => isWithin(file.path, 'src/http') && isNotTest(file))
    .flatMap(({ path, code }) =>
      [...code.matchAll(route)].map(({ 0: text, index }) => `${path}:${lineAt(code, index)}: ${text}`),
    )
  assert.deepEqual(wrong, [])
})

test('both languages have every text, and English has no Chinese in it', () => {
  const chinese = new Map(textsOf(wordsIn('zh-CN'), 'words'))
  const wrong = textsOf(wordsIn('en'), 'words').filter(
    ([name, text]) => (text === '') !== (chinese.get(name) === '') || /\p{Script=Han}/u.test(text.replace('中文', '')),
  )
  assert.deepEqual(wrong, [])
})

test('no file names a path of the machine it was written on', () => {
  const machine = new RegExp(['', '(work|home/[a-z]+|root)', '[a-z]'].join('/'))
  assert.deepEqual(
    linesWith(machine, () => true),
    [],
  )
})

test('no test is switched off or runs alone', () => {
  assert.deepEqual(
    linesWith(
      /\b(test|it|describe)\.(only|todo)\(|\{ *(only|todo): *true/,
      file => file.path.endsWith('.test.ts') && !file.path.includes('tidy'),
    ),
    [],
  )
})

function read(path: string): SourceFile {
  const code = withoutComments(readFileSync(join(root, path), 'utf8'))
  const found = [
    ...code.matchAll(/^\s*(?:import|export)\s+(?<type>type\s+)?[^'";]*?\bfrom\s+'(?<from>\.[^']+)'/gm),
    ...code.matchAll(/^\s*import\s+'(?<from>\.[^']+)'/gm),
    ...code.matchAll(/\bimport\('(?<from>\.[^']+)'\)/g),
  ]
  const imports = found.map(({ groups }) => ({
    to: relative(root, join(root, dirname(path), groups!['from']!)),
    typeOnly: groups!['type'] !== undefined,
  }))
  return { path, code, imports: imports.filter(({ to }) => to.endsWith('.ts')) }
}

/** Comments become spaces, so that lines keep their numbers; what stands in quotes stays, since `'src/**'` and `'https://'` are no comments. */
function withoutComments(text: string): string {
  const token = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/.*$/gm
  return text.replace(token, (whole, quoted: string | undefined) => quoted ?? whole.replace(/[^\n]/g, ' '))
}

function layerOf(path: string): string | undefined {
  return Object.keys(mayImport)
    .filter(name => isWithin(path, name))
    .sort((a, b) => b.length - a.length)[0]
}

/** `src/centre/gate` of a file in or below it; null for what lies beside the folders, and elsewhere. */
function folderWithin(path: string): string | null {
  const part = parts.find(name => isWithin(path, name))
  const [noun, file] = part === undefined ? [] : path.slice(part.length + 1).split('/')
  return file === undefined ? null : `${part}/${noun}`
}

function isWithin(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}/`)
}

function lineAt(code: string, index: number): number {
  return code.slice(0, index).split('\n').length
}

/** Every text of a tree by its dotted name; functions are texts with a gap, and are left to the compiler. */
function textsOf(tree: unknown, name: string): [string, string][] {
  if (typeof tree === 'string') return [[name, tree]]
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([key, branch]) => textsOf(branch, `${name}.${key}`))
}

/** Tests, and what stands in `fixtures/` or is called `testing` for their sake: no part of the program. */
function isNotTest({ path }: { path: string }): boolean {
  return !/\.test\.ts$|\/(fixtures|testing)\/|\/testing\.ts$/.test(path)
}

function linesWith(pattern: RegExp, applies: (file: SourceFile) => boolean): string[] {
  return files
    .filter(applies)
    .flatMap(({ path, code }) =>
      code.split('\n').flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    )
}

/** `import type` is no load: a part may know its whole's types. */
function loadedBy({ imports }: SourceFile): string[] {
  return imports.filter(({ typeOnly }) => !typeOnly).map(({ to }) => to)
}

/** Each circle once, as `a → b → a`, by depth-first search with the path walked so far. */
function circles(next: Map<string, string[]>): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const walk = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) return void found.push([...trail.slice(at), path].join(' → '))
    if (done.has(path)) return
    for (const to of next.get(path) ?? []) walk(to, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) walk(path, [])
  return found
}
