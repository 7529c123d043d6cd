/** What the records door takes of an export. */
import { z } from '@hono/zod-openapi'
import { exportForms, exportKinds } from '../../centre/records/table-export.ts'
import { words } from '../words.ts'

const text = words(64).optional()

/** Which of the filters a kind has is checked beside. Days are of the centre, both within. */
export const tableExportInput = z
  .strictObject({
    kind: z.enum(exportKinds),
    form: z.enum(exportForms).default('csv'),
    /** Of the headings. */
    language: z.enum(['zh-CN', 'en']).default('zh-CN'),
    filter: z
      .strictObject({
        ...{ campaign: text, list: text, state: text, flag: text, product: text, status: text, overdue: text },
        ...{ party: text, from: text, to: text },
      })
      .default({}),
    /** Left out: as whoever asks may see them. */
    numbers: z.enum(['clear', 'masked']).optional(),
    /** ID numbers and secret fields of parties in clear. */
    secrets: z.boolean().default(false),
    reason: words(200),
  })
  .openapi('TableExportInput')
export type TableExportInput = z.output<typeof tableExportInput>
