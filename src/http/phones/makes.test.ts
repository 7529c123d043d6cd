import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PhoneAccount } from './account.ts'
import { configFor, makes } from './makes.ts'

const account: PhoneAccount = {
  ...{ extension: '1001', password: 'p&<"\n#x', displayName: '李 <雨>\naccount.1.password = x', host: '10.0.0.5' },
  ...{ port: 5061, transport: 'tls', srtp: 'required', picksUp: true },
}

test('every make is told who it is, where to register and with what, and only that', () => {
  for (const make of makes) {
    const { body, type } = configFor(make, account)
    for (const wanted of ['1001', '10.0.0.5', '5061']) assert.ok(body.includes(wanted), `${make} lacks ${wanted}`)
    assert.match(type, make === 'yealink' ? /^text\/plain/ : /^application\/xml/)
  }
})

test('a name or a password with a line break or an angle bracket is no setting of its own', () => {
  assert.equal((configFor('yealink', account).body.match(/account\.1\.password = /g) ?? []).length, 2) // one within the name
  assert.equal(
    configFor('yealink', account)
      .body.split('\n')
      .filter(line => line.startsWith('account.1.password')).length,
    1,
  )
  for (const make of makes.filter(each => each !== 'yealink')) {
    const { body } = configFor(make, account)
    assert.ok(body.includes('p&amp;&lt;&quot; #x'), body)
    assert.ok(!body.includes('<雨>'), make)
    // What stands in angle brackets are elements, each opened and closed.
    const open: string[] = []
    for (const [, slash, name, self] of body
      .replace(/^<\?.*\?>/, '')
      .matchAll(/<(\/?)([A-Za-z][\w-]*)[^<>]*?(\/?)>/g)) {
      if (slash === '/') assert.equal(open.pop(), name)
      else if (self !== '/') open.push(name!)
    }
    assert.deepEqual(open, [])
  }
})

test('an IPv6 address stands in brackets where a port follows', () => {
  const { body } = configFor('linphone', { ...account, host: 'fd00::5', transport: 'udp', port: 5060 })
  assert.match(body, /sip:\[fd00::5\]:5060;transport=udp/)
})
