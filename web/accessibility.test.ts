/** Pages of everybody else, as axe sees them. */
import { checkPages } from '../scripts/accessible-pages.ts'

checkPages('everybody else', name => !name.startsWith('admin-'))
