/** What is dialled for help where the centre is: whether that is known, dialled as it is, and nobody's extension. */
import { existsSync } from 'node:fs'
import { emergencyNumbersIn, helpOf } from '../centre/toll/emergency-numbers.ts'
import { leftOut, leftOutKey } from '../centre/toll/left-out.ts'
import { emergencyOf, type TollRules, tollRulesIn } from '../centre/toll/rules.ts'
import { type Config, dataFiles } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import type { Checked } from './check-machine.ts'

export type Help = {
  zone: string
  rules: Pick<TollRules, 'emergency'>
  leftOut: readonly string[]
  people: readonly { displayName: string; extension: string | null }[]
}

export async function checkHelp(config: Config): Promise<Checked[]> {
  const { database } = dataFiles(config)
  // Before the first start nobody has said where it is.
  return existsSync(database) ? lookAtHelp(await helpIn(database)) : []
}

export function lookAtHelp({ zone, rules, leftOut: meant, people }: Help): Checked[] {
  const dialled = rules.emergency.join(', ')
  const own = emergencyNumbersIn(zone)
  const lacking = own.filter(number => !rules.emergency.includes(number))
  const results: Checked[] = [
    helpOf(zone) === null
      ? {
          state: 'warn',
          found: `no emergency numbers are known of the country of ${zone}; dialled for help are ${dialled}`,
          advice: 'look up those of where you are, and put them into the list of /admin/safety',
        }
      : { state: 'ok', found: `in ${zone} ${dialled} are dialled for help` },
  ]
  if (lacking.some(number => !meant.includes(number)))
    results.push({
      state: 'warn',
      found: `${lacking.join(', ')} are emergency numbers of ${zone}, and cannot be dialled`,
      advice: 'put them into the list of /admin/safety, or say there that they are left out on purpose',
    })
  for (const { displayName, extension } of people)
    if (extension !== null && emergencyOf(rules, zone, extension) !== null)
      results.push({
        state: 'warn',
        found: `extension ${extension} of ${displayName} is an emergency number: whoever dials it calls for help`,
        advice: 'give this person another extension',
      })
  return results
}

async function helpIn(database: string): Promise<Help> {
  const [{ openReader, drizzleOf }, { settingQueries }, { userQueries }, { tollOf }, { zoneOf }] = await Promise.all([
    import('../store/db.ts'),
    import('../store/settings.ts'),
    import('../store/people/users.ts'),
    import('../store/gate/toll.ts'),
    import('../store/load.ts'),
  ])
  const connection = openReader(database)
  try {
    const db = drizzleOf(connection)
    const zone = zoneOf(db)
    const { tollRules: rules = tollRulesIn(zone) } = tollOf(db, zone, systemClock.now())
    const meant = settingQueries['settings.get'](db, { key: leftOutKey })
    return { zone, rules, leftOut: leftOut(zone, meant), people: userQueries['users.list'](db, {}) }
  } finally {
    connection.close()
  }
}
