/** Sample props of the page of how calls sound. */
import { type AudioRow, audioPage } from '../pages/supervisor/audio.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame } from './frame.ts'

const good: AudioRow = {
  name: '',
  legs: 1_240,
  mos: 4.38,
  worst: 3.9,
  poor: 0,
  loss: 0.0004,
  jitterMs: 1.1,
  theirLoss: 0.0005,
  roundTripMs: 14,
  oneWay: 0,
  outsiders: 0,
}

export const audioSamples: Record<string, (language: Language) => Html> = {
  'supervisor-audio': language => {
    const [mobile, fixed, alice, bob] =
      language === 'en'
        ? ['Mobile gateway', 'Telecom E1', 'Alice Li', 'Bob Wang']
        : ['移动网关', '电信 E1', '李雨桐', '王博']
    return audioPage({
      choice: { teams: [], chosen: null },
      frame: sampleFrame({ language, path: '/supervisor/audio', role: 'supervisor' }),
      day: '2026-03-18',
      trunks: [
        {
          ...good,
          name: mobile!,
          legs: 310,
          mos: 3.42,
          worst: 1.9,
          poor: 120,
          loss: 0.024,
          jitterMs: 31.5,
          oneWay: 2,
          outsiders: 1,
          roundTripMs: 210,
        },
        { ...good, name: fixed! },
      ],
      teams: [{ ...good, name: language === 'en' ? 'North' : '一班', legs: 184 }],
      agents: [
        { ...good, name: bob!, legs: 88, mos: 2.9, worst: 1.4, poor: 61, loss: 0.061, jitterMs: 44, roundTripMs: null },
        { ...good, name: alice!, legs: 96 },
      ],
    })
  },
}
