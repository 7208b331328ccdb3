// The lock's text: read back as written, one output per line, and never trusted further than it makes sense.
import assert from 'node:assert/strict';
import { type Lock, parseLock, renderLock } from '../../../src/outputs/lock.ts';

const lock: Lock = {
  generator: '1.2.3',
  registry: 'r'.repeat(64),
  outputs: new Map([
    [
      'agents/b/.claude/settings.json',
      { agent: 'b', kind: 'settings' as const, sha256: 's', keys: { '/model': 'm' } },
    ],
    ['agents/a/.claude/CLAUDE.md', { agent: 'a', kind: 'memory' as const, sha256: 't' }],
  ]),
};

describe('lock', () => {
  it('is read back as it was written', () => {
    const read = parseLock(renderLock(lock));
    assert.equal(read.kind, 'good');
    if (read.kind === 'good') {
      assert.deepEqual([...read.lock.outputs].sort(), [...lock.outputs].sort());
      assert.equal(read.lock.generator, '1.2.3');
      assert.equal(read.lock.registry, lock.registry);
    }
  });

  it('has one line per output, sorted, whatever the order they came in', () => {
    const lines = renderLock(lock)
      .split('\n')
      .filter((line) => line.includes('"agents/'));
    assert.deepEqual(
      lines.map((line) => line.trim().split(':')[0]),
      ['"agents/a/.claude/CLAUDE.md"', '"agents/b/.claude/settings.json"'],
    );
  });

  it('is JSON without outputs and without a registry, too', () => {
    assert.deepEqual(JSON.parse(renderLock({ generator: 'x', outputs: new Map() })), {
      format: 1,
      generator: 'x',
      outputs: {},
    });
  });

  const damaged = [
    '',
    '[]',
    'null',
    '{',
    '{"format":"1","outputs":{}}',
    '{"format":1}',
    '{"format":1,"outputs":[]}',
  ];
  for (const text of [...damaged, `<<<<<<< ours\n${renderLock(lock)}`])
    it(`is damaged: ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.equal(parseLock(text).kind, 'damaged');
    });

  it('is damaged when a merge kept both sides, or left any of its markers', () => {
    const text = renderLock(lock);
    const line = text.split('\n').find((each) => each.includes('CLAUDE.md')) ?? '';
    const twice = parseLock(text.replace(line, `${line}\n${line}`));
    assert.equal(twice.kind, 'damaged');
    assert.match(twice.kind === 'damaged' ? twice.reason : '', /twice/);
    for (const marker of ['<<<<<<< ours', '<<<<<<<', '||||||| base', '>>>>>>> theirs\r'])
      assert.match(
        JSON.stringify(parseLock(text.replace('{\n', `{\n${marker}\n`))),
        /merge conflict markers; regenerate/,
      );
  });

  it('of a higher format is refused, with the version that wrote it', () => {
    assert.deepEqual(parseLock('{"format":2,"generator":"9.0.0","outputs":{}}'), {
      kind: 'newer',
      format: 2,
      generator: '9.0.0',
    });
  });

  it('leaves out entries that make no sense, and keeps the rest', () => {
    const text =
      '{"format":1,"generator":"x","later":1,"outputs":{"agents/a":1,"agents/b":{"sha256":3},"agents/c":{"kind":"nope","sha256":"x"},"agents/d":{"kind":"guard","sha256":"x"},"agents/__proto__":{"kind":"guard","sha256":"y"},"__proto__":{"kind":"guard","sha256":"y"},"agents/../x":{"kind":"guard","sha256":"y"},"/etc/x":{"kind":"guard","sha256":"y"}}}';
    const read = parseLock(text);
    assert.ok(read.kind === 'good');
    assert.deepEqual([...read.lock.outputs.keys()], ['agents/d', 'agents/__proto__']);
  });
});
