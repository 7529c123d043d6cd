/**
 * Pages in a real browser, as axe sees them; Chinese in light, English in dark. Two files share them out, so that each core has half of these minutes.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { samplePages } from '../web/samples/pages.ts'
import { chromiumArgs, serveSamples } from './screenshots.ts'

const executablePath = '/usr/bin/chromium'

export function checkPages(ofWhom: string, isMeant: (name: string) => boolean): void {
  describe(`accessibility of the pages of ${ofWhom}`, {
    skip: existsSync(executablePath) ? false : 'needs chromium',
  }, () => {
    let browser: Browser
    let page: Page
    let samples: Awaited<ReturnType<typeof serveSamples>>
    let blocked: string[] = []

    before(async () => {
      samples = await serveSamples()
      browser = await chromium.launch({ executablePath, args: chromiumArgs })
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, bypassCSP: true })
      page = await context.newPage()
      page.on('pageerror', error => blocked.push(error.message))
      await page.addInitScript(readFileSync(createRequire(import.meta.filename).resolve('axe-core/axe.min.js'), 'utf8'))
    })
    after(async () => {
      await browser?.close()
      samples?.close()
    })

    for (const name of Object.keys(samplePages).filter(isMeant))
      test(`axe finds nothing serious in ${name}`, async () => {
        blocked = []
        for (const look of ['zh-CN/light', 'en/dark']) {
          await page.goto(`${samples.origin}/${look}/${name}`)
          const found = await page.evaluate(async () => {
            const { violations } = await (globalThis as unknown as Window).axe.run(
              (globalThis as unknown as Window).document,
              {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'],
                resultTypes: ['violations'],
              },
            )
            return violations
              .filter(each => each.impact === 'serious' || each.impact === 'critical')
              .map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 140)).join(' | ')}`)
          })
          assert.deepEqual(found, [], look)
          const wide = await page.evaluate(() => {
            const { document, innerWidth } = globalThis as unknown as Window
            return document.documentElement.scrollWidth - innerWidth
          })
          assert.ok(wide <= 0, `${look}: the page is ${wide} px wider than the window`)
          const over = await page.evaluate(() => {
            const { document } = globalThis as unknown as Window
            const rightOf = (each: Box) => each.getBoundingClientRect().right
            return [...document.querySelectorAll('#call-bar .times > *')]
              .map(each => `${each.className}: ${Math.round(rightOf(each) - rightOf(each.parentElement))} px`)
              .filter(each => !/: (?:-\d+|[01]) px$/.test(each))
          })
          assert.deepEqual(over, [], `${look}: what the call bar says stays in its place`)
        }
        assert.deepEqual(blocked, [], 'no script failed')
      })
  })
}

/** What of the browser's world the test asks for. */
type Box = { className: string; parentElement: Box; getBoundingClientRect(): { right: number } }
type Window = {
  innerWidth: number
  document: { documentElement: { scrollWidth: number }; querySelectorAll(where: string): Iterable<Box> }
  axe: {
    run(
      root: object,
      options: object,
    ): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>
  }
}
