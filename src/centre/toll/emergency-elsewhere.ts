/**
 * Which country a time zone is of, wherever that is, and its emergency numbers: of a country that emergency-numbers.ts has no row for, and of
 * territories that share the calling code of another one. None of them is called, since nobody here knows their hours (numbers/zone.ts), but whoever
 * sits there may need help.
 */

/**
 * By ISO 3166 country: its calling code and numbers, 112 and 911 left out, which are dialled everywhere; the code alone: the row of that code. They are
 * the `emergency` patterns of libphonenumber (google/libphonenumber, resources/ShortNumberMetadata.xml, 17 July 2026), written out. Left out are
 * what it has of one digit and of six, which are local numbers of villages (Eritrea, Micronesia, Niger), and Gabon's 1300 to 1399, of which nothing
 * says what they are.
 */
const numbersOf: Record<string, string> = {
  ...{ AC: '247 999', AD: '376 110 116 118', AE: '971', AF: '93 100 102 119', AG: '1 999', AI: '1' },
  ...{ AL: '355 127 128 129', AM: '374 101 102 103', AO: '244 113 115', AR: '54 100 101 107', AS: '1', AT: '43' },
  ...{ AU: '61', AW: '297 100', AX: '358', AZ: '994 101 102 103', BA: '387 122 123 124', BB: '1 211 311 511' },
  ...{ BD: '880', BE: '32', BF: '226 17 18', BG: '359 150 160 166', BH: '973 199 999', BI: '257 113 117' },
  ...{ BJ: '229 114 116 117 118', BL: '590 18', BM: '1', BN: '673 991 993 995', BO: '591 110 118 119', BQ: '599' },
  ...{ BR: '55 128 190 192 193', BS: '1 919', BT: '975 110 113', BW: '267 997 998 999', BY: '375 101 102 103' },
  ...{ BZ: '501 90 990', CA: '1', CC: '61 000', CD: '243 113 114 118 177 188', CF: '236 117 118 1220' },
  ...{ CG: '242 117 118', CH: '41', CI: '225 110 111 170 180', CK: '682 996 998 999', CL: '56 131 132 133' },
  ...{ CM: '237 13 17 113 117', CN: '86', CO: '57 119 123 132 156', CR: '506', CU: '53 104 105 106' },
  ...{ CV: '238 130 131 132', CW: '599', CX: '61 000', CY: '357 199' },
  ...{ CZ: '420 150 151 152 153 154 155 156 157 158 159', DE: '49', DJ: '253 17 18', DK: '45', DM: '1 333 999' },
  ...{ DO: '1', DZ: '213 14 17', EC: '593 101 102', EE: '372 110', EG: '20', EH: '212 15 19 177' },
  ...{ ER: '291 113 114 116', ES: '34', ET: '251 91 92 93 939 991 997', FI: '358', FJ: '679 917', FK: '500 999' },
  ...{ FM: '691', FO: '298 114', FR: '33', GA: '241 18 1730', GB: '44', GD: '1' },
  ...{ GE: '995 011 022 033 111 113 122', GF: '594 15 17 18', GG: '44 999', GH: '233 191 192 193 999' },
  ...{ GI: '350 190 199', GL: '299', GM: '220 16 17 18 116 117 118', GP: '590 15 17 18', GR: '30 100 166 199' },
  ...{ GT: '502 110 120 123', GU: '1', GW: '245 113 117 118', GY: '592 912 913', HK: '852', HN: '504 199' },
  ...{ HR: '385 93 94 192 193 194', HT: '509 114 118', HU: '36 104 105 107', ID: '62', IE: '353' },
  ...{ IL: '972 100 101 102', IM: '44 999', IN: '91', IQ: '964 100 104 115 122', IR: '98 110 115 125', IS: '354' },
  ...{ IT: '39', JE: '44 999', JM: '1 110 119', JO: '962 191 192 197', JP: '81', KE: '254' },
  ...{ KG: '996 101 102 103', KH: '855', KI: '686 192 193 194 195 992 993 994', KM: '269 17 18', KN: '1 333 999' },
  ...{ KP: '850 119 819', KR: '82', KW: '965', KY: '1', KZ: '7 101 102 103', LA: '856', LB: '961 140 175 999' },
  ...{ LC: '1 999', LI: '423 117 118 144', LK: '94', LR: '231 355', LS: '266 115 117' },
  ...{ LT: '370 01 02 03 011 022 033 101 102 103', LU: '352 113', LV: '371 01 02 03 110 113' },
  ...{ LY: '218 190 191 193', MA: '212 15 19 177', MC: '377 15 17 18', MD: '373 901 902 903' },
  ...{ ME: '382 122 123 124', MF: '590 15 17 18', MG: '261 17 18 117 118', MH: '692', MK: '389 192 193 194' },
  ...{ ML: '223 15 17 18', MM: '95', MN: '976 100 101 102 103 105', MO: '853', MP: '1', MQ: '596 15 17 18' },
  ...{ MR: '222 17 18', MS: '1 999', MT: '356', MU: '230 114 115 995 999', MV: '960 102 118 119' },
  ...{ MW: '265 199 997 998 999', MX: '52 060 065 066 068 080', MY: '60', MZ: '258 117 119 197 198' },
  ...{ NA: '264 10111', NC: '687 15 16 17 18', NE: '227 15 17 18 118', NF: '672 955 977', NG: '234' },
  ...{ NI: '505 115 118 120 128', NL: '31', NO: '47', NP: '977', NR: '674 110 111', NU: '683 999', NZ: '64 111' },
  ...{ OM: '968 1444 9999', PA: '507', PE: '51 105 116 117', PF: '689 15 17 18', PG: '675 000 110 111', PH: '63' },
  ...{ PK: '92', PL: '48', PM: '508 15 17 18', PR: '1', PS: '970 100 101 102', PT: '351 115', PW: '680' },
  ...{ PY: '595 128', QA: '974 999', RE: '262 15 17 18', RO: '40', RS: '381 92 93 94' },
  ...{ RU: '7 01 02 03 101 102 103', RW: '250 111', SA: '966', SB: '677 999', SC: '248 999', SD: '249 999' },
  ...{ SE: '46', SG: '65', SH: '290 999', SI: '386 113', SJ: '47 110 113', SK: '421 150 155 158' },
  ...{ SL: '232 019 999', SM: '378 113 115 118', SN: '221 17 18', SO: '252 555 888 999', SR: '597 115' },
  ...{ SS: '211 999', ST: '239', SV: '503 913', SX: '1 919', SY: '963 110 113', SZ: '268 999', TC: '1 999' },
  ...{ TD: '235 17 18', TG: '228 117 118 171 172 177', TH: '66', TJ: '992 101 102 103', TL: '670 115' },
  ...{ TM: '993 01 02 03', TN: '216 190 197 198', TO: '676 922 933 999', TR: '90', TT: '1 990 999', TV: '688' },
  ...{ TW: '886', TZ: '255 110 111 114 115 999', UA: '380 101 102 103', UG: '256 999', US: '1', UY: '598 128' },
  ...{ UZ: '998 01 02 03 001 002 003 050', VA: '39 113 115 118', VC: '1 999', VE: '58 171', VG: '1 999', VI: '1' },
  ...{ VN: '84', VU: '678', WF: '681 15 17 18', WS: '685 994 995 996 999', XK: '383 192 193 194' },
  ...{ YE: '967 191 194 195 199', YT: '262 15', ZA: '27', ZM: '260 991 993 999', ZW: '263 993 994 995 999' },
}

/** `numbers` empty: those of the row of that code, if there is one. */
export type Elsewhere = { code: string; numbers: readonly string[] }

const found = new Map<string, Elsewhere | null>()
/** A centre has one zone; whoever tries them all forgets the first. */
const foundMax = 1_000

/** null: the zone is of no country that we know numbers of: Antarctica, UTC. Asked at each dialled number, so what was found is kept. */
export function countryOfZone(zone: string): Elsewhere | null {
  let country = found.get(zone)
  if (country !== undefined) return country
  country = lookUp(zone)
  if (found.size >= foundMax) found.clear()
  found.set(zone, country)
  return country
}

function lookUp(zone: string): Elsewhere | null {
  const country = countries().get(zone) ?? countries().get(canonical(zone))
  if (country === undefined) return null
  const [code = '', ...numbers] = numbersOf[country]!.split(' ')
  return { code, numbers }
}

/** ECMA-402 has it; TypeScript does not yet. */
type Zoned = Intl.Locale & { getTimeZones(): string[] | undefined }
let known: Map<string, string> | null = null

/** By zone, as CLDR names it: 400 of them. */
function countries(): ReadonlyMap<string, string> {
  known ??= new Map(
    Object.keys(numbersOf).flatMap(country =>
      ((new Intl.Locale(`und-${country}`) as Zoned).getTimeZones() ?? []).map(zone => [zone, country] as const),
    ),
  )
  return known
}

/** `Europe/Kyiv` and `NZ` by the names that CLDR keeps; what is no zone stays what it is. */
function canonical(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return zone
  }
}
