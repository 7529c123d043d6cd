import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createQueue } from '../../records/telephony/queues.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  cookie = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

const form = (more: Record<string, string | string[]> = {}) => ({
  ...{ name: 'M1', others: 'message', mustKey: ['recorded', ''], mustTo: ['all', 'all'] },
  ...{ mustTextZh: ['会录音。', ''], mustTextEn: ['Recorded.', ''] },
  ...{ stepKey: ['open', 'message', ''], stepTitleZh: ['开场', '留言', ''], stepTitleEn: ['Open', 'Message', ''] },
  stepTextZh: ['您应还{overdue}。', '请转告{party}。', ''],
  stepTextEn: ['You owe {overdue}.', 'Ask {party} to call.', ''],
  stepAnswers: ['好 | Fine > 结束\n不好 | Bad > open', '', ''],
  ...more,
})
const post = (fields: Record<string, string | string[]>, path = '/admin/scripts') =>
  send(house, cookie, 'POST', path, fields)

test('a script is looked through and shown with made-up values before it is saved', async () => {
  const seen = await post(form({ do: 'preview' }))
  assert.equal(seen.status, 200)
  assert.match(seen.text, /Nothing is wrong[\s\S]*You owe 2,080 yuan\.[\s\S]*Fine → end · Bad → open/)
  assert.equal((await house.store.read('scripts.all', {})).length, 0)
})

test('what does not hold together is named, and what was typed stays', async () => {
  const broken = form({
    do: 'save',
    stepTextEn: ['You owe {amout}.', 'You owe {owed}', ''],
    stepAnswers: ['x > open', '', ''],
  })
  const refused = await post(broken)
  assert.equal(refused.status, 422)
  for (const words of [
    /no placeholder \{amout\}/,
    /“message” is said to others[^.]*\{owed\}/,
    /“open”: no way leads from here to an end/,
  ])
    assert.match(refused.text, words)
  assert.ok(refused.text.includes('You owe {amout}.') && refused.text.includes('x &gt; open'))
  const lost = await post(form({ stepKey: ['open', 'nobody', ''], others: '' }))
  assert.match(lost.text, /“nobody”: no way leads to this step/)
  assert.equal((await post(form({ stepKey: ['1', 'Ü', ''] }))).status, 422)
  assert.equal((await house.store.read('scripts.all', {})).length, 0)
})

test('each saving is a version, and one that was opened saves as it was', async () => {
  assert.equal((await post(form({ do: 'save' }))).location, '/admin/scripts?saved=1')
  const [kept] = await house.store.read('scripts.all', {})
  const path = `/admin/scripts/${kept!.id}`
  const opened = (await look(house, cookie, path)).text
  assert.match(opened, /好 \| Fine &gt; 结束/)
  assert.equal((await post(form({ do: 'save', name: 'M1 anew' }), path)).status, 303)
  const versions = await house.store.read('scripts.versions', { id: kept!.id })
  assert.deepEqual(
    versions.map(({ version, doc }) => `${version} ${doc.name}`),
    ['2 M1 anew', '1 M1'],
  )
  assert.deepEqual(versions[0]!.doc.steps, versions[1]!.doc.steps)
  assert.match((await look(house, cookie, '/admin/scripts')).text, /M1 anew/)
  assert.equal((await look(house, cookie, '/admin/scripts/none')).status, 404)
  assert.equal((await post(form({ places: ['nowhere'] }), path)).status, 422)
})

test('what has to be written down is asked for by campaign and queue, a field a line; a line that is none is refused and stays', async () => {
  const queue = await createQueue(house.deps.records, 'system', { name: 'hotline', members: [] })
  const path = `/admin/scripts/forms/${queue.id}`
  assert.match((await look(house, cookie, path)).text, /resolved/)
  const refused = await post({ writeUpFields: 'Why | 原因 | Why | colour | required', promise: '', grade: '' }, path)
  assert.equal(refused.status, 422)
  assert.ok(refused.text.includes('Why | 原因 | Why | colour | required'))
  const line = 'why | 原因 | Why | choice | required | 失业, 疾病 | resolved'
  assert.equal((await post({ writeUpFields: line, promise: '', grade: 'callback resolved' }, path)).status, 303)
  const kept = await house.store.read('writeUps.ofPlace', { place: queue.id })
  assert.deepEqual(kept!.grade, ['callback', 'resolved'])
  assert.deepEqual(kept!.fields[0], {
    ...{ key: 'why', label: { 'zh-CN': '原因', en: 'Why' }, type: 'choice', required: true, min: null, max: null },
    ...{ choices: ['失业', '疾病'], codes: ['resolved'] },
  })
  assert.ok((await look(house, cookie, path)).text.includes(line))
  assert.equal((await look(house, cookie, '/admin/scripts/forms/nowhere')).status, 404)
})
