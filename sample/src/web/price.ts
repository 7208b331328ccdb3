/** A price in cents as people read it: `1999` → `19.99 €`. */
export function shownPrice(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}
