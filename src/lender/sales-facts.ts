/** Facts of sales: products, prospects, orders. */
import type { Order, OrderState, Product, Prospect } from './order.ts'

export type SalesFact =
  | { type: 'product.saved'; product: Product }
  /** The whole new value of each, at most 500. */
  | { type: 'prospects.saved'; prospects: Prospect[] }
  | { type: 'order.opened'; order: Order }
  | { type: 'order.moved'; from: OrderState; order: Order }
