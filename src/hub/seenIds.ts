// Which lines came already, by their ids: the last tens of thousands, in a megabyte however long an id is. Pure.

/** Slots of a table; a power of two. */
const slots = 1 << 16;
const mostInTable = 40_000;

/** Two numbers of 32 bits that stand for a text. Not for secrets: a seed that nobody knows keeps texts from being made alike. */
function hash(text: string, seed: number): [number, number] {
  let a = 0x811c9dc5 ^ seed;
  let b = 0x9e3779b9 ^ Math.imul(seed, 0x85ebca6b);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x5bd1e995) ^ (b >>> 15);
  }
  // A slot of two zeros is an empty one.
  return [a >>> 0, (b | 1) >>> 0];
}

class Table {
  readonly #cells = new Uint32Array(2 * slots);
  count = 0;

  /** The cell that has it, or the empty one where it belongs. */
  #find(a: number, b: number): number {
    let at = a & (slots - 1);
    while (this.#cells[2 * at + 1] !== 0 && (this.#cells[2 * at] !== a || this.#cells[2 * at + 1] !== b))
      at = (at + 1) & (slots - 1);
    return at;
  }

  has(a: number, b: number): boolean {
    return this.#cells[2 * this.#find(a, b) + 1] !== 0;
  }

  add(a: number, b: number): void {
    const at = this.#find(a, b);
    if (this.#cells[2 * at + 1] !== 0) return;
    this.#cells[2 * at] = a;
    this.#cells[2 * at + 1] = b;
    this.count++;
  }
}

/**
 * Remembers at least the last 40 000 ids of all writers together. An id counts for its writer alone, so that nobody can
 * have another's line left out by writing its id first.
 */
export class SeenIds {
  readonly #seed: number;
  #young = new Table();
  #old = new Table();

  /** `seed`: any number that is not known outside. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  has(writer: string, id: string): boolean {
    const [a, b] = hash(`${writer}/${id}`, this.#seed);
    return this.#young.has(a, b) || this.#old.has(a, b);
  }

  add(writer: string, id: string): void {
    if (this.#young.count >= mostInTable) {
      this.#old = this.#young;
      this.#young = new Table();
    }
    const [a, b] = hash(`${writer}/${id}`, this.#seed);
    this.#young.add(a, b);
  }
}
