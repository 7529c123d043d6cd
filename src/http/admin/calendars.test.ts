import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  adam = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

const calendars = '/admin/policies/calendars'
const write = (fields: Record<string, string>) => send(house, adam, 'POST', calendars, fields)
const remove = (code: string, fields: Record<string, string> = {}) =>
  send(house, adam, 'POST', `${calendars}/${code}/removal`, fields)
const dates = (code: string) => [...(house.engine.state.holidays.get(code) ?? [])]
test('a calendar is added to, taken from and removed, and the floor keeps to it at once', async () => {
  assert.equal(
    (await write({ code: 'id', dates: '2027-01-01 New Year\n2027/8/17, Independence Day', how: 'add' })).status,
    303,
  )
  assert.equal(dates('ID').length, 19, 'the shipped days stay')
  assert.ok(dates('ID').includes('2027-08-17'))
  const shown = await look(house, adam, '/admin/policies?calendar=ID')
  assert.ok(shown.text.includes('Independence Day') && shown.text.includes('ID-OJK'), 'its days, and who keeps to it')
  assert.equal((await remove('ID', { date: '2027-01-01' })).status, 303)
  assert.equal(dates('ID').length, 18)
  assert.equal((await write({ code: 'ID', dates: '2028-01-01', how: 'replace' })).status, 303)
  assert.deepEqual(dates('ID'), ['2028-01-01'])
  assert.equal((await remove('ID', { date: '2028-01-01' })).status, 422, 'the last day is not taken out')
  assert.equal((await remove('ID')).status, 303)
  assert.equal(dates('ID').length, 17, 'the shipped calendar is back')
  const versions = (await look(house, adam, '/admin/policies?calendar=ID')).text
  assert.match(versions, />4<.*>3<.*>2<.*>1</s, 'each save is a version')
})

test('a file is a calendar too, with a heading, names in quotes and the dates of other countries’ spelling', async () => {
  const body = new FormData()
  body.set('code', 'MY')
  body.set('how', 'add')
  body.set('dates', 'passed over')
  body.set('file', new File(['\ufeffdate,name\r\n2026-08-31,"Merdeka"\r\n2026年9月16日,马来西亚日\r\n'], 'my.csv'))
  const headers = { cookie: adam, 'sec-fetch-site': 'same-origin', accept: 'text/html' }
  const answer = await house.app.request(calendars, { method: 'POST', headers, body })
  assert.equal(answer.status, 303, await answer.clone().text())
  assert.deepEqual(dates('MY'), ['2026-08-31', '2026-09-16'])
  const { text } = await look(house, adam, '/admin/policies?calendar=MY')
  assert.ok(text.includes('马来西亚日') && text.includes('Merdeka'))
})

test('what is no date or no country is said beside its field with its line, and nothing is kept', async () => {
  const wrong = await write({ code: 'TH', dates: '2026-01-01\n2026-02-30 a day that is not', how: 'add' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /id="e-dates".*line 2: .*2026-02-30/s)
  assert.ok(wrong.text.includes('a day that is not</textarea>'), 'what was typed stays')
  assert.match((await write({ code: 'THAI', dates: '2026-01-01', how: 'add' })).text, /id="e-code"/)
  assert.match((await write({ code: 'TH', dates: '', how: 'add' })).text, /id="e-dates"/)
  assert.equal((await write({ code: 'TH', dates: '2026-01-01', how: 'guess' })).status, 422)
  assert.deepEqual(dates('TH'), [])
  assert.equal((await remove('ID')).status, 404, 'what is shipped is not removed')
  assert.equal((await remove('ID', { date: '2031-01-01' })).status, 404)
})

test('a calendar that a policy keeps to is not removed, since one that is not known stops every call', async () => {
  await write({ code: 'PH', dates: '2026-12-25 Christmas', how: 'add' })
  const form = { id: 'OWN-PH', source: 'board', business: 'collections', from: '08:00', to: '20:00', relations: 'SELF' }
  assert.equal((await send(house, adam, 'POST', '/admin/policies', { ...form, holidays: 'PH' })).status, 303)
  const refused = await remove('PH')
  assert.equal(refused.status, 422)
  assert.ok(refused.text.includes('OWN-PH') && dates('PH').length === 1)
})

test('a policy of our own has days, agreed hours and abandonment; each wrong field is told beside it', async () => {
  const form = { id: 'OWN-FULL', source: 'board', business: 'collections', relations: 'SELF', from: '8:30', to: '20' }
  const more = { hoursUnlessAgreed: 'true', abandonMax: '2.5', abandonDays: '30', holidays: 'ID', note: 'as agreed' }
  const limits = '3 CONNECT PARTY DAY BLOCK AGREED MODES=NOTICE COUNTS=NOTICE'
  const body = new URLSearchParams({ ...form, ...more, limits })
  for (const day of ['1', '2', '3', '4', '5']) body.append('weekdays', day)
  const headers = { cookie: adam, 'sec-fetch-site': 'same-origin', accept: 'text/html' }
  const answer = await house.app.request('/admin/policies', { method: 'POST', headers, body })
  assert.equal(answer.status, 303, await answer.clone().text())
  const { version, own, ...kept } = house.engine.state.policies.get('OWN-FULL')!
  assert.deepEqual([version, own], ['1', true])
  assert.deepEqual([kept.hours, kept.weekdays, kept.holidays], [{ from: 510, to: 1200 }, [1, 2, 3, 4, 5], 'ID'])
  assert.deepEqual([kept.hoursUnlessAgreed, kept.abandon, kept.note], [true, { max: 0.025, days: 30 }, 'as agreed'])
  const { unlessAgreed, modes, counts } = kept.limits![0]!
  assert.deepEqual([unlessAgreed, modes, counts], [true, ['notice'], ['notice']])
  const opened = (await look(house, adam, '/admin/policies?policy=OWN-FULL')).text
  for (const value of ['value="OWN-FULL"', 'value="08:30"', 'value="2.5"', limits, 'as agreed</textarea>'])
    assert.ok(opened.includes(value), value)
  const copied = (await look(house, adam, '/admin/policies?policy=ID-OJK')).text
  assert.ok(
    copied.includes('value="08:00"') && !copied.includes('value="ID-OJK"'),
    'a shipped one is copied without its name',
  )
  const wrong = async (changes: Record<string, string>, field: string) => {
    const told = await send(house, adam, 'POST', '/admin/policies', {
      ...form,
      weekdays: '1',
      abandonMax: '',
      ...changes,
    })
    assert.equal(told.status, 422, field)
    assert.ok(told.text.includes(`id="e-${field}"`), `${field} has its error beside it`)
  }
  await wrong({ from: 'dawn' }, 'from')
  await wrong({ from: '21:00' }, 'to')
  await wrong({ to: '25' }, 'to')
  await wrong({ weekdays: '9' }, 'weekdays')
  await wrong({ weekdays: '' }, 'weekdays')
  await wrong({ abandonMax: '120', abandonDays: '30' }, 'abandonMax')
  await wrong({ abandonMax: '3' }, 'abandonDays')
  await wrong({ abandonMax: '3', abandonDays: '31' }, 'abandonDays')
  await wrong({ limits: '3 CONNECT PARTY DAY BLOCK SOMETIMES' }, 'limits')
  await wrong({ limits: '3 CONNECT DEBT DAY' }, 'limits')
  await wrong({ id: 'UK' }, 'id')
  await wrong({ business: '' }, 'business')
  await wrong({ holidays: '<b>' }, 'holidays')
  assert.equal(house.engine.state.policies.get('OWN-FULL')?.version, '1', 'nothing of it was kept')
})
