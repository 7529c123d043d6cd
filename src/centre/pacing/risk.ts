/**
 * The chance that a number of agents who become free falls short of the answers that come first. Both are sums of independent yes-or-no
 * outcomes (Poisson-binomial); the sum is kept by its first three cumulants and read off a normal law with Edgeworth's correction for skewness.
 */

/** P(X ≤ 0) for a whole-numbered X with these first three cumulants. */
export function shortfall(mean: number, variance: number, skew: number): number {
  if (variance < 1e-9) return mean < 0.5 ? 1 : 0
  const deviation = Math.sqrt(variance)
  const z = (0.5 - mean) / deviation
  const gamma = Math.max(-1, Math.min(1, skew / (variance * deviation)))
  const plain = normal(z)
  const corrected = plain - (gamma / 6) * (z * z - 1) * density(z)
  return Math.min(1, Math.max(plain * 0.05, corrected))
}

function density(z: number): number {
  return Math.exp(-z * z * 0.5) * 0.3989422804014327
}

/** The normal law's distribution function; Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    density(z) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}
