/**
 * The file that a desk phone of each make fetches to set itself up, by what its maker documents: Yealink (Auto Provision Template), Grandstream
 * (XML configuration, P values), Fanvil (XML, version 2), Snom (setting files), Linphone (remote provisioning).
 */

import { formatHost } from '../../lib/host.ts'
import { type PhoneAccount, registerEveryS } from './account.ts'

export const makes = ['yealink', 'grandstream', 'fanvil', 'snom', 'linphone'] as const
export type Make = (typeof makes)[number]

export function isMake(text: string): text is Make {
  return (makes as readonly string[]).includes(text)
}

/** What the address is followed by, for makes whose phones do not append a name of their own. */
export const fileName: Record<Make, string> = {
  yealink: '',
  grandstream: '',
  fanvil: 'phone.xml',
  snom: 'snom.xml',
  linphone: 'linphone.xml',
}

export function configFor(make: Make, account: PhoneAccount): { body: string; type: string } {
  return writers[make](account)
}

const writers: Record<Make, (account: PhoneAccount) => { body: string; type: string }> = {
  yealink: account => {
    const of = (name: string, value: string | number) => `account.1.${name} = ${plain(value)}`
    const lines = [
      '#!version:1.0.0.1',
      of('enable', 1),
      of('label', account.extension),
      of('display_name', account.displayName),
      of('auth_name', account.extension),
      of('user_name', account.extension),
      of('password', account.password),
      of('sip_server.1.address', account.host),
      of('sip_server.1.port', account.port),
      of('sip_server.1.transport_type', { udp: 0, tcp: 1, tls: 2 }[account.transport]),
      of('sip_server.1.expires', registerEveryS),
      of('codec.pcma.enable', 1),
      of('codec.pcma.priority', 1),
      of('codec.pcmu.enable', 1),
      of('codec.pcmu.priority', 2),
      of('codec.g722.enable', 0),
      of('codec.g729.enable', 0),
      of('dtmf.type', 1),
      of('srtp_encryption', { off: 0, wanted: 1, required: 2 }[account.srtp]),
      `features.intercom.allow = ${account.picksUp ? 1 : 0}`,
      'features.intercom.mute = 0',
    ]
    return { body: `${lines.join('\n')}\n`, type: 'text/plain; charset=utf-8' }
  },
  grandstream: account => {
    const values: [number, string | number][] = [
      [271, 1],
      [270, account.extension],
      [47, formatHost(account.host, account.port)],
      [35, account.extension],
      [36, account.extension],
      [34, account.password],
      [3, account.displayName],
      [130, { udp: 0, tcp: 1, tls: 2 }[account.transport]],
      [31, 1],
      [32, Math.ceil(registerEveryS / 60)],
      [57, 8],
      [58, 0],
      [183, { off: 0, wanted: 1, required: 2 }[account.srtp]],
      [298, account.picksUp ? 1 : 0],
    ]
    const lines = values.map(([p, value]) => `<P${p}>${xml(value)}</P${p}>`)
    return xmlFile(`<gs_provision version="1"><config version="1">${lines.join('')}</config></gs_provision>`)
  },
  fanvil: account => {
    const line = [
      element('PhoneNumber', account.extension),
      element('DisplayName', account.displayName),
      element('SipName', account.extension),
      element('RegisterAddr', account.host),
      element('RegisterPort', account.port),
      element('RegisterUser', account.extension),
      element('RegisterPswd', account.password),
      element('RegisterTTL', registerEveryS),
      element('EnableReg', 1),
      element('Transport', { udp: 0, tcp: 1, tls: 3 }[account.transport]),
      element('VoiceCodecMap', 'PCMA,PCMU'),
      element('EnableSRTP', account.srtp === 'off' ? 0 : 1),
    ]
    return xmlFile(
      `<sysConf><Version>2.0000000000</Version><sip><line index="1">${line.join('')}</line></sip></sysConf>`,
    )
  },
  snom: account => {
    const set = (name: string, value: string | number) => `<${name} idx="1" perm="R">${xml(value)}</${name}>`
    const proxy = `sip:${formatHost(account.host, account.port)};transport=${account.transport}`
    const lines = [
      set('user_active', 'on'),
      set('user_name', account.extension),
      set('user_pname', account.extension),
      set('user_pass', account.password),
      set('user_realname', account.displayName),
      set('user_host', account.host),
      set('user_outbound', proxy),
      set('user_expiry', registerEveryS),
      set('codec_priority_list', 'pcma,pcmu,telephone-event'),
      set('user_srtp', account.srtp === 'off' ? 'off' : 'on'),
      set('user_savp', { off: 'off', wanted: 'optional', required: 'mandatory' }[account.srtp]),
    ]
    return xmlFile(`<settings><phone-settings>${lines.join('')}</phone-settings></settings>`)
  },
  linphone: account => {
    const server = `sip:${formatHost(account.host, account.port)};transport=${account.transport}`
    const section = (name: string, entries: Record<string, string | number>) =>
      `<section name="${name}">${Object.entries(entries)
        .map(([key, value]) => `<entry name="${key}" overwrite="true">${xml(value)}</entry>`)
        .join('')}</section>`
    return xmlFile(
      `<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">${[
        section('proxy_0', {
          reg_proxy: `<${server}>`,
          reg_identity: `"${account.displayName.replaceAll(/["\\]/g, '')}" <sip:${account.extension}@${formatHost(account.host)}>`,
          reg_expires: registerEveryS,
          reg_sendregister: 1,
          publish: 0,
        }),
        section('auth_info_0', {
          username: account.extension,
          userid: account.extension,
          passwd: account.password,
          realm: 'switchroom',
        }),
        section('sip', {
          default_proxy: 0,
          media_encryption: account.srtp === 'off' ? 'none' : 'srtp',
          media_encryption_mandatory: account.srtp === 'required' ? 1 : 0,
        }),
      ].join('')}</config>`,
    )
  },
}

function xmlFile(inside: string): { body: string; type: string } {
  return { body: `<?xml version="1.0" encoding="UTF-8"?>\n${inside}\n`, type: 'application/xml; charset=utf-8' }
}

function element(name: string, value: string | number): string {
  return `<${name}>${xml(value)}</${name}>`
}

function xml(value: string | number): string {
  return plain(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** One line: a name or a password that holds a line break would be a setting of its own. */
function plain(value: string | number): string {
  return String(value).replaceAll(/\p{Cc}/gu, ' ')
}
