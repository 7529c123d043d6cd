/** Books of parties as the rules read them; `settle` of them says what follows when one changes. Called within a turn, so that nothing changes in between. */
import type { Book } from '../../lender/book.ts'
import type { KeptBook } from '../../store/lender/books.ts'
import type { RecordsDoor } from '../door.ts'
import { type Reckoning, reckoningOf } from '../parties/lender.ts'

/** At most 500; each in the order given. */
export async function booksOf(door: RecordsDoor, parties: string[]): Promise<{ books: Book[]; reckoning: Reckoning }> {
  const [reckoning, kept] = await Promise.all([reckoningOf(door), door.store.read('books.of', { parties })])
  return { books: kept.map(book => opened(book, reckoning)), reckoning }
}

export async function bookOf(door: RecordsDoor, party: string): Promise<{ book: Book; reckoning: Reckoning }> {
  const { books, reckoning } = await booksOf(door, [party])
  return { book: books[0]!, reckoning }
}

function opened(kept: KeptBook, { dateOf }: Reckoning): Book {
  return {
    ...kept,
    loans: kept.loans.map(loan => ({ ...loan, paid: new Map(loan.paid) })),
    repayments: kept.repayments.map(repayment => ({ ...repayment, paidOn: dateOf(repayment.paidAt) })),
  }
}
