/** Addresses and networks that something is allowed from, as an administrator writes them: one a line, `10.1.2.3`, `10.1.0.0/16`, `fd00::/8`. */
import { BlockList, isIP } from 'node:net'

const linesMax = 200

export class AllowList {
  static readonly everywhere = new AllowList(null, '')
  readonly #list: BlockList | null
  readonly text: string

  private constructor(list: BlockList | null, text: string) {
    this.#list = list
    this.text = text
  }

  /** A text without lines allows everywhere. */
  static read(text: string): AllowList | { found: string } {
    const lines = text
      .split(/[\r\n,;]+/)
      .map(line => line.trim())
      .filter(line => line !== '')
    if (lines.length === 0) return AllowList.everywhere
    if (lines.length > linesMax) return { found: `${lines.length} lines` }
    const list = new BlockList()
    for (const line of lines) if (!add(list, line)) return { found: line.slice(0, 60) }
    return new AllowList(list, lines.join('\n'))
  }

  /** Texts are checked when they are saved; one that cannot be read any more allows nobody but this machine. */
  static kept(text = ''): AllowList {
    const list = AllowList.read(text)
    return list instanceof AllowList ? list : new AllowList(new BlockList(), text)
  }

  get isEverywhere(): boolean {
    return this.#list === null
  }

  /** This machine itself is always allowed: whoever sits at it can mend the list. */
  has(address: string): boolean {
    if (this.#list === null) return true
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
    const family = isIP(plain)
    if (family === 0) return false
    if (plain === '::1' || plain.startsWith('127.')) return true
    return this.#list.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}

function add(list: BlockList, line: string): boolean {
  const [address = '', bits, ...more] = line.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  const type = family === 6 ? 'ipv6' : 'ipv4'
  if (bits === undefined) {
    list.addAddress(address, type)
    return true
  }
  // A network of everything is no list, and more likely a slip.
  if (!/^\d{1,3}$/.test(bits) || Number(bits) < 1 || Number(bits) > (family === 6 ? 128 : 32)) return false
  list.addSubnet(address, Number(bits), type)
  return true
}
