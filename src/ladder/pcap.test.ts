import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SipNote } from '../store/telephony/ladder-file.ts'
import { pcapOf } from './pcap.ts'

const options = (id: string) =>
  `OPTIONS sip:x@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5080;branch=z9hG4bK${id}\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@10.0.0.1>\r\nCall-ID: ${id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`

const note = (over: Partial<SipNote>): SipNote => ({
  at: 1_795_000_000_123.456,
  direction: 'out',
  transport: 'udp',
  local: '10.0.0.2:5080',
  remote: '10.0.0.1:5060',
  leg: 'w_1',
  text: options('one'),
  ...over,
})

test('Wireshark reads the capture: times, addresses of both families, right check sums, and each message as SIP', t => {
  if (spawnSync('tshark', ['--version']).status !== 0) return t.skip('tshark is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'pcap-'))
  try {
    const file = join(folder, 'call.pcap')
    const notes = [
      note({}),
      note({ direction: 'in', at: 1_795_000_000_200, transport: 'tls', remote: '10.0.0.1:5061', text: options('two') }),
      note({ local: '[2001:db8::2]:5060', remote: '[2001:db8:0:1::ffff:10.0.0.1]:5060', text: options('six') }),
      note({ local: 'no address' }),
      note({ local: '10.0.0.2:45678', remote: '10.0.0.3:34567', text: options('odd') }),
    ]
    writeFileSync(file, pcapOf(notes))
    const fields = [
      'frame.time_epoch',
      'ip.src',
      'ipv6.src',
      'udp.dstport',
      'sip.Call-ID',
      'udp.checksum.status',
      'ip.checksum.status',
    ]
    const checks = ['-o', 'udp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE']
    const { stdout, stderr } = spawnSync(
      'tshark',
      ['-r', file, ...checks, '-T', 'fields', ...fields.flatMap(field => ['-e', field])],
      { encoding: 'utf8' },
    )
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map(row => row.split('\t'))
    assert.deepEqual(
      rows,
      [
        ['1795000000.123456000', '10.0.0.2', '', '5060', 'one', '1', '1'],
        ['1795000000.200000000', '10.0.0.1', '', '5080', 'two', '1', '1'],
        ['1795000000.123456000', '', '2001:db8::2', '5060', 'six', '1', ''],
        ['1795000000.123456000', '10.0.0.2', '', '34567', 'odd', '1', '1'],
      ],
      stderr,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
