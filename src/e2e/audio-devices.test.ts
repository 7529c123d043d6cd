/** The page's own choice of a loudspeaker, among devices that come and go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

type Device = { kind: string; deviceId: string }
type Output = { sinkId: string; setSinkId(id: string): Promise<void> }

let devices: Device[] = []
const fakes = {
  navigator: { mediaDevices: { enumerateDevices: async () => devices } },
  localStorage: { getItem: (key: string) => (key === 'switchroom.speaker' ? 'headset' : null) },
}
for (const [name, value] of Object.entries(fakes)) Object.defineProperty(globalThis, name, { value })
const file = '../../web/static/audio-devices.js'
const { useSpeaker } = (await import(file)) as { useSpeaker(...outputs: Output[]): Promise<void> }

const speakers = (...ids: string[]) => ids.map(deviceId => ({ kind: 'audiooutput', deviceId }))

/** As Chromium: what is not there cannot be chosen, and what was is kept when it goes. */
function output(): { player: Output; asked: string[] } {
  const asked: string[] = []
  const player: Output = {
    sinkId: '',
    async setSinkId(id) {
      asked.push(id)
      if (id !== '' && !devices.some(({ deviceId }) => deviceId === id)) throw new Error('NotFoundError')
      player.sinkId = id
    },
  }
  return { player, asked }
}

test('a headset that is pulled out and plugged in again is sounded from again, and the system’s loudspeaker meanwhile', async () => {
  const { player, asked } = output()
  for (const there of [['desk', 'headset'], ['desk'], ['desk'], ['desk', 'headset'], ['desk', 'headset']]) {
    devices = speakers(...there)
    await useSpeaker(player)
  }
  assert.deepEqual(asked, ['headset', '', 'headset'])
})

test('before the microphone was allowed nobody knows whether it is there, and it is asked for', async () => {
  devices = speakers('')
  const { player, asked } = output()
  await useSpeaker(player)
  assert.deepEqual(asked, ['headset', ''])
})
