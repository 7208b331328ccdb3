// Templates of earlier tooling: what they make of an agent, what is said of them, and when an agent is unguarded.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Files } from '../../../src/files/files.ts';
import { generate } from '../../../src/outputs/generate.ts';
import { readMemory } from '../../../src/outputs/memory.ts';
import { plannerOf } from '../../../src/outputs/plan.ts';
import { unknownVariables } from '../../../src/outputs/template/render.ts';
import { readTemplates, templatePaths } from '../../../src/outputs/template/template.ts';
import {
  isSameButForTimes,
  stamped,
  stampPlace,
  withoutTimes,
} from '../../../src/outputs/template/timestamp.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';
import {
  fileOf,
  hooks,
  lockFile,
  look,
  registryFile,
  registryText,
  root,
  statusOf,
  version,
} from './fleetOn.ts';
import { type MemoryFiles, memoryFiles } from './memoryFiles.ts';

const settingsTemplate = `${root}/${templatePaths.settings}`;
const memoryTemplate = `${root}/${templatePaths.memory}`;

/** A template that keeps the guard and the deny rules. */
const guarded = `{
  "hooks": {"PreToolUse": [{"hooks": [{"args": ["\${CLAUDE_PROJECT_DIR}/agents/.orchestrator/guard.mjs", "\${AGENT_NAME}", "\${AGENT_POLICY_SHA256}"], "command": "node", "onFailure": "block", "timeout": 10, "type": "command"}], "matcher": "*"}]},
  "permissions": {"deny": [\${AGENT_DENY_RULES}]},
  "model": "\${AGENT_MODEL}",
  "built": "\${BUILD_TIMESTAMP}"
}
`;
const legacy = `{"hooks": {"PreToolUse": [{"command": "\${PROJECT_ROOT}/deny.py"}]}, "x": "\${AGENT_NAME}"}\n`;
/** Guarded but for the sandbox, which the agent \`code\` has. */
const noSandbox = registryText.replace('    sandbox: true\n', '');

const run = (files: MemoryFiles, now = '2026-01-02T03:04:05.678Z') =>
  generate({ files, root, hooks, version, stateDirectory: () => '/state/w', now: () => now });

/** What a template makes of an agent with these fields. */
function rendered(
  template: string,
  kind: 'settings' | 'memory',
  fields: Readonly<Record<string, string>> = {},
) {
  const lines = { display_name: 'A', description: 'Does.', model: 'opus', tools: '[]', ...fields };
  const text = Object.entries(lines).map(([key, value]) => `    ${key}: ${value}\n`);
  const { registry, findings } = parseRegistry(`agents:\n  a:\n    name: a\n${text.join('')}`);
  const agent = registry?.agents.get('a');
  assert.ok(registry && agent, JSON.stringify(findings));
  const files = memoryFiles({ [kind === 'settings' ? settingsTemplate : memoryTemplate]: template });
  const output = plannerOf(registry, readTemplates(files, root))
    .outputsOf(agent)
    .find((each) => each.kind === kind);
  assert.ok(output);
  return output;
}

function checkRendered(
  name: string,
  kind: 'settings' | 'memory',
  template: string,
  expected: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  it(name, () => assert.equal(rendered(template, kind, fields).text, expected));
}

describe('templates: variables', () => {
  checkRendered('a value in Markdown', 'memory', `I am \${AGENT_NAME}`, 'I am a\n');
  checkRendered('lists as bullets', 'memory', `\${AGENT_TOOLS_LIST}\n`, '- Read\n- Edit\n', {
    tools: '[Read, Edit]',
  });
  checkRendered('an empty list', 'memory', `\${AGENT_FORBIDDEN_LIST}\n`, '(none)\n');
  checkRendered('no persona', 'memory', `\${PERSONA_PATH}\n`, '(none)\n');
  checkRendered(
    'lists in JSON',
    'settings',
    `{"x": "\${AGENT_TOOLS_LIST}"}\n`,
    '{"x": "- Read\\n- Edit"}\n',
    {
      tools: '[Read, Edit]',
    },
  );
  checkRendered(
    'quotes and line ends are escaped in JSON',
    'settings',
    `{"x": "\${AGENT_DESCRIPTION}"}\n`,
    '{"x": "a \\"b\\"\\nc\\\\"}\n',
    {
      description: '"a \\"b\\"\\nc\\\\"',
    },
  );
  checkRendered(
    'what hides is escaped in JSON',
    'settings',
    `{"x": "\${AGENT_DESCRIPTION}"}\n`,
    '{"x": "a\\u202eb"}\n',
    {
      description: '"a\\u202eb"',
    },
  );
  checkRendered(
    'a value is not expanded again',
    'memory',
    `\${AGENT_DESCRIPTION}\n`,
    `\${AGENT_NAME} $& $1\n`,
    {
      description: `"\${AGENT_NAME} $& $1"`,
    },
  );
  checkRendered(
    'a value is one line in Markdown and closes no comment',
    'memory',
    `\${AGENT_DESCRIPTION}\n`,
    'a &lt;!-- native-orchestrator:end --&gt; b\n',
    {
      description: '"a\\n<!-- native-orchestrator:end -->\\nb"',
    },
  );
  checkRendered(
    'what the CLI replaces stays',
    'settings',
    `{"x": "$CLAUDE_PROJECT_DIR/\${CLAUDE_PROJECT_DIR}"}\n`,
    `{"x": "$CLAUDE_PROJECT_DIR/\${CLAUDE_PROJECT_DIR}"}\n`,
  );
  checkRendered(
    'unknown, open and strange ones stay',
    'memory',
    `\${NOPE} \${AGENT_NAME \${} $AGENT_NAME \${__proto__} \${a\${AGENT_NAME}\n`,
    `\${NOPE} \${AGENT_NAME \${} $AGENT_NAME \${__proto__} \${aa\n`,
  );
  checkRendered('CRLF and a byte order mark go', 'memory', '\uFEFFa\r\nb\r\n', 'a\nb\n');
  checkRendered(
    'our markers go',
    'memory',
    '<!-- native-orchestrator:begin -->\nx\n<!-- native-orch<!-- native-orchestrator:end -->estrator:end -->\n',
    '\nx\n\n',
  );
  checkRendered('an empty one', 'memory', '', '\n');
  checkRendered('the root of the project', 'settings', `{"x": "\${PROJECT_ROOT}"}\n`, `{"x": "${root}"}\n`);

  it('unknown ones are named with their places', () => {
    const found = [
      ...unknownVariables(`\${A} \${AGENT_NAME} \${AGENT_MODEL x \${CLAUDE_PROJECT_DIR} \${HOME:-x}`),
    ];
    assert.deepEqual(
      found.map(({ name, start, isOpen }) => [name, start, isOpen]),
      [
        ['A', 0, false],
        ['AGENT_MODEL', 19, true],
      ],
    );
  });

  it('a million characters are rendered in a moment, more are refused', () => {
    const large = rendered(`\${AGENT_NAME} `.repeat(70_000), 'memory');
    assert.equal(large.text.length, 2 * 70_000 + 1);
    assert.match(rendered(' '.repeat(1024 * 1024 + 1), 'memory').problem ?? '', /more than a million/);
  });
});

describe('templates: the time', () => {
  const cases: readonly (readonly [found: string, isSame: boolean])[] = [
    ['at 2026-01-02T03:04:05Z.', true],
    ['at 2026-01-02T03:04:05.678Z.', true],
    ['at 2026-01-02 03:04 UTC.', true],
    ['at 2026-01-02.', true],
    [`at ${stampPlace}.`, true],
    ['at noon.', false],
    ['at 2026-01-02T03:04:05Z!', false],
    ['on 2026-01-02T03:04:05Z.', false],
  ];
  for (const [found, isSame] of cases)
    it(`${found} ${isSame ? 'is' : 'is not'} as planned`, () =>
      assert.equal(
        withoutTimes(`a\n${found}\n`, `a\nat ${stampPlace}.\n`) === `a\nat ${stampPlace}.\n`,
        isSame,
      ));

  it('is found in twenty thousand places in a moment', () => {
    const lines = (stamp: string) => Array.from({ length: 20_000 }, (_, at) => `${stamp} ${at}`).join('\n');
    const value = (stamp: string) => [lines(stamp)];
    assert.equal(withoutTimes(lines('2026-01-02'), lines(stampPlace)), lines(stampPlace));
    assert.equal(isSameButForTimes(value(stampPlace), value('2026-01-02')), true);
  });

  it('is written, and is nothing that was handed in for a time', () => {
    assert.equal(stamped(`at ${stampPlace}`, '2026-01-02T03:04:05.678Z'), 'at 2026-01-02T03:04:05.678Z');
    assert.equal(stamped(`at ${stampPlace}`, '"}'), `at ${stampPlace}`);
  });

  it('is no drift, in settings and memory, and generating again changes nothing', async () => {
    const files = memoryFiles({
      [registryFile]: noSandbox,
      [settingsTemplate]: guarded,
      [memoryTemplate]: `# \${AGENT_NAME}\nat \${BUILD_TIMESTAMP}\n`,
    });
    assert.equal((await run(files)).done, true);
    const before = new Map(files.texts);
    assert.match(before.get(fileOf('code', 'CLAUDE.md')) ?? '', /at 2026-01-02T03:04:05.678Z/);
    assert.ok(!before.get(lockFile)?.includes('2026'));
    const again = await run(files, '2027-01-01T00:00:00.000Z');
    assert.deepEqual([again.done, again.written], [true, []]);
    assert.deepEqual(files.texts, before);
    assert.deepEqual(
      look(files).agents.map(({ sync, health }) => [sync, health]),
      [
        ['inSync', 'healthy'],
        ['inSync', 'healthy'],
      ],
    );
    // A tool that writes the file anew in its own layout.
    const settings = fileOf('code', 'settings.json');
    files.texts.set(settings, JSON.stringify({ mine: 1, ...JSON.parse(before.get(settings) ?? '') }));
    assert.equal(statusOf(look(files), 'code').sync, 'inSync');
    files.texts.set(settings, (before.get(settings) ?? '').replace('"opus"', '"haiku"'));
    assert.deepEqual(
      statusOf(look(files), 'code').outputs.flatMap(({ keys }) =>
        keys.map(({ pointer, drift }) => `${pointer} ${drift}`),
      ),
      ['/model edited'],
    );
  });
});

describe('templates: the lock and the layout', () => {
  it('keep the layout of the template when it changes', async () => {
    const files = memoryFiles({ [registryFile]: noSandbox, [settingsTemplate]: guarded });
    await run(files);
    files.texts.set(settingsTemplate, guarded.replace('"model"', '"language": "german",\n    "model"'));
    assert.equal(statusOf(look(files), 'code').summary, 'registry is newer');
    assert.equal((await run(files)).done, true);
    assert.match(
      files.texts.get(fileOf('code', 'settings.json')) ?? '',
      /\n {2}"language": "german",\n {4}"model"/,
    );
  });

  for (const [name, first, second] of [
    ['from JSON to none', guarded, 'no JSON at all'],
    ['from none to JSON', 'no JSON at all', guarded],
    ['from a template to the built-in form', guarded, undefined],
    ['from the built-in form to a template', undefined, guarded],
  ] as const)
    it(`goes ${name} without losing anything of anybody's`, async () => {
      const files = memoryFiles({
        [registryFile]: noSandbox,
        ...(first === undefined ? {} : { [settingsTemplate]: first }),
      });
      assert.equal((await run(files)).done, true);
      if (second === undefined) files.texts.delete(settingsTemplate);
      else files.texts.set(settingsTemplate, second);
      assert.equal(statusOf(look(files), 'code').sync, 'outOfSync');
      const result = await run(files);
      assert.equal(result.done, true, JSON.stringify(result.findings));
      assert.equal(statusOf(look(files), 'code').sync, 'inSync');
    });

  it('a memory that earlier tooling made of the same template is not said twice', async () => {
    const memory = fileOf('code', 'CLAUDE.md');
    const files = memoryFiles({
      [registryFile]: registryText,
      [memoryTemplate]: `# \${AGENT_NAME}\nat \${BUILD_TIMESTAMP}\n`,
      [memory]: '# code\nat 2020-01-01T00:00:00Z\n',
    });
    assert.equal((await run(files)).done, true);
    const parts = readMemory(files.texts.get(memory) ?? '');
    assert.ok(parts.kind === 'ours' && parts.before + parts.after === '\n', JSON.stringify(parts));
  });
});

describe('templates: what is said of them', () => {
  interface Case {
    readonly name: string;
    readonly settings?: string;
    readonly memory?: string;
    /** `code line:column` of each finding on a template. */
    readonly said: readonly string[];
    /** Of the agent \`code\`. */
    readonly unguarded?: string;
  }
  const cases: readonly Case[] = [
    { name: 'guarded', settings: guarded, said: [] },
    {
      name: 'the old form',
      settings: legacy,
      said: ['outputs/template-dropped 1:27', 'outputs/template-absolute 1:40'],
      unguarded: 'the CLI drops what its template says',
    },
    {
      name: 'no JSON',
      settings: 'nothing\n',
      said: ['outputs/template-dropped 1:1'],
      unguarded: 'the CLI drops what its template says',
    },
    {
      name: 'no guard',
      settings: '{"model": "opus"}\n',
      said: ['outputs/template-unguarded 1:1'],
      unguarded: 'template has no guard',
    },
    {
      name: 'a guard and no rules',
      settings: guarded.replace(`\${AGENT_DENY_RULES}`, ''),
      said: ['outputs/template-unguarded 1:1', 'outputs/template-unguarded 1:1'],
      unguarded: 'template lacks N deny rules',
    },
    {
      name: 'a guard that lets go',
      settings: guarded.replace('"onFailure": "block", ', ''),
      said: ['outputs/template-unguarded 1:1'],
      unguarded: 'template has another guard',
    },
    {
      name: 'hooks switched off',
      settings: guarded.replace('{\n', '{\n"disableAllHooks": true,\n'),
      said: ['outputs/template-unguarded 1:1'],
      unguarded: 'template switches hooks off',
    },
    {
      name: 'variables that are none',
      memory: `a\n\${AGENT_NAM} \${HOME} \${AGENT_NAME\n`,
      said: [
        'outputs/misspelt-variable 2:1',
        'outputs/unknown-variable 2:14',
        'outputs/misspelt-variable 2:22',
      ],
    },
  ];
  for (const { name, settings, memory, said, unguarded } of cases)
    it(name, async () => {
      const files = memoryFiles({
        [registryFile]: noSandbox,
        ...(settings === undefined ? {} : { [settingsTemplate]: settings }),
        ...(memory === undefined ? {} : { [memoryTemplate]: memory }),
      });
      const result = await run(files);
      assert.equal(result.done, true, 'generate writes what it says');
      const fleet = look(files);
      const onTemplates = fleet.findings.filter(({ file }) => file.endsWith('.template'));
      assert.deepEqual(
        onTemplates.map(({ code, line, column }) => `${code} ${line}:${column}`),
        said,
      );
      const told = result.findings.filter(({ file }) => file.endsWith('.template'));
      assert.deepEqual(told.map(({ code }) => code).sort(), onTemplates.map(({ code }) => code).sort());
      const status = statusOf(fleet, 'code');
      const words = (text = '') => text.replace(/\d+/, 'N') || undefined;
      assert.equal(words(status.unguarded?.words), unguarded);
      assert.equal(status.health, unguarded === undefined ? 'healthy' : 'disarmed');
      assert.equal(words(status.summary), unguarded && `unguarded: ${unguarded}`);
      assert.equal(status.sync, 'inSync');
      assert.deepEqual((await run(files)).written, []);
    });

  it('an agent whose rules are lost on the disk, too, is disarmed and not just unguarded', async () => {
    const files = memoryFiles({
      [registryFile]: noSandbox,
      [settingsTemplate]: guarded.replace('"onFailure": "block", ', ''),
    });
    await run(files);
    const settings = fileOf('code', 'settings.json');
    files.texts.set(settings, (files.texts.get(settings) ?? '').replace('"Edit(tests/**)", ', ''));
    const { unguarded, summary } = statusOf(look(files), 'code');
    assert.deepEqual([unguarded, summary], [undefined, 'disarmed: deny rule Edit(tests/**) gone']);
  });

  for (const [name, spoil] of [
    ['is no UTF-8', (files: MemoryFiles) => files.unreadable.set(settingsTemplate, 'is not UTF-8 text')],
    ['is a folder', (files: MemoryFiles) => files.texts.set(`${settingsTemplate}/x`, '')],
  ] as const)
    it(`one that ${name} is told of once; nothing is written, nothing else is claimed`, async () => {
      const files = memoryFiles({ [registryFile]: noSandbox, [settingsTemplate]: guarded });
      await run(files);
      if (name === 'is a folder') files.texts.delete(settingsTemplate);
      spoil(files);
      const before = new Map(files.texts);
      const result = await run(files);
      assert.deepEqual(
        [result.done, result.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)],
        [false, ['outputs/template-unreadable']],
      );
      assert.deepEqual(files.texts, before);
      const fleet = look(files);
      assert.deepEqual(
        fleet.findings.filter(({ severity }) => severity !== 'information').map(({ code }) => code),
        ['outputs/template-unreadable'],
      );
      const { sync, health } = statusOf(fleet, 'code');
      assert.deepEqual([sync, health], ['unknown', 'unknown']);
    });
});

describe('templates: a workspace without any', () => {
  it('is asked only whether they are there', () => {
    const asked: string[] = [];
    const files: Files = {
      ...memoryFiles(),
      kind: (file) => void asked.push(`kind ${file}`),
      read: (file) => void asked.push(`read ${file}`),
      realPath: (file) => void asked.push(`realPath ${file}`),
    };
    readTemplates(files, root);
    assert.deepEqual(asked, [`kind ${settingsTemplate}`, `kind ${memoryTemplate}`]);
  });
});
