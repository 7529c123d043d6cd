/**
 * Characters and small scans of the SIP grammar (RFC 3261 §25.1), each one pass over a string whose characters are bytes (Latin-1), so that
 * what was received is repeated to the byte.
 */
function table(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
export const tokenCharacters = table(`${alphanumeric}-.!%*_+\`'~`)
/**
 * What a display name without quotes is taken to consist of: tokens (RFC 3261 §25.1) and what old exchanges write instead, names in GBK or UTF-8
 * as they are. The second octet of GBK may be one of these marks.
 */
export const nameCharacters = table(`${alphanumeric}-.!%*_+\`'~@[\\]^{|}()/&#$=`).fill(1, 128)
const wordCharacters = table(`${alphanumeric}-.!%*_+\`'~()<>:\\"/[]?{}@`)
/** Host names, IPv4; IPv6 references are scanned apart. */
export const hostCharacters = table(`${alphanumeric}-._`)
const schemeCharacters = table(`${alphanumeric}+-.`)

export function consistsOf(text: string, set: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) if (!set[text.charCodeAt(at) & 255]) return false
  return text.length > 0
}

export const isToken = (text: string) => consistsOf(text, tokenCharacters)
export const isScheme = (text: string) => consistsOf(text, schemeCharacters)
/** `word [ "@" word ]`; since `@` may stand once only, a second one makes it none. */
export const isCallId = (text: string) =>
  consistsOf(text, wordCharacters) && text.indexOf('@') === text.lastIndexOf('@')

/** Digits only, at most `max`; null otherwise. No sign, no blank, no overflow. */
export function parseCount(text: string, max: number): number | null {
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
    if (value > max) return null
  }
  return text.length > 0 ? value : null
}

/** Reads a header value from left to right; `at` never goes back, so every parse is linear. */
export class Scanner {
  readonly text: string
  at = 0
  constructor(text: string) {
    this.text = text
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  peek(): number {
    return this.text.charCodeAt(this.at)
  }

  space(): void {
    while (this.at < this.text.length && (this.peek() === 32 || this.peek() === 9)) this.at++
  }

  /** Takes one character with the blanks around it. */
  take(character: string): boolean {
    this.space()
    if (this.text[this.at] !== character) return false
    this.at++
    this.space()
    return true
  }

  /** The longest run out of `set`, possibly ''. */
  run(set: Uint8Array): string {
    const from = this.at
    while (this.at < this.text.length && set[this.peek() & 255]) this.at++
    return this.text.slice(from, this.at)
  }

  token(): string {
    return this.run(tokenCharacters)
  }

  /** A quoted string with its quotes as received, or null when there is none or it never ends. */
  quoted(): string | null {
    if (this.peek() !== 34) return null
    const from = this.at
    for (this.at++; this.at < this.text.length; this.at++) {
      const code = this.peek()
      if (code === 92) this.at++
      else if (code === 34) return this.text.slice(from, ++this.at)
    }
    this.at = from
    return null
  }

  /** Everything up to the first of `stops`, or to the end. */
  until(stops: string): string {
    const from = this.at
    while (this.at < this.text.length && !stops.includes(this.text[this.at]!)) this.at++
    return this.text.slice(from, this.at)
  }
}

/** `"a \"b\""` → `a "b"`. */
export function unquote(text: string): string {
  if (!text.startsWith('"')) return text
  let plain = ''
  for (let at = 1; at < text.length - 1; at++) {
    if (text[at] === '\\') at++
    plain += text[at] ?? ''
  }
  return plain
}

/** Quotes text for the wire; control characters are left out. */
export function quote(text: string): string {
  return `"${text.replace(/[\x00-\x1f\x7f]/g, '').replace(/["\\]/g, '\\$&')}"`
}

/** Bytes as Latin-1 text → the UTF-8 text they are, when they are. */
export const fromWire = (text: string) => Buffer.from(text, 'latin1').toString('utf8')
/** UTF-8 text → its bytes as Latin-1 text. */
export const toWire = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

/** `;a=b;c` from where the scanner stands. Names are lower-cased, values kept as received. null when the syntax is broken. */
export type Parameters = Map<string, string | null>
const parametersMax = 32

export function parseParameters(scan: Scanner): Parameters | null {
  const parameters: Parameters = new Map()
  while (scan.take(';')) {
    const name = scan.token().toLowerCase()
    if (name === '' || parameters.size === parametersMax) return null
    let value: string | null = null
    if (scan.take('=')) {
      value = scan.peek() === 34 ? scan.quoted() : scan.run(parameterValueCharacters)
      if (value === null || value === '') return null
    }
    if (parameters.has(name)) return null
    parameters.set(name, value)
  }
  return parameters
}

/** `token / host`: a host may be an IPv6 reference. */
const parameterValueCharacters = table(`${alphanumeric}-.!%*_+\`'~[]:`)

export function formatParameters(parameters: Parameters): string {
  let text = ''
  for (const [name, value] of parameters) text += value === null ? `;${name}` : `;${name}=${value}`
  return text
}
