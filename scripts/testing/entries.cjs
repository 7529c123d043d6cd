/** With `node --require`: a process or thread that starts at an entry of the program starts at what bundle.ts made of it. */
const { existsSync } = require('node:fs')
const { registerHooks } = require('node:module')
const { join, relative } = require('node:path')
const { fileURLToPath, pathToFileURL } = require('node:url')

const root = join(__dirname, '../..')
const entry = /^src\/(?:main|.+-worker)\.ts$/

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (context.parentURL !== undefined || !found.url.endsWith('.ts')) return found
    const path = relative(root, fileURLToPath(found.url))
    const bundled = join(root, 'node_modules/.cache/entries', path.replace(/\.ts$/, '.mjs'))
    if (!entry.test(path) || !existsSync(bundled)) return found
    return { url: pathToFileURL(bundled).href, format: 'module', shortCircuit: true }
  },
})
