/** Words about why a trunk cannot be used, and what went wrong on it. */
import type { TrunkTrouble } from '../../src/centre/trunk-trouble.ts'
import type { Like } from './language.ts'

const zh = {
  last: '最近故障',
  seen: '系统所见（原文）',
  unproved: '未证实：不应答探测',
  why: {
    switched_off: '已停用',
    looking_up: '正在解析主机名',
    registering: '正在注册',
    not_found: '找不到主机',
    out_of_reach: '本机没有通往该地址的监听地址（sip.listen）',
    registration_refused: '注册被拒绝',
    registration_silent: '注册无应答',
    options_silent: '不再应答探测',
    tls_files: '本中继的证书或私钥不能用',
    tls_untrusted: '对方证书的签发机构不受信任，请在“连接”中填写其证书',
    tls_name: '对方证书不是为此名称签发的',
    tls_expired: '对方证书已过期',
    tls_not_yet: '对方证书尚未生效，请核对本机时钟',
    tls_revoked: '对方证书已被吊销',
    tls_none: '对方该端口不是 TLS 1.2 或更高版本',
    tls_refused: '对方不接受我方证书',
    tls_other: 'TLS 连接失败',
    nobody_listens: '对方端口无人监听',
    closed: '对方断开了连接',
    no_answer: '对方不应答',
    no_way: '网络不通',
    call_silent: '一次呼叫没有任何响应',
    call_unsent: '一次呼叫未能送达',
    call_refused: '一次呼叫被拒绝接续',
    other: '不能使用',
  } as Record<TrunkTrouble, string>,
}

const en: Like<typeof zh> = {
  last: 'Last fault',
  seen: 'What was seen',
  unproved: 'not proved: OPTIONS unanswered',
  why: {
    switched_off: 'switched off',
    looking_up: 'its name is being looked up',
    registering: 'registering',
    not_found: 'its host is not found',
    out_of_reach: 'no address in sip.listen reaches it',
    registration_refused: 'registration refused',
    registration_silent: 'registration not answered',
    options_silent: 'OPTIONS are answered no more',
    tls_files: 'the certificate or key of this trunk cannot be used',
    tls_untrusted:
      'its certificate is of an authority that is not trusted; give that one’s certificate under Connection',
    tls_name: 'its certificate is not for this name',
    tls_expired: 'its certificate has ended',
    tls_not_yet: 'its certificate is not in force yet; is the clock here right?',
    tls_revoked: 'its certificate was revoked',
    tls_none: 'no TLS 1.2 or newer at its port',
    tls_refused: 'it does not take our certificate',
    tls_other: 'TLS did not come about',
    nobody_listens: 'nobody listens at its port',
    closed: 'it closed the connection',
    no_answer: 'it does not answer',
    no_way: 'no way leads there',
    call_silent: 'no response to a call',
    call_unsent: 'a call could not be sent',
    call_refused: 'a call was refused',
    other: 'not usable',
  },
}

export const trunkTroubleWords = { zh, en }
