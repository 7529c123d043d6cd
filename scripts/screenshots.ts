/**
 * Pictures of every page with sample props, in both languages and both appearances, 1280 wide and as long as they are: `node scripts/screenshots.ts [FOLDER]
 * [NAME …]`. They are made to be looked at.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { samplePages } from '../web/samples/pages.ts'
import type { Language } from '../web/words/language.ts'

export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
const types: Record<string, string> = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }

/** Serves `web/static` and `/LANGUAGE/THEME/NAME` for each sample page, under the policy the product has. */
export async function serveSamples(): Promise<{ origin: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?')[0]!.split('/').slice(1)
    if (path[0] === 'static') {
      const file = await readFile(new URL(`../web/${path.join('/')}`, import.meta.url)).catch(() => null)
      if (!file) return response.writeHead(404).end()
      return response
        .writeHead(200, { 'content-type': types[path.at(-1)!.split('.').pop()!] ?? 'text/plain' })
        .end(file)
    }
    const page = samplePages[path[2] ?? '']
    if (!page) return response.writeHead(404).end()
    const text = String(await page(path[0] as Language)).replace('data-theme="auto"', `data-theme="${path[1]}"`)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

if (import.meta.main) {
  const folder = process.argv[2] ?? 'build/screenshots'
  const wanted = process.argv.slice(3)
  await mkdir(folder, { recursive: true })
  const samples = await serveSamples()
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumArgs })
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  page.on('pageerror', error => console.error(`${page.url()}: ${error.message}`))
  page.on('console', message => {
    if (message.type() === 'error' && !/404/.test(message.text())) console.error(`${page.url()}: ${message.text()}`)
  })
  for (const name of Object.keys(samplePages)) {
    if (wanted.length > 0 && !wanted.some(part => name.includes(part))) continue
    for (const language of ['zh-CN', 'en'] as const)
      for (const theme of ['light', 'dark'] as const) {
        await page.goto(`${samples.origin}/${language}/${theme}/${name}`)
        await page.screenshot({ path: join(folder, `${name}.${language}.${theme}.png`), fullPage: true })
      }
  }
  await browser.close()
  samples.close()
}
