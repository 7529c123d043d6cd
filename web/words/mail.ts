/** Words of the mail server that e-mails go by. */
import type { mailSecurities } from '../../src/lender/mail.ts'
import type { Like } from './language.ts'

const zh = {
  title: '邮件服务器',
  about: '邮件经本单位的 SMTP 服务器发出；不填主机则不发，留在发件箱。密码加密保存，任何页面都不显示。',
  host: '主机',
  port: '端口',
  security: '加密',
  securities: { tls: 'TLS（465）', starttls: 'STARTTLS（587）', none: '不加密（25，不带密码）' } satisfies Record<
    (typeof mailSecurities)[number],
    string
  >,
  user: '用户名',
  password: '密码',
  passwordHelp: (has: boolean) => (has ? '已保存；不填则保持不变。' : '有用户名时必填。'),
  from: '发件地址',
  fromName: '发件人名称',
  ca: '自有证书机构（PEM）',
  caHelp: '服务器证书由本单位签发时填写。',
  try: '发一封测试邮件',
  to: '收件地址',
  send: '发送',
  sent: (to: string) => `服务器已收下给 ${to} 的测试邮件。`,
  failed: (reason: string) => `没有发出：${reason}`,
  none: '先填写并保存邮件服务器。',
  testSubject: '测试邮件',
  testText: '这是一封测试邮件：邮件服务器设置可用。',
  allowed: {
    mailHost: '主机名或 IP 地址，或留空。',
    mailPort: '1–65535。',
    mailSecurity: '有用户名时须为 TLS 或 STARTTLS。',
    mailUser: '一行，最多 200 个字符。',
    mailPassword: '此用户名在此服务器的密码。',
    mailFrom: '邮件地址，例如 office@example.com。',
    mailFromName: '一行，最多 100 个字符。',
    mailCa: 'PEM 格式的证书，或留空。',
    mailTo: '一个邮件地址，例如 carl@example.com。',
    textPolicy: '已有的策略名，用 + 连接，或留空。',
  },
}

const en: Like<typeof zh> = {
  title: 'Mail server',
  about:
    'E-mails go by your own SMTP server; without a host none goes, and they stay in the outbox. The password is kept encrypted and shown on no page.',
  host: 'Host',
  port: 'Port',
  security: 'Encryption',
  securities: { tls: 'TLS (465)', starttls: 'STARTTLS (587)', none: 'none (25, without password)' },
  user: 'User name',
  password: 'Password',
  passwordHelp: has => (has ? 'One is kept; empty: as it was.' : 'Needed with a user name.'),
  from: 'E-mails come from',
  fromName: 'Name of the sender',
  ca: 'Certificate authority of your own (PEM)',
  caHelp: 'Where your own authority signed the server’s certificate.',
  try: 'Send a test e-mail',
  to: 'To',
  send: 'Send',
  sent: to => `The server took the test e-mail to ${to}.`,
  failed: reason => `It was not sent: ${reason}`,
  none: 'Save a mail server first.',
  testSubject: 'Test e-mail',
  testText: 'This is a test e-mail: the mail server is set up.',
  allowed: {
    mailHost: 'A host name or IP address, or nothing.',
    mailPort: '1 to 65535.',
    mailSecurity: 'With a user name TLS or STARTTLS.',
    mailUser: 'One line, 200 characters at most.',
    mailPassword: 'The password of this user at this server.',
    mailFrom: 'An e-mail address, for example office@example.com.',
    mailFromName: 'One line, 100 characters at most.',
    mailCa: 'Certificates in PEM, or nothing.',
    mailTo: 'One e-mail address, for example carl@example.com.',
    textPolicy: 'Names of policies, + between, or nothing.',
  },
}

export const mailWords = { zh, en }
