import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallNames, saysWho, tellFact, toldOfCalls } from '../parts/call-history.ts'
import { sampleFrame } from '../samples/frame.ts'
import { readable } from './facts.ts'
import { wordsIn } from './words.ts'

const names: CallNames = {
  user: id => (id === 'u_alice' ? 'Alice' : null),
  ...{ queue: () => 'Service', campaign: () => 'March', trunk: () => 'E1', menu: () => 'Welcome' },
  ...{ outcome: code => (code === 'promise' ? 'Promise to pay' : null), field: () => 'Amount' },
}
const telling = (language: 'zh-CN' | 'en', masked = true) => ({
  ...{ names, masked, w: wordsIn(language) },
  frame: sampleFrame({ language, path: '/', role: 'auditor' }),
})

/** That the table has every field of every fact is held by its type. */
test('each fact that the page of a call shows, and each field of it that is told, has words in both languages', () => {
  assert.ok(toldOfCalls.length > 55, String(toldOfCalls.length))
  for (const language of ['zh-CN', 'en'] as const) {
    const { facts, keys } = wordsIn(language).auditor.call
    const unsaid = toldOfCalls.flatMap(({ type, fields }) => [
      ...(facts[type] === undefined ? [type] : []),
      ...fields.filter(field => keys[field] === undefined).map(field => `${type} ${field}`),
    ])
    assert.deepEqual(unsaid, [], language)
  }
})

test('the history of a call says names for ids and words for values, and nothing raw', () => {
  const cases: [object, string][] = [
    [{ type: 'call.assigned', agent: 'u_alice', ringing: true, leg: 'l_1' }, '坐席: Alice · 接入: 话机振铃'],
    [{ type: 'call.connected', agent: 'u_gone' }, '坐席: （已删除）'],
    [
      { type: 'call.ended', ending: { by: 'carrier', cause: 'trunk_fault', result: 'CONGESTION', sipStatus: 503 } },
      '结束: 运营商 · 线路故障 · 线路拥塞 · SIP 503',
    ],
    [
      {
        ...{ type: 'call.rerouted', leg: 'l_2', callerId: '+86215186', trunk: 't_2' },
        failed: { trunk: 't_1', at: 1, why: 'refused', sipStatus: 503, q850: 34 },
      },
      '未成: E1: 拒绝接续 · SIP 503 · 中继: E1',
    ],
    [
      { type: 'recording.destroyed', reason: 'retention', business: 'collections', kept: { n: 5, of: 'YEAR' } },
      '原因: 保存年限已满 · 业务: 回款 · 保存年限: 5 年',
    ],
    [
      { type: 'call.transferred', from: 'u_alice', target: { number: '+8613812345678' }, how: 'blind', other: 'c_2' },
      '来自: Alice · 去向: 138 **** 5678 · 方式: 直接转',
    ],
    [
      { type: 'call.disposed', agent: 'u_alice', code: 'promise', note: '下周', fields: { promise_amount: '500' } },
      '坐席: Alice · 结果: Promise to pay · 备注: 下周 · 填写: Amount: 500',
    ],
    [{ type: 'recording.sealed', durationMs: 61_000, bytes: 2_000, sha256: 'ab', salvaged: false }, '时长: 01:01'],
    [{ type: 'recording.underivable', cause: 'absent', reason: 'ENOENT' }, '原因: 文件已不在磁盘上。'],
    [{ type: 'recording.underivable', reason: 'told of old' }, ''],
    [{ type: 'recording.missing', cause: 'full', reason: 'ENOSPC' }, '原因: 录音磁盘自始至终已满。'],
    [
      { type: 'call.monitored', agent: 'u_alice', by: 'u_x', mode: 'whisper', reason: 'quality' },
      '方式: 密语 · 原因: 质检',
    ],
    [{ type: 'leg.measured', leg: 'l_1', trunk: 't_1', agent: null, audio: { mosIn: 4.1 } }, '中继: E1'],
    [{ type: 'call.unassigned', agent: 'u_alice', reason: 'picked_up' }, '坐席: Alice · 原因: 被同事接起'],
    [{ type: 'call.fellBack', reason: 'outside_failed' }, '原因: 外线未接通'],
    [{ type: 'call.fellBack', reason: 'something of before' }, '原因: something of before'],
    [{ type: 'agent.stateChanged', agent: 'u_alice', state: 'break', reason: 'supervising' }, '原因: 正在监听通话'],
    [{ type: 'agent.stateChanged', agent: 'u_alice', state: 'break', reason: 'rest' }, '原因: 小休'],
    [{ type: 'call.ofAnotherVersion', agent: 'u_alice', more: { raw: 1 } }, ''],
  ]
  for (const [fact, said] of cases) {
    const text = tellFact(JSON.stringify(fact), telling('zh-CN'))
    assert.ok(said === '' ? text === '' : text.includes(said), `${text} / ${said}`)
    assert.doesNotMatch(text, /[{}[\]]|\b(u|t|l|c)_/)
  }
})

test('numbers that people wrote into a text are masked for whom numbers are, and for nobody else', () => {
  const hash = '13812345678'.repeat(6).slice(0, 64)
  const facts = [
    { type: 'call.disposed', agent: 'u_alice', code: 'x', note: '改打 13987654321', fields: { other: '13987654321' } },
    { type: 'call.appealed', agent: 'u_alice', reason: '要求改打13987654321' },
    { type: 'legalHold.placed', kind: 'call', reason: '来电 13987654321' },
    { type: 'legalHold.lifted', kind: 'call', reason: '来电 13987654321' },
    { type: 'recording.misfitLeft', recording: 'r_1', reason: '来电 13987654321' },
    { type: 'recording.sealed', recording: 'r_1', accepted: { by: 'u_x', reason: '来电 13987654321', misfits: [] } },
    { type: 'call.monitored', agent: 'u_alice', by: 'u_x', mode: 'listen', reason: '13987654321' },
  ]
  for (const fact of facts) {
    assert.doesNotMatch(tellFact(JSON.stringify(fact), telling('zh-CN')), /13987654321/, fact.type)
    assert.match(tellFact(JSON.stringify(fact), telling('zh-CN', false)), /13987654321/, fact.type)
  }
  const sealed = { type: 'recording.sealed', sha256: hash, durationMs: 1, bytes: 1, salvaged: false }
  assert.ok(tellFact(JSON.stringify(sealed), telling('zh-CN')).includes(hash))
})

test('a fact says who did it only where it shows that very person as the one who did', () => {
  const says = (fact: object, user = 'u_alice') => saysWho(JSON.stringify(fact), user)
  assert.ok(says({ type: 'call.disposed', agent: 'u_alice', code: 'x', note: '', fields: {} }))
  assert.ok(says({ type: 'call.appealTaken', by: 'u_alice', waitedMs: 1 }))
  assert.ok(!says({ type: 'call.disposed', agent: 'u_bob', code: 'x', note: 'u_alice', fields: {} }))
  assert.ok(!says({ type: 'call.monitored', agent: 'u_alice', by: 'u_sam', mode: 'listen', reason: '' }))
  assert.ok(!says({ type: 'legalHold.placed', kind: 'call', reason: 'u_alice' }))
  assert.ok(!says({ type: 'call.ofAnotherVersion', agent: 'u_alice' }))
})

test('a name without words is readable all the same', () => {
  assert.equal(readable('call.menuBegan'), 'call: menu began')
  assert.equal(readable('sipStatus'), 'sip status')
  assert.equal(readable('q850'), 'q850')
})

test('a role has one name in all Chinese texts', () => {
  const texts = JSON.stringify(wordsIn('zh-CN'), (_, value) => (typeof value === 'function' ? String(value) : value))
  assert.ok(texts.includes('班长'))
  assert.doesNotMatch(texts, /主管/)
})
