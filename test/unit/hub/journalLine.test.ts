// Lines of the journal: what is written is read again as it was, and what an agent may have written there does no harm.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { HubEvent } from '../../../src/hub/hubEvent.ts';
import {
  beginsEvent,
  parseHeader,
  parseLine,
  renderClosed,
  renderEvent,
  renderHeader,
  renderSpool,
  type SegmentHeader,
} from '../../../src/hub/journalLine.ts';

const event: HubEvent = {
  seq: 7,
  at: '2026-11-21T13:00:00.000Z',
  group: 'agents',
  type: 'agent_event',
  agent: 'code-agent',
  isCoalescible: false,
  data: { id: 'x', n: 1, file: 'a "b"\n\u2028\u0000', cut: ['file'] },
};

const withoutAgent: HubEvent = { ...event, group: 'system', type: 'system_update', isCoalescible: true };
delete (withoutAgent as { agent?: string }).agent;

describe('a line of the journal', () => {
  const checkEvent = (name: string, given: HubEvent, from?: readonly [number, number]) =>
    it(`${name} comes back as it was, on one line`, () => {
      const text = renderEvent(given, from);
      assert.equal(text.indexOf('\n'), text.length - 1);
      assert.ok(beginsEvent(text));
      const read = parseLine(text.slice(0, -1));
      assert.deepEqual(read, { kind: 'event', event: given, ...(from === undefined ? {} : { from }) });
      const keys = Object.keys(JSON.parse(text));
      assert.deepEqual(keys, [...keys].sort());
    });
  checkEvent('an event', event, [3, 4711]);
  checkEvent('an event without a spool', event);
  checkEvent('an event without an agent', withoutAgent);
  checkEvent('an agent with quotes and line ends', { ...event, agent: '"\n\\' }, [0, 0]);

  it('a spool comes back as it was', () => {
    const position = { name: 'a.jsonl', inode: 5, offset: 9, id: 'x' };
    const text = renderSpool(2, position);
    assert.equal(beginsEvent(text), false);
    assert.deepEqual(parseLine(text), { kind: 'spool', file: 2, position });
  });

  it('the end of a closed journal comes back', () => {
    assert.deepEqual(parseLine(renderClosed()), { kind: 'closed' });
  });

  const good = JSON.parse(renderEvent(event, [0, 1])) as Record<string, unknown>;
  const checkNone = (name: string, text: string) =>
    it(`${name} is none`, () => assert.equal(parseLine(text), undefined));
  const checkWith = (key: string, value: unknown) =>
    checkNone(`an event with ${key} ${JSON.stringify(value)}`, JSON.stringify({ ...good, [key]: value }));
  checkNone('a half', renderEvent(event).slice(0, 40));
  checkNone('nothing', '');
  checkNone('a list', '[]');
  checkNone('null', 'null');
  checkNone('a spool that leads out', '{"file":0,"inode":1,"name":"../x.jsonl","offset":0}');
  checkNone('a spool with a negative place', '{"file":0,"inode":1,"name":"x.jsonl","offset":-1}');
  checkWith('seq', -1);
  checkWith('seq', 1.5);
  checkWith('seq', '1');
  checkWith('group', '__proto__');
  checkWith('group', 'tasks');
  checkWith('type', 'toString');
  checkWith('at', 'now');
  checkWith('data', []);
  checkWith('data', null);
  checkWith('from', ['0', 1]);
  checkWith('from', [0]);
  it('an agent that no frame has room for is left out', () => {
    const text = JSON.stringify({ ...good, agent: 'x'.repeat(257) });
    const { agent: _, ...rest } = event;
    assert.deepEqual(parseLine(text), { kind: 'event', event: rest, from: [0, 1] });
  });
});

describe('the first line of a segment', () => {
  const header: SegmentHeader = {
    epoch: '11111111-2222-4333-8444-555555555555',
    boot: 'b',
    seq: 12,
    previous: { name: '000001-000000000001.jsonl', bytes: 99 },
    spools: [{ name: 'a.jsonl', inode: 1, offset: 2, id: 'i' }],
    memory: { coordination: { pairs: [] } },
  };
  it('comes back as it was', () => {
    assert.deepEqual(parseHeader(renderHeader(header)), header);
    const { epoch, seq, spools, memory } = header;
    assert.deepEqual(parseHeader(renderHeader({ epoch, seq, spools, memory })), {
      epoch,
      seq,
      spools,
      memory,
    });
  });
  it('of a later format, or none, is refused; spools that lead out are left out', () => {
    const changed = (more: object) =>
      parseHeader(JSON.stringify({ ...JSON.parse(renderHeader(header)), ...more }));
    assert.equal(changed({ format: 2 }), undefined);
    assert.equal(changed({ epoch: '' }), undefined);
    assert.equal(changed({ seq: null }), undefined);
    assert.equal(parseHeader('{'), undefined);
    const spools = [{ name: '../../x', inode: 1, offset: 0 }, 7, header.spools[0]];
    assert.deepEqual(changed({ spools })?.spools, header.spools);
  });
});
