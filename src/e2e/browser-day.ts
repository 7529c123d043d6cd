/** A day in real browsers: a house with all pages behind a port of its own, people who sign in once each, and whatever a page threw. */
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Page } from 'playwright-core'
import type { Role, User } from '../centre/entities.ts'
import { adminRoutes } from '../http/admin/admin.ts'
import { agentRoutes } from '../http/agent/agent.ts'
import { auditorRoutes } from '../http/auditor/auditor.ts'
import { liveRoutes } from '../http/live/live.ts'
import { supervisorRoutes } from '../http/supervisor/supervisor.ts'
import { type House, openHouse, testPassword } from '../http/testing/house.ts'
import { Chromium } from './chromium.ts'

export type Person = Partial<User> & { name: string; role: Role }

export type BrowserDay = AsyncDisposable & {
  house: House
  url: string
  chromium: Chromium
  people: ReadonlyMap<string, User>
  /** Errors of scripts, of all pages. */
  faults: string[]
  /** A person's own page, there: signed in the first time, and gone to after that. */
  as(name: string, where: string): Promise<Page>
  /** All go home: whoever comes again signs in again. */
  goHome(): Promise<void>
}

/** Dialogs are answered with yes. */
export async function openBrowserDay(people: readonly Person[]): Promise<BrowserDay> {
  const house = await openHouse({
    ...{ tls: false, pages: { routers: [agentRoutes, liveRoutes, adminRoutes, auditorRoutes, supervisorRoutes] } },
  })
  const known = new Map<string, User>()
  for (const { name, role, ...more } of people)
    known.set(name, await house.add(name, role, { language: 'zh-CN', ...more }))
  const server = serve({ fetch: house.app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise(resolve => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const chromium = await Chromium.launch('none')
  const pages = new Map<string, Page>()
  const faults: string[] = []

  async function signIn(name: string, where: string): Promise<Page> {
    const page = await chromium.page()
    pages.set(name, page)
    await page.setViewportSize({ width: 1280, height: 720 })
    page.setDefaultTimeout(10_000)
    page.on('pageerror', error => faults.push(error.message))
    page.on('dialog', dialog => void dialog.accept())
    await page.goto(`${url}/sign-in?next=${encodeURIComponent(where)}`)
    await page.fill('input[name=name]', name)
    await page.fill('input[name=password]', testPassword)
    await page.press('input[name=password]', 'Enter')
    await page.waitForURL(`${url}${where}`)
    return page
  }

  return {
    ...{ house, url, chromium, people: known, faults },
    async as(name, where) {
      const page = pages.get(name)
      if (page === undefined) return signIn(name, where)
      await page.goto(`${url}${where}`)
      return page
    },
    async goHome() {
      for (const page of pages.values()) await page.close()
      pages.clear()
    },
    async [Symbol.asyncDispose]() {
      await chromium[Symbol.asyncDispose]()
      ;(server as import('node:http').Server).closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await house[Symbol.asyncDispose]()
    },
  }
}

export async function text(page: Page, where = 'main'): Promise<string> {
  return (await page.textContent(where)) ?? ''
}
