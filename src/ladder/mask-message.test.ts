import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskMessage, maskText } from './mask-message.ts'

const number = '13812345678'
const lines = (...all: string[]) => all.join('\r\n')

/** As `serialise` makes it: the Content-Length is that of the body. */
function message(head: string[], body = '', type = ''): string {
  const more = type === '' ? [] : [`Content-Type: ${type}`]
  return lines(...head, ...more, `Content-Length: ${body.length}`, '', body)
}

const invite = (...headers: string[]) => [
  `INVITE sip:${number}@10.0.0.1:5060 SIP/2.0`,
  'Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKx1;rport',
  'Max-Forwards: 70',
  `From: "Alice" <sip:+8621518600001@10.0.0.2>;tag=a1`,
  `To: <sip:${number}@10.0.0.1>`,
  'Call-ID: q1w2@10.0.0.2',
  'CSeq: 2147483647 INVITE',
  ...headers,
]

test('the numbers of an ordinary INVITE are masked alike everywhere, and what a reader needs stays', () => {
  const masked = maskMessage(
    message(invite(`P-Asserted-Identity: <tel:+86${number}>`, 'Contact: <sip:021-5186-0001@10.0.0.2:5060>')),
  )
  assert.match(masked, /^INVITE sip:138\*\*\*\*5678@10\.0\.0\.1:5060 SIP\/2\.0\r\n/)
  assert.match(masked, /\r\nTo: <sip:138\*\*\*\*5678@10\.0\.0\.1>\r\n/)
  assert.match(masked, /\r\nP-Asserted-Identity: <tel:\+86138\*\*\*\*5678>\r\n/)
  assert.match(masked, /\r\nContact: <sip:021\*\*\*\*0001@10\.0\.0\.2:5060>\r\n/)
  assert.match(masked, /\r\nVia: SIP\/2\.0\/UDP 10\.0\.0\.2:5060;branch=z9hG4bKx1;rport\r\n/)
  assert.match(masked, /\r\nCSeq: 2147483647 INVITE\r\n/)
  assert.match(masked, /\r\nCall-ID: q1w2@10\.0\.0\.2\r\n/)
})

test('a number is masked wherever a hostile or careless far end puts it', () => {
  const places = [
    `Subject: call ${number} back`,
    `History-Info: <sip:${number}@x;user=phone?Reason=SIP%3Bcause%3D302>;index=1`,
    `Diversion: "${number}" <tel:${number}>;reason=no-answer`,
    `From: "1 3 8-1234 5678" <sip:x@y>;tag=${number}`,
    'X-Note: %31%33%38%31%32%33%34%35%36%37%38',
    'X-Note: %2B86%20138%201234%205678',
    'X-Full-Width: \xEF\xBC\x91\xEF\xBC\x93\xEF\xBC\x98\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93\xEF\xBC\x94\xEF\xBC\x95\xEF\xBC\x96\xEF\xBC\x97\xEF\xBC\x98',
    'Subject: 138\r\n 1234\r\n\t5678',
    `Call-ID: ${number}@gateway`,
    `Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK${number}`,
    `X${number}: yes`,
    `CSeq: ${number} INVITE`,
    `Expires: 60;${number}`,
    `Refer-To: <sip:x@y?Replaces=${number}%3Bto-tag%3D1>`,
    `Reason: Q.850;cause=16;text="to ${number}"`,
    `X-Two: ${number} 13912345678`,
    `X-Prefixed: 90086${number}`,
    `X-Ip: 138.123.45.678`,
  ]
  for (const place of places) {
    const masked = maskMessage(message([...invite(), place]))
    assert.ok(masked.includes('\r\n\r\n'), place)
    const digits = masked
      .replace(/%3([0-9])/g, '$1')
      .replace(/\xEF\xBC([\x90-\x99])/g, (_, last: string) => String(last.charCodeAt(0) & 15))
    const found = /1[-. ]?3[-. ]?8[-. ]?1[-. ]?2[-. ]?3[-. ]?4/.exec(digits)
    assert.equal(found, null, `${place} → ${masked}`)
    assert.ok(!/12345678|139123/.test(digits), `${place} → ${masked}`)
  }
})

test('credentials, keys and passwords are removed', () => {
  const sdp = lines(
    'v=0',
    `o=${number} 2890844526 2890842807 IN IP4 10.0.0.2`,
    `s=call of ${number}`,
    `i=${number}`,
    `p=+86 138 1234 5678`,
    'c=IN IP4 192.168.100.200',
    't=0 0',
    'm=audio 30000 RTP/SAVP 8 0 18 101 96 97',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4',
    'a=crypto:x inline:SECRETSECRET',
    'k=base64:SECRETSECRET',
    'a=ice-pwd:SECRETSECRET',
    'a=rtpmap:101 telephone-event/8000',
    '',
  )
  const masked = maskMessage(
    message(
      invite(
        'Authorization: Digest username="4001", realm="x", response="SECRETSECRET"',
        'Proxy-Authorization: Digest username="4001",\r\n response="SECRETSECRET"',
        'WWW-Authenticate: Digest realm="x", nonce="SECRETSECRET"',
        'Identity: eyJhbGciOiJSECRETSECRET',
        'User-to-User: SECRETSECRET;encoding=hex',
        'Contact: <sip:alice:SECRETSECRET@10.0.0.2>',
        'Refer-To: <sip:x@y?Authorization=SECRETSECRET>',
      ),
      sdp,
      'application/sdp',
    ),
  )
  assert.ok(!masked.includes('SECRET') && !masked.includes('WVNf'), masked)
  assert.match(masked, /\r\nAuthorization: Digest \(removed\)\r\nProxy-Authorization: Digest \(removed\)\r\n/)
  assert.match(masked, /\r\no=138\*\*\*\*5678 28\*\*\*\*4526 28\*\*\*\*2807 IN IP4 10\.0\.0\.2\r\n/)
  assert.match(masked, /\r\nm=audio 30000 RTP\/SAVP 8 0 18 101 96 97\r\n/)
  assert.match(masked, /\r\nc=IN IP4 192\.168\.100\.200\r\n/)
  assert.match(masked, /\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(removed\)\r\n/)
  assert.ok(!/1381234|138 1234/.test(masked), masked)
})

test('the Content-Length fits the masked body, unless it was wrong before', () => {
  const whole = maskMessage(message(invite(), `v=0\r\ns=1234567\r\n`, 'application/sdp'))
  const [head, body] = whole.split('\r\n\r\n') as [string, string]
  assert.equal(Number(/Content-Length: (\d+)/.exec(head)![1]), body.length)
  const wrong = maskMessage(lines(...invite(), 'Content-Type: application/sdp', 'Content-Length: 3', '', 's=1234567'))
  assert.match(wrong, /\r\nContent-Length: 3\r\n/)
})

test('a body that is no text is left out, and keys that a person pressed are', () => {
  assert.match(
    maskMessage(message(invite(), '\x01\x00\x83\x10\x31', 'application/ISUP;version=x')),
    /\(5 octets application\/isup not kept\)/,
  )
  assert.match(
    maskMessage(message(invite(), 'Signal=5\r\nDuration=160\r\n', 'application/dtmf-relay')),
    /Signal=x\r\nDuration=160\r\n/,
  )
  assert.match(maskMessage(message(invite(), '5', 'application/dtmf')), /\r\n\r\nx$/)
  assert.ok(!maskMessage(message(invite(), number, '')).includes(number))
  assert.ok(!maskMessage(message([...invite(), 'Content-Encoding: gzip'], number, 'application/sdp')).includes(number))
  const parts = lines(
    '--b1',
    'Content-Type: application/sdp',
    '',
    `o=${number} 1 1 IN IP4 10.0.0.1`,
    '--b1',
    'Content-Type: application/isup',
    '',
    '\x01SECRET',
    '--b1--',
    '',
  )
  const masked = maskMessage(message(invite(), parts, 'multipart/mixed;boundary=b1'))
  assert.match(masked, /o=138\*\*\*\*5678 1 1 IN IP4 10\.0\.0\.1/)
  assert.ok(!masked.includes('SECRET'))
  const frag = maskMessage(
    message(invite(), `SIP/2.0 200 OK\r\nAuthorization: SECRET\r\nTo: ${number}\r\n`, 'message/sipfrag'),
  )
  assert.ok(!frag.includes('SECRET') && !frag.includes(number))
})

test('extensions, short codes and addresses stay readable', () => {
  const text = 'sip:4001@192.168.100.200:5060, 110, 12345, [2001:db8::1234:5678]:5061'
  assert.equal(maskText(text), text)
})

test('no text is slow to mask, however it is made', () => {
  const started = process.cpuUsage()
  for (const unit of ['1', '1 ', '1.1.1.1.', 'sip:a:', '+', '%31', '1-2-3-4-5-6-a', 'authorization=', '\xEF\xBC', '1.'])
    maskMessage(
      message([`X ${unit.repeat(16_384 / unit.length)}`], unit.repeat(16_384 / unit.length), 'application/sdp'),
    )
  const { user } = process.cpuUsage(started)
  assert.ok(user < 400_000, `${user} µs`)
})
