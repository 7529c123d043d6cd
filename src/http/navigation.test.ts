/** The navigation of each role leads where that role may go. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { homeOf, navigation, placeOf, tabsOf } from '../../web/parts/navigation.ts'
import { wordsIn } from '../../web/words/words.ts'
import type { Role } from '../centre/entities.ts'
import { adminRoutes } from './admin/admin.ts'
import { agentRoutes } from './agent/agent.ts'
import { auditorRoutes } from './auditor/auditor.ts'
import { supervisorRoutes } from './supervisor/supervisor.ts'
import { type House, openHouse } from './testing/house.ts'

const roles = Object.keys(navigation) as Role[]

let house: House
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, agentRoutes, auditorRoutes, supervisorRoutes] } })
  for (const role of roles) await house.add(`one-${role}`, role)
})
after(() => house[Symbol.asyncDispose]())

test('a role has at most nine entries, and no page twice', () => {
  for (const role of roles) {
    assert.ok(navigation[role].length <= 9, `${role} has ${navigation[role].length}`)
    const paths = navigation[role].flatMap(({ pages }) => pages.map(({ path }) => path))
    assert.equal(new Set(paths).size, paths.length, role)
  }
})

test('a group has at most seven pages, so that their tabs fit one line of 1,280 px', () => {
  for (const role of roles) {
    for (const { word, pages } of navigation[role]) assert.ok(pages.length <= 7, `${role}, ${word}: ${pages.length}`)
  }
})

test('every entry of a role opens for it, and is marked as where one is', async () => {
  for (const role of roles) {
    const { cookie } = await house.signIn(`one-${role}`)
    for (const { path } of navigation[role].flatMap(({ pages }) => pages)) {
      const answer = await house.app.request(path, { headers: { accept: 'text/html', cookie } })
      assert.equal(answer.status, 200, `${role}: ${path}`)
      assert.match(await answer.text(), new RegExp(`<a href="${path}"[^>]* aria-current="page"`))
      assert.equal(placeOf(role, path)?.page.path, path)
    }
  }
})

test('a page below an entry is in its group; the first page of a role has none below it', () => {
  assert.equal(placeOf('admin', '/admin/trunk-groups/g_1')?.page.path, '/admin/trunk-groups')
  assert.equal(placeOf('admin', '/admin/trunks/new')?.page.path, '/admin/trunks')
  assert.equal(placeOf('admin', `${homeOf('admin')}/somewhere`), null)
})

test('a group of one page has no tabs, and one of several shows them all', () => {
  const w = wordsIn('zh-CN')
  assert.equal(tabsOf('supervisor', '/supervisor/callbacks', w), null)
  const tabs = String(tabsOf('admin', '/admin/phones/u_1', w))
  for (const path of ['/admin/users', '/admin/teams', '/admin/phones', '/admin/tokens']) assert.ok(tabs.includes(path))
  assert.match(tabs, /href="\/admin\/phones" aria-current="page"/)
})
