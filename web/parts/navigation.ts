/**
 * Where a person of each role can go: at most nine groups at the side, and the pages of the group one is in as tabs above the page. A page is
 * in one group of a role; the group opens its first page.
 */
import type { Role } from '../../src/centre/entities.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'
import { type IconName, icon } from './icons.ts'

type Word = keyof Words['frame']['nav']
export type NavigationPage = { path: string; word: Word }
export type NavigationGroup = { word: Word; icon: IconName; pages: [NavigationPage, ...NavigationPage[]] }

const page = (path: string, word: Word): NavigationPage => ({ path, word })
const group = (word: Word, iconName: IconName, ...pages: [NavigationPage, ...NavigationPage[]]): NavigationGroup => ({
  word,
  icon: iconName,
  pages,
})
/** A group of one page, which it is called after. */
const alone = (path: string, word: Word, iconName: IconName) => group(word, iconName, page(path, word))

export const navigation: Record<Role, [NavigationGroup, ...NavigationGroup[]]> = {
  agent: [
    alone('/agent', 'desk', 'headset'),
    alone('/agent/calls', 'myCalls', 'history'),
    alone('/agent/callbacks', 'myCallbacks', 'calendar-clock'),
    alone('/agent/tasks', 'verifications', 'list-checks'),
    alone('/agent/orders', 'myOrders', 'shopping-basket'),
  ],
  supervisor: [
    group('wallboard', 'layout-dashboard', page('/supervisor', 'wallboard'), page('/walls', 'walls')),
    alone('/supervisor/calls', 'liveCalls', 'phone-call'),
    group('lines', 'waypoints', page('/supervisor/lines', 'lines'), page('/supervisor/audio', 'audio')),
    alone('/supervisor/callbacks', 'callbacks', 'calendar-clock'),
    group(
      'customers',
      'user-round',
      page('/supervisor/parties', 'parties'),
      page('/supervisor/cases', 'cases'),
      page('/supervisor/messages', 'messages'),
      page('/supervisor/complaints', 'complaints'),
      page('/supervisor/waivers', 'waivers'),
      page('/supervisor/agencies', 'agencies'),
    ),
    alone('/supervisor/tasks', 'verifications', 'list-checks'),
    alone('/approvals', 'approvals', 'shield-check'),
    group('sales', 'shopping-basket', page('/supervisor/orders', 'orders'), page('/supervisor/prospects', 'prospects')),
  ],
  quality: [
    group('recordings', 'audio-lines', page('/auditor', 'recordings'), page('/auditor/answerers', 'answerers')),
    alone('/supervisor/calls', 'liveCalls', 'phone-call'),
    alone('/supervisor/audio', 'audio', 'volume-2'),
    alone('/supervisor/tasks', 'verifications', 'list-checks'),
    alone('/supervisor/orders', 'orders', 'shopping-basket'),
    alone('/approvals', 'approvals', 'shield-check'),
  ],
  security: [
    group(
      'people',
      'users',
      page('/admin/users', 'users'),
      page('/admin/phones', 'phones'),
      page('/admin/tokens', 'tokens'),
      page('/walls', 'walls'),
    ),
    alone('/admin/safety', 'safety', 'lock'),
    alone('/admin/recordings', 'custody', 'archive'),
    group(
      'journal',
      'scroll-text',
      page('/admin/journal', 'journal'),
      page('/admin/changes', 'changes'),
      page('/approvals', 'approvals'),
    ),
  ],
  auditor: [
    group('recordings', 'audio-lines', page('/auditor', 'recordings'), page('/auditor/answerers', 'answerers')),
    group('exports', 'shopping-basket', page('/auditor/exports', 'exports'), page('/approvals', 'approvals')),
    alone('/auditor/journal', 'journal', 'scroll-text'),
  ],
  admin: [
    group('setup', 'list-checks', page('/admin', 'setup'), page('/admin/certificate', 'certificate')),
    group(
      'people',
      'users',
      page('/admin/users', 'users'),
      page('/admin/teams', 'teams'),
      page('/admin/phones', 'phones'),
      page('/admin/tokens', 'tokens'),
      page('/walls', 'walls'),
    ),
    group(
      'lines',
      'waypoints',
      page('/admin/trunks', 'trunks'),
      page('/admin/trunk-groups', 'trunkGroups'),
      page('/admin/lines', 'lineState'),
      page('/supervisor/audio', 'audio'),
      page('/admin/announcements', 'announcements'),
    ),
    group(
      'inbound',
      'phone-incoming',
      page('/admin/numbers', 'numbers'),
      page('/admin/queues', 'queues'),
      page('/admin/menus', 'menus'),
    ),
    group(
      'campaigns',
      'megaphone',
      page('/admin/campaigns', 'campaigns'),
      page('/admin/phrases', 'phrases'),
      page('/admin/scripts', 'scripts'),
    ),
    group(
      'customers',
      'user-round',
      page('/supervisor/parties', 'parties'),
      page('/supervisor/cases', 'cases'),
      page('/supervisor/messages', 'messages'),
      page('/supervisor/complaints', 'complaints'),
      page('/supervisor/waivers', 'waivers'),
      page('/supervisor/agencies', 'agencies'),
    ),
    group(
      'business',
      'file-text',
      page('/admin/assignment', 'assignment'),
      page('/admin/strategies', 'strategies'),
      page('/admin/waivers', 'waiverLimits'),
      page('/admin/checklists', 'checklists'),
      page('/admin/products', 'products'),
      page('/admin/fields', 'ownFields'),
    ),
    group(
      'rules',
      'shield-check',
      page('/admin/policies', 'policies'),
      page('/admin/suppressions', 'suppressions'),
      page('/admin/safety', 'safety'),
      page('/approvals', 'approvals'),
    ),
    group(
      'data',
      'archive',
      page('/admin/imports', 'imports'),
      page('/admin/exports', 'tableExports'),
      page('/admin/recordings', 'custody'),
      page('/admin/changes', 'changes'),
      page('/admin/journal', 'journal'),
    ),
  ],
}

/** Besides, for who leads an agency. */
const leading = alone('/agent/agency', 'ownAgency', 'users')

/** Where a person of this role begins. */
export function homeOf(role: Role): string {
  return navigation[role][0].pages[0].path
}

/** The page of this role's navigation that `path` is or lies below, and its group; null where it lies below none. */
export function placeOf(role: Role, path: string): { group: NavigationGroup; page: NavigationPage } | null {
  for (const group of navigation[role]) {
    for (const page of group.pages) if (isCurrent(page.path, path, role)) return { group, page }
  }
  return null
}

/** The groups, at the side. */
export function sideOf(role: Role, path: string, w: Words, leads = false): Html {
  const here = placeOf(role, path)?.group ?? (leads && path === leading.pages[0].path ? leading : null)
  return html`<nav class="side" aria-label="${w.frame.navigation}"><ul>${[
    ...navigation[role],
    ...(leads ? [leading] : []),
  ].map(entry => {
    // Of the page itself where the group has but one, else only that it is somewhere in here.
    const current = entry !== here ? null : entry.pages.length === 1 ? 'page' : 'true'
    return html`<li><a href="${entry.pages[0].path}"${current === null ? null : html` aria-current="${current}"`}>${icon(entry.icon)}<span>${w.frame.nav[entry.word]}</span></a></li>`
  })}</ul></nav>`
}

/** The pages of the group that `path` is in, when there are several. */
export function tabsOf(role: Role, path: string, w: Words): Html | null {
  const here = placeOf(role, path)
  if (here === null || here.group.pages.length === 1) return null
  return html`<nav class="tabs" aria-label="${w.frame.nav[here.group.word]}"><ul>${here.group.pages.map(
    entry =>
      html`<li><a href="${entry.path}"${entry === here.page ? html` aria-current="page"` : null}>${w.frame.nav[entry.word]}</a></li>`,
  )}</ul></nav>`
}

/** A role's first page is current only by itself; every other entry also for the pages below it. */
function isCurrent(entry: string, path: string, role: Role): boolean {
  if (entry === path) return true
  return entry !== homeOf(role) && path.startsWith(`${entry}/`)
}
