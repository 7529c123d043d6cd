/** Another decoder than ours for what recordings are made into: opus-tools of Debian. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readStereo } from '../rtp/wav.ts'

export const hasOpusTools = spawnSync('opusdec', ['--version']).status === 0

/** Both sides, 8 kHz. Throws when opusdec takes it for none of its own. */
export function decoded(opus: Buffer): [Int16Array, Int16Array] {
  return beside(opus, (file, folder) => {
    execFileSync('opusdec', ['--quiet', '--rate', '8000', file, join(folder, 'a.wav')])
    return readStereo(readFileSync(join(folder, 'a.wav')))
  })
}

/** What `opusinfo` says of it; its warnings are lines with `WARNING`. */
export function told(opus: Buffer): string {
  return beside(opus, file => execFileSync('opusinfo', [file], { encoding: 'utf8' }))
}

function beside<T>(opus: Buffer, use: (file: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-decoded-'))
  try {
    writeFileSync(join(folder, 'a.opus'), opus)
    return use(join(folder, 'a.opus'), folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
