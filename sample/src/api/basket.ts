/** One line of a basket. Prices are in cents. */
export interface Item {
  readonly name: string;
  readonly price: number;
  readonly count: number;
}

/** What the basket costs, in cents. */
export function totalOf(items: readonly Item[]): number {
  return items.reduce((total, item) => total + item.price * item.count, 0);
}
