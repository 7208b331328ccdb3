// How far hooks climb, over a disk that is a table.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import { climb } from '../../../src/claude/hookLadder.ts';
import { type HookStatus, hookRungs, type OurContent } from '../../../src/claude/hookStatus.ts';
import type { Files } from '../../../src/files/files.ts';

interface Entry {
  readonly text?: string;
  readonly isExecutable?: true;
  readonly isDirectory?: true;
  /** Where a link leads. */
  readonly leadsTo?: string;
}

const root = '/work place';
const disk: Readonly<Record<string, Entry>> = {
  [root]: { isDirectory: true },
  [`${root}/plain.mjs`]: { text: 'x' },
  [`${root}/run.py`]: { text: '#!/usr/bin/env python3\n', isExecutable: true },
  [`${root}/absent-env.rb`]: { text: '#!/usr/bin/env ruby\n', isExecutable: true },
  [`${root}/absent.pl`]: { text: '#!/opt/perl\n', isExecutable: true },
  [`${root}/crlf.py`]: { text: '#!/usr/bin/env python3\r\nx\r\n', isExecutable: true },
  [`${root}/bare.sh`]: { text: 'echo\n', isExecutable: true },
  [`${root}/not.sh`]: { text: '#!/bin/sh\n' },
  [`${root}/no-line.py`]: { text: 'import sys\n', isExecutable: true },
  [`${root}/mark.sh`]: { text: '\ufeff#!/bin/sh\n', isExecutable: true },
  [`${root}/crlf.sh`]: { text: 'exit 0\r\n' },
  [`${root}/agents/.orchestrator/guard.mjs`]: { text: 'x' },
  [`${root}/agents/.orchestrator/report.mjs`]: { text: 'x' },
  [`${root}/folder`]: { isDirectory: true },
  [`${root}/out`]: { leadsTo: '/elsewhere/x.mjs' },
  [`${root}/in`]: { leadsTo: `${root}/plain.mjs` },
  [`${root}/dangling`]: { leadsTo: `${root}/gone` },
  '/elsewhere/x.mjs': { text: 'x', isExecutable: true },
  '/bin/sh': { text: '\u007fELF', isExecutable: true },
};

const files: Files = {
  read: (path) => (disk[path]?.text === undefined ? undefined : { text: disk[path].text }),
  kind: (path) => {
    const entry = disk[path];
    if (entry === undefined) return undefined;
    return entry.leadsTo !== undefined ? 'symlink' : entry.isDirectory ? 'directory' : 'file';
  },
  list: () => [],
  realPath: (path) => {
    const target = disk[path]?.leadsTo ?? path;
    return disk[target] === undefined ? undefined : target;
  },
  isOwn: () => true,
  isExecutable: (path) => disk[path]?.isExecutable === true,
};

const findProgram = (name: string): string | undefined =>
  ['node', 'python3', 'sh', 'prettier'].includes(name) ? `/bin/${name}` : undefined;

const ours = (relative: string): OurContent | undefined =>
  ({
    'agents/.orchestrator/guard.mjs': { kind: 'guard', isInOrder: true, words: '' } as const,
    'agents/.orchestrator/report.mjs': { kind: 'report', isInOrder: false, words: 'was changed' } as const,
  })[relative];

interface Options {
  readonly event?: string;
  /** Whether the machine may be looked at. */
  readonly machine?: boolean;
  readonly home?: string;
}

/** The one hook of a handler that stands under PreToolUse, climbed. */
function climbed(
  handler: object | string,
  { event = 'PreToolUse', machine = true, home }: Options = {},
): HookStatus {
  const written =
    typeof handler === 'string' ? { type: 'command', command: handler } : { type: 'command', ...handler };
  const text = JSON.stringify({ hooks: { [event]: [{ hooks: [written] }] } });
  const [hook] = checkSettings(text, { file: 'x', source: 'project' }).hooks;
  assert.ok(hook);
  return climb(hook, {
    files,
    workspaceRoot: root,
    file: 'x',
    ours,
    ...(machine ? { findProgram } : {}),
    ...(home === undefined ? {} : { home }),
  });
}

function check(
  handler: object | string,
  rung: HookStatus['rung'],
  codes: readonly string[],
  options?: Options,
): HookStatus {
  const status = climbed(handler, options);
  const found = status.findings.map((finding) => finding.code.slice('claude/'.length));
  assert.deepEqual(
    [status.rung, found],
    [rung, codes],
    status.findings.map((each) => each.message).join('\n'),
  );
  return status;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the CLI's own placeholder
const project = '${CLAUDE_PROJECT_DIR}';
const exec = (command: string, ...args: readonly string[]): object => ({ command, args });

describe('rungs', () => {
  const cases: readonly (readonly [string, object | string, HookStatus['rung'], ...string[]])[] = [
    ['interpreter and script', exec('node', `${project}/plain.mjs`), 'runs'],
    ['interpreter by path', exec('/bin/sh', `${project}/not.sh`), 'runs'],
    ['shell form, quoted', '"$CLAUDE_PROJECT_DIR"/run.py', 'runs'],
    ['shell form with an interpreter', 'python3 "$CLAUDE_PROJECT_DIR/run.py" --x', 'runs'],
    ['shell form without a #! line', '"$CLAUDE_PROJECT_DIR"/bare.sh', 'runs'],
    ['a link that stays inside', exec('node', `${project}/in`), 'runs'],
    ['a bare program', 'prettier --check', 'runs'],
    ['code instead of a script', `node -e 'x'`, 'runs'],
    ['relative', exec('node', 'plain.mjs'), 'runs', 'relative-script'],
    ['missing', exec('node', `${project}/gone.mjs`), 'rendered', 'script-missing'],
    ['unquoted, and the root has a blank', '$CLAUDE_PROJECT_DIR/run.py', 'rendered', 'script-missing'],
    ['no braces in exec form', exec('node', '$CLAUDE_PROJECT_DIR/plain.mjs'), 'rendered', 'script-missing'],
    ['quotes in exec form', exec('node', `"${project}/plain.mjs"`), 'rendered', 'script-missing'],
    ['a link to nothing', exec('node', `${project}/dangling`), 'rendered', 'script-missing'],
    ['a directory', exec('node', `${project}/folder`), 'exists', 'script-not-a-file'],
    ['outside', exec('node', '/elsewhere/x.mjs'), 'exists', 'outside-workspace'],
    ['outside by ..', exec('node', `${project}/../elsewhere/x.mjs`), 'exists', 'outside-workspace'],
    ['outside by a link', exec('node', `${project}/out`), 'exists', 'outside-workspace'],
    ['not executable', '"$CLAUDE_PROJECT_DIR"/not.sh', 'inside', 'not-executable'],
    ['not executable, exec form', exec(`${project}/not.sh`), 'inside', 'not-executable'],
    ['no #! line, exec form', exec(`${project}/bare.sh`), 'inside', 'no-shebang'],
    ['CRLF in the #! line', exec(`${project}/crlf.py`), 'inside', 'shebang-crlf'],
    ['CRLF in a shell script', exec('sh', `${project}/crlf.sh`), 'inside', 'script-crlf'],
    ['CRLF that no shell reads', exec('node', `${project}/crlf.sh`), 'runs'],
    [
      'no #! line, and the shell would read Python',
      '"$CLAUDE_PROJECT_DIR"/no-line.py',
      'inside',
      'no-shebang',
    ],
    ['a mark in front of the #! line, shell form', '"$CLAUDE_PROJECT_DIR"/mark.sh', 'runs'],
    ['a mark in front of the #! line, exec form', exec(`${project}/mark.sh`), 'inside', 'no-shebang'],
    ['ours', exec('node', `${project}/agents/.orchestrator/guard.mjs`), 'ours'],
    ['ours, and changed', exec('node', `${project}/agents/.orchestrator/report.mjs`), 'runs'],
    ['backslashes in a shell form', 'folder\\..\\run.py', 'rendered', 'script-missing'],
    ['no such interpreter', exec('ruby', `${project}/plain.mjs`), 'inside', 'interpreter-not-found'],
    [
      'no such interpreter in the #! line',
      exec(`${project}/absent-env.rb`),
      'inside',
      'interpreter-not-found',
    ],
    ['no such path in the #! line', exec(`${project}/absent.pl`), 'inside', 'interpreter-not-found'],
    ['no such bare program', 'frobnicate', 'rendered', 'interpreter-not-found'],
    ['malformed', { command: 'x', timeout: '5' }, 'declared'],
  ];
  for (const [name, handler, rung, ...codes] of cases)
    it(name, () => {
      const status = check(handler, rung, codes);
      assert.ok(hookRungs.includes(status.rung));
      assert.equal(status.unknown, undefined);
    });
  it('the legacy form is declared and no more', () => {
    const text = '{"hooks": {"PreToolUse": [{"command": "/x/y.py"}]}}';
    const [hook] = checkSettings(text, { file: 'x', source: 'project' }).hooks;
    assert.ok(hook);
    assert.equal(climb(hook, { files, workspaceRoot: root, file: 'x' }).rung, 'declared');
  });
  it('names the script', () => {
    assert.equal(climbed(exec('node', `${project}/plain.mjs`)).script, `${root}/plain.mjs`);
    assert.equal(climbed(exec(`${project}/not.sh`)).findings[0]?.args.script, 'not.sh');
  });
});

describe('what is not known is said to be unknown', () => {
  const cases: readonly (readonly [string, object | string, HookStatus['rung'], RegExp, boolean?])[] = [
    ['a pipe', 'node x | tee log', 'rendered', /more than one simple command/],
    ['a variable', '$HOME/x', 'rendered', /only the shell knows/],
    ['home', '~/x', 'rendered', /home directory/],
    ['nothing', ' ', 'rendered', /empty/],
    ['http', { type: 'http', url: 'http://x/y' }, 'rendered', /type http/],
    ['prompt', { type: 'prompt', prompt: 'x' }, 'rendered', /type prompt/],
    ['PATH', exec('node', `${project}/plain.mjs`), 'inside', /whether node is on PATH/, false],
    ['PATH of a bare program', 'prettier', 'rendered', /whether prettier is on PATH/, false],
    ['PATH of the #! line', exec(`${project}/run.py`), 'inside', /whether python3 is on PATH/, false],
    [
      'a program of the machine',
      exec('/usr/bin/node', `${project}/plain.mjs`),
      'inside',
      /depends on the machine/,
      false,
    ],
  ];
  for (const [name, handler, rung, why, machine = true] of cases)
    it(name, () => {
      assert.match(check(handler, rung, [], { machine }).unknown ?? '', why);
    });
});

describe('what is probably meant', () => {
  const cases: readonly (readonly [string, object | string, string, string])[] = [
    ['unquoted', '$CLAUDE_PROJECT_DIR/run.py', 'unquoted', 'run.py'],
    ['single quotes', "'$CLAUDE_PROJECT_DIR/run.py'", 'singleQuotes', 'run.py'],
    [
      'backslashes',
      '"$CLAUDE_PROJECT_DIR"\\agents\\.orchestrator\\guard.mjs',
      'backslashes',
      'agents/.orchestrator/guard.mjs',
    ],
    ['quotes', exec('node', `"${project}/plain.mjs"`), 'quotes', 'plain.mjs'],
    ['braces', exec('node', '$CLAUDE_PROJECT_DIR/plain.mjs'), 'braces', 'plain.mjs'],
  ];
  for (const [name, handler, cause, near] of cases)
    it(name, () => {
      const [finding] = check(handler, 'rendered', ['script-missing']).findings;
      assert.deepEqual([finding?.args.cause, finding?.args.near], [cause, near]);
    });
});

describe('the home directory', () => {
  it('is where ~ and $HOME begin, where it may be known', () => {
    for (const line of ['~/x.mjs', '"$HOME"/x.mjs']) {
      assert.equal(climbed(line).rung, 'rendered');
      const [finding] = climbed(line, { home: '/elsewhere' }).findings;
      assert.equal(finding?.code, 'claude/outside-workspace');
    }
  });
  it('of another user is not guessed', () => {
    assert.match(climbed('~bob/x', { home: '/elsewhere' }).unknown ?? '', /home directory/);
  });
});

describe('what a failing hook means', () => {
  const gone = (command: string, more: object = {}): object => ({
    command,
    args: [`${project}/gone`],
    ...more,
  });
  const cases: readonly (readonly [string, object, RegExp, string?])[] = [
    ['node exits with 1', gone('node'), /everything that it should stop goes through/],
    ['python exits with 2', gone('python3'), /exits with 2.*every call is locked out/],
    ['sh is dash or bash', gone('sh'), /Where sh exits with 2/],
    ['onFailure', gone('node', { onFailure: 'block' }), /onFailure is "block", every call is locked out/],
    ['nobody waits for it', gone('python3', { async: true }), /does nothing/],
    ['nothing to stop', gone('python3'), /does nothing/, 'PostToolUse'],
    ['PermissionRequest does not listen to exit codes', gone('python3'), /goes through/, 'PermissionRequest'],
  ];
  for (const [name, handler, words, event] of cases)
    it(name, () => {
      const { findings } = climbed(handler, event === undefined ? {} : { event });
      assert.equal(findings.length, 1);
      assert.match(findings[0]?.message ?? '', words);
    });
});

describe('hostile commands', () => {
  const commands = [
    '../../x',
    '\u0000',
    '\u202e/x',
    `${'../'.repeat(5000)}x`,
    '$(x)',
    '__proto__',
    "'",
    '"',
    '\\',
  ];
  for (const command of commands)
    it(JSON.stringify(command.slice(0, 20)), () => {
      for (const handler of [command, exec(command), exec('node', command)])
        for (const { message } of climbed(handler).findings) {
          assert.ok(message.length < 500);
          assert.doesNotMatch(message, /\p{Cc}|\p{Cf}/u);
        }
    });
});
