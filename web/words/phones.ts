/** Words of the pages about desk phones. */
import type { Like } from './language.ts'

const zh = {
  title: '话机',
  about: '有分机号的人员及其话机。同一分机可以在多部话机上注册。',
  none: '还没有分机。请在“人员”中填写分机号。',
  extension: '分机',
  person: '人员',
  station: '接听方式',
  state: '状态',
  registered: '已注册',
  notRegistered: '未注册',
  device: '话机',
  setUp: '配置话机',
  setUpOf: (extension: string) => `配置分机 ${extension} 的话机`,
  setUpAbout: (name: string) => `${name} 的话机从下面的地址取得配置。按话机品牌选用，或扫描二维码。`,
  secret: '此地址等同于话机密码，请勿转发。24 小时内有效，再次生成后旧地址立即失效。',
  over: '配置地址只显示一次，现在已不能再看。请再点“配置话机”，旧地址随即失效。',
  trust:
    '话机须先信任本中心的签发机构证书，否则取不到配置，也不能以 TLS 注册。请在话机网页的“安全”→“受信任证书”中导入：',
  trustFile: '下载签发机构证书（ca.crt）',
  copy: '复制',
  back: '返回话机列表',
  makes: {
    yealink: '亿联 Yealink',
    grandstream: '潮流 Grandstream',
    fanvil: '方位 Fanvil',
    snom: 'Snom',
    linphone: 'Linphone',
  } as Record<string, string>,
  how: {
    yealink: '网页：设置 → 自动更新 → 服务器 URL，填入后点“立即更新”。',
    grandstream: '网页：维护 → 升级和部署 → 配置服务器路径（不含 https://），类型选 HTTPS，然后重启。',
    fanvil: '网页：系统 → 自动部署 → 静态服务器，填入后重启。',
    snom: '网页：高级 → 更新 → 设置 URL，填入后重启。',
    linphone:
      '电脑或手机：首次启动时选择“扫描二维码”，或在设置中填入远程配置地址。若提示证书不受信任，请为本系统换上话机所信任机构签发的证书。',
  } as Record<string, string>,
}

const en: Like<typeof zh> = {
  title: 'Desk phones',
  about: 'Who has an extension, and the phones behind it. Several phones may be registered for one.',
  none: 'There are no extensions yet: give one on the page of a person.',
  extension: 'Extension',
  person: 'Person',
  station: 'Takes calls',
  state: 'State',
  registered: 'registered',
  notRegistered: 'not registered',
  device: 'Phone',
  setUp: 'Set up a phone',
  setUpOf: (extension: string) => `Set up a phone for ${extension}`,
  setUpAbout: (name: string) =>
    `The phone of ${name} fetches its settings from one of these addresses: by its make, or by the code.`,
  secret:
    'This address is as good as the password of the phone. It is good for 24 hours, or until the next one is made.',
  over: 'An address is shown once and cannot be shown any more. Set up the phone again: the old address is then good no more.',
  trust:
    'The phone must trust this centre’s own authority first, or it fetches no settings and does not register by TLS. Import on its web page, under Security, Trusted certificates:',
  trustFile: 'Download the certificate of the authority (ca.crt)',
  copy: 'Copy',
  back: 'Back to the phones',
  makes: {
    yealink: 'Yealink',
    grandstream: 'Grandstream',
    fanvil: 'Fanvil',
    snom: 'Snom',
    linphone: 'Linphone',
  } as Record<string, string>,
  how: {
    yealink: 'Web page: Settings → Auto Provision → Server URL, then “Auto Provision Now”.',
    grandstream:
      'Web page: Maintenance → Upgrade and Provisioning → Config Server Path (without https://), via HTTPS, then restart.',
    fanvil: 'Web page: System → Auto Provision → Static Provisioning Server, then restart.',
    snom: 'Web page: Advanced → Update → Setting URL, then restart.',
    linphone:
      'On a computer or a mobile phone: at its first start choose “scan a QR code”, or give the remote provisioning address in its settings. If it does not trust the certificate, use one of an authority that it knows.',
  } as Record<string, string>,
}

export const phoneWords = { zh, en }
