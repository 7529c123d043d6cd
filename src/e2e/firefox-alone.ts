/** Run in a network of its own by `firefox.e2e.test.ts`: Firefox talks to no address of 127.0.0.0/8. Exits 0 when all went well. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { AudioHouse } from './audio-house.ts'
import { Firefox } from './firefox.ts'
import { RtpPeer } from './rtp-peer.ts'

const agentHz = 1000
const customerHz = 440
const cutMs = Number(process.argv[2])

await using house = await AudioHouse.open({ bay: '10.77.0.2', cable: '10.77.0.1', silenceMs: 20_000 })
await using customer = await RtpPeer.open('127.0.0.62', customerHz)
await house.patchCustomer(customer)
await using firefox = await Firefox.launch(agentHz)
const isUp = () => firefox.until("document.documentElement.dataset.audioState === 'up'", 25_000)
const bothHear = async () => {
  customer.forget()
  await Promise.all([customer.hears(agentHz, 12_000), firefox.playsHz(customerHz, 12_000)])
}
await firefox.goto(house.url)
await isUp()
await bothHear()
assert.equal(house.offers, 1)
console.log('heard and hears')

await firefox.until("document.querySelectorAll('#microphone option').length >= 2")
const chosen = await firefox.evaluate<string>(`(() => {
  const select = document.getElementById('microphone')
  select.selectedIndex = 1
  select.dispatchEvent(new Event('change', { bubbles: true }))
  return select.value
})()`)
assert.notEqual(chosen, '')
const used = 'peers.at(-1).getSenders()[0].track.getSettings().deviceId'
await firefox.until(`${used} === ${JSON.stringify(chosen)}`)
await bothHear()
assert.equal(house.offers, 1, 'the connection stays')
// It has no WebHID: a key that nothing would answer is not shown.
assert.equal(await firefox.evaluate("document.getElementById('headset').hidden"), true)
console.log('and by the microphone that was chosen')
await firefox.evaluate("document.getElementById('mute').click()")
await sleep(600)
customer.forget()
await assert.rejects(customer.hears(agentHz, 1500))
await firefox.evaluate("document.getElementById('mute').click()")
await customer.hears(agentHz)
console.log('and says nothing while it is muted')
const network = (id: string, word: string) =>
  firefox.until(`document.getElementById('${id}').textContent.startsWith('${word}')`, 30_000)
await network('audio-network', 'good')
house.dropEvery(5)
await network('audio-warning', 'poor')
house.dropEvery(0)
await firefox.until("document.getElementById('audio-warning').textContent === ''", 30_000)
console.log('and says how its network is')
await firefox.reload()
await isUp()
assert.equal(await firefox.evaluate(used), chosen)
await bothHear()
console.log('and after a reload')
house.cutMedia(true)
for (const end = performance.now() + 25_000; house.restarts === 0 && performance.now() < end; ) await sleep(20)
house.cutMedia(false)
assert.ok(house.restarts >= 1)
await isUp()
await bothHear()
console.log('and by another path')
house.cut(true)
await sleep(cutMs)
house.cut(false)
await isUp()
await bothHear()
console.log('and after a cut')
