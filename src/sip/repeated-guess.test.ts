/** A phone with a wrong password whose 403 is lost, and asks again: it has guessed once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestResponse, ha1 } from './digest.ts'
import { carl, Net } from './fixtures/net.ts'

const realm = 'switchroom'
const phone = '10.0.0.7'
const secretOf = (password: string) => ha1('MD5', { username: '4001', password }, realm)

function registrar() {
  const net = new Net()
  const held = { ha1Md5: secretOf('right'), ha1Sha256: '', offerSha256: false }
  const room = net.add(carl, {
    registrar: { realm, lookup: extension => (extension === '4001' ? held : null) },
    admit: () => 'challenge',
  })
  let lockedOut = 0
  const ask = (branch: string, cseq: number, credentials: string[] = []) => {
    const lines = [
      ...[`REGISTER sip:${carl} SIP/2.0`, `Via: SIP/2.0/UDP ${phone}:5060;branch=z9hG4bK${branch}`],
      ...[`From: <sip:4001@${carl}>;tag=f`, `To: <sip:4001@${carl}>`, 'Call-ID: c', `CSeq: ${cseq} REGISTER`],
      ...[`Contact: <sip:4001@${phone}>`, ...credentials, 'Max-Forwards: 70', 'Content-Length: 0', '\r\n'],
    ]
    const flow = { transport: 'udp' as const, source: { address: phone, port: 5060 }, local: 'udp' }
    room.receive(Buffer.from(lines.join('\r\n')), flow, net.now)
    const { send, events } = room.drain()
    lockedOut += events.filter(({ type }) => type === 'lockedOut').length
    return send[0]!.bytes.toString()
  }
  const nonceOf = (answer: string) => /nonce="([^"]+)"/.exec(answer)?.[1] ?? ''
  const credentials = (nonce: string, password: string, nc = '00000001', username = '4001') => {
    const uri = `sip:${carl}`
    const of = { algorithm: 'MD5', method: 'REGISTER', ha1: secretOf(password), uri, nonce } as const
    const response = digestResponse({ ...of, qop: { nc, cnonce: 'x' } })
    const words = `username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`
    return [`Authorization: Digest ${words}, algorithm=MD5, qop=auth, nc=${nc}, cnonce="x"`]
  }
  return { ask, nonceOf, credentials, lockedOut: () => lockedOut }
}

for (const how of ['the same transaction', 'a request of its own'])
  test(`a wrong password that is said again, by ${how}, counts once`, () => {
    const { ask, nonceOf, credentials, lockedOut } = registrar()
    const nonce = nonceOf(ask('a', 1))
    for (let n = 0; n < 30; n++) {
      const [branch, cseq] = how === 'the same transaction' ? ['b', 2] : [`b${n}`, 2 + n]
      assert.match(ask(branch, cseq, credentials(nonce, 'wrong')), /^SIP\/2.0 403/)
    }
    assert.equal(lockedOut(), 0)
    assert.match(ask('z', 99, credentials(nonceOf(ask('y', 98)), 'right')), /^SIP\/2.0 200/)
  })

test('another guess counts whatever else it says alike, and so does the same about somebody else', () => {
  for (const vary of [
    (n: number) => ['4001', `guess ${n}`, '00000001'],
    (n: number) => ['4001', 'wrong', `0000000${n + 1}`],
    (n: number) => [`x${n}`, 'wrong', '00000001'],
  ]) {
    const { ask, nonceOf, credentials, lockedOut } = registrar()
    const nonce = nonceOf(ask('a', 1))
    for (let n = 0; n < 5; n++) {
      const [username = '', password = '', nc = ''] = vary(n)
      ask(`b${n}`, 2 + n, credentials(nonce, password, nc, username))
    }
    assert.equal(lockedOut(), 1)
    assert.match(ask('c', 50), /^SIP\/2.0 403/)
  }
})
