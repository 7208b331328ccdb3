// The rows that the view was given, and which of them must be drawn anew. A row that is as it was is left alone: while
// the view is drawn anew from its top, a click reaches no row at all.
import type { Row } from './row.ts';

/** The parent of the rows at the top. */
const top = '';

/** Whether two rows of one id look or act differently. Children and tooltips are not part of it. */
function differs(before: Row, after: Row): boolean {
  return (
    before.label !== after.label ||
    before.description !== after.description ||
    before.spoken !== after.spoken ||
    before.kind !== after.kind ||
    before.icon?.id !== after.icon?.id ||
    before.icon?.color !== after.icon?.color ||
    JSON.stringify(before.click) !== JSON.stringify(after.click)
  );
}

export class ShownRows {
  /** What was given, by the id of the parent. */
  readonly #lists = new Map<string, readonly Row[]>();
  /** The objects that the view knows rows by: it finds a row again by its object only. */
  readonly #objects = new Map<string, Row>();
  readonly #latest = new Map<string, Row>();
  readonly #parents = new Map<string, string>();
  /** Tooltips that were asked for: the view keeps them as long as the row is not drawn anew. */
  readonly #tooltips = new Map<string, string>();

  /** Parents whose rows are to be asked for anew. Until then nothing below them needs to be drawn a second time. */
  readonly #pending = new Set<string>();

  /** Notes that these rows are given to the view below that parent, and gives the objects that it knows them by. */
  give(parent: Row | undefined, rows: readonly Row[]): Row[] {
    if (parent === undefined) this.#forget();
    const own = parent?.id ?? top;
    this.#lists.set(own, rows);
    this.#pending.delete(own);
    return rows.map((row) => {
      this.#latest.set(row.id, row);
      this.#parents.set(row.id, own);
      const object = this.#objects.get(row.id) ?? this.#objectOf(row.id);
      this.#objects.set(row.id, object);
      return object;
    });
  }

  /** A row as it is now, whatever its object says. */
  latest(row: Row): Row {
    return this.#latest.get(row.id) ?? row;
  }

  parentOf(row: Row): Row | undefined {
    const parent = this.#parents.get(row.id);
    return parent === undefined ? undefined : this.#objects.get(parent);
  }

  /** The tooltip of a row, which is then known to be shown. */
  tooltipOf(row: Row): string {
    const { tooltip } = this.latest(row);
    this.#tooltips.set(row.id, tooltip);
    return tooltip;
  }

  /**
   * Takes in the rows of now. Gives those to draw anew, by their objects; undefined: all, since the rows at the top are others.
   * Nothing before the view has asked for any, and nothing twice before it asks again.
   */
  update(rows: readonly Row[]): readonly Row[] | undefined {
    const changed: Row[] = [];
    return this.#compare(top, rows, changed) ? changed : undefined;
  }

  /** False when the list itself is another one: its parent is to be drawn anew. */
  #compare(parent: string, after: readonly Row[], changed: Row[]): boolean {
    const before = this.#lists.get(parent);
    if (before === undefined || this.#pending.has(parent)) return true;
    if (before.length !== after.length || before.some(({ id }, index) => id !== after[index]?.id)) {
      this.#pending.add(parent);
      return false;
    }
    this.#lists.set(parent, after);
    for (const [index, row] of after.entries()) {
      const old = before[index];
      this.#latest.set(row.id, row);
      const tooltip = this.#tooltips.get(row.id);
      const isSame =
        old !== undefined &&
        !differs(old, row) &&
        (old.children === undefined) === (row.children === undefined) &&
        (tooltip === undefined || tooltip === row.tooltip) &&
        this.#compareChildren(row, changed);
      const object = this.#objects.get(row.id);
      if (isSame || object === undefined) continue;
      this.#tooltips.delete(row.id);
      changed.push(object);
    }
    return true;
  }

  /** Children are looked at only where the view was given some: of a closed agent they are not even made. */
  #compareChildren(row: Row, changed: Row[]): boolean {
    return !this.#lists.has(row.id) || this.#compare(row.id, row.children ?? [], changed);
  }

  /** Holds nothing itself, so that an old one keeps no old fleet alive. Commands that are run on a row get it. */
  #objectOf(id: string): Row {
    const latest = this.#latest;
    return {
      ...{ id, label: '', description: '', tooltip: '', spoken: '', kind: '' },
      get argument() {
        return latest.get(id)?.argument;
      },
    };
  }

  #forget(): void {
    for (const each of [this.#lists, this.#latest, this.#parents, this.#tooltips, this.#pending])
      each.clear();
  }
}
