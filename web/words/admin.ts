import type { Like } from './language.ts'
const zh = { title: '' }
const en: Like<typeof zh> = { title: '' }
export const adminWords = { zh, en }
