/** Sample props of the pages about desk phones. */
import { phoneAddressPage, phonesPage } from '../pages/admin/phones.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame } from './frame.ts'

const address = { userAgent: 'Yealink SIP-T31P 124.86.0.75', address: '10.20.3.11', transport: 'udp' }
const url = '10.20.0.5:8443/provision/Zm9yLXNhbXBsZXMtb25seQ/'
const qr = '<svg viewBox="0 0 10 10"><path d="M1 1h3v3h-3zM6 1h3v3h-3zM1 6h3v3h-3z"/></svg>'

export const phoneSamples: Record<string, (language: Language) => Html> = {
  'admin-phones': language =>
    phonesPage({
      frame: sampleFrame({ language, path: '/admin/phones', role: 'admin' }),
      phones: [
        {
          ...{ id: 'u_1', displayName: language === 'en' ? 'Alice Li' : '李雨桐', extension: '1001' },
          ...{ station: 'phone-nailed', enabled: true, registered: [address] },
        },
        {
          ...{ id: 'u_2', displayName: language === 'en' ? 'Bob Wu' : '吴博', extension: '1002' },
          ...{ station: 'phone-rung', enabled: true, registered: [] },
        },
      ],
      isAddressOver: false,
    }),
  'admin-phone-address': language =>
    phoneAddressPage({
      frame: sampleFrame({ language, path: '/admin/phones', role: 'admin' }),
      displayName: language === 'en' ? 'Bob Wu' : '吴博',
      extension: '1002',
      ownAuthority: true,
      addresses: ['yealink', 'linphone'].map(make => ({ make, url: `${url}${make}/`, qr })),
    }),
}
