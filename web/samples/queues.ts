/** Sample props of the administrator's pages of queues, and of the numbers that lead to them. */

import type { InboundNumber, Queue } from '../../src/centre/entities.ts'
import type { NumberId, QueueId, UserId } from '../../src/lib/ids.ts'
import { numbersPage } from '../pages/admin/numbers.ts'
import { queueFormPage, queuesPage } from '../pages/admin/queues.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame } from './frame.ts'
import { sampleTrunk } from './trunks.ts'
import { sampleUsers } from './users.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

const people = (language: Language) => sampleUsers(language).map(user => ({ value: user.id, word: user.displayName }))

export const queueSamples: Record<string, (language: Language) => Html> = {
  'admin-numbers': language =>
    numbersPage({
      frame: frame(language, '/admin/numbers'),
      numbers: [
        {
          id: 'n_1' as NumberId,
          number: '+862151860000',
          target: { queue: 'q_1' as QueueId },
          leadsTo: language === 'en' ? 'Queue: Service' : '队列: 客服',
        } as InboundNumber & { leadsTo: string },
      ],
      targets: [{ value: 'queue:q_1', word: language === 'en' ? 'Queue: Service' : '队列: 客服' }],
      filled: nothingFilled,
      saved: false,
    }),
  'admin-queues': language =>
    queuesPage({
      frame: frame(language, '/admin/queues'),
      queues: [
        {
          id: 'q_1' as QueueId,
          name: language === 'en' ? 'Service' : '客服',
          strategy: 'longest-idle',
          members: ['u_1' as UserId],
          maxWaitMs: 360_000,
          serviceLevelMs: 20_000,
          callbackAfterMs: 0,
          waiting: 2,
        } satisfies Queue & { waiting: number },
      ],
      saved: false,
    }),
  'admin-queue-form': language =>
    queueFormPage({
      frame: frame(language, '/admin/queues/new'),
      queue: null,
      trunkGroups: [{ value: 'tg_1', word: sampleTrunk(language).name }],
      agents: people(language),
      filled: { values: { maxWaitMs: '360', serviceLevelMs: '20', callbackAfterMs: '0' }, errors: {} },
    }),
}
