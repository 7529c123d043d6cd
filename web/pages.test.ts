import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { callResults } from '../src/centre/entities.ts'
import { trunkTroubles } from '../src/centre/trunks/trunk-trouble.ts'
import { trunkFormPage, trunksPage } from './pages/admin/trunks.ts'
import { deskPage } from './pages/agent/desk.ts'
import { messagesPage } from './pages/supervisor/messages.ts'
import { wallboardPage } from './pages/supervisor/wallboard.ts'
import { trunkState } from './parts/trunk-state.ts'
import { sampleDesks } from './samples/desk.ts'
import { sampleFloor } from './samples/floor.ts'
import { sampleFrame } from './samples/frame.ts'
import { samplePages } from './samples/pages.ts'
import { sampleTrunk } from './samples/trunks.ts'
import type { Language } from './words/language.ts'
import { wordsIn } from './words/words.ts'

const languages: Language[] = ['zh-CN', 'en']
const render = async (name: string, language: Language) => String(await samplePages[name]!(language))

for (const name of Object.keys(samplePages))
  for (const language of languages)
    test(`the page ${name} is whole in ${language}, small, and keeps the content security policy`, async () => {
      const text = await render(name, language)
      assert.match(text, /^<!doctype html>[\s\S]*<\/html>\s*$/)
      assert.ok(text.includes(`<html lang="${language}"`))
      assert.ok(text.length < 100_000, `${text.length} characters`)
      assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)/, 'no inline script')
      assert.doesNotMatch(text, /\sstyle=|<style|\son[a-z]+=|javascript:/i, 'no inline style or handler')
      assert.doesNotMatch(text, /undefined|\[object |NaN/, 'no value that was forgotten')
      assert.doesNotMatch(text, /https?:\/\/(?!www\.w3\.org)/, 'nothing from another host')
      assert.equal(text.match(/<h1[ >]/g)?.length, 1, 'one heading of the first level')
      const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(match => match[1])
      assert.deepEqual(
        ids.filter((id, at) => ids.indexOf(id) !== at),
        [],
        'each id once',
      )
    })

test('a hostile name is shown as text, wherever it stands', async () => {
  const hostile = `"><img src=x onerror=alert(1)><hx-partial hx-target="body">'&`
  const desk = sampleDesks['talking']!('en')
  const page = String(
    await deskPage({
      ...desk,
      frame: { ...desk.frame, centre: hostile, person: { displayName: hostile, role: 'agent' } },
      call: { ...desk.call!, name: hostile, number: hostile, place: hostile },
      party: { ...desk.party!, name: hostile, ref: hostile, campaign: hostile, fields: [[hostile, hostile]] },
      history: [
        { ...desk.history.find(line => line.kind === 'call')!, note: hostile, agent: hostile, outcome: hostile },
        { kind: 'repayment', at: 1, amount: 1, currency: hostile, channel: hostile, reversed: true },
      ],
      form: { values: { note: hostile, callbackAt: hostile }, errors: { note: hostile } },
      notice: { tone: 'red', words: hostile },
    }),
  )
  assert.ok(page.includes('&lt;img src=x'))
  assert.doesNotMatch(page, /<img|<hx-partial/)
  const floor = sampleFloor('en')
  const board = String(
    await wallboardPage({
      ...floor,
      agents: [{ ...floor.agents[0]!, displayName: hostile, party: hostile }],
      campaigns: [{ ...floor.campaigns[0]!, name: hostile, why: { words: hostile, paced: false } }],
      trunks: [{ ...floor.trunks[0]!, name: hostile, up: false }],
    }),
  )
  assert.doesNotMatch(board, /<img|<hx-partial/)
})

test('the same state renders to the same text, so that a live page is sent only what changed', async () => {
  for (const name of Object.keys(sampleDesks)) {
    const desk = sampleDesks[name]!('zh-CN')
    const later = { ...desk, frame: { ...desk.frame, now: desk.frame.now + 7000 } }
    const withoutNow = (text: string) => text.replace(/data-now="\d+"/, '')
    assert.equal(withoutNow(String(await deskPage(desk))), withoutNow(String(await deskPage(later))), name)
  }
})

test('the call bar, the columns and their order are there in every state of the desk', async () => {
  for (const name of Object.keys(sampleDesks)) {
    const text = await render(`agent-desk-${name}`, 'zh-CN')
    const places = ['id="state-bar"', 'id="call-bar"', 'id="who"', 'id="say"', 'id="write"'].map(id => text.indexOf(id))
    assert.ok(!places.includes(-1), name)
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      name,
    )
  }
})

test('on a call to a contact the desk says that nothing about debts is shown, and shows nothing', async () => {
  const text = await render('agent-desk-contact', 'en')
  assert.ok(text.includes('Not the debtor'))
  assert.doesNotMatch(text, /12,480|Days past due/)
})

test('each key of the desk stands on exactly one thing', async () => {
  for (const name of Object.keys(sampleDesks)) {
    const keys = [...(await render(`agent-desk-${name}`, 'en')).matchAll(/data-key="([^"]+)"/g)].map(match => match[1])
    assert.deepEqual(
      keys.filter((key, at) => keys.indexOf(key) !== at),
      [],
      name,
    )
  }
})

test('htmx lies in the repository as the pinned package has it', () => {
  const require = createRequire(import.meta.filename)
  for (const [ours, theirs] of [
    ['htmx.min.js', 'htmx.min.js'],
    ['hx-sse.min.js', 'ext/hx-sse.min.js'],
  ]) {
    const copy = readFileSync(new URL(`static/vendor/${ours}`, new URL(`file://${import.meta.filename}`)))
    assert.ok(copy.equals(readFileSync(require.resolve(`htmx.org/dist/${theirs}`))), `copy ${theirs} again`)
  }
})

test('why a text did not go is said in words; what a gateway says stands as it said it', async () => {
  const row = {
    party: 'K-1',
    channel: 'sms',
    to: '138****5678',
    text: 'x',
    why: 'y',
    way: null,
    tries: 0,
    queuedAt: 0,
  } as const
  const reasons = ['party_hold: its case is on hold', 'stale: it waited', 'constructor: no route', 'no such line']
  const frame = sampleFrame({ language: 'zh-CN', path: '/supervisor/messages', role: 'admin' })
  const rows = reasons.map((reason, at) => ({ ...row, id: `ms_${at}`, state: 'dropped' as const, reason }))
  const text = String(await messagesPage({ frame, rows, state: '', next: null, mayExport: false }))
  for (const words of ['此人已停催或停呼', '内容已过时', 'constructor: no route', 'no such line'])
    assert.ok(text.includes(words), words)
  assert.ok(!text.includes('its case is on hold'))
})

test('a trunk that does not answer when it is asked is not shown as well', () => {
  const words = wordsIn('zh-CN')
  const state = (unproved: boolean) =>
    String(trunkState({ up: true, why: null, unproved, lapsing: null, eased: null, refusing: null }, words))
  assert.match(state(false), /green/)
  assert.match(state(true), /amber[\s\S]*不应答探测/)
})

test('a trunk whose registration is not refreshed is amber, and its page says how that failed, until when it holds and how OPTIONS are answered', () => {
  const path = '/admin/trunks/t_1'
  const registered = { state: 'registered', reply: '200 OK', at: 0, contacts: 1, nextMs: 3_600_000 } as const
  const refresh = { reply: '403 Forbidden', at: 0, nextMs: 60_000 }
  const says = (language: 'zh-CN' | 'en') => {
    const trunk = sampleTrunk(language)
    const wire = {
      target: null,
      registration: { ...registered, until: 1_000, refresh },
      options: { up: false, status: 503, rttMs: 12, at: 0 },
    }
    const seen = { ...trunk.seen, lapsing: 1_000 }
    const filled = { values: {}, errors: {} }
    const frame = sampleFrame({ language, path, role: 'admin' })
    return String(trunkFormPage({ frame, trunk: { ...trunk, seen, wire }, turnedAway: 0, test: null, filled }))
  }
  assert.match(
    says('zh-CN'),
    /chip amber[\s\S]*注册续期失败，到期前仍可用[\s\S]*续期失败：403 Forbidden，60 秒后重试[\s\S]*注册到期：[\s\S]*应答 503（线路不可用），12 毫秒/,
  )
  assert.match(says('en'), /not refreshed: 403 Forbidden; tried again in 60 s[\s\S]*It holds until/)
})

test('a trunk that lets no call in says so beside how it is, in both languages', () => {
  const state = (language: 'zh-CN' | 'en', up = true) =>
    String(
      trunkState(
        { up, why: up ? null : 'no_answer', unproved: false, lapsing: null, eased: null, refusing: 'inbound_secret' },
        wordsIn(language),
      ),
    )
  assert.match(state('zh-CN'), /chip green[\s\S]*chip red[\s\S]*来话不通[\s\S]*来话认证口令读不出来/)
  assert.match(state('zh-CN', false), /对方不应答[\s\S]*来话认证口令读不出来/)
  assert.match(state('en'), /lets no call in[\s\S]*the password of its calls cannot be read/)
})

test('what went wrong on a trunk is said once, in the words of the page, and as it was seen in a fold of its own page', () => {
  const frame = sampleFrame({ language: 'zh-CN', path: '/admin/trunks', role: 'admin' })
  const words = 'TLS: its certificate is not for sip.example.com but for DNS:other.example.com'
  const fault = { at: 0, why: 'tls_name', words } as const
  const at = (why: 'tls_name' | 'no_answer') => ({
    ...sampleTrunk('zh-CN'),
    seen: { up: false, why, unproved: false, lapsing: null, eased: null, refusing: null },
    fault,
  })
  const list = (why: 'tls_name' | 'no_answer') => String(trunksPage({ frame, trunks: [at(why)], saved: false }))
  assert.equal(list('tls_name').split('对方证书不是为此名称签发的').length, 2)
  assert.match(list('no_answer'), /断开[\s\S]*对方不应答[\s\S]*最近故障: 对方证书不是为此名称签发的/)
  assert.ok(!list('no_answer').includes('other.example.com'))
  const page = String(
    trunkFormPage({
      ...{ frame, trunk: at('tls_name'), turnedAway: 0, test: null },
      filled: { values: {}, errors: {} },
    }),
  )
  assert.match(page, /<details><summary>系统所见（原文）<\/summary><code lang="en">TLS: its certificate/)
})

test('a desk phone that is not registered is not said to ring, and one’s own phone that rings is no desk without a call', () => {
  const desk = sampleDesks.ready!('zh-CN')
  const at = (station: Partial<(typeof desk)['station']>, phase: (typeof desk)['agent']['phase'] = 'ready') =>
    String(
      deskPage({
        ...desk,
        ...{ call: null, agent: { ...desk.agent, phase } },
        station: { ...desk.station, kind: 'phone-rung', extension: '801', up: false, registered: true, ...station },
      }),
    )
  assert.match(at({}), /话机 801：来电时振铃/)
  assert.match(at({ registered: false }), /chip red[\s\S]*话机 801 未注册/)
  assert.doesNotMatch(at({ registered: false }), /来电时振铃/)
  assert.doesNotMatch(at({ registered: false, kind: 'phone-nailed', rings: true }), /正在振铃/)
  assert.match(at({ kind: 'phone-nailed' }), /话机 801 已注册/)
  assert.match(at({}, 'ringing'), /<b class="name">您的话机在振铃：摘机后拨出/)
})

test('the form that labels an announcement is no part of the table that scrolls: it stands before the page, whole', async () => {
  const text = await render('admin-announcements', 'zh-CN')
  const id = text.match(/popovertarget="(label-[^"]+)"/)?.[1]
  assert.ok(id)
  assert.match(
    text,
    new RegExp(
      `<div id="${id}" class="sheet" popover[^>]*><form class="form" method="post" action="/admin/announcements/`,
    ),
  )
})

test('a phone is told of our authority where its certificate is ours, with the way to it', async () => {
  assert.match(await render('admin-phone-address', 'zh-CN'), /签发机构证书[\s\S]*<a href="\/ca\.crt"/)
})

test('whoever writes rules with results finds their names beside the field, in words of the page', async () => {
  for (const page of ['admin-trunk-form', 'admin-campaign-form', 'admin-strategy'])
    for (const language of languages) {
      const text = await render(page, language)
      const fold = text.match(/<details class="result-names">.*?<\/details>/s)?.[0] ?? ''
      for (const name of callResults)
        assert.ok(fold.includes(`>${name}</dt><dd>${wordsIn(language).domain.callResult[name]}<`), `${page}: ${name}`)
    }
})

test('what can go wrong on a trunk has words in both languages', () => {
  for (const language of ['zh-CN', 'en'] as const)
    assert.deepEqual(Object.keys(wordsIn(language).trunkTroubles.why).toSorted(), trunkTroubles.toSorted())
})
