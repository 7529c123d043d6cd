/** Words about tests of a trunk: its steps, and of each finding what it means and what to do. */
import type { Like } from './language.ts'

const zh = {
  title: '中继测试',
  lines: (n: number) => `${n} 路测试`,
  about: '检查注册与探测，并拨打回声号码，测量声音是否双向畅通。占用一路通话，不影响正在进行的通话；每次测试记入日志。',
  begin: '开始测试',
  running: '测试中…',
  last: '上次测试',
  fine: '测试通过。',
  notFine: '测试发现问题：见下面各步。',
  steps: { reach: '地址', register: '注册', options: '探测（OPTIONS）', call: '回声呼叫', sound: '声音' },
  states: { running: '进行中', ok: '正常', warn: '注意', bad: '故障' },
  findings: {
    located: '已找到中继的地址。',
    not_located: '找不到中继的主机：检查主机名，或本机的 DNS 服务器。',
    registered: '已注册。',
    not_registered: '未能注册：用户名和密码是否与运营商所给一致？',
    options_answered: '对方应答探测。',
    options_silent:
      '对方不应答探测：对方是否开机、是否允许本机地址、中间有无防火墙？有些网关不应答 OPTIONS，以呼叫结果为准。',
    no_echo_number: '没有设置回声号码，未拨打测试电话：在下面“呼叫处理”中填写。',
    answered: '测试电话已接通。',
    refused: '对方拒绝了测试电话：号码是否正确，该中继是否允许以此外显号码拨打？',
    no_response: '对方对呼叫没有任何响应：检查端口、协议（UDP/TCP/TLS）和防火墙。',
    not_answered: '测试电话无人应答：回声号码是否会自动接听？',
    no_codec: '对方应答的编码不能使用：在网关上为本中继启用 G.711。',
    private_address: '对方 SDP 中是内网地址（NAT）：在网关上设置媒体的外部地址，或使用会话边界控制器。',
    sound_from_elsewhere: '声音来自信令未指明的地址，已丢弃：检查网关的媒体地址。',
    sound_of_another_codec: '收到的声音不是商定的编码：检查网关上本中继的编码。',
    no_sound: '收不到声音：网关到本机媒体端口的 UDP 是否放行，media.address 是否为网关可达的地址？',
    no_echo: '收到声音，但其中没有我们的测试音：我们的声音未能到达，或该号码不是回声号码。',
    pitch: '测试音频率改变：两个方向的编码是否相同？',
    level: '音量相差过大：检查网关的增益。',
    delay: '延迟过大，通话双方会察觉：检查中间线路。',
    both_ways: '声音双向畅通。',
    fault: '测试本身未能完成。',
  },
  rules: {
    trunk_test_running: '正在测试一条中继，请等它结束。',
    trunk_test_soon: '同一条中继 10 秒内只测试一次。',
    trunk_disabled: '中继已停用：请先启用。',
    trunk_full: '中继已满：有空闲线路时再测试。',
    trunk_rate: '中继本秒的呼叫已满：稍后再试。',
    no_caller_id: '中继没有外显号码：请先填写。',
    number_invalid: '回声号码须为 1–20 位数字，可含 * 和 #。',
    number_emergency: '回声号码是紧急号码：不能用于测试。',
    number_barred: '回声号码以禁拨的号段开头。',
    number_not_allowed: '回声号码不在主管可手拨的范围内。',
  } as Record<string, string>,
}

const en: Like<typeof zh> = {
  title: 'Test of the trunk',
  lines: n => (n === 1 ? '1 test' : `${n} tests`),
  about:
    'Looks at registration and OPTIONS, then calls the echo number and measures whether sound passes both ways. It takes one line, leaves calls that go on alone, and stands in the journal.',
  begin: 'Test now',
  running: 'Testing…',
  last: 'Last test',
  fine: 'The test passed.',
  notFine: 'The test found something: see the steps.',
  steps: { reach: 'Address', register: 'Registration', options: 'OPTIONS', call: 'Echo call', sound: 'Sound' },
  states: { running: 'under way', ok: 'fine', warn: 'look', bad: 'wrong' },
  findings: {
    located: 'The trunk’s address is known.',
    not_located: 'The trunk’s host is not found: put the host right, or the DNS server of this machine.',
    registered: 'It is registered.',
    not_registered: 'It does not register: are the user name and the password the ones that the carrier gave?',
    options_answered: 'The far end answers.',
    options_silent:
      'The far end does not answer OPTIONS: is it up, does it allow this address, is a firewall between? Some gateways never answer these; the call decides.',
    no_echo_number: 'No echo number is set, so nothing was called: enter one below, under how calls go.',
    answered: 'The test call was answered.',
    refused: 'The test call was refused: is the number right, and may this trunk call it with this caller ID?',
    no_response:
      'The far end said nothing at all to the call: look at the port, the transport (UDP, TCP, TLS) and firewalls.',
    not_answered: 'Nobody answered the test call: does the echo number pick up by itself?',
    no_codec: 'It answered with a codec that we cannot speak: allow G.711 at the gateway for this trunk.',
    private_address:
      'Its SDP names a private address (NAT): set the external address for media at the gateway, or put a session border controller before it.',
    sound_from_elsewhere:
      'Sound came from an address that the signalling never named, and was dropped: look at the gateway’s media address.',
    sound_of_another_codec: 'Sound came in another codec than agreed: look at the codecs of this trunk at the gateway.',
    no_sound:
      'No sound comes: is UDP open from the gateway to our media ports, and is media.address one that it can reach?',
    no_echo: 'Sound comes, and our tone is not in it: ours does not get there, or the number is no echo.',
    pitch: 'The tone came back at another frequency: is the codec the same both ways?',
    level: 'The level is far off: look at the gains of the gateway.',
    delay: 'The delay is so long that people hear it: look at the way between.',
    both_ways: 'Sound passes both ways.',
    fault: 'The test itself could not be finished.',
  },
  rules: {
    trunk_test_running: 'A trunk is being tested: wait for its end.',
    trunk_test_soon: 'A trunk is tested once in 10 seconds.',
    trunk_disabled: 'The trunk is switched off: switch it on first.',
    trunk_full: 'The trunk is full: test it when a line is free.',
    trunk_rate: 'The trunk has started its calls of this second: try again.',
    no_caller_id: 'The trunk has no caller ID: enter one first.',
    number_invalid: 'The echo number is 1 to 20 digits, * and # among them.',
    number_emergency: 'The echo number is an emergency number: nobody tests with it.',
    number_barred: 'The echo number begins as barred numbers do.',
    number_not_allowed: 'The echo number is not one that a supervisor may dial by hand.',
  },
}

export const trunkTestWords = { zh, en }
