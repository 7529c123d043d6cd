/** The tables' side of the records door's facts. A name, number or ref that is taken fails here and refuses the whole transaction. */

import { tollRulesKey } from '../centre/toll/rules.ts'
import { addLeads, nameList, recycle, saveList, startList } from './campaigns/project-leads.ts'
import { type Connection, sql } from './db.ts'
import type { ProjectedLine } from './project.ts'
import { lineRulesKey } from './telephony/lines.ts'

export function projectRecord(db: Connection, { seq, at, actor, fact }: ProjectedLine): void {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  const saveSetting = (key: string, value: string) =>
    run(
      `INSERT INTO settings (key, value, saved_at) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, saved_at = excluded.saved_at`,
      ...[key, value, at],
    )
  switch (fact.type) {
    case 'user.saved': {
      const { user } = fact
      run(
        `INSERT INTO users (id, name, extension, role, enabled, doc, saved_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, extension = excluded.extension, role = excluded.role,
           enabled = excluded.enabled, doc = excluded.doc, saved_at = excluded.saved_at`,
        user.id,
        user.name,
        user.extension,
        user.role,
        user.enabled ? 1 : 0,
        JSON.stringify(user),
        at,
      )
      return
    }
    case 'phrase.saved':
      run(
        `INSERT INTO phrases (name, version, words, sha256, bytes, duration_ms, saved_at, saved_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        fact.name,
        fact.version,
        fact.words,
        fact.sha256,
        fact.bytes,
        fact.durationMs,
        at,
        actor,
      )
      return
    case 'announcement.saved':
      run(
        `INSERT INTO announcements (id, label, language, words, sha256, bytes, duration_ms, call, saved_at, saved_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        fact.announcement,
        fact.label,
        fact.language,
        fact.words,
        fact.sha256,
        fact.bytes,
        Math.round(fact.durationMs),
        fact.from,
        at,
        actor,
      )
      return
    case 'announcement.labelled':
      run(
        'UPDATE announcements SET label = ?, language = ?, words = ? WHERE id = ?',
        fact.label,
        fact.language,
        fact.words,
        fact.announcement,
      )
      return
    case 'announcement.removed':
      run('DELETE FROM announcements WHERE id = ?', fact.announcement)
      return
    case 'phrase.heard':
      run(
        'INSERT INTO phrase_hearings (name, version, actor, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        fact.name,
        fact.version,
        actor,
        at,
      )
      return
    case 'phrase.used':
      run(
        'UPDATE phrases SET used_at = ?, used_by = ?, used_seq = ? WHERE name = ? AND version = ?',
        at,
        actor,
        seq,
        fact.name,
        fact.version,
      )
      return
    case 'user.passwordSet':
      run('UPDATE users SET password_set_at = ?, failed_sign_ins = 0, locked_until = NULL WHERE id = ?', at, fact.user)
      return
    case 'user.sipPasswordSet':
      run('UPDATE users SET sip_password_set_at = ? WHERE id = ?', at, fact.user)
      return
    case 'user.locked':
      run('UPDATE users SET locked_until = ?, failed_sign_ins = 0 WHERE id = ?', fact.until, fact.user)
      return
    case 'session.opened':
      run('UPDATE users SET failed_sign_ins = 0 WHERE id = ?', fact.user)
      return
    case 'session.refused':
      run('UPDATE users SET failed_sign_ins = failed_sign_ins + 1 WHERE name = ?', fact.name)
      return
    case 'trunk.saved': {
      const { trunk } = fact
      run(
        `INSERT INTO trunks (id, name, doc, saved_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, doc = excluded.doc, saved_at = excluded.saved_at`,
        trunk.id,
        trunk.name,
        JSON.stringify(trunk),
        at,
      )
      return
    }
    case 'trunk.passwordSet':
      run('UPDATE trunks SET password_set_at = ? WHERE id = ?', at, fact.trunk)
      return
    case 'trunk.removed':
      run('DELETE FROM trunks WHERE id = ?', fact.trunk)
      return
    case 'trunkGroup.saved': {
      const { group } = fact
      run(
        `INSERT INTO trunk_groups (id, name, doc, saved_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, doc = excluded.doc, saved_at = excluded.saved_at`,
        group.id,
        group.name,
        JSON.stringify(group),
        at,
      )
      return
    }
    case 'trunkGroup.removed':
      run('DELETE FROM trunk_groups WHERE id = ?', fact.group)
      return
    case 'number.saved': {
      const { number } = fact
      run(
        `INSERT INTO numbers (id, number, doc, saved_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET number = excluded.number, doc = excluded.doc, saved_at = excluded.saved_at`,
        number.id,
        number.number,
        JSON.stringify(number),
        at,
      )
      return
    }
    case 'number.removed':
      run('DELETE FROM numbers WHERE id = ?', fact.number)
      return
    case 'queue.saved': {
      const { queue } = fact
      run(
        `INSERT INTO queues (id, name, doc, saved_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, doc = excluded.doc, saved_at = excluded.saved_at`,
        queue.id,
        queue.name,
        JSON.stringify(queue),
        at,
      )
      return
    }
    case 'queue.removed':
      run('DELETE FROM queues WHERE id = ?', fact.queue)
      return
    case 'menu.saved': {
      const { menu } = fact
      run(
        `INSERT INTO menus (id, name, doc, saved_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, doc = excluded.doc, saved_at = excluded.saved_at`,
        menu.id,
        menu.name,
        JSON.stringify(menu),
        at,
      )
      return
    }
    case 'menu.removed':
      run('DELETE FROM menus WHERE id = ?', fact.menu)
      return
    case 'campaign.saved': {
      const { campaign } = fact
      run(
        `INSERT INTO campaigns (id, name, state, doc, saved_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = excluded.state, doc = excluded.doc, saved_at = excluded.saved_at`,
        campaign.id,
        campaign.name,
        campaign.state,
        JSON.stringify(campaign),
        at,
      )
      return
    }
    case 'leads.added':
      run(
        `INSERT INTO imports (id, campaign, started_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
        fact.import,
        fact.campaign,
        at,
      )
      startList(db, fact.import, fact.campaign, at)
      run('UPDATE imports SET added = added + ? WHERE id = ?', fact.leads.length, fact.import)
      addLeads(db, { leads: fact.leads, list: fact.import }, at)
      return
    case 'list.saved':
      saveList(db, fact.list, at)
      return
    case 'leads.recycled':
      recycle(db, fact.leads, at)
      return
    case 'leads.imported':
      nameList(db, fact.import, fact.source)
      run(
        `INSERT INTO imports (id, campaign, source, started_at, finished_at, accepted, rejected) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET source = excluded.source, finished_at = excluded.finished_at, accepted = excluded.accepted,
           rejected = excluded.rejected`,
        fact.import,
        fact.campaign,
        fact.source,
        at,
        at,
        fact.accepted,
        fact.rejected,
      )
      return
    case 'suppression.added':
      run(
        `INSERT INTO suppressions (number, reason, until, added_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (number) DO UPDATE SET reason = excluded.reason, until = excluded.until, added_at = excluded.added_at`,
        fact.number,
        fact.reason,
        fact.until,
        at,
      )
      return
    case 'suppression.removed':
      run('DELETE FROM suppressions WHERE number = ?', fact.number)
      return
    case 'policy.saved': {
      const { id, version } = fact.policy
      run(
        `INSERT INTO policies (id, version, doc, saved_at, saved_by) VALUES (?, ?, ?, ?, ?)`,
        ...[id, version, JSON.stringify(fact.policy), at, actor],
      )
      return
    }
    case 'party.held':
      run(
        `INSERT INTO party_stops (party, kind, reason, until, added_at, numbers) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (party, kind) DO UPDATE SET reason = excluded.reason, until = excluded.until, added_at = excluded.added_at,
           numbers = excluded.numbers`,
        ...[fact.party, fact.kind, fact.reason, fact.until, at, JSON.stringify(fact.numbers ?? [])],
      )
      return
    case 'party.released':
      run('DELETE FROM party_stops WHERE party = ? AND kind = ?', fact.party, fact.kind)
      return
    case 'setting.saved':
      saveSetting(fact.key, fact.value)
      return
    case 'lines.rulesSaved':
      saveSetting(lineRulesKey, JSON.stringify(fact.rules))
      return
    case 'toll.rulesSaved':
      saveSetting(tollRulesKey, JSON.stringify(fact.rules))
      return
    case 'attribution.added':
      for (const [prefix, area] of fact.rows)
        run(
          'INSERT INTO attributions (prefix, area) VALUES (?, ?) ON CONFLICT (prefix) DO UPDATE SET area = excluded.area',
          prefix,
          area,
        )
      return
    case 'attribution.cleared':
      run('DELETE FROM attributions')
      return
    case 'recording.listened':
      run('UPDATE recordings SET listens = listens + 1 WHERE id = ?', fact.recording)
      return
    case 'recording.derived':
      run(
        `UPDATE recordings SET derived_at = ?, derived_path = ?, derived_sha256 = ?, derived_bytes = ?
         WHERE id = ? AND sealed_at IS NOT NULL AND derived_at IS NULL`,
        at,
        fact.path,
        fact.sha256,
        fact.bytes,
        fact.recording,
      )
      return
    case 'recording.underivable':
      run(
        'UPDATE recordings SET underivable = ?, underivable_cause = ? WHERE id = ? AND derived_at IS NULL',
        ...[fact.reason, fact.cause ?? null, fact.recording],
      )
      return
    case 'recording.sourceRemoved':
      run('UPDATE recordings SET source_removed_at = coalesce(source_removed_at, ?) WHERE id = ?', at, fact.recording)
      return
    case 'recording.destroyed':
      run(
        'UPDATE recordings SET destroyed_at = ?, destroyed_by = ? WHERE id = ? AND destroyed_at IS NULL',
        at,
        JSON.stringify(
          fact.reason === 'unanswered'
            ? { reason: fact.reason, days: fact.days }
            : { reason: fact.reason, business: fact.business, kept: fact.kept, policy: fact.policy },
        ),
        fact.recording,
      )
      return
    case 'recording.erased':
      run(
        'UPDATE recordings SET erased_at = coalesce(erased_at, ?) WHERE id = ? AND destroyed_at IS NOT NULL',
        at,
        fact.recording,
      )
      return
    case 'export.requested':
      run(
        'INSERT INTO exports (id, user, reason, calls, filter, requested_at) VALUES (?, ?, ?, ?, ?, ?)',
        fact.export,
        fact.user,
        fact.reason,
        fact.calls,
        fact.filter,
        at,
      )
      return
    case 'export.finished':
      run(
        'UPDATE exports SET finished_at = ?, sha256 = ?, bytes = ? WHERE id = ?',
        at,
        fact.sha256,
        fact.bytes,
        fact.export,
      )
      return
    case 'export.downloaded':
      run('UPDATE exports SET downloads = downloads + 1 WHERE id = ?', fact.export)
      return
    case 'export.erased':
      run('UPDATE exports SET erased_at = coalesce(erased_at, ?) WHERE id = ?', at, fact.export)
      return
    default:
      return // sessions closed and notes live in the journal alone
  }
}
