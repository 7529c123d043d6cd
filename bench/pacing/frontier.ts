/**
 * The frontier: the utilisation of the best fixed risk threshold with the true distributions known and the floor seen, not the future, at an
 * abandon rate of 3 % and of 1 %. Found once with a model like this one; the methods of today are measured against it. In %, a row per
 * number of agents; null: not worked out.
 */
export type Column = { ahtS: number; p: number }
export const columns: readonly Column[] = [
  { ahtS: 45, p: 0.2 },
  { ahtS: 45, p: 0.4 },
  { ahtS: 45, p: 0.6 },
  { ahtS: 90, p: 0.2 },
  { ahtS: 90, p: 0.4 },
  { ahtS: 90, p: 0.6 },
  { ahtS: 180, p: 0.2 },
  { ahtS: 180, p: 0.4 },
]

type Row = readonly (number | null)[]
const at3: Record<number, Row> = {
  5: [66.0, 70.8, 75.6, 73.9, 79.6, null, 82.2, null],
  10: [76.6, 79.1, 81.6, 80.9, 83.5, 86.4, 85.8, null],
  20: [84.9, 86.5, 88.0, 87.1, 88.6, 89.9, 89.9, null],
  50: [92.8, 93.6, 94.2, 93.2, 93.8, 94.3, 94.1, 94.7],
  100: [96.6, 96.9, 97.3, 96.1, 96.5, 96.8, 96.4, 96.7],
  200: [98.8, 98.9, 99.1, 98.1, 98.3, 98.5, 98.0, 98.1],
  500: [99.9, 99.9, 99.9, 99.6, 99.6, 99.7, 99.2, 99.3],
}
const at1: Record<number, Row> = {
  5: [58.7, 64.9, 71.5, 67.3, 76.2, null, 77.0, null],
  10: [70.2, 74.3, 77.6, 76.2, 79.9, null, 82.6, null],
  20: [80.7, 82.4, 84.3, 83.6, 85.5, 87.4, 87.2, null],
  50: [89.6, 90.7, 91.7, 90.8, 91.6, 92.5, 92.5, 93.2],
  100: [94.5, 95.2, 95.6, 94.6, 95.0, 95.5, 95.2, 95.6],
  200: [97.7, 97.8, 98.2, 97.1, 97.3, 97.5, 97.1, 97.2],
  500: [99.6, 99.7, 99.8, 99.1, 99.2, 99.3, 98.7, 98.9],
}

/** In %; null where it is not known. */
export function frontier(agents: number, { ahtS, p }: Column, max: 0.03 | 0.01): number | null {
  const column = columns.findIndex(one => one.ahtS === ahtS && one.p === p)
  return (max === 0.03 ? at3 : at1)[agents]?.[column] ?? null
}
