// Two texts as the lines that differ, in the form that `diff -u` has.

/** A larger table of lines is not made: the whole middle is then shown as replaced. */
const largestTable = 4_000_000;
const context = 2;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

function linesOf(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The lines between equal beginnings and endings, by the longest common subsequence. */
function middle(a: readonly string[], b: readonly string[]): readonly Line[] {
  const gone = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: '-', text }));
  const come = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: '+', text }));
  const width = b.length + 1;
  if (a.length * b.length > largestTable) return [...gone(a), ...come(b)];
  const table = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const text = a[i] ?? '';
    if (text === b[j]) {
      lines.push({ mark: ' ', text });
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ mark: '-', text: a[i++] ?? '' });
    else lines.push({ mark: '+', text: b[j++] ?? '' });
  }
  return [...lines, ...gone(a.slice(i)), ...come(b.slice(j))];
}

/**
 * The difference as lines that begin with `-`, `+`, a space, or `@@` before each part; empty when there is none.
 * Undefined stands for a file that does not exist.
 */
export function textDiff(before: string | undefined, after: string | undefined): readonly string[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const common = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: ' ', text }));
  const all = [
    ...common(a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...common(a.slice(a.length - tail)),
  ];
  return parts(all);
}

/** Cuts out what is far from any difference. */
function parts(all: readonly Line[]): readonly string[] {
  const near = new Set<number>();
  for (const [index, { mark }] of all.entries())
    if (mark !== ' ') for (let at = index - context; at <= index + context; at++) near.add(at);
  const lines: string[] = [];
  let [left, right] = [1, 1];
  for (const [index, { mark, text }] of all.entries()) {
    if (near.has(index)) {
      if (!near.has(index - 1)) {
        let end = index;
        while (near.has(end) && end < all.length) end++;
        const part = all.slice(index, end);
        const [less, more] = ['+', '-'].map((other) => part.filter((line) => line.mark !== other).length);
        lines.push(`@@ -${left},${less} +${right},${more} @@`);
      }
      lines.push(`${mark}${text}`);
    }
    if (mark !== '+') left++;
    if (mark !== '-') right++;
  }
  return lines;
}
