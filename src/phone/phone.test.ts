/** The phone between a user agent and a bay that only take note: what each of their words becomes for the floor. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import type { CallId, LegId, TrunkId, UserId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import type { Bay, RtpParameters } from '../rtp/bay.ts'
import type { Binding, SessionId, UaEvent, UserAgentPort } from '../sip/events.ts'
import { heldSilenceMs } from './legs.ts'
import { type LocalSide, offerOf } from './offer.ts'
import { Phone } from './phone.ts'
import { TrunkLines } from './trunk-lines.ts'

const trunk: Trunk = {
  id: 't_1' as TrunkId,
  name: 'E1',
  host: '127.0.0.9',
  port: 5060,
  transport: 'udp',
  register: false,
  username: null,
  callerIds: ['+861088880000'],
  maxCalls: 10,
  callsPerSecond: 5,
  codecs: ['pcma'],
  enabled: true,
}
const leg = 'l_1' as LegId
const session = 's_1' as SessionId
const alice = 'u_alice' as UserId
const far: LocalSide = { address: '127.0.0.9', port: 40_000, id: leg, version: 1 }
const trying: UaEvent = { type: 'provisional', session, status: 100, sdp: null, q850: null }
const withdrawn: UaEvent = {
  type: 'failed',
  session,
  status: 487,
  reason: 'Request Terminated',
  q850: null,
  by: 'local',
  retryAfterS: null,
}
const theirSdp = offerOf(['pcma'], far)

describe('the phone', () => {
  let said: Input[]
  let saidOfTrunk: Input[]
  let told: string[]
  let configured: RtpParameters[]
  let now: number
  let binding: Binding | null
  let canOpen: boolean
  let isOurNumber: (number: string) => boolean
  let phone: Phone
  let lines: TrunkLines

  beforeEach(() => {
    said = []
    saidOfTrunk = []
    told = []
    configured = []
    now = 0
    binding = null
    canOpen = true
    isOurNumber = () => true
    const note =
      (name: string) =>
      (...args: unknown[]) =>
        void told.push([name, ...args.filter(arg => typeof arg !== 'object' || arg === null)].join(' '))
    const ua = new Proxy({} as UserAgentPort, {
      get: (_target, name: string) => {
        if (name === 'invite' || name === 'inviteExtension')
          return () => {
            told.push(name)
            return session
          }
        if (name === 'callIdsOf') return () => []
        if (name === 'binding') return () => binding
        if (name === 'bindingsOf') return () => (binding === null ? [] : [binding])
        return note(name)
      },
    })
    const bay = new Proxy({} as Bay, {
      get: (_target, name: string) => {
        if (name === 'configure') return (_leg: LegId, parameters: RtpParameters) => void configured.push(parameters)
        if (name !== 'open') return note(name)
        return async () => {
          if (!canOpen) throw new Error('no free port')
          return { address: '0.0.0.0', port: 20_000 }
        }
      },
    })
    const log = createLogger('silent')
    lines = new TrunkLines({
      ua,
      tls: { know: () => undefined, forget: () => undefined },
      locate: async () => ({ targets: [], holdsMs: 1_000 }),
      reaches: () => true,
      post: input => void saidOfTrunk.push(input),
      now: () => now,
      random: () => 0.5,
      log,
    })
    lines.apply(trunk, { password: null, key: null })
    phone = new Phone({
      ua,
      bay,
      lines,
      localAddress: () => '127.0.0.1',
      deskSrtp: () => 'off',
      mediaAddress: null,
      extensionOf: () => '1001',
      agentAt: () => alice,
      isOurNumber: number => isOurNumber(number),
      post: input => void said.push(input),
      newLegId: () => 'w_1' as LegId,
      now: () => now,
      flush: () => undefined,
      log,
    })
  })

  const opened = () => new Promise(done => setImmediate(done))
  const dialOf = (id: LegId) => {
    const number = { number: '+8613800000001', callerId: '+861088880000', ringMs: 15_000 }
    return { type: 'phone.dial', leg: id, call: 'c_1' as CallId, trunk: trunk.id, ...number } as const
  }
  async function dialled(): Promise<void> {
    phone.perform(dialOf(leg))
    await opened()
  }
  async function talking(): Promise<void> {
    await dialled()
    phone.take({ type: 'accepted', session, sdp: theirSdp })
  }
  const last = () => said.at(-1)

  test('a leg that falls silent is hung up and told as rtp_timeout, once', async () => {
    await talking()
    phone.takeMedia({ type: 'leg.silent', leg })
    phone.takeMedia({ type: 'leg.silent', leg })
    const endings = said.filter(input => input.type === 'leg.ended')
    assert.equal(endings.length, 1)
    assert.equal(endings[0]!.cause, 'rtp_timeout')
    assert.ok(told.some(line => line.startsWith('hangUp')) && told.some(line => line.startsWith('close')))
  })

  test('a trunk whose next hop says that nobody is behind it is not brought back by a 100 and a 503, and is by whoever is busy or rings', async () => {
    const stateOf = () => saidOfTrunk.findLast(({ type }) => type === 'trunk.up' || type === 'trunk.down')?.type
    const options = { type: 'qualified', target: trunk.id, up: false, status: 503, rttMs: 1 } as const
    const failed = { ...withdrawn, by: 'remote', reason: 'said so', q850: null } as const
    now = 2_000
    lines.advance(now)
    const signs = [
      [{ ...failed, status: 503 }, 'trunk.down'],
      [{ ...failed, status: 408 }, 'trunk.down'],
      [{ ...failed, status: 486 }, 'trunk.up'],
      [{ ...trying, status: 180 }, 'trunk.up'],
      [{ type: 'accepted', session, sdp: theirSdp }, 'trunk.up'],
    ] as const
    for (const [sign, state] of signs) {
      lines.take(options)
      lines.take(options)
      await dialled()
      phone.take(trying)
      phone.take({ ...failed, status: 503 }) // who took calls until now takes them no more
      assert.equal(stateOf(), 'trunk.down')
      await dialled()
      phone.take(trying)
      assert.equal(stateOf(), 'trunk.down')
      phone.take(sign)
      assert.equal(stateOf(), state)
      if (sign.type !== 'failed') phone.take({ type: 'ended', session, by: 'remote', q850: 16, reason: '' })
    }
  })

  test('what was silent before the answer is waited for anew from the answer on', async () => {
    const asked = () => told.filter(line => line.startsWith('expectSound'))
    await dialled()
    phone.take({ type: 'provisional', session, status: 183, q850: null, sdp: theirSdp })
    phone.takeMedia({ type: 'leg.silent', leg })
    assert.deepEqual(asked(), [])
    phone.take({ type: 'accepted', session, sdp: null })
    assert.deepEqual(asked(), [`expectSound ${leg}`], 'also where the answer came before, and brings no SDP')
  })

  test('a call that is withdrawn while its port is being bound is never sent', async () => {
    phone.perform({
      type: 'phone.dial',
      leg,
      call: 'c_1' as CallId,
      trunk: trunk.id,
      number: '+8613800000001',
      callerId: '+861088880000',
      ringMs: 15_000,
    })
    phone.perform({ type: 'phone.hangUp', leg, q850: 16 })
    await opened()
    assert.ok(!told.includes('invite'))
    const ended = { type: 'leg.ended', leg, by: 'near', sipStatus: 487, q850: 16, cause: 'cancel', heard: 'nothing' }
    assert.deepEqual(last(), ended)
    assert.equal(phone.size, 0)
  })

  test('without a free media port the call ends as a fault and the floor is told', async () => {
    canOpen = false
    await dialled()
    assert.equal(last()?.type, 'leg.ended')
    assert.equal((last() as Extract<Input, { type: 'leg.ended' }>).cause, 'fault')
  })

  test('an answer with no audio that we speak ends the call', async () => {
    await dialled()
    phone.take({
      type: 'accepted',
      session,
      sdp: theirSdp.replace('PCMA/8000', 'G729/8000').replace('RTP/AVP 8', 'RTP/AVP 18'),
    })
    assert.equal((last() as Extract<Input, { type: 'leg.ended' }>).sipStatus, 488)
    assert.ok(told.some(line => line.startsWith('hangUp')))
  })

  test('ringing, early media, answer, hold and resume are told once each, in order', async () => {
    await dialled()
    phone.take({ type: 'provisional', session, status: 180, sdp: null, q850: null })
    phone.take({ type: 'provisional', session, status: 180, sdp: null, q850: null })
    phone.take({ type: 'provisional', session, status: 183, sdp: theirSdp, q850: null })
    phone.take({ type: 'accepted', session, sdp: theirSdp })
    phone.take({ type: 'reoffer', session, sdp: theirSdp.replace('a=sendrecv', 'a=sendonly') })
    phone.take({ type: 'reoffer', session, sdp: theirSdp })
    assert.deepEqual(
      said.map(input => input.type),
      ['leg.ringing', 'leg.early', 'leg.answered', 'leg.held', 'leg.resumed'],
    )
  })

  test('a trunk whose first response comes late, by what it takes as a rule, is told of once a call', async () => {
    for (const ms of [30, 1_200, 900]) {
      said = []
      await dialled()
      now += ms
      phone.take(trying)
      now += 5_000 // reaching the callee takes as long as it takes
      phone.take({ type: 'provisional', session, status: 180, sdp: null, q850: null })
      const late = ms === 1_200 ? ['leg.respondedLate'] : []
      assert.deepEqual(
        said.map(input => input.type),
        [...late, 'leg.ringing'],
      )
      phone.take({ type: 'failed', session, status: 486, reason: 'Busy', q850: null, by: 'remote', retryAfterS: null })
    }
  })

  test('a first response that does not come is told as late when it is, once, and not when it has come', async () => {
    for (const waitMs of [30, 3_000]) {
      said = []
      await dialled()
      for (let ms = 0; ms < waitMs; ms += 100) {
        phone.advance(now)
        assert.equal(said.length, waitMs > 1_000 && ms >= 1_000 ? 1 : 0, `after ${ms} ms`)
        now += Math.min(100, waitMs)
      }
      phone.take(trying)
      phone.take({ type: 'failed', session, status: 486, reason: 'Busy', q850: null, by: 'remote', retryAfterS: null })
      const late = waitMs === 3_000 ? ['leg.respondedLate'] : []
      assert.deepEqual(
        said.map(input => input.type),
        [...late, 'leg.ended'],
      )
    }
  })

  test('who picks up on hold is told as held after the answer, may be silent for long, and is taken up later', async () => {
    for (const held of [
      theirSdp.replace('a=sendrecv', 'a=sendonly'),
      theirSdp.replace('a=sendrecv', 'a=inactive'),
      theirSdp.replace(/c=IN IP4 .*/, 'c=IN IP4 0.0.0.0'),
    ]) {
      await dialled()
      said = []
      phone.take({ type: 'accepted', session, sdp: held })
      const turns = () => said.map(({ type }) => type)
      assert.deepEqual(turns(), ['leg.answered', 'leg.held'])
      assert.equal(configured.at(-1)!.silenceMs, heldSilenceMs)
      phone.take({ type: 'reoffer', session, sdp: theirSdp })
      assert.deepEqual(turns(), ['leg.answered', 'leg.held', 'leg.resumed'])
      assert.equal(configured.at(-1)!.silenceMs, undefined)
      phone.take({ type: 'ended', session, by: 'remote', q850: 16, reason: '' })
    }
  })

  test('who calls on hold is told as held after our answer, may be silent for long, and is taken up later', async () => {
    for (const held of ['sendonly', 'inactive']) {
      said = []
      phone.take({
        ...{ type: 'incoming', session, from: { user: '13900001111', host: 'x', displayName: null }, to: '95588' },
        ...{ assertedIdentity: null, diverted: null, extension: null, caller: trunk.id, callId: 'c', replaces: null },
        sdp: theirSdp.replace('a=sendrecv', `a=${held}`),
        flow: { transport: 'udp', source: { address: '127.0.0.9', port: 5060 }, local: 'x' },
      })
      phone.perform({ type: 'phone.answer', leg: 'w_1' as LegId })
      await opened()
      phone.take({ type: 'confirmed', session, sdp: null })
      const turns = () => said.map(({ type }) => type)
      assert.deepEqual(turns(), ['leg.offered', 'leg.answered', 'leg.held'], held)
      assert.equal(configured.at(-1)!.silenceMs, heldSilenceMs)
      phone.take({ type: 'reoffer', session, sdp: theirSdp })
      assert.deepEqual(turns().slice(2), ['leg.held', 'leg.resumed'])
      phone.take({ type: 'ended', session, by: 'remote', q850: 16, reason: '' })
    }
  })

  test('a call that was diverted to the number that we registered with is for that number, unless what was dialled is ours', () => {
    for (const [ours, expected] of [
      ['95588', '95588'],
      ['+861088880000', '+861088880000'],
      ['95588 +861088880000', '95588'],
    ] as const) {
      isOurNumber = number => ours.split(' ').includes(number)
      phone.take({
        ...{ type: 'incoming', session, from: { user: '13900001111', host: 'x', displayName: null }, to: '95588' },
        ...{ assertedIdentity: null, diverted: null, extension: null, caller: trunk.id, callId: 'c', replaces: null },
        ...{ registeredAs: '+861088880000', sdp: theirSdp },
        flow: { transport: 'udp', source: { address: '127.0.0.9', port: 5060 }, local: 'x' },
      })
      const offered = last()
      assert.equal(offered?.type === 'leg.offered' && offered.to, expected)
      phone.take({ ...withdrawn, by: 'remote' })
    }
  })

  test('a call over UDP is answered for the floor when its caller acknowledges; who never does was never there', async () => {
    for (const [transport, sdp, answer] of [
      ['udp', theirSdp, null],
      ['udp', null, theirSdp],
      ['tcp', theirSdp, null],
    ] as const) {
      lines.apply({ ...trunk, transport }, { password: null, key: null })
      said = []
      const calls = async () => {
        phone.take({
          ...{ type: 'incoming', session, from: { user: '13900001111', host: 'x', displayName: null }, to: '95588' },
          ...{
            assertedIdentity: null,
            diverted: null,
            extension: null,
            caller: trunk.id,
            callId: 'c',
            replaces: null,
          },
          ...{ sdp, flow: { transport, source: { address: '127.0.0.9', port: 5060 }, local: 'x' } },
        })
        phone.perform({ type: 'phone.answer', leg: 'w_1' as LegId })
        await opened()
      }
      const turns = () => said.splice(0).map(({ type }) => type)
      await calls()
      assert.deepEqual(turns(), transport === 'udp' ? ['leg.offered'] : ['leg.offered', 'leg.answered'])
      phone.take({ type: 'confirmed', session, sdp: answer })
      assert.deepEqual(turns(), transport === 'udp' ? ['leg.answered'] : [])
      phone.take({ type: 'ended', session, by: 'remote', q850: 16, reason: '' })
      assert.deepEqual(turns(), ['leg.ended'])
      await calls()
      phone.take({ type: 'ended', session, by: 'timeout', q850: null, reason: 'no ACK' })
      assert.deepEqual(
        turns(),
        transport === 'udp' ? ['leg.offered', 'leg.ended'] : ['leg.offered', 'leg.answered', 'leg.ended'],
      )
    }
  })

  test('callers who are turned away untold are counted, and the floor hears how many', async () => {
    said = []
    for (let n = 0; n < 3; n++) {
      phone.take({
        ...(n === 2 ? { isProved: true } : {}),
        ...{ type: 'incoming', session, from: { user: '13900001111', host: 'x', displayName: null }, to: '95588' },
        ...{ assertedIdentity: null, diverted: null, extension: null, caller: trunk.id, callId: 'c', replaces: null },
        sdp: theirSdp,
        flow: { transport: n === 1 ? 'tcp' : 'udp', source: { address: '127.0.0.9', port: 5060 }, local: 'x' },
      })
      phone.perform({ type: 'phone.reject', leg: 'w_1' as LegId, sipStatus: 503, ...(n === 0 ? { untold: true } : {}) })
    }
    phone.advance(now)
    const offered = said.filter(input => input.type === 'leg.offered')
    assert.deepEqual(
      offered.map(({ isProved }) => isProved),
      [false, true, true],
    )
    assert.deepEqual(last(), { type: 'callers.turnedAway', trunk: trunk.id, calls: 1 })
    assert.equal(phone.turnedAway, 1)
  })

  test('callers who were turned away and not told of yet are told of when the house closes', () => {
    phone.take({
      ...{ type: 'incoming', session, from: { user: '13900001111', host: 'x', displayName: null }, to: '95588' },
      ...{ assertedIdentity: null, diverted: null, extension: null, caller: trunk.id, callId: 'c', replaces: null },
      sdp: theirSdp,
      flow: { transport: 'udp', source: { address: '127.0.0.9', port: 5060 }, local: 'x' },
    })
    phone.perform({ type: 'phone.reject', leg: 'w_1' as LegId, sipStatus: 503, untold: true })
    phone.close()
    assert.deepEqual(last(), { type: 'callers.turnedAway', trunk: trunk.id, calls: 1 })
  })

  test('a desk phone of the shift that picks up on hold is up, and then held', async () => {
    const flow = { transport: 'udp' as const, source: { address: '127.0.0.3', port: 5060 }, local: 'x' }
    binding = { extension: '1001', contact: 'sip:1001@127.0.0.3', flow, userAgent: null, expiresInMs: 60_000 }
    const ring = { agent: alice, call: null, forShift: true, from: 'switchroom', ringMs: 30_000 } as const
    phone.perform({ type: 'phone.ring', leg, ...ring })
    await opened()
    phone.take({ type: 'accepted', session, sdp: theirSdp.replace('a=sendrecv', 'a=sendonly') })
    assert.deepEqual(
      said.map(({ type }) => type),
      ['station.up', 'leg.held'],
    )
    assert.equal(configured.at(-1)!.keepsKeys, true, 'the floor sends its keys on, and the bay does not too')
  })

  test('who holds and resumes without end is heard now and then, and at last as it stands', async () => {
    await talking()
    const turns = () => said.filter(({ type }) => type === 'leg.held' || type === 'leg.resumed')
    for (let n = 0; n < 2_001; n++)
      phone.take({ type: 'reoffer', session, sdp: n % 2 ? theirSdp : theirSdp.replace('a=sendrecv', 'a=sendonly') })
    assert.equal(turns().length, 10)
    assert.equal(turns().at(-1)!.type, 'leg.resumed')
    now += 1_000
    phone.advance(now)
    assert.equal(turns().length, 11)
    assert.equal(turns().at(-1)!.type, 'leg.held', 'as it stands')
  })

  test('a phone that holds may be silent for half an hour, by any way of saying so, and then as long as any other', async () => {
    await talking()
    const patience = (sdp: string) => {
      phone.take({ type: 'reoffer', session, sdp })
      return configured.at(-1)!.silenceMs
    }
    assert.equal(configured.at(-1)!.silenceMs, undefined)
    assert.equal(configured.at(-1)!.keepsKeys, false, 'keys of a trunk go on to a desk phone')
    const sendonly = theirSdp.replace('a=sendrecv', 'a=sendonly')
    assert.deepEqual([patience(sendonly), configured.at(-1)!.receive], [heldSilenceMs, true])
    assert.equal(patience(sendonly), heldSilenceMs, 'said once more, as when a session is refreshed')
    assert.equal(patience(theirSdp), undefined)
    assert.equal(patience(theirSdp.replace('a=sendrecv', 'a=inactive')), heldSilenceMs)
    assert.equal(patience(theirSdp.replace(/c=IN IP4 .*/, 'c=IN IP4 0.0.0.0')), heldSilenceMs)
    assert.equal(patience(theirSdp), undefined)
    phone.takeMedia({ type: 'leg.silent', leg })
    assert.equal((last() as Extract<Input, { type: 'leg.ended' }>).cause, 'rtp_timeout')
  })

  test('nobody answers: CANCEL after the ring time and no sooner, and the leg is over when the carrier says so', async () => {
    await dialled()
    phone.take(trying)
    phone.take({ type: 'provisional', session, status: 100, sdp: null, q850: null })
    now = 14_999
    phone.advance(now)
    assert.ok(!told.some(line => line.startsWith('withdraw')))
    now = 15_000
    phone.advance(now)
    assert.ok(told.some(line => line.startsWith('withdraw s_1 19')))
    assert.equal(said.length, 0)
    phone.take(withdrawn)
    const { heard: _, ...ended } = last() as Extract<Input, { type: 'leg.ended' }>
    assert.deepEqual(ended, { type: 'leg.ended', leg, by: 'system', sipStatus: 487, q850: 19, cause: 'timeout' })
  })

  test('a carrier that says nothing to our CANCEL is not waited for long', async () => {
    await dialled()
    phone.take(trying)
    now = 15_000
    phone.advance(now)
    now = 16_999
    phone.advance(now)
    assert.equal(said.length, 0)
    now = 17_000
    phone.advance(now)
    assert.equal((last() as Extract<Input, { type: 'leg.ended' }>).cause, 'timeout')
    assert.ok(told.some(line => line.startsWith('hangUp s_1 19')))
    phone.take(withdrawn)
    assert.equal(said.length, 1)
  })

  test('who picks up just as we give up is talked to, and not hung up on', async () => {
    await dialled()
    phone.take(trying)
    now = 15_000
    phone.advance(now)
    phone.take({ type: 'accepted', session, sdp: theirSdp })
    now = 60_000
    phone.advance(now)
    assert.deepEqual(
      said.map(input => input.type),
      ['leg.answered'],
    )
    assert.ok(!told.some(line => line.startsWith('hangUp')))
  })

  test('who picks up just as the floor withdraws the call is counted', async () => {
    await dialled()
    phone.perform({ type: 'phone.hangUp', leg, q850: 16 })
    phone.take({ ...withdrawn, answered: true } as UaEvent)
    assert.equal(phone.answeredTooLate, 1)
    assert.equal(said.length, 1)
  })

  test('media that change before the answer hold nobody', async () => {
    await dialled()
    phone.take({ type: 'provisional', session, status: 183, sdp: theirSdp, q850: null })
    phone.take({ type: 'reoffer', session, sdp: theirSdp.replace('a=sendrecv', 'a=sendonly') })
    assert.deepEqual(
      said.map(input => input.type),
      ['leg.early'],
    )
  })

  describe('the transfer key', () => {
    const flow = { transport: 'udp' as const, source: { address: '127.0.0.3', port: 5060 }, local: 'x' }
    const other = 's_2' as SessionId
    const wish = (more: object = {}): UaEvent => ({
      type: 'refer',
      session,
      refer: 'r1',
      to: { uri: 'sip:1002@127.0.0.1', user: '1002', host: '127.0.0.1' },
      replaces: null,
      referredBy: null,
      ...more,
    })
    async function deskTalks(): Promise<void> {
      binding = { extension: '1001', contact: 'sip:1001@127.0.0.3', flow, userAgent: null, expiresInMs: 60_000 }
      phone.perform({ type: 'phone.ring', leg, agent: alice, call: 'c_1' as CallId, from: '', ringMs: 0 })
      await opened()
      phone.take({ type: 'accepted', session, sdp: theirSdp })
    }

    test('of a desk phone reaches the floor, and its answer the phone', async () => {
      await deskTalks()
      phone.take(wish())
      assert.deepEqual(last(), { type: 'leg.transferAsked', leg, refer: 'r1', to: '1002', with: null })
      phone.perform({ type: 'phone.answerTransfer', leg, refer: 'r1', status: 100 })
      phone.perform({ type: 'phone.answerTransfer', leg, refer: 'r1', status: 200 })
      assert.deepEqual(
        told.filter(line => /Refer/.test(line)),
        [
          'answerRefer s_1 r1 202 0',
          'notifyRefer s_1 r1 100 0',
          'answerRefer s_1 r1 202 0',
          'notifyRefer s_1 r1 200 0',
        ],
      )
    })

    test('of a carrier, or naming a call that is not the phone’s own, is refused and never reaches the floor', async () => {
      await talking()
      phone.take(wish())
      assert.ok(told.includes('answerRefer s_1 r1 403 0'))
      assert.equal(last()?.type, 'leg.answered')
    })

    test('with a call of somebody else’s is refused', async () => {
      await deskTalks()
      phone.take(wish({ replaces: { session: other } }))
      phone.take(wish({ replaces: { session: null } }))
      phone.take(wish({ replaces: { session } }))
      assert.equal(told.filter(line => line === 'answerRefer s_1 r1 403 0').length, 3)
      assert.equal(last()?.type, 'leg.answered')
    })

    const takingPlace = (extension: string | null, source: string): UaEvent => ({
      type: 'incoming',
      session: other,
      from: { user: '1001', host: 'h', displayName: null },
      to: '1001',
      assertedIdentity: null,
      diverted: null,
      extension,
      caller: extension === null ? lines.callers.trunkOf({ ...flow, source: { address: source, port: 5060 } }) : null,
      sdp: theirSdp,
      flow: { ...flow, source: { address: source, port: 5060 } },
      callId: 'y',
      replaces: session,
    })

    test('a phone that takes over its own call keeps the leg; what the old session says counts no more', async () => {
      await deskTalks()
      phone.take(takingPlace('1001', '127.0.0.4'))
      assert.ok(told.some(line => line.startsWith(`accept ${other}`)))
      phone.take({ type: 'ended', session, by: 'local', q850: null, reason: 'replaced by another call' })
      phone.take({ type: 'confirmed', session: other, sdp: null })
      assert.equal(last()?.type, 'leg.answered')
      phone.perform({ type: 'phone.hangUp', leg, q850: 16 })
      assert.ok(told.some(line => line.startsWith(`hangUp ${other} 16`)))
    })

    test('the carrier of a call takes its place by whichever trunk we have at its address, and by none elsewhere', async () => {
      for (const [id, host, taken] of [
        ['t_beside', trunk.host, true],
        ['t_elsewhere', '127.0.0.66', false],
      ] as const) {
        await dialled()
        phone.take({ type: 'accepted', session, sdp: theirSdp })
        lines.apply({ ...trunk, id: id as TrunkId, host }, { password: null, key: null })
        told.length = 0
        phone.take({ ...takingPlace(null, host), caller: id } as UaEvent)
        assert.equal(
          told.some(line => line.startsWith(`accept ${other}`)),
          taken,
        )
        assert.equal(
          told.some(line => line.startsWith(`reject ${other} 403`)),
          !taken,
        )
        phone.take({ type: 'ended', session: taken ? other : session, by: 'remote', q850: 16, reason: '' })
      }
    })

    test('another phone, a trunk or a stranger cannot take a call over', async () => {
      await deskTalks()
      for (const event of [
        takingPlace('1002', '127.0.0.4'),
        takingPlace(null, '127.0.0.9'),
        takingPlace(null, '127.0.0.66'),
      ])
        phone.take(event)
      assert.equal(told.filter(line => line === `reject ${other} 403 21 0`).length, 3)
      assert.equal(last()?.type, 'leg.answered')
    })
  })

  test('a trunk that says nothing at all is given up after four seconds, one that said 100 is not', async () => {
    await dialled()
    now = 3_999
    phone.advance(now)
    assert.equal(said.length, 0)
    now = 4_000
    phone.advance(now)
    const silent = { by: 'system', cause: 'no_response', sipStatus: 408, q850: 102, heard: 'nothing' }
    assert.deepEqual(last(), { type: 'leg.ended', leg, ...silent })
    assert.ok(
      told.some(line => line.startsWith('hangUp s_1')),
      'should it answer after all, it is cancelled',
    )
  })

  test('a trunk that leaves it at a 100 is left when its time is over, and waited for once it says that somebody is called', async () => {
    const sdp = null
    const dial = async (status: number | null) => {
      phone.perform({ ...dialOf(leg), ringMs: 120_000, progressMs: 10_000 })
      await opened()
      phone.take(trying)
      if (status !== null) phone.take({ ...trying, status, sdp })
      said.length = told.length = 0
      now += 9_999
      phone.advance(now)
      assert.deepEqual(said, [])
      now += 1
      phone.advance(now)
    }
    await dial(null)
    const stuck = { by: 'system', cause: 'no_progress', sipStatus: 100, q850: 102, heard: 'trying' }
    assert.deepEqual(said, [{ type: 'leg.ended', leg, ...stuck }])
    assert.ok(
      told.some(line => line.startsWith('hangUp s_1')),
      'it is cancelled',
    )
    for (const status of [180, 183]) {
      await dial(status)
      now += 90_000
      phone.advance(now)
      assert.deepEqual(said, [], `${status}`)
      phone.perform({ type: 'phone.hangUp', leg, q850: 16 })
    }
    phone.perform({ ...dialOf(leg), ringMs: 120_000, progressMs: 10_000 })
    await opened()
    phone.take(trying)
    phone.take({ type: 'accepted', session, sdp: theirSdp })
    said.length = 0
    now += 10_000
    phone.advance(now)
    assert.deepEqual(said, [], 'who picked up without ringing is talked to')
    phone.perform({ type: 'phone.hangUp', leg, q850: 16 })
    await dialled()
    phone.take(trying)
    said.length = 0
    now += 14_999
    phone.advance(now)
    assert.deepEqual(said, [], 'a call that has no such time')
  })

  for (const [how, lose] of [
    ['no response', () => phone.advance((now += 4_000))],
    [
      'no way there',
      () =>
        phone.take({
          type: 'failed',
          session,
          status: null,
          reason: '',
          q850: null,
          by: 'transport',
          retryAfterS: null,
        }),
    ],
  ] as const)
    test(`a trunk that answers neither OPTIONS nor a call (${how}) is down, and up with the first response to one`, async () => {
      const state = () => saidOfTrunk.at(-1)?.type
      now = 2_000
      lines.advance(now)
      phone.take({ type: 'qualified', target: trunk.id, up: false, status: null, rttMs: null })
      assert.equal(state(), 'trunk.up', 'some gateways never answer these')
      for (const answer of [
        { type: 'provisional', session, status: 100, sdp: null, q850: null },
        { type: 'failed', session, status: 486, reason: '', q850: null, by: 'remote', retryAfterS: null },
        { type: 'accepted', session, sdp: theirSdp },
      ] as const) {
        await dialled()
        lose()
        await dialled()
        lose()
        assert.equal(state(), 'trunk.down')
        await dialled()
        phone.take(answer)
        assert.equal(state(), 'trunk.up', answer.type)
        if (answer.type !== 'failed') phone.perform({ type: 'phone.hangUp', leg, q850: 16 })
        phone.take({ type: 'qualified', target: trunk.id, up: false, status: null, rttMs: null })
      }
    })

  test('how far a call had come is told with its failure', async () => {
    for (const [heard, status] of [
      ['trying', 100],
      ['progress', 183],
    ] as const) {
      await dialled()
      phone.take({ type: 'provisional', session, status, sdp: null, q850: null })
      const refused = { status: 503, reason: '', q850: null, by: 'remote', retryAfterS: null } as const
      phone.take({ type: 'failed', session, ...refused })
      const ended = last() as Extract<Input, { type: 'leg.ended' }>
      assert.deepEqual([ended.cause, ended.heard], ['rejected', heard])
    }
    await dialled()
    const lost = { status: null, reason: '', q850: null, by: 'transport', retryAfterS: null } as const
    phone.take({ type: 'failed', session, ...lost })
    assert.equal((last() as Extract<Input, { type: 'leg.ended' }>).cause, 'unreachable')
  })

  test('a media thread that dies ends its legs', async () => {
    await talking()
    phone.takeMedia({ type: 'worker.died', legs: [leg], moved: [], recordings: [], reason: 'test' })
    assert.equal((last() as Extract<Input, { type: 'leg.ended' }>).cause, 'fault')
    assert.equal(phone.size, 0)
  })

  test('a leg that its media thread cannot go on with is ended', async () => {
    await talking()
    phone.takeMedia({ type: 'leg.lost', leg, reason: 'test' })
    assert.equal((last() as Extract<Input, { type: 'leg.ended' }>).cause, 'fault')
    assert.equal(phone.size, 0)
  })

  test('a call from an address that is no trunk of ours is refused and never reaches the floor', () => {
    const flow = { transport: 'udp' as const, source: { address: '127.0.0.66', port: 5060 }, local: 'x' }
    const from = { user: '1', host: 'h', displayName: null }
    phone.take({
      type: 'incoming',
      session,
      from,
      to: '95588',
      assertedIdentity: null,
      diverted: null,
      extension: null,
      caller: lines.callers.trunkOf(flow),
      sdp: theirSdp,
      flow,
      callId: 'x',
      replaces: null,
    })
    assert.ok(told.includes('reject s_1 403 21 0'))
    assert.equal(said.length, 0)
  })

  test('a nailed desk phone that was put down is rung again until the floor lets its leg go', async () => {
    const flow = { transport: 'udp' as const, source: { address: '127.0.0.3', port: 5060 }, local: 'x' }
    binding = { extension: '1001', contact: 'sip:1001@127.0.0.3', flow, userAgent: null, expiresInMs: 60_000 }
    phone.perform({ type: 'phone.ring', leg, agent: alice, call: null, forShift: true, from: '', ringMs: 0 })
    await opened()
    phone.take({ type: 'accepted', session, sdp: theirSdp })
    assert.deepEqual(last(), { type: 'station.up', agent: alice, leg, phone: true })
    phone.take({ type: 'ended', session, by: 'remote', q850: 16, reason: '' })
    assert.deepEqual(last(), { type: 'station.down', agent: alice, leg, reason: 'hung_up' })
    now = 6_000
    phone.advance(now)
    await opened()
    assert.equal(told.filter(line => line === 'inviteExtension').length, 2)
    phone.perform({ type: 'phone.hangUp', leg, q850: 16 })
    assert.equal(phone.size, 0)
  })
})
