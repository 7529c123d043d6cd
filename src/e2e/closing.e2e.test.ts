/** The service is told to stop: who is on the line hears of it, whatever the disk takes, and nobody is called any more. */
import { test } from 'node:test'
import type { TrunkId } from '../lib/ids.ts'
import { StoreError } from '../store/port.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { World } from './world.ts'

const number = '+861088880000'

test('a caller is hung up on as soon as the house is told to close, whatever else takes its time', {
  skip: !hasSipp && 'needs sipp',
}, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using customer = await RtpPeer.open('127.0.0.145', 1000)
  const alice = await world.agent('alice', 'browser')
  await world.queue([alice], number)
  await world.house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
  await world.trunk({ address: '127.0.0.146', port: 5060 }, { id: 't_in' as TrunkId })
  await using caller = await Sipp.caller({
    address: '127.0.0.146',
    media: customer,
    number,
    from: '+8613900000009',
    target: `127.0.0.1:${world.sipPort}`,
    acts: [{ do: 'expectBye' }],
  })
  await world.fact('call.queued')
  world.house.close()
  await caller.done()
  await world.fact('recording.sealed')
})

test('a caller is hung up on while the disk is full', { skip: !hasSipp && 'needs sipp' }, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using customer = await RtpPeer.open('127.0.0.143', 1000)
  const alice = await world.agent('alice', 'browser')
  await world.queue([alice], number)
  await world.house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
  await world.trunk({ address: '127.0.0.144', port: 5060 }, { id: 't_in' as TrunkId })
  await using caller = await Sipp.caller({
    address: '127.0.0.144',
    media: customer,
    number,
    from: '+8613900000009',
    target: `127.0.0.1:${world.sipPort}`,
    acts: [{ do: 'expectBye' }],
  })
  await world.fact('call.queued')
  const { store, engine } = world.house
  store.commit = () => Promise.reject(new StoreError('full', null, 'The disk is full.'))
  engine.post({ type: 'trunk.down', trunk: 't_in' as TrunkId, reason: 'a fact that finds no room' })
  await world.until('the floor has stopped', () => engine.trouble !== null)
  await world.close()
  await caller.done()
})
