/**
 * How a conversation sounds, from what can be counted: the E-model of ITU-T G.107 for G.711, everything but packet loss and delay at its default.
 *
 *   R = 93.2 − Idd − Ie,eff           G.107 equation 7-1 with the default Ro − Is (Table 2), A = 0
 *   Ie,eff = Ie + (95 − Ie) · Ppl / (Ppl / BurstR + Bpl)                      equation 7-29
 *   Idd = 25 {(1 + X⁶)^(1/6) − 3 (1 + (X/3)⁶)^(1/6) + 2}, X = log₂(Ta / 100)  equation 7-27; 0 up to Ta = 100 ms
 *   MOS = 1 + 0.035 R + R (R − 60)(100 − R) · 7 · 10⁻⁶                        annex B
 *
 * G.711 has Ie = 0 (G.113 appendix I, table I.1), and Bpl = 4.3 where a lost packet is heard as silence, 25.1 where it is concealed (table I.2).
 * What a telephone does about loss is not known: 4.3 is the careful one. Echo of a delayed line (Idte, Idle) is left out: it cannot be counted
 * from packets.
 */
export const bplPlain = 4.3
export const bplConcealed = 25.1
const rDefault = 93.2

export type Impairments = {
  /** Share of packets that were not heard, 0 to 1. */
  loss: number
  /** Mouth to ear, one way, ms. */
  delayMs: number
  bpl?: number
  /** How much burstier than random the loss was; 1: random. */
  burstRatio?: number
}

/** 0 to 93.2. */
export function rFactor({ loss, delayMs, bpl = bplPlain, burstRatio = 1 }: Impairments): number {
  const percent = Math.min(100, Math.max(0, loss * 100))
  const equipment = (95 * percent) / (percent / burstRatio + bpl)
  return Math.min(rDefault, Math.max(0, rDefault - delayImpairment(delayMs) - equipment))
}

export function delayImpairment(delayMs: number): number {
  if (delayMs <= 100) return 0
  const x = Math.log2(delayMs / 100)
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
}

/** 1 to 4.41: what people would say on a scale of 1 (bad) to 5 (excellent). */
export function mosOf(r: number): number {
  if (r <= 0) return 1
  if (r >= 100) return 4.5
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
}
