/** Run in a network of its own by `firefox.e2e.test.ts`: Firefox talks to no address of 127.0.0.0/8. Exits 0 when all went well. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { AudioHouse } from './audio-house.ts'
import { Firefox } from './firefox.ts'
import { RtpPeer } from './rtp-peer.ts'

const agentHz = 1000
const customerHz = 440
const cutMs = Number(process.argv[2])

await using house = await AudioHouse.open({ bay: '10.77.0.2', cable: '10.77.0.1' })
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
await firefox.reload()
await isUp()
await bothHear()
console.log('and after a reload')
house.cut(true)
await sleep(cutMs)
house.cut(false)
await isUp()
await bothHear()
console.log('and after a cut')
