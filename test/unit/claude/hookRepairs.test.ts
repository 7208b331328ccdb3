// Mends of hooks: the text before and the text after, and that the hook then gets further.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import { inExecForm, withInterpreter, withProgram, withScript } from '../../../src/claude/hookEdits.ts';
import { climb } from '../../../src/claude/hookLadder.ts';
import { type HookRepair, hookRepairs } from '../../../src/claude/hookRepairs.ts';
import { skeletonOf, withLf, withShebang, withShebangProgram } from '../../../src/claude/hookScripts.ts';
import type { HookStatus } from '../../../src/claude/hookStatus.ts';
import { type Disk, diskOf } from './diskOf.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: the CLI's own placeholder
const project = '${CLAUDE_PROJECT_DIR}';
const handlerAt = '/hooks/PreToolUse/0/hooks/0';
const settings = (handler: object): string =>
  `${JSON.stringify({ model: 'opus', hooks: { PreToolUse: [{ matcher: 'Edit', hooks: [handler] }] } }, null, 2)}\n`;
const command = (line: string, args?: readonly string[]): object => ({
  type: 'command',
  command: line,
  ...(args === undefined ? {} : { args }),
  timeout: 5,
});

/** Tries an edit: the handler before, the handler after, and that nothing else of the text moved. */
function checkEdit(
  name: string,
  before: object,
  edit: (text: string) => string | undefined,
  after: object | undefined,
): void {
  it(name, () => {
    const text = settings(before);
    const found = edit(text);
    if (after === undefined) {
      assert.equal(found, undefined);
      return;
    }
    assert.ok(found !== undefined);
    assert.deepEqual(JSON.parse(found), JSON.parse(settings(after)));
    const first = text.split('\n').slice(0, 7);
    assert.deepEqual(found.split('\n').slice(0, 7), first, 'the lines in front are as they were');
    assert.ok(found.endsWith('"timeout": 5\n          }\n        ]\n      }\n    ]\n  }\n}\n'));
  });
}

describe('hook edits: path', () => {
  const to = (relative: string) => (text: string) => withScript(text, handlerAt, relative);
  checkEdit(
    'shell form, bare',
    command('hooks/x.sh a'),
    to('hooks/y.sh'),
    command('"$CLAUDE_PROJECT_DIR"/hooks/y.sh a'),
  );
  checkEdit(
    'shell form with an interpreter and options',
    command('python3 -u $CLAUDE_PROJECT_DIR/x.py --strict'),
    to('x.py'),
    command('python3 -u "$CLAUDE_PROJECT_DIR"/x.py --strict'),
  );
  checkEdit(
    'a path with blanks and signs of the shell',
    command("'$CLAUDE_PROJECT_DIR/x'"),
    to('my $(x) `y`/"z".sh'),
    command('"$CLAUDE_PROJECT_DIR/my \\$(x) \\`y\\`/\\"z\\".sh"'),
  );
  checkEdit(
    'exec form',
    command('node', ['"x"', 'a']),
    to('b.mjs'),
    command('node', [`${project}/b.mjs`, 'a']),
  );
  checkEdit('exec form, direct', command('x', []), to('b.sh'), command(`${project}/b.sh`, []));
  checkEdit(
    'a value in front stays',
    command('A=1 ./x.sh'),
    to('y.sh'),
    command('A=1 "$CLAUDE_PROJECT_DIR"/y.sh'),
  );
});

describe('hook edits: without a shell', () => {
  const exec = (text: string) => inExecForm(text, handlerAt);
  checkEdit('variable', command('$CLAUDE_PROJECT_DIR/x.sh'), exec, command(`${project}/x.sh`, []));
  checkEdit(
    'quotes and blanks',
    command(`node "$CLAUDE_PROJECT_DIR"/a.mjs 'b c' d\\ e`),
    exec,
    command('node', [`${project}/a.mjs`, 'b c', 'd e']),
  );
  checkEdit('a pipe', command('node x | tee y'), exec, undefined);
  checkEdit('a value in front', command('A=1 node x'), exec, undefined);
  checkEdit('already', command('node', ['x']), exec, undefined);
  checkEdit('another variable', command('$HOME/x'), exec, undefined);
  it('on one line stays on one line', () => {
    const text = '{"hooks": {"PreToolUse": [{"hooks": [{"command": "node a", "type": "command"}]}]}}';
    assert.equal(
      exec(text),
      '{"hooks": {"PreToolUse": [{"hooks": [{"command": "node", "args": ["a"], "type": "command"}]}]}}',
    );
  });
});

describe('hook edits: interpreter', () => {
  const python = (text: string) => withProgram(text, handlerAt, 'python', 'python3');
  checkEdit('shell form', command('python x.py'), python, command('python3 x.py'));
  checkEdit('exec form', command('python', ['x.py']), python, command('python3', ['x.py']));
  checkEdit('behind env', command('env A=1 python x.py'), python, command('env A=1 python3 x.py'));
  checkEdit('not an argument of that name', command('node x python'), python, undefined);
  const sh = (text: string) => withInterpreter(text, handlerAt, 'sh');
  checkEdit(
    'named, shell form',
    command('"$CLAUDE_PROJECT_DIR"/x a'),
    sh,
    command('sh "$CLAUDE_PROJECT_DIR"/x a'),
  );
  checkEdit('named, exec form', command('x', ['a']), sh, command('sh', ['x', 'a']));
  checkEdit('named already', command('node x'), sh, undefined);
});

describe('hook scripts', () => {
  it('a first one does nothing and says so', () => {
    const hook = { event: 'PreToolUse', matcher: 'Edit' };
    assert.equal(
      skeletonOf('sh', hook, '.claude/settings.json'),
      [
        '#!/bin/sh',
        '# Runs on PreToolUse Edit, as .claude/settings.json says. It does nothing yet.',
        '# The event comes as JSON on standard input. Exit code 2 refuses, with the reason on standard error; 0 lets it pass.',
        'exit 0',
        '',
      ].join('\n'),
    );
    assert.match(
      skeletonOf('node', hook, 'x') ?? '',
      /^#!\/usr\/bin\/env node\n\/\/ .*\nprocess\.exit\(0\);\n$/s,
    );
    assert.equal(skeletonOf('awk', hook, 'x'), undefined);
    assert.equal(skeletonOf('__proto__', hook, 'x'), undefined);
  });
  it('a hostile matcher stays in its comment', () => {
    const text = skeletonOf('sh', { event: 'PreToolUse', matcher: 'x\nrm -rf /\r\u2028y' }, 'a\nb') ?? '';
    assert.equal(text.split(/[\n\r\u2028]/).length, 5);
    assert.ok(
      text
        .split('\n')
        .slice(0, 3)
        .every((line) => line.startsWith('#')),
    );
  });
  it('gets its #! line, in front of everything', () => {
    assert.equal(withShebang('x = 1\n', 'python3'), '#!/usr/bin/env python3\nx = 1\n');
    assert.equal(withShebang('\ufeff#!/bin/sh\nx\n', 'sh'), '#!/bin/sh\nx\n');
  });
  it('gets another program in its #! line', () => {
    const of = (line: string) => withShebangProgram(`${line}\nx\n`, 'python', 'python3');
    assert.equal(of('#!/usr/bin/env python'), '#!/usr/bin/env python3\nx\n');
    assert.equal(of('#!/usr/bin/env -S python -u'), '#!/usr/bin/env -S python3 -u\nx\n');
    assert.equal(of('#!/usr/bin/env ruby'), undefined);
    assert.equal(withShebangProgram('#!/opt/python\n', '/opt/python', 'python3'), '#!/usr/bin/env python3\n');
  });
  it('gets LF line ends', () => assert.equal(withLf('#!/bin/sh\r\nx\r\n'), '#!/bin/sh\nx\n'));
});

const root = '/w';
const programs = ['node', 'python3', 'sh', 'bash'];
const findProgram = (name: string): string | undefined =>
  programs.includes(name) ? `/bin/${name}` : undefined;

function climbed(text: string, disk: Disk, folder = root, startsIn?: string): HookStatus {
  const [hook] = checkSettings(text, { file: 'x', source: 'project' }).hooks;
  assert.ok(hook);
  const place = {
    workspaceRoot: folder,
    file: 'x',
    ...(startsIn === undefined ? {} : { project: startsIn }),
  };
  return climb(hook, { files: diskOf(disk, folder), ...place, findProgram });
}

interface Case {
  readonly name: string;
  readonly handler: object;
  readonly disk: Disk;
  readonly folder?: string;
  /** Where its sessions start, relative to that folder. */
  readonly startsIn?: string;
  readonly sameName?: readonly string[];
  /** `kind name`, the best first. */
  readonly offers: readonly string[];
}

function repairsOf(test: Case): { repairs: readonly HookRepair[]; text: string; status: HookStatus } {
  const folder = test.folder ?? root;
  const text = settings(test.handler);
  const status = climbed(text, test.disk, folder, test.startsIn);
  const repairs = status.findings.flatMap((finding) =>
    hookRepairs({
      text,
      status,
      finding,
      files: diskOf(test.disk, folder),
      workspaceRoot: folder,
      findProgram,
      sameName: test.sameName ?? [],
    }),
  );
  return { repairs, text, status };
}

describe('hook repairs', () => {
  const run = { isExecutable: true, text: '#!/bin/sh\n' } as const;
  const cases: readonly Case[] = [
    {
      name: 'unquoted, and the root has a blank',
      handler: command('$CLAUDE_PROJECT_DIR/hooks/x.sh'),
      folder: '/work place',
      disk: { 'hooks/x.sh': run },
      offers: ['quotes hooks/x.sh', 'execForm '],
    },
    {
      name: 'unquoted, and what stands in front of the blank is there',
      handler: command('$CLAUDE_PROJECT_DIR/hooks/x.sh'),
      folder: '/w/w b',
      disk: { 'hooks/x.sh': run, '../w/file': run },
      offers: ['quotes hooks/x.sh', 'execForm '],
    },
    {
      name: 'unquoted, where it does no harm yet',
      handler: command('$CLAUDE_PROJECT_DIR/hooks/x.sh'),
      disk: { 'hooks/x.sh': run },
      offers: ['quotes hooks/x.sh', 'execForm '],
    },
    {
      name: 'single quotes',
      handler: command("'$CLAUDE_PROJECT_DIR/hooks/x.sh'"),
      disk: { 'hooks/x.sh': run },
      offers: ['path hooks/x.sh', 'execForm '],
    },
    {
      name: 'backslashes',
      handler: command('hooks\\x.sh'),
      disk: { 'hooks/x.sh': run },
      offers: ['path hooks/x.sh', 'execForm '],
    },
    {
      name: 'quotes without a shell',
      handler: command('sh', [`"${project}/x.sh"`]),
      disk: { 'x.sh': run },
      offers: ['path x.sh'],
    },
    {
      name: 'no braces without a shell',
      handler: command('sh', ['$CLAUDE_PROJECT_DIR/x.sh']),
      disk: { 'x.sh': run },
      offers: ['path x.sh'],
    },
    {
      name: 'misspelt',
      handler: command('sh', [`${project}/hooks/gaurd.sh`]),
      disk: { 'hooks/guard.sh': run },
      offers: ['path hooks/guard.sh'],
    },
    {
      name: 'moved to where hooks usually are',
      handler: command('"$CLAUDE_PROJECT_DIR"/guard.sh'),
      disk: { '.claude/hooks/guard.sh': run },
      offers: ['path .claude/hooks/guard.sh', 'execForm '],
    },
    {
      name: 'moved to where a search finds it',
      handler: command('sh', [`${project}/guard.sh`]),
      disk: { 'deep/down/guard.sh': run },
      sameName: ['deep/down/guard.sh'],
      offers: ['path deep/down/guard.sh', 'create guard.sh'],
    },
    { name: 'gone', handler: command('sh', [`${project}/a/b.sh`]), disk: {}, offers: ['create a/b.sh'] },
    { name: 'gone, of no language', handler: command('"$CLAUDE_PROJECT_DIR"/a.xyz'), disk: {}, offers: [] },
    { name: 'gone, and outside', handler: command('sh', ['/elsewhere/a.sh']), disk: {}, offers: [] },
    {
      name: 'relative',
      handler: command('sh hooks/x.sh'),
      disk: { 'hooks/x.sh': run },
      offers: ['projectFolder hooks/x.sh', 'execForm '],
    },
    {
      name: 'not executable',
      handler: command('"$CLAUDE_PROJECT_DIR"/x.py'),
      disk: { 'x.py': { text: '#!/usr/bin/env python3\n' } },
      offers: ['nameInterpreter python3'],
    },
    {
      name: 'no #! line without a shell',
      handler: command(`${project}/x.mjs`, []),
      disk: { 'x.mjs': { text: 'x', isExecutable: true } },
      offers: ['nameInterpreter node', 'shebang node'],
    },
    {
      name: 'no #! line, and the shell would read it',
      handler: command('"$CLAUDE_PROJECT_DIR"/x.py'),
      disk: { 'x.py': { text: 'import sys\n', isExecutable: true } },
      offers: ['nameInterpreter python3', 'shebang python3'],
    },
    {
      name: 'CRLF in the #! line',
      handler: command('"$CLAUDE_PROJECT_DIR"/x.py'),
      disk: { 'x.py': { text: '#!/usr/bin/env python3\r\nx\r\n', isExecutable: true } },
      offers: ['lineEnds x.py'],
    },
    {
      name: 'CRLF in a shell script',
      handler: command('sh "$CLAUDE_PROJECT_DIR"/x.sh'),
      disk: { 'x.sh': { text: 'if true; then\r\n exit 0\r\nfi\r\n' } },
      offers: ['lineEnds x.sh'],
    },
    {
      name: 'another interpreter',
      handler: command('python "$CLAUDE_PROJECT_DIR"/x.py'),
      disk: { 'x.py': { text: 'x' } },
      offers: ['interpreter python3'],
    },
    {
      name: 'another interpreter in the #! line',
      handler: command('"$CLAUDE_PROJECT_DIR"/x.py'),
      disk: { 'x.py': { text: '#!/usr/bin/env python\nx\n', isExecutable: true } },
      offers: ['interpreter python3'],
    },
    {
      name: 'of another folder, found in the workspace',
      startsIn: 'pkg/a',
      handler: command('"$CLAUDE_PROJECT_DIR"/x.sh'),
      disk: { 'hooks/x.sh': run },
      offers: ['path hooks/x.sh', 'execForm '],
    },
    {
      name: 'of another folder, found there first',
      startsIn: 'pkg',
      handler: command('sh', [`${project}/x.sh`]),
      disk: { 'hooks/x.sh': run, 'pkg/hooks/x.sh': run },
      sameName: ['pkg/hooks/x.sh', 'hooks/x.sh'],
      offers: ['path pkg/hooks/x.sh', 'path hooks/x.sh'],
    },
    {
      name: 'of another folder, created there',
      startsIn: 'pkg',
      handler: command('sh "$CLAUDE_PROJECT_DIR"/new.sh'),
      disk: { 'pkg/y': run },
      offers: ['create pkg/new.sh'],
    },
    {
      name: 'no other interpreter',
      handler: command('ruby "$CLAUDE_PROJECT_DIR"/x.rb'),
      disk: { 'x.rb': { text: 'x' } },
      offers: [],
    },
  ];
  for (const test of cases)
    it(test.name, () => {
      const { repairs, text, status } = repairsOf(test);
      assert.deepEqual(
        repairs.map(({ kind, name }) => `${kind} ${name}`),
        test.offers,
        status.findings.map(({ message }) => message).join('\n'),
      );
      for (const repair of repairs) {
        // Whatever is offered takes away what it was offered for.
        const scripts =
          repair.script === undefined
            ? {}
            : { [repair.script.path]: { text: repair.script.text, isExecutable: true as const } };
        const after = climbed(
          repair.settings ?? text,
          { ...test.disk, ...scripts },
          test.folder,
          test.startsIn,
        );
        const left = after.findings.map(({ code }) => code);
        assert.ok(!left.includes(status.findings[0]?.code ?? ''), `${repair.kind}: ${left.join(', ')}`);
      }
    });
});
