/** The agents that a form offers. */
import type { Choice } from '../../../web/parts/form.ts'
import type { Words } from '../../../web/words/words.ts'
import type { User } from '../../centre/entities.ts'
import type { UserId } from '../../lib/ids.ts'

/** Those who take calls, and whoever is chosen already: a form would take away unseen what it does not offer. */
export function agentChoices(everyone: User[], chosen: readonly UserId[], w: Words): Choice[] {
  return everyone
    .filter(user => (user.enabled && user.role === 'agent') || chosen.includes(user.id))
    .map(user => ({
      value: user.id,
      word: user.enabled ? user.displayName : `${user.displayName} (${w.frame.form.disabled})`,
    }))
}
