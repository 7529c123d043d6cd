import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MenuId, NumberId, QueueId, UserId } from '../../lib/ids.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Call } from '../call-state.ts'
import { alice, bob, queue, TestFloor } from '../testing.ts'
import { isMenuOpen, type Menu, type MenuHours, type MenuTarget, menuKeys, readKeys } from './menu.ts'
import { hopsMax, speechesMax } from './menu-call.ts'

const main = 'me_1' as MenuId
const second = 'me_2' as MenuId
const desk = 'q_2' as QueueId
const line = '95599'

function menu(changes: Partial<Menu> = {}): Menu {
  return {
    id: main,
    name: 'main',
    language: 'en',
    greeting: [],
    keys: { '1': { queue } },
    extensions: false,
    bargeIn: true,
    waitMs: 6_000,
    betweenMs: 3_000,
    triesMax: 3,
    fallback: { act: 'call_back' },
    hours: null,
    closed: { act: 'call_back' },
    ...changes,
  }
}

function floorWith(...menus: Menu[]): TestFloor {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  const number = { id: 'n_menu' as NumberId, number: line, target: { ivr: menus[0]!.id } }
  const other = { ...floor.state.queues.get(queue)!.queue, id: desk, name: 'desk', members: [bob] }
  floor.do({
    type: 'records.committed',
    facts: [
      { type: 'queue.saved', queue: other },
      ...menus.map(each => ({ type: 'menu.saved' as const, menu: each })),
      { type: 'number.saved', number },
    ],
  })
  return floor
}

function arrive(floor: TestFloor): Call {
  return floor.caller('13900001111', line)
}

function press(floor: TestFloor, call: Call, keys: string): void {
  for (const digit of keys) floor.do({ type: 'leg.digit', leg: call.leg, digit })
}

function heard(floor: TestFloor, call: Call): void {
  floor.do({ type: 'leg.played', leg: call.leg, speech: floor.lastEffect('media.say').speech })
}

test('a key in the middle of the prompt leads to the queue, and an agent has the call', () => {
  const floor = floorWith(menu({ greeting: ['own/welcome', 'thank-you'] }))
  floor.do({ type: 'records.committed', facts: [{ type: 'phrase.used', name: 'welcome', version: 2 }] })
  floor.ready(alice)
  const call = arrive(floor)
  assert.equal(call.phase, 'menu')
  assert.deepEqual(floor.lastEffect('media.say').parts, ['own/welcome@2', 'en/thank-you'])
  assert.deepEqual(floor.last('call.menuBegan').own, ['own/welcome@2'])
  press(floor, call, '1')
  assert.deepEqual([call.phase, call.agent, call.queue], ['talking', alice, queue])
  assert.deepEqual(floor.last('call.menuChose').target, { queue })
  assert.deepEqual(call.menuPath, [{ menu: call.menu?.menu, why: 'key', key: '1' }])
  assert.equal(floor.count('recording.opened'), 1, 'the recording of the answer goes on')
  floor.partyEnds(call)
})

test('which key was pressed is journaled only where it leads somewhere: a card number typed into a menu stays hidden', () => {
  const digits = (floor: TestFloor) => floor.facts.flatMap(fact => (fact.type === 'call.digit' ? [fact.digit] : []))
  const unheard = floorWith(menu({ bargeIn: false, greeting: ['thank-you'] }))
  press(unheard, arrive(unheard), '6212261001')
  assert.deepEqual(new Set(digits(unheard)), new Set(['•']), 'while it is said no key leads anywhere')
  const wrong = floorWith(menu({ triesMax: 10 }))
  press(wrong, arrive(wrong), '62122')
  assert.equal(digits(wrong).join(''), '••1••', 'the queue that it led to hides what follows')
})

test('a caller who was often told the place in a queue still has all the sayings of a menu', () => {
  const floor = floorWith(menu())
  const announce = { language: 'en', everyMs: 20_000, estimate: false } as const
  const patient = { ...floor.state.queues.get(queue)!.queue, announce, maxWaitMs: 3_600_000 }
  floor.do({ type: 'records.committed', facts: [{ type: 'queue.saved', queue: patient }] })
  floor.do({ type: 'agent.signOn', agent: alice })
  const call = arrive(floor)
  press(floor, call, '1')
  for (let n = 0; n < speechesMax; n++) floor.pass(20_000)
  assert.ok(floor.count('call.placeSaid') >= speechesMax)
  floor.ready(alice)
  assert.equal(call.agent, alice)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { ivr: main } })
  assert.deepEqual([call.phase, call.dismissed], ['menu', null])
})

test('without barge-in keys count only after the prompt', () => {
  const floor = floorWith(menu({ bargeIn: false }))
  floor.ready(alice)
  const call = arrive(floor)
  press(floor, call, '1')
  assert.deepEqual([call.phase, floor.last('call.digit').digit], ['menu', '•'])
  heard(floor, call)
  press(floor, call, '1')
  assert.equal(call.phase, 'talking')
})

test('who presses nothing, or what leads nowhere, hears it again, and then goes to the fallback', () => {
  const floor = floorWith(menu({ fallback: { queue: desk } }))
  floor.ready(bob)
  const call = arrive(floor)
  heard(floor, call)
  floor.pass(5_999)
  assert.equal(floor.count('call.menuBegan'), 1)
  floor.pass(1)
  assert.deepEqual(
    [floor.last('call.menuBegan').why, floor.lastEffect('media.say').parts[0]],
    ['no_key', 'en/menu-no-key'],
  )
  press(floor, call, '7')
  assert.deepEqual(
    [floor.last('call.menuBegan').why, floor.lastEffect('media.say').parts[0]],
    ['wrong_key', 'en/menu-wrong-key'],
  )
  heard(floor, call)
  floor.pass(6_000)
  assert.deepEqual([floor.last('call.menuChose').why, call.agent, call.queue], ['fallback', bob, desk])
})

test('a prompt whose end the media never tell of ends all the same', () => {
  const floor = floorWith(menu({ triesMax: 1, fallback: { act: 'hang_up' } }))
  arrive(floor)
  floor.pass(10 * 60_000)
  assert.deepEqual([floor.last('call.ended').ending.by, floor.last('call.ended').ending.cause], ['system', 'menu_over'])
})

test('repeat, hang up and call back', () => {
  const keys = { '*': { act: 'repeat' }, '0': { act: 'hang_up' }, '9': { act: 'call_back' } } as const
  const floor = floorWith(menu({ keys }))
  const call = arrive(floor)
  press(floor, call, '*')
  assert.deepEqual([floor.count('call.menuBegan'), floor.last('call.menuBegan').why], [2, 'repeat'])
  press(floor, call, '9')
  assert.deepEqual(
    [floor.last('callback.scheduled').callback.reason, floor.lastEffect('media.play').prompt],
    ['agreed', 'we-call-back'],
  )
  floor.pass(8_000)
  assert.equal(floor.last('call.ended').ending.cause, 'menu_over')
  const hidden = floor.caller('anonymous', line)
  press(floor, hidden, '9')
  assert.deepEqual([floor.count('callback.scheduled'), floor.lastEffect('media.play').prompt], [1, 'all-agents-busy'])
  floor.pass(8_000)
  press(floor, arrive(floor), '0')
  assert.equal(floor.last('call.ended').ending.cause, 'menu_over')
})

test('an extension is dialled digit by digit; the journal does not say which', () => {
  const floor = floorWith(menu({ extensions: true, keys: { '1': { queue } } }))
  const extended = { ...floor.agent(bob).user, extension: '1002' }
  const shorter = { ...floor.agent(alice).user, extension: '100' }
  floor.do({
    type: 'records.committed',
    facts: [extended, shorter].map(user => ({ type: 'user.saved' as const, user })),
  })
  floor.ready(alice, bob)
  const call = arrive(floor)
  press(floor, call, '1002')
  assert.deepEqual([call.agent, floor.last('call.menuChose').why], [bob, 'extension'])
  const keys = floor.facts.flatMap(fact => (fact.type === 'call.digit' ? [fact.digit] : []))
  assert.deepEqual(keys, ['1', '•', '•', '•'])
  floor.partyEnds(call)
  const toAlice = arrive(floor)
  press(floor, toAlice, '100')
  assert.equal(toAlice.phase, 'menu', '1002 may come yet')
  press(floor, toAlice, '#')
  assert.equal(toAlice.agent, alice)
  floor.partyEnds(toAlice)
  floor.pass(15_000)
  const toQueue = arrive(floor)
  press(floor, toQueue, '1')
  assert.equal(toQueue.phase, 'menu', 'an extension may begin with it')
  floor.pass(3_000)
  assert.deepEqual([floor.last('call.menuChose').key, toQueue.queue], ['1', queue])
})

test('outside its hours a menu leads elsewhere', () => {
  const hours = { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '18:00' }
  const at = (text: string) => Date.parse(`${text}+08:00`)
  const centre = { zone: 'Asia/Shanghai', holidays: new Map([['CN', new Set(['2026-11-27'])]]) }
  const isOpen = (text: string, of: MenuHours = hours) => isMenuOpen({ hours: of }, centre, at(text))
  assert.deepEqual(
    ['2026-11-24T08:59', '2026-11-24T09:00', '2026-11-24T17:59', '2026-11-24T18:00', '2026-11-22T12:00'].map(each =>
      isOpen(each),
    ),
    [false, true, true, false, false],
  )
  const night = { weekdays: [5], from: '22:00', to: '06:00' }
  assert.deepEqual(
    ['2026-11-27T23:00', '2026-11-28T05:59', '2026-11-28T23:00', '2026-11-27T05:00'].map(each => isOpen(each, night)),
    [true, true, false, false],
  )
  const off = { ...hours, holidays: 'CN' }
  assert.deepEqual(
    ['2026-11-26T12:00', '2026-11-27T12:00', '2027-11-26T12:00'].map(each => isOpen(each, off)),
    [true, false, true],
    'a holiday is closed, and a year that the calendar does not know is not',
  )
  assert.equal(isOpen('2026-11-28T05:59', { ...night, holidays: 'CN' }), false, 'the night of a holiday is one')
  assert.equal(isOpen('2026-11-27T12:00', { ...hours, holidays: 'ID' }), true)
  const closing = menu({ hours: { ...hours, to: '09:30' }, closed: { ivr: second } }) // it is ten
  const floor = floorWith(closing, menu({ id: second, triesMax: 1, fallback: { act: 'hang_up' } }))
  const call = arrive(floor)
  assert.deepEqual([floor.last('call.menuChose').why, call.menu?.menu, call.menu?.hop], ['closed', second, 2])
  assert.deepEqual(call.menuPath, [{ menu: closing.id, why: 'closed', key: null }])
})

test('a closed menu that hangs up at once leaves no recording open', () => {
  const floor = floorWith(menu({ hours: { weekdays: [0], from: '00:00', to: '00:01' }, closed: { act: 'hang_up' } }))
  arrive(floor)
  assert.equal(floor.last('call.ended').ending.cause, 'menu_over')
  assert.equal(floor.lastEffect('media.stopRecording').recording, floor.last('recording.opened').recording)
})

test('menus that lead to each other let go of the caller, who is called back', () => {
  const floor = floorWith(
    menu({ keys: { '1': { ivr: second } } }),
    menu({ id: second, name: 'second', keys: { '1': { ivr: main } } }),
  )
  const call = arrive(floor)
  for (let n = 0; n < hopsMax; n++) press(floor, call, '1')
  assert.deepEqual([call.dismissed, floor.count('callback.scheduled')], ['overflow', 1])
  const own = floorWith(menu({ keys: { '*': { act: 'repeat' } } }))
  const stuck = arrive(own)
  for (let n = 0; n < speechesMax; n++) press(own, stuck, '*')
  assert.equal(stuck.dismissed, 'overflow')
  const shut = menu({ hours: { weekdays: [0], from: '00:00', to: '00:01' }, closed: { ivr: main } })
  const closed = floorWith(shut)
  assert.equal(arrive(closed).dismissed, 'overflow', 'a closed menu that leads to itself')
})

test('what is gone meanwhile is told, and owed a call', () => {
  const gone = { user: 'u_gone' as UserId }
  const floor = floorWith(menu({ keys: { '1': { ivr: second }, '2': { queue: 'q_gone' as QueueId }, '3': gone } }))
  const call = arrive(floor)
  press(floor, call, '1')
  assert.deepEqual([call.dismissed, floor.lastEffect('media.play').prompt], ['overflow', 'we-call-back'])
  const other = floor.caller('13900002222', line)
  press(floor, other, '2')
  assert.deepEqual([other.dismissed, floor.lastEffect('media.play').prompt], ['no_route', 'we-call-back'])
  assert.deepEqual(
    [floor.last('callback.scheduled').callback.number, floor.last('callback.scheduled').callback.queue],
    ['+8613900002222', null],
    'the queue is no more, and nobody would look there',
  )
  const third = floor.caller('13900002233', line)
  press(floor, third, '3')
  assert.deepEqual([third.dismissed, floor.lastEffect('media.play').prompt], ['no_route', 'we-call-back'])
  const { number, agent } = floor.last('callback.scheduled').callback
  assert.deepEqual([number, agent], ['+8613900002233', null], 'so is the person')
  const left = floor.caller('13900003333', line)
  floor.do({ type: 'records.committed', facts: [{ type: 'menu.removed', menu: main }] })
  press(floor, left, '1')
  assert.equal(left.dismissed, 'overflow')
})

test('an outside number is dialled under the gate, and talks on; when it does not take the call the fallback has it', () => {
  const number = '+862155559999'
  const floor = floorWith(menu({ keys: { '5': { number } }, fallback: { queue: desk } }))
  floor.ready(bob)
  const call = arrive(floor)
  press(floor, call, '5')
  const { of, verdict } = floor.last('call.dialed')
  assert.deepEqual([of, call.phase], [{ call: call.id, agent: null, why: 'transfer' }, 'passing'])
  assert.ok(verdict.rules.length > 0)
  floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.dial').leg })
  assert.equal(call.phase, 'away')
  floor.partyEnds(call)
  assert.equal(floor.state.calls.size, 0)
  const busy = floorWith(menu({ keys: { '5': { number } }, fallback: { queue: desk } }))
  busy.ready(bob)
  const second = arrive(busy)
  press(busy, second, '5')
  const { leg } = busy.lastEffect('phone.dial')
  busy.do({ type: 'leg.ended', leg, by: 'far', sipStatus: 486, q850: 17, cause: 'rejected' })
  assert.deepEqual([busy.last('call.fellBack').reason, second.agent, second.phase], ['outside_failed', bob, 'talking'])
})

test('a menu has so many calls outside at once as it is set up for: the next hears the fallback, and the journal says why', () => {
  const number = '+862155559999'
  const floor = floorWith(menu({ keys: { '5': { number } }, fallback: { queue: desk }, outsideMax: 1 }))
  floor.ready(bob)
  const first = arrive(floor)
  press(floor, first, '5')
  assert.equal(floor.count('call.dialed'), 1)
  const second = floor.caller('13900002222', line)
  press(floor, second, '5')
  assert.deepEqual([floor.count('call.dialed'), second.agent], [1, bob])
  const { refusal, number: refused } = floor.last('call.refused')
  assert.deepEqual([refusal.rule, refused], ['menu_outside_full', number])
  floor.partyEnds(first)
  floor.pass(61_000) // the number rests for a minute by the gate
  const third = floor.caller('13900003333', line)
  press(floor, third, '5')
  assert.equal(floor.count('call.dialed'), 2, 'when the first is over there is room again')
})

const night: Partial<Menu> = { hours: { weekdays: [0], from: '00:00', to: '00:01' } }

test('a closed menu that leads outside: its fallback has the call that is not taken there, and its bound counts', () => {
  const number = '+862155559999'
  const floor = floorWith(menu({ ...night, closed: { number }, fallback: { queue: desk }, outsideMax: 1 }))
  floor.ready(bob)
  const call = arrive(floor)
  assert.deepEqual([call.phase, floor.count('call.dialed')], ['passing', 1])
  const second = floor.caller('13900002222', line)
  assert.equal(floor.last('call.refused').refusal.rule, 'menu_outside_full')
  assert.equal(second.agent, bob)
  floor.partyEnds(second)
  floor.do({ type: 'agent.ready', agent: bob })
  const { leg } = floor.lastEffect('phone.dial')
  floor.do({ type: 'leg.ended', leg, by: 'far', sipStatus: 486, q850: 17, cause: 'rejected' })
  assert.equal(floor.last('call.fellBack').reason, 'outside_failed')
  assert.notEqual(call.phase, 'passing')
})

test('a closed menu whose fallback comes back to it dials outside no more often than a call may come through menus', () => {
  const number = '+862155559999'
  const floor = floorWith(
    menu({ ...night, closed: { number }, fallback: { ivr: second } }),
    menu({ ...night, id: second, closed: { ivr: main } }),
  )
  const call = arrive(floor)
  for (let round = 0; round < 30 && call.phase === 'passing'; round++) {
    floor.pass(61_000) // the number rests for a minute by the gate
    if (call.phase !== 'passing') break
    const { leg } = floor.lastEffect('phone.dial')
    floor.do({ type: 'leg.ended', leg, by: 'far', sipStatus: 486, q850: 17, cause: 'rejected' })
  }
  assert.equal(call.dismissed, 'overflow')
  assert.ok(floor.count('call.dialed') <= 5, String(floor.count('call.dialed')))
})

test('an outside number that the rules bar is not dialled: an alarm, and the fallback', () => {
  const number = '+8821612345678'
  const floor = floorWith(menu({ keys: { '5': { number } }, fallback: { queue: desk } }))
  floor.ready(bob)
  const call = arrive(floor)
  press(floor, call, '5')
  assert.deepEqual([floor.count('call.dialed'), floor.last('safety.alarmed').user, call.agent], [0, null, bob])
})

test('an agent passes a call on to a menu, whose queue nobody serves in time: it falls back to that agent', () => {
  const floor = floorWith(menu({ keys: { '1': { queue: desk } } }))
  floor.ready(alice)
  floor.do({ type: 'agent.signOn', agent: bob })
  const call = floor.caller()
  assert.equal(call.agent, alice)
  const asked = { type: 'agent.transfer', agent: alice, call: call.id } as const
  assert.equal(floor.do({ ...asked, target: { ivr: second } }).refusal?.rule, 'menu_unknown')
  assert.equal(
    floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { ivr: main } }).refusal?.rule,
    'menu_not_asked',
  )
  floor.do({ ...asked, target: { ivr: main } })
  assert.deepEqual([call.phase, floor.agent(alice).phase], ['menu', 'wrapping'])
  press(floor, call, '1')
  assert.deepEqual([call.phase, call.queue], ['waiting', desk])
  floor.pass(60_000)
  assert.equal(floor.last('call.fellBack').reason, 'waited_too_long')
  assert.equal(call.agent, alice)
})

test('keys are read by what may still come', () => {
  const people = [
    { id: alice, extension: '20', enabled: true },
    { id: bob, extension: '2011', enabled: true },
    { id: 'u_x' as UserId, extension: '2012', enabled: false },
  ]
  const of = (keys: string, isOver = false) =>
    readKeys({ keys: { '2': { queue }, '#': { queue: desk } }, extensions: true }, keys, people, isOver)
  assert.equal(of('2').type, 'more')
  assert.deepEqual(of('2', true), { type: 'key', key: '2', target: { queue } })
  assert.equal(of('20').type, 'more')
  assert.deepEqual(of('20#'), { type: 'person', user: alice })
  assert.deepEqual(of('2011'), { type: 'person', user: bob })
  assert.equal(of('2012').type, 'wrong', 'who is switched off has no extension')
  assert.deepEqual(of('#'), { type: 'key', key: '#', target: { queue: desk } })
  assert.equal(of('9').type, 'wrong')
})

test('whatever menus are set up and pressed, each call ends, and waits for nothing without an end', () => {
  let chosen = 0
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed)
    const upTo = (n: number) => Math.floor(random() * n)
    const chance = (p: number) => random() < p
    const ids = ['me_1', 'me_2', 'me_3'] as MenuId[]
    const pick = <T>(of: readonly T[]): T => of[upTo(of.length)]!
    const target = (mayRepeat: boolean): MenuTarget =>
      pick<MenuTarget>([
        { queue },
        { queue: desk },
        { user: bob },
        { ivr: pick(ids) },
        { number: pick(['+862155559999', '+8821612345678']) },
        { act: pick(mayRepeat ? (['repeat', 'call_back', 'hang_up'] as const) : (['call_back', 'hang_up'] as const)) },
      ])
    const floor = floorWith(
      ...ids.map(id =>
        menu({
          id,
          name: id,
          keys: Object.fromEntries(menuKeys.filter(() => chance(0.6)).map(key => [key, target(true)])),
          extensions: chance(0.5),
          bargeIn: chance(0.7),
          triesMax: 1 + upTo(4),
          fallback: target(false),
          hours: chance(0.3) ? { weekdays: [2], from: '08:00', to: pick(['09:00', '20:00']) } : null,
          closed: target(false),
        }),
      ),
    )
    if (chance(0.7)) floor.ready(alice)
    if (chance(0.5)) floor.ready(bob)
    for (let n = 0; n < 120; n++) {
      if (floor.state.calls.size < 3) arrive(floor)
      const live = [...floor.state.calls.values()].filter(each => each.phase !== 'ended')
      if (live.length === 0) continue // hung up on at once
      const call = pick(live)
      const acts: (() => void)[] = [
        () => press(floor, call, pick(menuKeys)),
        () => press(floor, call, pick(menuKeys)),
        () => floor.do({ type: 'leg.played', leg: call.leg, speech: call.speech }),
        () => floor.pass(pick([500, 3_000, 7_000, 40_000])),
        () => floor.partyEnds(call),
        () => floor.do({ type: 'leg.answered', leg: call.leg }),
        () => floor.do({ type: 'records.committed', facts: [{ type: 'menu.removed', menu: pick(ids) }] }),
      ]
      acts[upTo(acts.length - (chance(0.05) ? 0 : 1))]!()
      for (const each of floor.state.calls.values())
        if (!['talking', 'assigned', 'ended'].includes(each.phase) && each.of === null)
          assert.ok(each.deadlineAt !== null, `seed ${seed}: a call that is ${each.phase} ends by itself`)
    }
    floor.pass(8 * 3_600_000) // forty sayings of ten minutes, whose end nobody tells of
    const left = [...floor.state.calls.values()].filter(each => each.phase !== 'ended' && each.phase !== 'talking')
    assert.deepEqual(
      left.map(each => each.phase),
      [],
      `seed ${seed}`,
    )
    chosen += floor.count('call.menuChose')
  }
  assert.ok(chosen > 500, `${chosen} times a menu led a call somewhere`)
})

test('who hangs up in a menu has ended the call; a clock that was set moves what is waited for along', () => {
  const floor = floorWith(menu())
  const call = arrive(floor)
  heard(floor, call)
  floor.clock.set(floor.clock.now() + 3_600_000)
  floor.do({ type: 'clock.stepped', byMs: 3_600_000 })
  floor.pass(5_999)
  assert.equal(floor.count('call.menuBegan'), 1)
  floor.pass(1)
  assert.equal(floor.last('call.menuBegan').why, 'no_key')
  floor.partyEnds(call)
  const { ending } = floor.last('call.ended')
  assert.deepEqual([ending.by, ending.cause, ending.result], ['party', 'hangup', 'ANSWERED'])
  assert.equal(floor.state.calls.size, 0)
})
