/** Pages of administrators, as axe sees them. */
import { checkPages } from '../scripts/accessible-pages.ts'

checkPages('administrators', name => name.startsWith('admin-'))
