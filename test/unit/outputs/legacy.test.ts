import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  classify,
  type DirectoryFacts,
  placeholderSigns,
  type Rule,
} from '../../../src/outputs/legacy/classify.ts';
import {
  isDirectoryName,
  type Manifest,
  parseManifest,
  renderManifest,
} from '../../../src/outputs/legacy/manifest.ts';
import { isTestFile, referenceFinder } from '../../../src/outputs/legacy/references.ts';
import { signsOf } from '../../../src/outputs/legacy/signs.ts';
import { likenessOf } from '../../../src/outputs/legacy/successor.ts';
import { memoryFiles } from './memoryFiles.ts';

const registered = [
  'backend-agent',
  'frappe-erpnext-agent',
  'homelab-architect',
  'qa-agent',
  'rest-agent',
  'software-architect',
  'test-auditor-agent',
  'test-writer-agent',
  'unifios-agent',
];

describe('old directories: likeness of names', () => {
  const check = (name: string, expected: string | undefined): unknown =>
    it(`${name}: ${expected ?? 'none'}`, () => {
      const found = likenessOf(name, registered);
      assert.equal(found && `${found.rule} ${found.ids.join(' ')}`, expected);
    });
  check('backend', 'same-name backend-agent');
  check('Backend_Agent', 'same-name backend-agent');
  check('backend-agents', 'same-name backend-agent');
  check('homelab-architect-agent', 'same-name homelab-architect');
  check('qa', 'same-name qa-agent');
  check('erpnext', 'qualified frappe-erpnext-agent');
  check('writer', 'qualified test-writer-agent');
  // Which of the two is for a person to say.
  check('architect', 'qualified homelab-architect software-architect');
  // The last word is what a thing is; the first only tells which.
  check('frappe', undefined);
  check('software', undefined);
  check('test', undefined);
  check('homelab-arch', 'abbreviated homelab-architect');
  check('soft-arch', undefined);
  check('homelab-ar', undefined);
  check('home', undefined);
  check('bakcend', 'misspelt backend-agent');
  check('backends', 'misspelt backend-agent');
  check('back-end', 'misspelt backend-agent');
  // In a short word a letter makes another word.
  check('test-agent', undefined);
  check('qb', undefined);
  for (const kept of 'aws-cli dragonfly fediverse k8s n8n nixos windows action archive'.split(' '))
    check(kept, undefined);
  check('', undefined);
  check('-agent', undefined);
  check('__proto__', undefined);
});

describe('old directories: verdicts', () => {
  const bare: DirectoryFacts = { name: 'x', isLink: false, isLocked: false, signs: [], inTests: [] };
  const commit = { hash: '1a2b3c4', date: '2026-11-20T10:00:00Z', subject: 'Split it "up"\u202e' };
  const check = (facts: Partial<DirectoryFacts>, kind: string, rule: Rule, why: RegExp): unknown =>
    it(`${facts.name ?? 'x'}: ${kind}, ${rule}`, () => {
      const verdict = classify({ ...bare, ...facts }, registered);
      assert.deepEqual([verdict.kind, verdict.rule], [kind, rule]);
      assert.match(verdict.why, why);
      assert.equal(verdict.successor === undefined, kind !== 'old' || verdict.rule.startsWith('once-'));
    });
  check(
    { name: 'backend' },
    'old',
    'same-name',
    /^backend-agent is registered: the same name with -agent\.$/,
  );
  check({ name: 'archive' }, 'kept', 'archive', /go here/);
  check({ name: 'Archive' }, 'kept', 'archive', /go here/);
  check({ name: 'backend', linkedBy: 'backend-agent' }, 'kept', 'linked', /directory of backend-agent/);
  check({ name: 'backend', isLink: true }, 'kept', 'linked', /symbolic link/);
  check({ name: 'dragonfly' }, 'kept', 'unknown', /nothing says/);
  check({ name: 'architect' }, 'kept', 'several-like-it', /homelab-architect and software-architect/);
  const retirement = { id: 'action-agent', commit, added: ['a', 'b', 'c'] };
  check(
    { name: 'action', retirement },
    'old',
    'once-registered',
    /action-agent was in the registry until 1a2b3c4, 2026-11-20, "Split it "up"\\u\{202e\}", which put in a, b and c\. No single/,
  );
  check({ name: 'action', isLocked: true }, 'old', 'once-generated', /lock/);
  const sign = { file: 'agents/x/CLAUDE.md', words: '# null' } as const;
  check({ signs: [{ ...sign, kind: 'generated' }] }, 'old', 'once-generated', /agents\/x\/CLAUDE\.md/);
  check({ signs: [{ ...sign, kind: 'generated-for-nobody' }] }, 'artefact', 'generated-for-nobody', /# null/);
  const place = { file: 'tests/a.py', line: 3, column: 1, text: '' };
  const artefact = 'totally-invalid-agent-xyz-999';
  check({ name: artefact }, 'artefact', 'placeholder-name', /stands for nothing/);
  check({ name: 'fake-foo' }, 'kept', 'unknown', /nothing says/);
  check({ name: 'fake-foo', inTests: [place] }, 'artefact', 'placeholder-name', /tests\/a\.py:3 has it/);
  check({ name: 'foo-fighter', inTests: [place] }, 'kept', 'unknown', /nothing says/);

  it('of one that says itself that it is retired names the words', () => {
    const signs = [{ kind: 'says-retired', file: 'agents/x/README.md', words: 'DEPRECATED: use y' }] as const;
    const verdict = classify({ ...bare, signs }, registered);
    assert.deepEqual([verdict.kind, verdict.rule], ['old', 'says-retired']);
    assert.match(verdict.why, /README\.md says so: "DEPRECATED: use y"/);
  });
  it('count the signs of a name that was made up', () => {
    assert.equal(placeholderSigns(artefact), 3);
    for (const name of ['aws-cli', 'k8s', 'n8n', 'windows', 'test-writer'])
      assert.equal(placeholderSigns(name), 0);
  });
});

describe('old directories: signs in their files', () => {
  const check = (title: string, file: string, text: string, expected: readonly string[]): unknown =>
    it(title, () => {
      const files = memoryFiles({ [`/w/agents/x/${file}`]: text });
      assert.deepEqual(
        signsOf(files, '/w', 'x').map(({ kind }) => kind),
        expected,
      );
    });
  check('our memory', '.claude/CLAUDE.md', '<!-- native-orchestrator:begin -->', ['generated']);
  check('an earlier generator', '.claude/CLAUDE.md', '# X\n\n**Generated from**: `agents/registry.yaml`\n', [
    'generated',
  ]);
  check('the same for nobody', 'CLAUDE.md', '# null\n\n**Generated from**: `agents/registry.yaml`\n', [
    'generated-for-nobody',
  ]);
  check('a title of null that nobody generated', 'CLAUDE.md', '# null\n', []);
  check('settings for nobody', '.claude/settings.json', '{"projectInfo": {"name": null}}', [
    'generated-for-nobody',
  ]);
  check('settings of earlier users', '.claude/settings.json', '{"projectInfo": {"name": "X"}}', [
    'generated',
  ]);
  check(
    'settings with our guard',
    '.claude/settings.json',
    '{"args": ["agents/.orchestrator/guard.mjs", "x"]}',
    ['generated'],
  );
  check('settings that are not JSON', '.claude/settings.json', '{{{', []);
  check('a status', 'x-agent.md', '---\nname: x\nstatus: deprecated\n---\n', ['says-retired']);
  check('a headline', 'README.md', '# X\n\n> **DEPRECATED** – see y\n', ['says-retired']);
  check('the word in passing', 'x-agent.md', 'You avoid deprecated libraries.\n', []);
  check('the word far below', 'x-agent.md', `${'\n'.repeat(40)}Deprecated tech\n`, []);
});

describe('old directories: references', () => {
  const finder = referenceFinder(['backend', 'test-writer', 'test', 'a.b', '$(x)'], 'shop');
  const check = (file: string, line: string, expected: string): unknown =>
    it(`${file}: ${line}`, () => {
      const found = [...finder.find(file, `first\n${line}\n`)].flatMap(([name, places]) =>
        places.map((place) => `${name}@${place.line}:${place.column}`),
      );
      assert.equal(found.sort().join(' '), expected);
    });
  check('docs/a.md', 'see agents/backend.', 'backend@2:5');
  check('docs/a.md', 'agents/backend/', 'backend@2:1');
  check('docs/a.md', '`agents/backend/backend-agent.md`', 'backend@2:2');
  check('docs/a.md', 'agents/backend-agent/CLAUDE.md', '');
  check('docs/a.md', 'agents/backend.md', '');
  check('docs/a.md', 'agents/backends', '');
  check('docs/a.md', 'agents/test-writer and agents/test', 'test-writer@2:1 test@2:24');
  check('docs/a.md', 'the backend, a backend/ of agents', '');
  check('docs/a.md', 'my-agents/backend subagents/backend', '');
  check('docs/a.md', 'docs/agents/backend ~/agents/backend', '');
  check('docs/a.md', './agents/backend ../agents/backend', 'backend@2:21 backend@2:3');
  check('docs/a.md', '/srv/shop/agents/backend', 'backend@2:11');
  check('docs/a.md', '/srv/other/agents/backend', '');
  check('docs/a.md', 'https://example.com/x/blob/main/agents/backend', 'backend@2:33');
  check(
    'run.sh',
    `cd "$ROOT/agents/backend" "\${ROOT}/agents/backend" $(pwd)/agents/backend`,
    'backend@2:11 backend@2:36 backend@2:59',
  );
  check('run.ps1', 'cd .\\agents\\backend', 'backend@2:6');
  check('x.js', "path.join(root, 'agents', 'backend')", 'backend@2:18');
  check('compose.yaml', '    - ./agents/backend:/app', 'backend@2:9');
  check('CODEOWNERS', '/agents/backend/ @team', 'backend@2:2');
  check('agents/planning-agent/CLAUDE.md', 'see ../backend/notes.md', 'backend@2:5');
  check('agents/planning-agent/CLAUDE.md', 'see ../../backend', '');
  check('agents/README.md', '[b](backend/README.md) ./backend', 'backend@2:24 backend@2:5');
  check('agents/registry.yaml', "    - 'backend/**'", '');
  check('x', 'agents/a.b agents/axb', 'a.b@2:1');
  check('x', 'agents/$(x)/', '$(x)@2:1');

  it('name what stands there, escaped and short', () => {
    const [place] = finder.find('x', `  agents/backend \u202e${'y'.repeat(400)}`).get('backend') ?? [];
    assert.match(place?.text ?? '', /^agents\/backend \\u\{202e\}y+…$/);
    assert.equal(place?.text.length, 160);
  });
  // With a look at the whole line for each, this alone would take minutes.
  it('count up to two hundred in a file, whose line may be the whole of it', () => {
    const places = finder.find('x', '/agents/backend '.repeat(20_000)).get('backend');
    assert.equal(places?.length, 200);
    assert.ok(places.every(({ text }) => text.length <= 160));
  });
  it('look for no names in no time', () =>
    assert.equal(referenceFinder([], 'w').find('x', 'agents/x').size, 0));
  it('know a test by its path', () => {
    for (const file of ['tests/a.py', 'src/a.test.ts', 'test_a.py', 'a_test.go', 'x/__tests__/a.js'])
      assert.ok(isTestFile(file), file);
    for (const file of ['src/a.ts', 'contest/a.py', 'latest.md']) assert.ok(!isTestFile(file), file);
  });
});

describe('old directories: manifest', () => {
  const folder = 'agents/archive/2026-11-21';
  const manifest: Manifest = {
    tag: '0123456789ab',
    at: '2026-11-21T07:00:00.000Z',
    generator: '1.0.0',
    made: ['agents/archive', folder],
    directories: [
      {
        from: 'agents/backend',
        to: `${folder}/backend`,
        tree: 'f'.repeat(64),
        evidence: { kind: 'old', rule: 'same-name', why: 'w', references: ['README.md:1'] },
      },
    ],
  };
  const text = renderManifest(manifest);
  it('is read as it was written', () =>
    assert.deepEqual(parseManifest(text, folder), { kind: 'good', manifest }));
  it('has its keys sorted and a last line end', () => {
    const keys = Object.keys(JSON.parse(text));
    assert.deepEqual(keys, [...keys].sort());
    assert.ok(text.endsWith('}\n') && text.includes('"format": 1,') && text.includes('"what": "archive"'));
  });

  const check = (title: string, change: (value: Record<string, never>) => unknown, kind: string): unknown =>
    it(title, () => {
      const value = JSON.parse(text);
      change(value);
      assert.equal(parseManifest(JSON.stringify(value), folder).kind, kind);
    });
  type Loose = { directories: { from: string; to: string; tree: unknown }[]; [key: string]: unknown };
  const inFirst = (part: Partial<Loose['directories'][number]>) => (value: unknown) =>
    Object.assign((value as Loose).directories[0] ?? {}, part);
  const inAll = (part: object) => (value: object) => Object.assign(value, part);
  check('ignores what it does not know', inAll({ later: 1 }), 'good');
  check('of a higher format is refused', inAll({ format: 2 }), 'newer');
  check('of another kind', inAll({ what: 'lock' }), 'damaged');
  check('without a tag', inAll({ tag: '../../x' }), 'damaged');
  check('with no list', inAll({ directories: {} }), 'damaged');
  check('from outside', inFirst({ from: '../x' }), 'damaged');
  check('from further out', inFirst({ from: 'agents/../../x', to: `${folder}/../../x` }), 'damaged');
  check('from the archive', inFirst({ from: 'agents/archive', to: `${folder}/archive` }), 'damaged');
  check('to elsewhere', inFirst({ to: 'src/backend' }), 'damaged');
  check('to another name', inFirst({ to: `${folder}/frontend` }), 'damaged');
  check('without a hash', inFirst({ tree: 1 }), 'damaged');
  it('that is not JSON', () => assert.equal(parseManifest('{', folder).kind, 'damaged'));
  it('makes no other folder its own', () => {
    const read = parseManifest(renderManifest({ ...manifest, made: ['agents', 'src'] }), folder);
    assert.deepEqual(read.kind === 'good' && read.manifest.made, []);
  });
  it('names single directories only', () => {
    for (const name of ['', '.', '..', '.x', 'a/b', 'a\\b', 'archive', 'ARCHIVE', 'a\0'])
      assert.ok(!isDirectoryName(name), name);
    for (const name of ['backend', '$(x)', 'a b', '__proto__', 'x\ny'])
      assert.ok(isDirectoryName(name), name);
  });
});
