/**
 * Emergency numbers by country calling code. What is dialled in a house is by default what people there have learnt to dial: police, fire, ambulance
 * and rescue, what the country's law or regulator calls an emergency number beside these, and old numbers that are still connected; better one too
 * many than one that is refused. No directory, no service for a charge. Crisis lines only where the country counts them among these: such a call is
 * told to supervisors at once. Numbers of one digit are in no plan; longer ones would be persons'.
 *
 * Each row was compared in November 2026 with the `emergency` patterns of libphonenumber (google/libphonenumber, resources/ShortNumberMetadata.xml,
 * 17 July 2026), which cites the plans that regulators sent to the ITU (E.129), and with Android's own list (packages/services/Telephony,
 * ecc/input/eccdata.txt, Android 14). Beside a row stands whatever else was read, with its host; what has no host and is not in these
 * two was not found written by whoever answers it.
 */
import { placeOfZone } from '../numbers/zone.ts'
import { countryOfZone } from './emergency-elsewhere.ts'

/**
 * Taken by mobile phones everywhere, and by gateways with a SIM (3GPP TS 22.101 §10). No country here gives them to a service for a charge, but a
 * fixed line of mainland China hears an announcement at both, and one of Taiwan the desk for faults at 112.
 */
const everywhere = ['112', '911'] as const

export const emergencyNumbers: Record<string, readonly string[]> = {
  '1': [], // 911: 47 CFR §9.4; CRTC Telecom Decision 72-17
  '20': ['122', '123', '180', '126'], // NTRA: police, ambulance, fire; tourist police (OSAC country report 2021, docslib.org)
  '27': ['10111', '10177', '107'], // police; ambulance and fire; 107 of the cities, harmonised by ICASA's numbering plan
  '31': [], // 112: Telecommunicatiewet art. 7.7
  '32': ['100', '101'], // ambulance and fire, police
  // “Liste des numéros d'urgence” (arcep.fr), décision 02-1179 as amended (legifrance.gouv.fr): SAMU, police, fire, for who hears badly, social, children,
  // rescue in the air and at sea, attack; missing children, children, doctors on duty
  '33': ['15', '17', '18', '114', '115', '119', '191', '196', '197', '116000', '116111', '116117'],
  '34': ['091', '062', '061', '080', '085', '088', '092', '1006'], // CNMC plan: police, Guardia Civil, health, fire (two), police of regions and towns, civil defence
  // The ministry's list of emergency services (by telefonino.net): police, children, fire, ambulance; “112, 113, 115, 118 e 1530” (comune.medicina.bo.it): rescue
  // at sea; Guardia di Finanza, forest fires
  '39': ['113', '114', '115', '118', '117', '1515', '1530'],
  '41': ['117', '118', '144', '143', '145', '147', '1414', '1415'], // police, fire, ambulance, the helping hand, poison, youth, rescue from the air (two)
  // “Öffentliche Kurzrufnummern für Notrufdienste” (rtr.at), KEM-V 2009 §§17–22: fire, gas, police, mountain rescue, doctors, pastoral care, ambulance, youth
  '43': ['122', '128', '133', '140', '141', '142', '144', '147'],
  '44': ['999'], // Ofcom General Condition A3
  '45': ['114'], // 112; 114 is the nearest police station
  '46': ['90000'], // 112: SOS Alarm; 90 000 until 1996
  '47': ['110', '113', '1412'], // “Nødnummer” (nkom.no): fire, ambulance, for who hears badly; 112 is the police
  // “Tablice Numerów Kierowania Alarmowego” (bip.uke.gov.pl): rescue on rivers, at sea and in mountains, town guard, crisis staff; electricity, gas, heating, water;
  // Child Alert, terror; police, fire, ambulance. Its 989 gives information.
  '48': ['984', '985', '986', '987', '991', '992', '993', '994', '995', '996', '997', '998', '999'],
  '49': ['110'], // NotrufV §1; 112 beside it
  '60': ['999', '991', '994'], // MERS 999 (masmafire.com); civil defence and fire, as before 2007
  '61': ['000', '106'], // ACMA Emergency Call Service Determination 2019; 106 for text
  '62': ['110', '113', '115', '118', '119'], // police, fire, rescue (Basarnas), ambulance; 112 by PM Kominfo 10/2016 (jdih.kominfo.go.id)
  '63': ['117', '143'], // 911: Executive Order 56 of 2018; 117 as before (gmanews.tv), 143 of the Red Cross (philippinesnewsdigest.com)
  '65': ['999', '995', '993'], // “99X … for emergency services” (IMDA National Numbering Plan §6.2): police, SCDF
  '66': ['191', '199', '1669', '1155', '1193', '1784'], // police, fire, NIEMS, tourist and highway police, disasters (thailandsimple.com)
  '81': ['110', '118', '119'], // Telecommunications numbering rules (MIC): police, coast guard, fire
  '82': ['119', '117', '122'], // 112 police; fire and ambulance; 117 and 122 (coast guard) stay connected (koreajoongangdaily.joins.com, 27 January 2015)
  '84': ['113', '114', '115'], // MIC Circular 22/2014: police, fire, ambulance; 112 rescue
  // MIIT numbering plan: police, fire, ambulance, traffic (ctiforum.com of its issue of 2003); 12110 police by text, 12119 forest fires, 12122 motorways, 12395 rescue on
  // water, as libphonenumber's `expandedEmergency` has them; 999 is the Red Cross's ambulance in Beijing (zh.wikipedia.org, “999 (求救電話)”)
  '86': ['110', '119', '120', '122', '12110', '12119', '12122', '12395', '999'],
  '90': ['155', '156', '110', '158', '177', '122'], // “Tüm acil numaralar 112'de toplandı” (raillynews.com): police, gendarmerie, fire, coast guard, forest, AFAD, all led to 112
  '91': ['100', '101', '102', '108', '1033', '1298', '1554'], // DoT plan 2003: police, fire, ambulance, disasters; highways (newsonscreen.com), ambulance, coast guard
  '92': ['15', '16', '115', '1122', '130'], // PTA: police, fire, ambulance, rescue, motorway police (brecorder.com); 911 since 2022 (dailypakistan.com.pk)
  '94': ['110', '118', '119', '1990', '116', '117'], // “Different codes” (lirneasia.net) of TRCSL: fire, defence, police; ambulance; air force, disasters (newswire.lk)
  '95': ['191', '192', '199'], // fire, ambulance, police
  '234': ['199', '122', '767'], // NCC: 112; 199 as before, road safety (health.iseowong.com), Lagos (radionigeriaibadan.gov.ng)
  '254': ['999', '114', '1199'], // CA numbering plan: 999, 112, 911; police, Red Cross
  '353': ['999'], // ECAS
  '852': ['999', '992'], // OFCA numbering plan; 992 for text
  // 999 (fsm.gov.mo) with 110 and 112; fire and ambulance 119 and 120 (modaily.cn, 31 October 2023); judiciary police 993
  '853': ['999', '110', '119', '120', '993'],
  '855': ['117', '118', '119', '666'], // TRC: police, fire, ambulance; 666 in Phnom Penh
  '856': ['190', '191', '195', '1190', '1191', '1195'], // fire, police, ambulance, with three digits or four
  '880': ['999', '100', '101', '102', '199'], // national emergency service, 2017; those of police, RAB and fire before
  '886': ['110', '119', '118'], // police, fire and ambulance, coast guard (matsu-news.gov.tw)
  '966': ['997', '998', '999', '993', '994', '996', '966'], // ambulance, civil defence, police, traffic, coast guard, highways, disasters (expat.com)
  '971': ['997', '998', '999', '996'], // TDRA: fire, ambulance, police; coast guard
  '977': ['100', '101', '102', '103'], // NTA (thehimalayantimes.com): police, fire, ambulance, traffic
}

/** Numbers without a country code are read as Chinese ones; so is a centre whose zone belongs to no country here. */
export const homeOf = (zone: string): string => placeOfZone(zone) || '86'

/**
 * The calling code of the country whose help a centre in this zone calls, and its numbers; null: nothing is known of where it is. Where nobody is called
 * in that country its code is not that of `homeOf`.
 */
export function helpOf(zone: string): { code: string; numbers: readonly string[] } | null {
  const place = placeOfZone(zone)
  if (place !== '') return { code: place, numbers: emergencyNumbers[place] ?? [] }
  const country = countryOfZone(zone)
  if (country === null) return null
  const { code, numbers } = country
  return { code, numbers: numbers.length > 0 ? numbers : (emergencyNumbers[code] ?? []) }
}

/** By default, of a centre in this time zone; where nothing is known of it 112, 911 and China's, as numbers without a country code are read. */
export function emergencyNumbersIn(zone: string): string[] {
  const own = helpOf(zone)?.numbers ?? emergencyNumbers['86']!
  return [...own, ...everywhere.filter(number => !own.includes(number))]
}
