// Where the frames of events lie, one after another. What waits for a client that does not read keeps its whole slab in memory:
// in the one that Node shares among all small buffers, which the library fills with its headers too, a frame kept several times
// its own length.

const slabBytes = 32 * 1024;
/** Longer texts get a buffer of their own: they would leave much of a slab empty. */
const mostInSlab = slabBytes / 8;

export class Slabs {
  #slab = Buffer.alloc(0);
  #used = 0;

  /** The text in UTF-8. */
  keep(text: string): Buffer {
    const length = Buffer.byteLength(text);
    if (length > mostInSlab) return Buffer.from(text);
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    const bytes = this.#slab.subarray(this.#used, this.#used + length);
    this.#used += bytes.write(text);
    return bytes;
  }
}
