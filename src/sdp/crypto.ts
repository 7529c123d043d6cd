/** Keys for SRTP within SDP (RFC 4568, RFC 7714 §14.1): `a=crypto:TAG SUITE inline:KEY`. Whoever reads the SDP can read the media. */

/** In the order in which we offer them: what costs least first. */
export const cryptoSuites = [
  'AEAD_AES_128_GCM',
  'AES_CM_128_HMAC_SHA1_80',
  'AEAD_AES_256_GCM',
  'AES_CM_128_HMAC_SHA1_32',
] as const
export type CryptoSuite = (typeof cryptoSuites)[number]

/** Octets of master key and salt, one after the other as they stand in `inline:`. */
export const keyOctets: Record<CryptoSuite, { key: number; salt: number }> = {
  AEAD_AES_128_GCM: { key: 16, salt: 12 },
  AES_CM_128_HMAC_SHA1_80: { key: 16, salt: 14 },
  AEAD_AES_256_GCM: { key: 32, salt: 12 },
  AES_CM_128_HMAC_SHA1_32: { key: 16, salt: 14 },
}

/** `key`: master key and salt of whoever sent the line: what it protects its own packets with. */
export type Crypto = { tag: number; suite: CryptoSuite; key: Uint8Array }

/** Null for a suite that we do not know, and for one we do with a key or a wish that we cannot meet. `value` follows `crypto:`. */
export function parseCrypto(value: string): Crypto | null {
  if (value.length > 512) return null
  const [tag = '', name = '', parameters = '', ...session] = value.split(/[ \t]+/)
  const suite = cryptoSuites.find(one => one === name.toUpperCase())
  if (suite === undefined || !/^[1-9]\d{0,8}$/.test(tag)) return null
  if (!session.every(mayBePassedOver)) return null
  const key = keyOf(parameters, suite)
  return key === null ? null : { tag: Number(tag), suite, key }
}

export function formatCrypto({ tag, suite, key }: Crypto): string {
  return `a=crypto:${tag} ${suite} inline:${Buffer.from(key).toString('base64')}`
}

/** One key, of the right length, perhaps with a lifetime, and without a master key identifier: that would be in each packet. */
function keyOf(parameters: string, suite: CryptoSuite): Uint8Array | null {
  const [, text, rest = ''] = /^inline:([A-Za-z0-9+/]{20,64}={0,2})((?:\|[^|;]{1,40}){0,2})$/i.exec(parameters) ?? []
  if (text === undefined) return null
  // `|2^31` or `|1048576` is for how many packets it may be used: a call of a year has fewer. `|1:4` is an identifier.
  if (rest.includes(':') || !/^(?:\|(?:2\^)?\d{1,15})?$/.test(rest)) return null
  const key = Uint8Array.from(Buffer.from(text, 'base64')) // not a view of the pool that other texts lie in
  const { key: keyBytes, salt } = keyOctets[suite]
  return key.length === keyBytes + salt ? key : null
}

/**
 * RFC 4568 §6.3: what it asks for must be met, unless a `-` says otherwise. Keys that are derived once (KDR=0) and a hint of the replay window
 * (WSH) change nothing; to leave out encryption or authentication we do not agree.
 */
function mayBePassedOver(parameter: string): boolean {
  return parameter === '' || parameter.startsWith('-') || /^(?:KDR=0|WSH=\d{2,6})$/i.test(parameter)
}
