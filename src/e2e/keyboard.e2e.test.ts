/**
 * A collector's calls without a mouse: everything of the desk is done with keys alone, with a browser's audio and a far end that is sipp. No
 * pointer touches the page from the sign-in to the last call, and that is counted.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Fact } from '../centre/facts.ts'
import type { CampaignId, ImportId, LeadId, TrunkId, UserId } from '../lib/ids.ts'
import { saveScript, saveWriteUp } from '../records/campaigns/scripts.ts'
import { openCase } from '../records/collections/cases.ts'
import { saveLoans } from '../records/collections/loans.ts'
import { createParty } from '../records/parties/parties.ts'
import { Chromium, hasChromium, playsHz } from './chromium.ts'
import { ForwardClock } from './forward-clock.ts'
import { freePorts } from './ports.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { signInPassword, World } from './world.ts'

const agentHz = 1000
const customerHz = 440
const carrierAt = '127.0.0.150'
const mediaAt = '127.0.0.151'
const people = [
  { ref: 'K-1', name: '陈建国', number: '+8613766540078', loan: 'L-1' },
  { ref: 'K-2', name: '王秀英', number: '+8613766540079', loan: 'L-2' },
] as const
/** More than any part of the desk has controls. */
const tabsMax = 120

describe('calls with the keyboard alone', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  const clock = new ForwardClock().intoOneDay(20 * 60_000)
  let world: World
  let customer: RtpPeer
  let chromium: Chromium
  let page: Page
  let alice: UserId
  let campaign: CampaignId
  const faults: string[] = []
  /** Every key that the desk had so far. */
  const keys = new Set<string>()
  /** What the keypad sent. */
  const keyed: string[] = []

  before(async () => {
    world = await World.open({ web: 'https', clock, mediaPorts: await freePorts('127.0.0.1', 200) })
    alice = await world.person('alice', 'agent')
    customer = await RtpPeer.open(mediaAt, customerHz)
    chromium = await Chromium.launch({ hz: agentHz })
    page = await chromium.page()
    await page.setViewportSize({ width: 1280, height: 720 })
    page.setDefaultTimeout(10_000)
    page.on('pageerror', error => faults.push(error.message))
    page.on('request', request => {
      if (request.url().endsWith('/digits')) keyed.push(request.postData() ?? '')
    })
    await page.addInitScript(`
      window.pointed = 0
      for (const type of ['pointerdown', 'mousedown', 'wheel'])
        addEventListener(type, () => window.pointed++, { capture: true, passive: true })`)
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  async function lenderHas(trunk: TrunkId): Promise<void> {
    const { door } = world.house
    campaign = await world.campaign({
      ...{ id: 'k_keys' as CampaignId, name: 'M1', trunks: [trunk], agents: [alice], wrapMs: 600_000 },
    })
    const both = (text: string) => ({ 'zh-CN': text, en: text })
    await saveWriteUp(door, 'system', {
      place: campaign,
      fields: [
        {
          ...{ key: 'why', label: both('Why'), type: 'choice', required: true, codes: ['later'] },
          choices: ['Illness', 'Forgot'],
        },
        { key: 'income', label: both('Income'), type: 'money', required: true, codes: ['later'] },
      ],
      ...{ promise: ['promise'], grade: [] },
    })
    await saveScript(door, 'system', null, {
      ...{ name: 'M1', places: [campaign], others: null },
      must: [{ key: 'recorded', text: both('This call is recorded.'), to: 'all' }],
      steps: [
        {
          ...{ key: 'who', title: both('Who'), text: both('Is this {party}?') },
          answers: [
            { words: both('Yes'), to: 'why' },
            { words: both('Wrong number'), to: 'sorry' },
          ],
        },
        { key: 'why', title: both('Why'), text: both('{overdue} is overdue.'), answers: [] },
        { key: 'sorry', title: both('Sorry'), text: both('Excuse us.'), answers: [] },
      ],
    })
    const dueOn = new Date(clock.now() - 17 * 86_400_000).toISOString().slice(0, 10)
    for (const { ref, name, number, loan } of people) {
      await createParty(door, 'system', { ref, name, phones: [{ number }] })
      const plan = [{ no: 1, dueOn, principal: 200_000, interest: 8_000 }]
      await saveLoans(door, 'system', [{ ref: loan, party: ref, product: 'cash', principal: 200_000, plan }])
      await openCase(door, 'system', { party: ref, agent: alice })
    }
    await world.keep([
      {
        ...{ type: 'leads.added', campaign, import: 'i_keys' as ImportId },
        leads: people.map(({ ref, name, number }) => ({
          ...{ id: `l_${ref}` as LeadId, campaign, ref, name, fields: {} },
          phones: [{ number, relation: 'SELF' as const }],
        })),
      },
    ])
  }

  const press = (key: string) => page.keyboard.press(key)
  async function phase(name: string): Promise<void> {
    await page.waitForSelector(`#state-bar[data-phase="${name}"]`)
    const now = await page.evaluate<string[]>(
      `[...document.querySelectorAll('[data-key]')].map(({ dataset }) => dataset.key)`,
    )
    for (const key of now) keys.add(key)
  }
  const text = async (where: string) => (await page.textContent(where)) ?? ''
  const hasFocus = (where: string) =>
    page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(where)}) ?? false`)
  const focused = () =>
    page.evaluate<string>(
      `(({ tagName, id, name, textContent }) => [tagName, id, name, textContent?.trim().slice(0, 30)].join(' '))(document.activeElement)`,
    )
  /** Where the focus is, once the page has come to rest. */
  async function focusIn(where: string): Promise<void> {
    await page.waitForFunction(`document.activeElement?.closest(${JSON.stringify(where)})`).catch(async () => {
      assert.fail(`the focus was to be in ${where}, and is at: ${await focused()}`)
    })
  }
  /** By Tab, or backwards, as somebody does who sees the focus move. */
  async function tabTo(where: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const passed: string[] = []
    for (let n = 0; n < tabsMax; n++) {
      if (await hasFocus(where)) return
      await press(key)
      passed.push(await focused())
    }
    assert.fail(`${key} does not lead to ${where}, but to: ${passed.slice(0, 60).join(' | ')}`)
  }
  const bothHear = async () => {
    customer.forget()
    await Promise.all([customer.hears(agentHz, 12_000), playsHz(page, customerHz, 12_000)])
  }
  async function talkingTo({ name, ref }: (typeof people)[number]): Promise<void> {
    await phase('talking')
    await page.waitForSelector(`#who :text("${name}")`)
    assert.ok((await text('#who')).includes(ref))
  }
  const answering = (port?: number) =>
    Sipp.carrier({
      ...{ address: carrierAt, media: customer, ...(port === undefined ? {} : { port }) },
      acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'expectBye' }],
    })
  const today = () => text('#state-bar .today')

  test('signs in, signs on and is ready', async () => {
    await page.goto(`${world.url}/sign-in`)
    await page.keyboard.type('alice')
    await press('Tab')
    await page.keyboard.type(signInPassword)
    await press('Enter')
    await page.waitForURL(`${world.url}/agent`)
    await page.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await phase('signed_off')
    await press('Alt+r')
    await phase('break')
    await world.until(
      'the floor knows the station',
      () => world.house.engine.state.agents.get(alice)?.stationLeg !== null,
    )
    assert.match(await today(), /Today\s*0 calls\s*effective\s*0 min/)
    await press('Alt+r')
    await phase('ready')
  })

  test('a whole call: read, led by the script, held, keyed, written up with what was forgotten, and counted', async () => {
    await using carrier = await answering()
    await lenderHas(await world.trunk(carrier, { id: 't_keys' as TrunkId }))
    await talkingTo(people[0])
    const connected = await world.fact('call.connected')
    await bothHear()

    await tabTo('#say .must input')
    await press('Space')
    await page.waitForSelector('#say .must input:checked')
    await focusIn('#say .must')
    await press('Alt+1')
    await page.waitForSelector('#say :text("is overdue")')
    await focusIn('#say')

    await press('Alt+h')
    await world.fact('call.held', fact => fact.by === 'agent')
    await page.waitForSelector('#call-bar button[aria-pressed="true"]')
    await press('Alt+h')
    await world.fact('call.resumed', fact => fact.by === 'agent')
    await page.waitForSelector('#call-bar button[aria-pressed="true"]', { state: 'detached' })

    await press('Alt+k')
    await page.waitForSelector('#keypad:popover-open')
    await focusIn('#keypad')
    await press('5')
    await press('#')
    await world.until('two keys went to the far end', () => {
      const sent = world.facts.filter(fact => fact.type === 'call.digit' && fact.from === 'agent')
      return sent.length === 2
    })
    assert.deepEqual(keyed, ['digits=5', 'digits=%23'])
    await press('Escape')
    await page.waitForSelector('#keypad:popover-open', { state: 'detached' })
    assert.equal(
      await page.locator('#write input[name=code]:checked').count(),
      0,
      'a digit for the far end is no outcome',
    )

    await press('Alt+n')
    await page.keyboard.type('1 of 3 a? b! e')
    assert.equal(await page.inputValue('#write textarea[name=note]'), '1 of 3 a? b! e')
    assert.equal(await page.locator('#write input[name=code]:checked').count(), 0, 'what is typed is text')
    assert.ok(!(await page.isVisible('#help')))

    await press('Alt+e')
    await phase('wrapping')
    await focusIn('form.write')
    await carrier.done()
    await using next = await answering(carrier.port)
    customer.reset()
    await tabTo('#write input[name=code]', 'Shift+Tab')
    await press('2')
    assert.ok(await page.isChecked('#write input[value=later]'))
    await press('Control+Enter')
    await page.waitForSelector('#write .error')
    assert.match(await text('#write'), /Choose one/)
    await focusIn('#write [aria-invalid="true"]')
    assert.ok(await hasFocus('input[name=callbackAt]'), await focused())
    const tomorrow = new Date(clock.now() + 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
    const [year, month, day] = tomorrow.split('-') as [string, string, string]
    for (const part of [month, day, year]) await page.keyboard.type(part)
    await press('ArrowRight')
    await page.keyboard.type('1030AM')
    assert.equal(await page.inputValue('#write input[name=callbackAt]'), `${tomorrow}T10:30`)
    await tabTo('#write input[name=callbackMine]')
    await press('Space')
    await tabTo('#write select[name=field-why]')
    await page.keyboard.type('Forgot')
    await tabTo('#write input[name=field-income]')
    await page.keyboard.type('8000')
    await press('Control+Enter')

    const disposed = await world.fact('call.disposed')
    assert.deepEqual([disposed.code, disposed.note], ['later', '1 of 3 a? b! e'])
    const { callback } = await world.fact('callback.scheduled')
    assert.equal(new Date(callback.at).toISOString(), new Date(`${tomorrow}T10:30:00+08:00`).toISOString())
    assert.equal(callback.agent, alice)

    await world.fact('call.connected', ({ call }) => call !== connected.call)
    await talkingTo(people[1])
    assert.match(await today(), /2 calls/, 'the call that has begun is counted too')
    await bothHear()

    await focusIn('.desk')
    await press('Alt+e')
    await phase('wrapping')
    await focusIn('form.write')
    clock.forward(3 * 60_000)
    await press('1')
    await tabTo('#write input[name=promiseAmount]')
    await page.keyboard.type('1500')
    await tabTo('#write input[name=promiseDate]')
    for (const part of [month, day, year]) await page.keyboard.type(part)
    await tabTo('#write button[value=break]')
    await press('Enter')
    await phase('break')
    const busy = busyShare() * 100
    const shown = /Today\s*(\d+) calls\s*effective\s*(\d+) min\s*busy\s*([\d.]+) %/.exec(await today())
    assert.deepEqual(shown?.slice(1, 3), ['2', '3'], await today())
    assert.ok(Math.abs(Number(shown![3]) - busy) < 3, `${shown![3]} % is shown, and it is ${busy} %`)
    const [made] = await world.house.door.store.read('promises.ofParty', { party: 'K-2' })
    assert.deepEqual([made!.amount, made!.dueOn], [150_000, tomorrow])
    await next.done()
  })

  /** Busy / signed on, of what the floor said: from each connection to the form that was saved. */
  function busyShare(): number {
    const at = (type: Fact['type']) => world.facts.filter(fact => fact.type === type).map(fact => world.timeOf(fact))
    const disposed = at('call.disposed')
    const busyMs = at('call.connected').reduce((sum, from, n) => sum + disposed[n]! - from, 0)
    return busyMs / (disposed.at(-1)! - at('agent.signedOn')[0]!)
  }

  test('the help lists every key of the desk, is read and closed, and the focus is where it was', async () => {
    await press('Alt+d')
    await tabTo('#state-bar [data-key="alt+r"]', 'Shift+Tab')
    await press('?')
    await page.waitForSelector('#help[open]')
    await focusIn('#help')
    const listed = await page.locator('#help kbd').allTextContents()
    assert.ok(keys.size > 15, [...keys].join())
    for (const key of keys) assert.ok(listed.includes(asListed(key)), `${key} is not listed: ${listed.join(', ')}`)
    await press('1')
    await press('Escape')
    await page.waitForSelector('#help[open]', { state: 'detached' })
    assert.ok(await hasFocus('#state-bar [data-key="alt+r"]'), await focused())
    await press('?')
    await page.waitForSelector('#help[open]')
    await press('Enter')
    await page.waitForSelector('#help[open]', { state: 'detached' })
    assert.ok(await hasFocus('#state-bar [data-key="alt+r"]'), await focused())
  })

  test('goes away for a break with its reason, and signs off', async () => {
    await press('Alt+r')
    await phase('ready')
    await press('Alt+b')
    await page.waitForSelector('#breaks:popover-open')
    await focusIn('#breaks')
    await press('Tab')
    await press('Enter')
    await phase('break')
    await tabTo('#state-bar button[hx-vals*="signed_off"]', 'Shift+Tab')
    await press('Enter')
    await phase('signed_off')
    assert.equal(await page.evaluate('window.pointed'), 0, 'no pointer was needed')
    assert.deepEqual(faults, [])
  })
})

/** As the help writes a key: `alt+h` is `Alt H`, and outcomes, answers and grades stand together. */
function asListed(key: string): string {
  const whole: Record<string, string> = { escape: 'Esc', 'ctrl+enter': 'Ctrl ⏎' }
  if (key in whole) return whole[key]!
  if (/^(alt\+)?\d$/.test(key)) return key.startsWith('alt+') ? 'Alt 1 – 9' : '1 – 9'
  if (/^[a-d]$/.test(key)) return 'A – D'
  return key.startsWith('alt+') ? `Alt ${key.slice(4).toUpperCase()}` : key
}
