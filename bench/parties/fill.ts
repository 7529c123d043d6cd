/** A million parties with two numbers and a sealed ID number each, made up; what benches ask of them is found by their place. */
import type { Party, PartyPhone } from '../../src/lender/party.ts'
import { openWriter } from '../../src/store/db.ts'
import { project } from '../../src/store/project.ts'
import type { Store } from '../../src/store/store.ts'

const sliceRows = 500
const surnames = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗']
const given = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚']

/** By the projection that every fact goes through, without the journal and the syncs: what is measured is reading. */
export function fillParties(store: Store, file: string, rows: number): void {
  const db = openWriter(file)
  db.pragma('synchronous = OFF')
  db.pragma('cache_size = -500000')
  for (let from = 0; from < rows; from += 50_000)
    db.transaction(() => {
      for (let at = from; at < Math.min(rows, from + 50_000); at += sliceRows) {
        const parties = Array.from({ length: sliceRows }, (_, n) => partyNumbered(store, at + n, rows))
        project(db, {
          seq: at + 1,
          at: Date.now(),
          actor: 'system',
          fact: { type: 'parties.saved', parties },
          previousAt: 0,
        })
      }
    })()
  db.close()
}

function partyNumbered(store: Store, n: number, rows: number): Party {
  const phone = (number: string, relation: PartyPhone['relation']): PartyPhone => ({
    ...{ number: `+86${number}`, relation, name: '', source: '', legalBasis: '' },
    ...{ status: 'UNTRIED', attribution: '', badReason: '' },
  })
  const ref = refOf(n)
  return {
    ref,
    type: 'person',
    name: nameOf(n),
    idNo: { text: `v1.${'x'.repeat(62)}`, hash: store.sealer.hash(idOf(n)) },
    zone: null,
    language: null,
    flags: [],
    phones: [phone(numberOf(n), 'SELF'), phone(numberOf(rows + n), 'CONTACT')],
    fields: {},
  }
}

export function refOf(n: number): string {
  return `K${String(n).padStart(8, '0')}`
}

export function nameOf(n: number): string {
  const of = (letters: string[], at: number) => letters[at % letters.length]!
  return of(surnames, n) + of(given, Math.floor(n / 20)) + of(given, Math.floor(n / 400))
}

export function numberOf(n: number): string {
  return `138${String((n * 7919) % 100_000_000).padStart(8, '0')}`
}

export function idOf(n: number): string {
  return `110101${String(19_500_101 + (n % 700_000))}${String(n).padStart(4, '0').slice(-4)}`
}
