/** A data folder as a run leaves it that was stopped: a call is over, its recording of two tones is sealed, its smaller form is due at once. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Fact } from '../centre/facts.ts'
import type { CallId, LegId, RecordingId, TrunkId } from '../lib/ids.ts'
import { encode, payloadTypeOf } from '../rtp/g711.ts'
import { tone } from '../rtp/tone.ts'
import { wavHeader } from '../rtp/wav.ts'
import { openStore, recorded, type TestFolder } from '../store/testing/people.ts'

export const sealedRecording = 'r_tone' as RecordingId

/** The party says `hz[0]` and hears `hz[1]`, for whole seconds. Answers where the recording is, and its hash. */
export async function sealTone(
  folder: Pick<TestFolder, 'path' | 'file' | 'keyFile'>,
  { hz, seconds }: { hz: [number, number]; seconds: number },
): Promise<{ wav: string; opus: string; sha256: string }> {
  const [call, recording, at] = ['c_tone' as CallId, sealedRecording, Date.now() - 60_000]
  const wav = join(folder.path, 'recordings', '2026/r_tone.wav')
  const audio = stereo(hz, seconds)
  mkdirSync(dirname(wav), { recursive: true })
  writeFileSync(wav, audio)
  const sha256 = createHash('sha256').update(audio).digest('hex')
  const none = { campaign: null, lead: null, party: null, relation: null, agent: null, name: null }
  const line = { number: '+8613800000001', trunk: 't_1' as TrunkId, callerId: '+861012345678', leg: 'g_tone' as LegId }
  const facts: Fact[] = [
    { type: 'setting.saved', key: 'recording.opusAfterHours', value: '0' },
    { type: 'call.dialed', call, mode: 'manual', ...none, ...line, verdict: { policy: 'CN', version: '1', rules: [] } },
    { type: 'call.answered', call },
    { type: 'recording.opened', recording, call, path: '2026/r_tone.wav' },
    {
      type: 'call.ended',
      call,
      ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
    },
    {
      ...{ type: 'recording.sealed', recording, call, sha256, bytes: audio.length },
      ...{ durationMs: seconds * 1000, salvaged: false },
    },
  ]
  const store = await openStore({ ...folder, [Symbol.dispose]: () => undefined })
  await store.commit({ recorded: facts.map(fact => recorded(fact, at)) })
  await store[Symbol.asyncDispose]()
  return { wav, opus: wav.replace(/wav$/, 'opus'), sha256 }
}

/** A second of whole Hz loops without a click. */
function stereo([left, right]: [number, number], seconds: number): Buffer {
  const [ours, theirs] = [left, right].map(each => encode(tone({ hz: each, ms: 1000, level: 0.3 }), 'pcma'))
  const second = Buffer.alloc(16_000)
  for (let at = 0; at < 8000; at++) second.set([ours![at]!, theirs![at]!], at * 2)
  const data = Buffer.concat(Array.from({ length: seconds }, () => second))
  return Buffer.concat([wavHeader(payloadTypeOf.pcma, 2, data.length), data])
}
