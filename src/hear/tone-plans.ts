/**
 * What networks say with tones, by country: ITU-T E.180 Supplement 2 (and E.180 for their meaning), ETSI TR 101 041 for Europe, GB/T 3380 for
 * China. Data: another plan is another entry. Durations are ms, on and off in turns; an empty cadence is a tone that goes on and on.
 */
export type ToneName = 'dial' | 'ringback' | 'busy' | 'congestion' | 'vacant' | 'waiting'

export type ToneOfPlan = {
  name: ToneName
  /** One frequency, or two together. A tone modulated by 20 to 50 Hz is named by its carrier. */
  hz: readonly number[]
  cadenceMs: readonly number[]
}

export type TonePlan = {
  /** How far each frequency may be off. */
  toleranceHz: number
  tones: readonly ToneOfPlan[]
}

export const tonePlans = {
  cn: {
    toleranceHz: 25,
    tones: [
      { name: 'dial', hz: [450], cadenceMs: [] },
      { name: 'ringback', hz: [450], cadenceMs: [1000, 4000] },
      { name: 'busy', hz: [450], cadenceMs: [350, 350] },
      { name: 'congestion', hz: [450], cadenceMs: [700, 700] },
      { name: 'vacant', hz: [450], cadenceMs: [100, 100, 100, 100, 100, 100, 400, 400] },
      { name: 'waiting', hz: [450], cadenceMs: [400, 4000] },
    ],
  },
  us: {
    toleranceHz: 15,
    tones: [
      { name: 'dial', hz: [350, 440], cadenceMs: [] },
      { name: 'ringback', hz: [440, 480], cadenceMs: [2000, 4000] },
      { name: 'busy', hz: [480, 620], cadenceMs: [500, 500] },
      { name: 'congestion', hz: [480, 620], cadenceMs: [250, 250] },
      { name: 'waiting', hz: [440], cadenceMs: [300, 10_000] },
    ],
  },
  uk: {
    toleranceHz: 18,
    tones: [
      { name: 'dial', hz: [350, 440], cadenceMs: [] },
      { name: 'ringback', hz: [400, 450], cadenceMs: [400, 200, 400, 2000] },
      { name: 'busy', hz: [400], cadenceMs: [375, 375] },
      { name: 'congestion', hz: [400], cadenceMs: [400, 350, 225, 525] },
      { name: 'vacant', hz: [400], cadenceMs: [] },
      { name: 'waiting', hz: [400], cadenceMs: [100, 2000] },
    ],
  },
  etsi: {
    toleranceHz: 20,
    tones: [
      { name: 'dial', hz: [425], cadenceMs: [] },
      { name: 'ringback', hz: [425], cadenceMs: [1000, 4000] },
      { name: 'busy', hz: [425], cadenceMs: [500, 500] },
      { name: 'congestion', hz: [425], cadenceMs: [200, 200] },
      { name: 'waiting', hz: [425], cadenceMs: [200, 200, 200, 5000] },
    ],
  },
  id: {
    toleranceHz: 20,
    tones: [
      { name: 'dial', hz: [425], cadenceMs: [] },
      { name: 'ringback', hz: [425], cadenceMs: [1000, 4000] },
      { name: 'busy', hz: [425], cadenceMs: [500, 500] },
      { name: 'congestion', hz: [425], cadenceMs: [250, 250] },
      { name: 'waiting', hz: [425], cadenceMs: [150, 150, 150, 10_000] },
    ],
  },
  in: {
    toleranceHz: 20,
    tones: [
      { name: 'dial', hz: [400], cadenceMs: [] },
      { name: 'ringback', hz: [400], cadenceMs: [400, 200, 400, 2000] },
      { name: 'busy', hz: [400], cadenceMs: [750, 750] },
      { name: 'congestion', hz: [400], cadenceMs: [250, 250] },
      { name: 'vacant', hz: [400], cadenceMs: [2800, 200] },
      { name: 'waiting', hz: [400], cadenceMs: [200, 100, 200, 7500] },
    ],
  },
  ph: {
    toleranceHz: 15,
    tones: [
      { name: 'dial', hz: [425], cadenceMs: [] },
      { name: 'ringback', hz: [425, 480], cadenceMs: [1000, 4000] },
      { name: 'busy', hz: [480, 620], cadenceMs: [500, 500] },
      { name: 'congestion', hz: [480, 620], cadenceMs: [250, 250] },
      { name: 'waiting', hz: [440], cadenceMs: [300, 10_000] },
    ],
  },
  sg: {
    toleranceHz: 20,
    tones: [
      { name: 'dial', hz: [425], cadenceMs: [] },
      { name: 'ringback', hz: [425], cadenceMs: [400, 200, 400, 2000] },
      { name: 'busy', hz: [425], cadenceMs: [750, 750] },
      { name: 'congestion', hz: [425], cadenceMs: [250, 250] },
      { name: 'vacant', hz: [425], cadenceMs: [2500, 500] },
      { name: 'waiting', hz: [425], cadenceMs: [300, 200, 300, 3200] },
    ],
  },
  my: {
    toleranceHz: 20,
    tones: [
      { name: 'dial', hz: [425], cadenceMs: [] },
      { name: 'ringback', hz: [425], cadenceMs: [400, 200, 400, 2000] },
      { name: 'busy', hz: [425], cadenceMs: [500, 500] },
      { name: 'congestion', hz: [425], cadenceMs: [500, 250] },
      { name: 'vacant', hz: [425], cadenceMs: [2500, 500] },
      { name: 'waiting', hz: [425], cadenceMs: [1000, 10_000] },
    ],
  },
} as const satisfies Record<string, TonePlan>

export type TonePlanName = keyof typeof tonePlans

/** By country calling code; China's where a number's country is not known, ETSI's elsewhere. */
const planOfPlace: Record<string, TonePlanName> = {
  '': 'cn',
  '86': 'cn',
  '1': 'us',
  '44': 'uk',
  '62': 'id',
  '91': 'in',
  '63': 'ph',
  '65': 'sg',
  '60': 'my',
}

export function tonePlanOf(place: string): TonePlanName {
  return planOfPlace[place] ?? 'etsi'
}
