/** A frame for samples and tests: a fixed instant in Shanghai, so that pictures of pages change only when pages do. */
import type { Role } from '../../src/centre/entities.ts'
import type { Frame } from '../parts/frame.ts'
import type { Language } from '../words/language.ts'

/** 2026-03-18 10:42:07 in Shanghai. */
export const sampleNow = Date.UTC(2026, 2, 18, 2, 42, 7)

export function sampleFrame(given: {
  language: Language
  path: string
  role?: Role | null
  displayName?: string
  theme?: Frame['theme']
}): Frame {
  const names: Record<Role, [string, string]> = {
    agent: ['李雨桐', 'Alice Li'],
    supervisor: ['孙立', 'Sam Sun'],
    quality: ['周静', 'Quinn Zhou'],
    admin: ['安德明', 'Adam An'],
    security: ['石安', 'Sue Shi'],
    auditor: ['欧阳岚', 'Olga Ouyang'],
  }
  const role = given.role === undefined ? 'agent' : given.role
  return {
    language: given.language,
    theme: given.theme ?? 'auto',
    centre: given.language === 'en' ? 'Harbour Lending, Shanghai' : '港湾金融 · 上海中心',
    person: role && { displayName: given.displayName ?? names[role][given.language === 'en' ? 1 : 0], role },
    path: given.path,
    lab: false,
    trouble: null,
    zone: 'Asia/Shanghai',
    now: sampleNow,
  }
}
