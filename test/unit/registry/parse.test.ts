import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { registryCodes } from '../../../src/registry/codes.ts';
import { type ParsedRegistry, parseRegistry } from '../../../src/registry/parse.ts';
import { workspaceFindings } from '../../../src/registry/workspaceRules.ts';
import { dedent, sound } from './checkFindings.ts';

const full = dedent(`
  version: 2
  defaults:
    model: opus
    env: {A: under, B: under}
    tags: [fleet]
    persona: personas/all.md
    context_files: [docs/all.md]
  pilot: [a-agent]
  agents:
    a-agent:
      name: a-agent
      display_name: "A \\"quoted\\" name"
      description: |
        Two
        lines.
      tools:
        - Read
        - mcp__ref
      cannot_access: ['*.ts']
      exclusive_access: []
      cannot_read: [secrets/**]
      responsibilities: [work]
      forbidden: [play]
      group: Build
      owner: me
      tags: [mine]
      persona: personas/a.md
      permission_mode: plan
      allow_bash: [npm test]
      deny_bash: [git push]
      sandbox: true
      env: {B: own, __proto__: data}
      mcp_servers: [ref]
      worktree: true
      prompt: Begin.
      autostart: true
      ignore: [{file: a, key: /b, reason: c, until: 2030-01-01}]

    # about b
    b-agent:
      name: b-agent
      display_name: B
      description: b
      tools: []
      context_files: [docs/b.md, docs/all.md]
  x-after: 1
`);

describe('parseRegistry', () => {
  it('reads every field, the defaults merged under it', () => {
    const { registry, findings } = parseRegistry(full);
    assert.deepEqual(findings, []);
    assert.equal(registry?.version, '2');
    assert.deepEqual(registry?.pilot, ['a-agent']);
    assert.deepEqual([...(registry?.agents.keys() ?? [])], ['a-agent', 'b-agent']);
    const agent = registry?.agents.get('a-agent');
    assert.deepEqual(Object.entries(agent?.env ?? {}), [
      ['A', 'under'],
      ['B', 'own'],
      ['__proto__', 'data'],
    ]);
    assert.deepEqual(
      { ...agent, env: undefined },
      {
        id: 'a-agent',
        displayName: 'A "quoted" name',
        description: 'Two\nlines.\n',
        model: 'opus',
        tools: ['Read', 'mcp__ref'],
        delegatesTo: [],
        cannotAccess: ['*.ts'],
        exclusiveAccess: [],
        cannotRead: ['secrets/**'],
        responsibilities: ['work'],
        forbidden: ['play'],
        group: 'Build',
        owner: 'me',
        tags: ['mine'],
        persona: 'personas/a.md',
        contextFiles: ['docs/all.md'],
        permissionMode: 'plan',
        allowBash: ['npm test'],
        denyBash: ['git push'],
        sandbox: true,
        env: undefined,
        mcpServers: ['ref'],
        worktree: true,
        prompt: 'Begin.',
        autostart: true,
        ignore: [{ file: 'a', key: '/b', reason: 'c', until: '2030-01-01' }],
      },
    );
  });
  it('resolves what is absent', () => {
    const agent = parseRegistry(sound('a')).registry?.agents.get('a');
    assert.equal(agent?.permissionMode, 'default');
    assert.equal(agent?.sandbox || agent?.worktree || agent?.autostart, false);
    for (const key of ['group', 'owner', 'persona', 'mcpServers', 'prompt'])
      assert.equal(Object.hasOwn(agent ?? {}, key), false, key);
  });
  it('names the agent and the file of a finding', () => {
    const { findings } = parseRegistry(`${sound('a')}  b: 5\n`, 'x/y.yaml');
    assert.deepEqual([findings[0]?.agent, findings[0]?.file], ['b', 'x/y.yaml']);
    assert.equal(parseRegistry(`${sound('a')}    - x\n`).findings[0]?.agent, 'a');
  });
  it('shows no control character of the text in a message', () => {
    const { findings } = parseRegistry('agents:\n  "a\\u202e\\n\\e[31m":\n    "x\\r\\n": 1\n');
    assert.ok(findings.length > 2);
    for (const { message } of findings) assert.doesNotMatch(message, /[\p{Cc}\p{Cf}]/u);
  });
  it('reads with Windows line ends and a byte order mark', () => {
    const { registry, positions } = parseRegistry(`\ufeff${full.replaceAll('\n', '\r\n')}`);
    assert.equal(registry?.agents.size, 2);
    assert.equal(positions.at(['agents', 'b-agent']).line, 40);
  });
  it('takes the registry of twenty-six without an error or a warning', function () {
    const path = '../shared/data/registry-26.yaml';
    if (!existsSync(path)) return this.skip();
    checkClean(parseRegistry(readFileSync(path, 'utf8')), 26);
  });
  it('takes our sample without an error or a warning', () => {
    checkClean(parseRegistry(readFileSync('sample/agents/registry.yaml', 'utf8')), 12);
  });
});

function checkClean({ registry, findings }: ParsedRegistry, agents: number): void {
  const bad = findings.filter((finding) => finding.severity !== 'information');
  assert.deepEqual(
    bad.map((finding) => finding.message),
    [],
  );
  assert.equal(registry?.agents.size, agents);
}

describe('positions', () => {
  const { positions } = parseRegistry(full);
  const lines = full.split('\n');
  const textAt = (path: readonly (string | number)[], read = positions.at): string => {
    const range = read(path);
    return range === undefined
      ? ''
      : (lines[range.line - 1] ?? '').slice(range.column - 1, range.endColumn - 1);
  };
  it('gives keys, items and, for what does not exist, the nearest above', () => {
    assert.equal(textAt(['agents']), 'agents');
    assert.equal(textAt(['agents', 'a-agent']), 'a-agent');
    assert.equal(textAt(['agents', 'a-agent', 'tools']), 'tools');
    assert.equal(textAt(['agents', 'a-agent', 'tools', 1]), 'mcp__ref');
    assert.equal(textAt(['agents', 'a-agent', 'tools', 7]), 'tools');
    assert.equal(textAt(['agents', 'a-agent', 'ignore', 0, 'until']), 'until');
    assert.equal(textAt(['agents', 'b-agent', 'model']), 'b-agent');
    assert.equal(textAt(['agents', 'z-agent', 'model']), 'agents');
    assert.equal(textAt(['defaults', 'env', 'A']), 'A');
    assert.equal(textAt(['x-after']), 'x-after');
    assert.deepEqual(positions.at(['nope']), { line: 1, column: 1, endLine: 1, endColumn: 1 });
    assert.deepEqual(positions.at([]), { line: 1, column: 1, endLine: 1, endColumn: 1 });
  });
  it('gives written values, and nothing for others', () => {
    const valueAt = (path: readonly (string | number)[]): string =>
      textAt(path, positions.valueAt as typeof positions.at);
    assert.equal(valueAt(['agents', 'a-agent', 'persona']), 'personas/a.md');
    assert.equal(valueAt(['agents', 'b-agent', 'persona']), '');
    assert.equal(valueAt(['defaults', 'persona']), 'personas/all.md');
    assert.equal(valueAt(['agents', 'z-agent']), '');
  });
  it('knows the agent of a line', () => {
    const first = lines.indexOf('  a-agent:') + 1;
    const second = lines.indexOf('  b-agent:') + 1;
    const after = lines.indexOf('x-after: 1') + 1;
    assert.equal(positions.agentAt(first - 1), undefined);
    assert.equal(positions.agentAt(first), 'a-agent');
    assert.equal(positions.agentAt(second - 1), 'a-agent');
    assert.equal(positions.agentAt(second), 'b-agent');
    assert.equal(positions.agentAt(after - 1), 'b-agent');
    assert.equal(positions.agentAt(after), undefined);
    assert.equal(positions.agentAt(9999), undefined);
  });
});

describe('workspaceFindings', () => {
  const { registry, positions } = parseRegistry(full);
  const missing = (present: readonly string[]): readonly string[] =>
    registry === undefined
      ? []
      : workspaceFindings(registry, positions, (path) => present.includes(path)).map(
          ({ code, line, agent }) => `${line} ${code} ${agent ?? '-'}`,
        );
  const line = (text: string): number => full.split('\n').findIndex((each) => each.includes(text)) + 1;
  it('finds nothing when the files are there', () =>
    assert.deepEqual(missing(['personas/a.md', 'personas/all.md', 'docs/all.md', 'docs/b.md']), []));
  it('reports each at the line that names it', () =>
    assert.deepEqual(missing([]), [
      `${line('personas/a.md')} registry/missing-persona a-agent`,
      `${line('[docs/all.md]')} registry/missing-context-file -`,
      `${line('personas/all.md')} registry/missing-persona -`,
      `${line('docs/b.md')} registry/missing-context-file b-agent`,
      `${line('docs/b.md')} registry/missing-context-file b-agent`,
    ]));
});

describe('parseRegistry, whatever it is given', function () {
  // Random texts differ in cost, and the machine may be busy.
  this.timeout(30_000);
  const options = { facts: { tools: new Set<string>(), models: new Set<string>() }, today: '2030-01-01' };

  function checkAnything(text: string): void {
    const parsed = parseRegistry(text, 'f', options);
    const last = text.split('\n').length;
    const hasError = parsed.findings.some((finding) => finding.severity === 'error');
    assert.equal(parsed.registry === undefined, hasError);
    for (const { line, column, endLine, endColumn, code, severity } of parsed.findings) {
      assert.ok(line >= 1 && endLine >= line && endLine <= last && column >= 1);
      assert.ok(endLine > line || endColumn >= column);
      assert.equal(registryCodes[code as keyof typeof registryCodes].severity, severity);
    }
    parsed.positions.at(['agents', 'a-agent', 'tools', 0]);
    parsed.positions.agentAt(last);
  }

  it('does not throw for random text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), checkAnything), { numRuns: 40 });
  });
  it('does not throw for a registry with pieces cut out, doubled or replaced', () => {
    const at = fc.nat(full.length);
    const piece = fc.constantFrom(
      '',
      '\n',
      '\t',
      ' ',
      ':',
      '- ',
      '"',
      "'",
      '[',
      '{',
      '*a',
      '&a ',
      '!',
      '|',
      '#',
      '<<: ',
      '---\n',
      '__proto__: ',
      '\u202e',
      '\ud800',
    );
    fc.assert(
      fc.property(at, fc.nat(12), piece, (from, length, inserted) =>
        checkAnything(full.slice(0, from) + inserted + full.slice(from + length)),
      ),
      { numRuns: 100 },
    );
  });
  it('does not throw for extremes', () => {
    for (const text of [
      '['.repeat(500),
      '{a: '.repeat(300),
      '- '.repeat(300),
      '? '.repeat(300),
      '\0',
      '\r',
      '&a *a',
      '%YAML 9.9\n---\n',
      'a: !!binary x',
      '? {a: 1}\n: 2',
      '<<: *x',
      '<<: 5\nagents: {<<: [1, {a: 2}]}',
    ])
      checkAnything(text);
  });
});
