/**
 * A value that nobody reads who has the database alone: `text` is what AES-256-GCM made of it, bound to its party and field, and `hash` a keyed
 * hash of the value by which it is found again. Both stand in facts; the value itself never does.
 */
export type Sealed = { text: string; hash: string }

/** Written in any way, a number is found: spaces, hyphens and the width of its letters do not count. */
export function plainSecret(value: string): string {
  return value
    .normalize('NFKC')
    .replace(/[\s\-·.]/g, '')
    .toUpperCase()
}

/** `110101199003071234` → `1101**********1234`; of eight characters and fewer the last two. */
export function maskSecret(value: string): string {
  const text = [...value]
  const [head, tail] = text.length > 10 ? [4, 4] : text.length > 4 ? [0, 2] : [0, 0]
  return text.map((character, at) => (at < head || at >= text.length - tail ? character : '*')).join('')
}
