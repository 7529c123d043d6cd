/** `did you mean http.listen?`, when a known name is at most a third of its length away. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const best = known.map(to => ({ to, steps: editDistance(name, to) })).sort((a, b) => a.steps - b.steps)[0]
  return best !== undefined && best.steps <= Math.max(2, best.to.length / 3) ? `did you mean ${best.to}?` : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
