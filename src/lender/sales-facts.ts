/** Facts of sales: products, prospects, what was offered, orders. */
import type { Order, OrderState, Product, Prospect } from './order.ts'
import type { Quote, SaidItem } from './quote.ts'

export type SalesFact =
  | { type: 'product.saved'; product: Product }
  /** The whole new value of each, at most 500. */
  | { type: 'prospects.saved'; prospects: Prospect[] }
  | { type: 'quote.made'; quote: Quote }
  /** A sentence that must be said was said: the whole new value. */
  | { type: 'quote.said'; item: SaidItem; quote: Quote }
  | { type: 'order.opened'; order: Order }
  | { type: 'order.moved'; from: OrderState; order: Order }
