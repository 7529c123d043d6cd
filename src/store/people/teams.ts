/** Teams: a short list that is read whole. */
import type { Team } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import type { TeamId } from '../../lib/ids.ts'
import { type Connection, type Db, sql } from '../db.ts'
import type { NoArgs } from '../page.ts'

type Row = { doc: string }

export const teamQueries = {
  'teams.list': (db: Db, _args: NoArgs): Team[] => teamsIn(db),
  'teams.byId': (db: Db, args: { id: TeamId }): Team | null => {
    const row = sql(db.$client, 'SELECT doc FROM teams WHERE id = ?').get(args.id) as Row | undefined
    return row === undefined ? null : teamOf(row)
  },
}

export function teamsIn(db: Db): Team[] {
  return (sql(db.$client, 'SELECT doc FROM teams ORDER BY name').all() as Row[]).map(teamOf)
}

/** Answers whether the fact was about a team. */
export function projectTeam(db: Connection, { fact, at }: { fact: Fact; at: number }): boolean {
  if (fact.type === 'team.removed') sql(db, 'DELETE FROM teams WHERE id = ?').run(fact.team)
  else if (fact.type === 'team.saved')
    sql(
      db,
      `INSERT INTO teams (id, name, doc, saved_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, doc = excluded.doc, saved_at = excluded.saved_at`,
    ).run(fact.team.id, fact.team.name, JSON.stringify(fact.team), at)
  else return false
  return true
}

function teamOf({ doc }: Row): Team {
  const { id, name, members, leaders } = JSON.parse(doc) as Team
  return { id, name, members: members ?? [], leaders: leaders ?? [] }
}
