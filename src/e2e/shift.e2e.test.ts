/**
 * One shift through the pages: alice signs in with a browser, takes a progressive call and places one by hand, holds, reloads in the middle,
 * writes down the outcome; olga finds the recording, hears it, and exports the evidence. sipp is the carrier; tones tell who hears whom.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { purity } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { Chromium, hasChromium, playsHz } from './chromium.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { signInPassword, World } from './world.ts'

const agentHz = 1000
const customerHz = 440

describe('a shift in the browser', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  let world: World
  let customer: RtpPeer
  let chromium: Chromium
  let desk: Page
  let alice: UserId

  before(async () => {
    world = await World.open({ web: 'https' })
    alice = await world.person('alice', 'agent')
    await world.person('olga', 'auditor')
    customer = await RtpPeer.open('127.0.0.21', customerHz)
    chromium = await Chromium.launch({ hz: agentHz })
    desk = await chromium.page()
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  async function signIn(page: Page, name: string): Promise<void> {
    await page.goto(`${world.url}/sign-in`)
    await page.fill('input[name=name]', name)
    await page.fill('input[name=password]', signInPassword)
    await page.press('input[name=password]', 'Enter')
    await page.waitForURL(url => !url.pathname.startsWith('/sign-in'))
  }

  const phase = (name: string) => desk.waitForSelector(`#state-bar[data-phase="${name}"]`, { timeout: 10_000 })
  const press = (key: string) => desk.keyboard.press(key)
  const bothHear = async () => {
    customer.forget()
    await Promise.all([customer.hears(agentHz, 12_000), playsHz(desk, customerHz, 12_000)])
  }
  /** Chooses the first outcome, types a note, saves. */
  async function writeDown(note: string, next: 'ready' | 'break'): Promise<void> {
    await phase('wrapping')
    await desk.click('#write input[name=code] >> nth=0', { force: true })
    await desk.fill('#write textarea[name=note]', note)
    await desk.click(`#write button[name=next][value=${next}]`)
    await phase(next)
  }

  test('signs in over https with our own authority, signs on, and the audio comes up', async () => {
    await signIn(desk, 'alice')
    assert.equal(new URL(desk.url()).pathname, '/agent')
    await desk.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await phase('signed_off')
    await press('Alt+r')
    await phase('break')
    await world.until(
      'the floor knows the station',
      () => world.house.engine.state.agents.get(alice)?.stationLeg !== null,
    )
    await press('Alt+r')
    await phase('ready')
  })

  test('a progressive call: heard both ways, held and resumed, and a reload in the middle does not drop it', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'expectBye' }],
    })
    customer.reset()
    const trunk = await world.trunk(carrier, { id: 't_shift' as TrunkId })
    const campaign = await world.campaign({ id: 'k_shift' as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    const answered = await world.fact('call.answered')
    await world.until('the agent is heard', () => customer.firstSoundAt !== null)
    const bridgedMs = customer.firstSoundAt! - world.timeOf(answered)
    assert.ok(bridgedMs < 200, `the customer heard the agent ${bridgedMs} ms after the answer`)
    await phase('talking')
    await bothHear()
    assert.match((await desk.textContent('#call-bar')) ?? '', /138\s?\*+\s?0001/, 'the number is masked on the desk')
    assert.doesNotMatch(await desk.content(), /13800000001/, 'the full number never reaches the browser')

    await press('Alt+h')
    await world.fact('call.held', fact => fact.by === 'agent')
    customer.forget()
    await world.until(
      'the customer hears music',
      () => customer.lastSecond.length > 7_000 && purity(customer.lastSecond, agentHz) < 0.2,
    )
    await desk.waitForSelector('#call-bar button[aria-pressed="true"]')
    await press('Alt+h')
    await world.fact('call.resumed', fact => fact.by === 'agent')
    await bothHear()

    await desk.fill('#write textarea[name=note]', '客户答应周五还款')
    await desk.reload()
    await phase('talking')
    await desk.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await bothHear()
    assert.equal(
      await desk.inputValue('#write textarea[name=note]'),
      '客户答应周五还款',
      'what was typed is still there',
    )

    await press('Alt+e')
    await writeDown('客户答应周五还款', 'break')
    await carrier.done()
    const disposed = await world.fact('call.disposed')
    assert.equal(disposed.note, '客户答应周五还款')
    await world.fact('recording.sealed', fact => fact.call === disposed.call)
    const opened = await world.fact('recording.opened', fact => fact.call === disposed.call)
    const [left, right] = readStereo(readFileSync(world.recordingFile(opened.path)))
    assert.ok(purity(left.subarray(-6000, -800), customerHz) > 0.5, 'the customer is on the left')
    assert.ok(purity(right.subarray(-6000, -800), agentHz) > 0.5, 'the browser is on the right')
  })

  test('a call by hand from the dial pad', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'pause', ms: 500 }, { do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    customer.reset()
    const trunk = await world.trunk(carrier, { id: 't_hand' as TrunkId })
    await world.campaign({ id: 'k_shift' as CampaignId, state: 'paused', trunks: [trunk], agents: [alice] })
    await world.campaign({
      id: 'k_hand' as CampaignId,
      name: 'by hand',
      mode: 'manual',
      trunks: [trunk],
      agents: [alice],
    })
    await press('Alt+r')
    await phase('ready')
    await desk.fill('#dial-number', '138 0000 0002')
    await desk.selectOption('#dial-campaign', 'k_hand').catch(() => undefined)
    await desk.press('#dial-number', 'Enter')
    await phase('talking')
    await bothHear()
    await carrier.goOn()
    await writeDown('', 'break')
    await carrier.done()
  })

  test('a call by hand that still rings outlives a reload: the agent is there again when it is answered', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'told' }, { do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    customer.reset()
    const trunk = await world.trunk(carrier, { id: 't_rings' as TrunkId })
    await world.campaign({ id: 'k_hand' as CampaignId, mode: 'manual', trunks: [trunk], agents: [alice] })
    await desk.fill('#dial-number', '138 0000 0008')
    await desk.selectOption('#dial-campaign', 'k_hand').catch(() => undefined)
    await desk.press('#dial-number', 'Enter')
    await phase('dialing')
    const { call } = await world.fact('call.ringing', ({ call }) => world.house.engine.state.calls.has(call))
    await desk.reload()
    await phase('dialing')
    await desk.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    assert.equal(world.house.engine.state.calls.get(call)?.phase, 'ringing', 'it rings while the page comes back')
    await carrier.goOn()
    await phase('talking')
    await bothHear()
    await carrier.goOn()
    await writeDown('', 'break')
    await carrier.done()
  })

  test('a preview: the agent sees who it would be, skips one with a reason, accepts the next, and agrees on a callback', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    customer.reset()
    const trunk = await world.trunk(carrier, { id: 't_preview' as TrunkId })
    const campaign = await world.campaign({
      id: 'k_preview' as CampaignId,
      mode: 'preview',
      trunks: [trunk],
      agents: [alice],
    })
    await world.leads(campaign, ['+8613800000003', '+8613800000004'])
    await press('Alt+r')
    await phase('preview')
    const first = (await desk.textContent('#who')) ?? ''
    await press('Alt+s')
    await desk.click('#skips button >> nth=0')
    const closed = await world.fact('preview.closed', fact => fact.how === 'skipped')
    assert.ok(closed.reason)
    await world.fact('preview.offered', fact => fact.lead !== closed.lead)
    await world.until('the next lead on the desk', async () => (await desk.textContent('#who')) !== first)
    await press('Alt+a')
    await phase('talking')
    await bothHear()
    await carrier.goOn()
    await phase('wrapping')
    await desk.click('#write input[data-then=callback]', { force: true })
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    await desk.fill('#write input[name=callbackAt]', `${tomorrow}T10:00`)
    await desk.click('#write button[name=next][value=break]')
    await phase('break')
    const { callback } = await world.fact('callback.scheduled')
    assert.equal(new Date(callback.at).toISOString(), new Date(`${tomorrow}T10:00:00+08:00`).toISOString())
    await carrier.done()
  })

  test('the auditor finds the call, hears it with seeking, and exports evidence that plain sha256sum accepts', async () => {
    const page = await chromium.page()
    await signIn(page, 'olga')
    await page.waitForSelector('text=Carl 0')
    await page.click('text=Carl 0')
    await page.waitForSelector('audio')
    const played = await page.evaluate<{ duration: number; at: number; error: string | null }>(`(async () => {
      const audio = document.querySelector('audio')
      if (audio.readyState < 1) await new Promise(done => { audio.onloadedmetadata = audio.onerror = done })
      if (audio.error) return { duration: 0, at: 0, error: audio.error.message }
      audio.muted = true
      audio.currentTime = audio.duration / 2
      await new Promise(done => { audio.onseeked = done })
      await audio.play()
      for (let tries = 0; tries < 100 && audio.currentTime <= audio.duration / 2; tries++)
        await new Promise(done => setTimeout(done, 100))
      return { duration: audio.duration, at: audio.currentTime, error: null }
    })()`)
    assert.equal(played.error, null)
    assert.ok(played.duration > 3 && played.at > played.duration / 2, JSON.stringify(played))
    await world.fact('recording.listened')

    await page.goto(`${world.url}/auditor`)
    for (const box of await page.$$('tbody input[type=checkbox]')) await box.check()
    await page.fill('[name=reason]', '监管检查 2026-11')
    await page.press('[name=reason]', 'Enter')
    await page.waitForURL(/exports/)
    const link = await page.waitForSelector(
      'a[href*="/auditor/exports/"][href$="zip"], a[href*="/auditor/exports/"][download]',
      { timeout: 20_000 },
    )
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-evidence-'))
    try {
      const zip = join(folder, 'evidence.zip')
      await download.saveAs(zip)
      execFileSync('unzip', ['-q', zip, '-d', folder])
      const sums = execFileSync('find', ['.', '-name', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' }).trim()
      const said = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: join(folder, sums, '..'), encoding: 'utf8' })
      assert.match(said, /wav: OK/)
      const verified = execFileSync(process.execPath, ['src/main.ts', 'verify', zip], { encoding: 'utf8' })
      assert.ok(verified.length > 0)
      const wav = execFileSync('sh', ['-c', 'find . -name "*.wav" | head -1'], { cwd: folder, encoding: 'utf8' }).trim()
      const [left, right] = readStereo(readFileSync(join(folder, wav)))
      assert.ok(left.length > 8000 && right.length === left.length)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    await world.fact('export.downloaded')
  })
})
