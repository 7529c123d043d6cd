/**
 * Emergency numbers by country calling code: those of police, fire and ambulance that the country itself names. What is dialled in a house is by
 * default what people there have learnt to dial. Numbers of one digit are in no plan; longer ones would be persons'.
 */
import { placeOfZone } from '../numbers/zone.ts'

/** Taken by mobile phones everywhere, and by gateways with a SIM (3GPP TS 22.101 §10); no country here gives them to anybody else. */
const everywhere = ['112', '911'] as const

export const emergencyNumbers: Record<string, readonly string[]> = {
  '1': [], // 911: 47 CFR §9.4; CRTC Telecom Decision 72-17
  '20': ['122', '123', '180'], // NTRA: police, ambulance, fire
  '27': ['10111', '10177'], // SAPS; national ambulance and fire
  '31': [], // 112: Telecommunicatiewet art. 7.7
  '32': ['100', '101'], // IBZ: ambulance and fire, police
  '33': ['15', '17', '18'], // Arcep décision 02-1179: SAMU, police, pompiers
  '34': ['091', '062', '061', '080'], // CNMC plan: police, Guardia Civil, health, fire
  '39': ['113', '115', '118'], // AGCOM delibera 8/15/CIR: police, fire, ambulance
  '41': ['117', '118', '144'], // BAKOM AEFV: police, fire, ambulance
  '43': ['122', '133', '144'], // KEM-V 2009 §19: fire, police, ambulance
  '44': ['999'], // Ofcom General Condition A3
  '45': [], // 112
  '46': [], // 112: SOS Alarm
  '47': ['110', '113'], // Nkom: fire, ambulance; 112 is the police
  '48': ['997', '998', '999'], // UKE: police, fire, ambulance
  '49': ['110'], // NotrufV §1; 112 beside it
  '60': ['999'], // MERS 999, MCMC
  '61': ['000', '106'], // ACMA Emergency Call Service Determination 2019; 106 for text
  '62': ['110', '113', '118', '119'], // Kominfo: police, fire, ambulance
  '63': [], // 911: Executive Order 56 of 2018
  '65': ['999', '995'], // IMDA numbering plan: police, SCDF
  '66': ['191', '199', '1669'], // NBTC: police, fire, NIEMS
  '81': ['110', '118', '119'], // Telecommunications numbering rules (MIC): police, coast guard, fire
  '82': ['119'], // 112 police, 119 fire and ambulance
  '84': ['113', '114', '115'], // MIC Circular 22/2014: police, fire, ambulance
  '86': ['110', '119', '120', '122'], // MIIT numbering plan (2017): police, fire, ambulance, traffic
  '90': [], // 112
  '91': ['100', '101', '102', '108'], // DoT National Numbering Plan 2003; 112 of NERS
  '92': ['15', '16', '115', '1122'], // PTA: police, fire, ambulance, rescue
  '94': ['110', '118', '119', '1990'], // TRCSL: fire and rescue, security, police, ambulance
  '95': ['191', '192', '199'], // fire, ambulance, police
  '234': ['199'], // NCC: 112; 199 as before
  '254': ['999'], // CA numbering plan: 999, 112, 911
  '353': ['999'], // ECAS
  '852': ['999', '992'], // OFCA numbering plan; 992 for text
  '853': ['999', '110'], // CTT: 999; 110 and 112 beside it
  '855': ['117', '118', '119'], // TRC: police, fire, ambulance
  '856': ['190', '191', '195'], // fire, police, ambulance
  '880': ['999'], // national emergency service, 2017
  '886': ['110', '119'], // NCC: police, fire and ambulance
  '966': ['997', '998', '999'], // CST: ambulance, civil defence, police
  '971': ['997', '998', '999'], // TDRA: fire, ambulance, police
  '977': ['100', '101', '102'], // NTA: police, fire, ambulance
}

/** Numbers without a country code are read as Chinese ones; so is a centre whose zone belongs to no country here. */
export const homeOf = (zone: string): string => placeOfZone(zone) || '86'

/** By default, of a centre in this time zone. */
export function emergencyNumbersIn(zone: string): string[] {
  const own = emergencyNumbers[homeOf(zone)] ?? []
  return [...own, ...everywhere.filter(number => !own.includes(number))]
}
