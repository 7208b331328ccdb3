import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Row } from '../../../src/editor/tree/row.ts';
import { ShownRows } from '../../../src/editor/tree/shownRows.ts';

const row = (id: string, changed: Partial<Row> = {}): Row => ({
  id,
  label: id,
  description: '',
  tooltip: `about ${id}`,
  spoken: id,
  kind: 'agent',
  ...changed,
});
const group = (...children: readonly Row[]): Row => row('group', { children });

describe('shownRows', () => {
  const fleet = () => [group(row('a', { children: [row('a-1')] }), row('b')), row('c')];
  /** Rows as the view has them once the group is open. */
  const shown = () => {
    const rows = new ShownRows();
    const [first] = rows.give(undefined, fleet());
    assert.ok(first);
    rows.give(first, rows.latest(first).children ?? []);
    return rows;
  };
  const cases: readonly (readonly [string, readonly Row[], readonly string[] | 'all'])[] = [
    ['nothing changed', fleet(), []],
    ['words of one', [group(row('a', { children: [] }), row('b', { description: 'new' })), row('c')], ['b']],
    ['an icon', [group(row('a', { children: [] }), row('b')), row('c', { icon: { id: 'bell' } })], ['c']],
    ['one more in a group', [group(row('a', { children: [] }), row('b'), row('d')), row('c')], ['group']],
    ['another order in a group', [group(row('b'), row('a', { children: [] })), row('c')], ['group']],
    ['one less at the top', [group(row('a', { children: [] }), row('b'))], 'all'],
    ['what lies below a closed row', [group(row('a', { children: [row('x')] }), row('b')), row('c')], []],
    ['a row that has no children any more', [group(row('a'), row('b')), row('c')], ['a']],
    [
      'a tooltip that nobody asked for',
      [group(row('a', { children: [] }), row('b', { tooltip: 'new' })), row('c')],
      [],
    ],
  ];
  for (const [name, rows, expected] of cases)
    it(`draws anew: ${name}`, () =>
      assert.deepEqual(
        shown()
          .update(rows)
          ?.map(({ id }) => id) ?? 'all',
        expected,
      ));

  it('draws a row anew whose tooltip is on show', () => {
    const rows = shown();
    rows.tooltipOf(row('c'));
    const changed = rows.update([group(row('a', { children: [] }), row('b')), row('c', { tooltip: 'new' })]);
    assert.deepEqual(
      changed?.map(({ id }) => id),
      ['c'],
    );
    assert.equal(rows.tooltipOf(row('c')), 'new');
  });

  it('keeps the object of a row over redraws, and tells of the row as it is now', () => {
    const rows = shown();
    const [before] = rows.give(undefined, [row('c', { argument: 1 })]);
    const [after] = rows.give(undefined, [row('c', { argument: 2, label: 'C' })]);
    assert.ok(before);
    assert.equal(before, after);
    assert.equal(before.argument, 2);
    assert.equal(rows.latest(before).label, 'C');
  });

  it('draws nothing before the view asked for rows', () => {
    assert.deepEqual(new ShownRows().update(fleet()), []);
  });

  it('draws nothing twice before the view asks again', () => {
    const rows = shown();
    const other = () => [group(row('a'), row('b'), row('d')), row('c')];
    const ids = (changed: readonly Row[] | undefined) => changed?.map(({ id }) => id) ?? 'all';
    assert.deepEqual(ids(rows.update(other())), ['group']);
    assert.deepEqual(ids(rows.update(other())), []);
    const [first] = rows.give(undefined, other());
    assert.ok(first);
    rows.give(first, other()[0]?.children ?? []);
    assert.deepEqual(ids(rows.update([group(row('a')), row('c')])), ['group']);
    assert.deepEqual(ids(rows.update([])), 'all');
    assert.deepEqual(ids(rows.update(fleet())), []);
  });

  it('finds the parent of a row', () => {
    const rows = shown();
    assert.equal(rows.parentOf(row('b'))?.id, 'group');
    assert.equal(rows.parentOf(row('c')), undefined);
  });
});
