// What reaches tmux and a shell as text, and what comes back: names, sockets, panes, quoted words, prompts.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SessionState } from '../../../src/sessions/crossCheck.ts';
import { promptProblem, sendRefusal } from '../../../src/sessions/sendPrompt.ts';
import { quoted, starterScript } from '../../../src/sessions/starterScript.ts';
import {
  findTmux,
  killTmuxSession,
  parsePanes,
  pasteInto,
  type Tmux,
  tmuxAt,
  workspaceServer,
} from '../../../src/sessions/tmux.ts';
import { memoryFiles } from '../outputs/memoryFiles.ts';

const launch = '11111111-1111-4111-8111-111111111111';

describe('tmux: server', () => {
  const cases: readonly (readonly [string | undefined, readonly string[] | undefined])[] = [
    [undefined, ['-L', 'no-01234567']],
    ['', ['-L', 'no-01234567']],
    ['mine', ['-L', 'mine']],
    ['/run/my tmux', ['-S', '/run/my tmux']],
    ['../x', undefined],
    ['-S', undefined],
    ['a b', undefined],
    ['a\nb', undefined],
    ['/a\nb', undefined],
    ['.', undefined],
    ['x'.repeat(100), undefined],
  ];
  for (const [override, expected] of cases)
    it(JSON.stringify(override ?? null), () => {
      const server = () => workspaceServer('/state/0123456789abcdef', override);
      if (expected === undefined) assert.throws(server, /TMUX_SOCKET_OVERRIDE/);
      else assert.deepEqual(server(), expected);
    });
  it('gets of the environment only what it needs', () => {
    const { env } = tmuxAt(
      '/tmux',
      [],
      { PATH: '/bin', TMUX: 'x', SECRET: 'y', ANTHROPIC_API_KEY: 'z', HOME: '' },
      '/w',
    );
    assert.deepEqual(env, { PATH: '/bin' });
  });
});

describe('tmux: program', () => {
  const on = (platform: NodeJS.Platform, ...files: readonly string[]) =>
    findTmux({
      files: { ...memoryFiles(), isExecutable: (file) => files.includes(file) },
      platform,
      env: { PATH: '/bin' },
    });
  it('is that of PATH', () => assert.equal(on('linux', '/bin/tmux', '/opt/homebrew/bin/tmux'), '/bin/tmux'));
  it('is where macOS has it, for a desktop’s short PATH', () => {
    assert.equal(on('darwin', '/opt/homebrew/bin/tmux'), '/opt/homebrew/bin/tmux');
    assert.equal(on('linux', '/opt/homebrew/bin/tmux'), undefined);
  });
  it('is not used on Windows', () => assert.equal(on('win32', '/bin/tmux'), undefined));
});

describe('tmux: panes', () => {
  const workspace = '0123456789abcdef';
  const cases: readonly (readonly [string, object | undefined])[] = [
    [
      `%3 1 ${workspace} ${launch} iw-a`,
      { pane: '%3', isAttached: true, session: 'iw-a', workspace, launch },
    ],
    ['%3 0   a name with blanks', { pane: '%3', isAttached: false, session: 'a name with blanks' }],
    ['%3 0 x y iw-a', { pane: '%3', isAttached: false, session: 'iw-a' }],
    ['=x 0   iw-a', undefined],
    ['', undefined],
  ];
  for (const [line, expected] of cases)
    it(JSON.stringify(line), () => assert.deepEqual(parsePanes(`${line}\n`)[0], expected));
});

describe('tmux: what acts on a session', () => {
  function recording(answer: string): { readonly tmux: Tmux; readonly runs: string[][] } {
    const runs: string[][] = [];
    const run = async (args: readonly string[]) => {
      runs.push([...args]);
      return { isOk: true, stdout: args[0] === 'if-shell' ? answer : '', stderr: '' };
    };
    return { tmux: { program: '/tmux', server: [], env: {}, run }, runs };
  }
  it('is held to its launch by the server, and to its exact name', async () => {
    const { tmux, runs } = recording('');
    assert.equal(await killTmuxSession(tmux, { agent: 'planning', launch }), true);
    const [[verb, , flag, target, condition, command] = []] = runs;
    assert.deepEqual([verb, flag, target], ['if-shell', '-t', '=iw-planning:']);
    assert.equal(condition, `#{==:#{@native_orchestrator_launch},${launch}}`);
    assert.equal(command, 'kill-session -t =iw-planning:');
  });
  it('does nothing where it is another’s, and leaves no buffer', async () => {
    const { tmux, runs } = recording('no\n');
    assert.equal(await pasteInto(tmux, { agent: 'a', launch, pane: '%1' }, 'secret'), false);
    assert.deepEqual(
      runs.map(([verb]) => verb),
      ['load-buffer', 'if-shell', 'delete-buffer'],
    );
    assert.ok(!runs.flat().join(' ').includes('secret'));
  });
});

describe('starter script', () => {
  const cases = ["it's", "'", "''", '$(x)', '`x`', 'a\nb', '\\', '"', '', '-e', '!!', '~', '#{x}'];
  for (const text of cases)
    it(`${JSON.stringify(text)} is one word`, () => {
      // The rules of a POSIX shell: between single quotes all is text, and outside a backslash takes the next one.
      const read = quoted(text).replace(/'([^']*)'|\\(.)/gs, (_, inside, taken) => inside ?? taken);
      assert.equal(read, text);
      assert.match(quoted(text), /^(?:'[^']*'|\\')+$/s);
    });
  it('exports the environment, but for what is the terminal’s, the shell’s, or no name', () => {
    const script = starterScript({
      command: '/my claude',
      args: ['--', "$(x) it's"],
      env: {
        A: '1',
        B: undefined,
        TERM: 'vt52',
        TMUX: 'x',
        UID: '7',
        OPTIND: 'x',
        'BASH_FUNC_x%%': '() { :; }',
        'x;touch y': '1',
        PATH: '/b',
      },
      cwd: "/w'; touch x; '",
      pidFile: '/s/p',
      exitFile: '/s/e',
    });
    const lines = script.split('\n');
    assert.deepEqual(
      lines.filter((line) => line.startsWith('export ')),
      ["export A='1'", "export PATH='/b'"],
    );
    assert.equal(lines.at(-2), "exec '/my claude' '--' '$(x) it'\\''s'");
    assert.ok(lines.includes("cd -- '/w'\\''; touch x; '\\''' || exit 1"));
  });
});

describe('send', () => {
  const problems: readonly (readonly [string, RegExp | undefined])[] = [
    ['Do it.', undefined],
    ['one\ntwo\tthree ünïcode 🙂', undefined],
    ['', /empty/],
    [' \n\t', /empty/],
    ['a\u0003', /control/],
    ['\u001b[201~rm', /control/],
    ['a\rb', /control/],
    ['a\u202eb', /reorder text/],
    ['\u200fשלום', /reorder text/],
    ['שלום مرحبا 👩‍👩‍👧 ❤️', undefined],
    ['written\r\non Windows\r\n', undefined],
    ['\r\n\r', /control|empty/],
    ['\u009b', /control/],
    ['x'.repeat(100_001), /at most 100000/],
  ];
  for (const [text, says] of problems)
    it(JSON.stringify(text.slice(0, 20)), () => {
      if (says === undefined) assert.equal(promptProblem(text), undefined);
      else assert.match(promptProblem(text) ?? '', says);
    });
  const state = (name: string, need?: string): SessionState =>
    ({
      state: name,
      ...(need === undefined ? {} : { need }),
      since: '',
      source: 'hooks',
      evidence: 'so it is',
    }) as SessionState;
  const listed = (status?: string, waitingFor?: string) =>
    ({ pid: 2, sessionId: 's', status, waitingFor }) as never;
  const cases: readonly (readonly [
    string,
    SessionState | undefined,
    never | undefined,
    RegExp | undefined,
  ])[] = [
    ['idle', state('idle'), listed('idle'), undefined],
    ['working', state('working'), listed('busy'), undefined],
    ['its turn is over', state('needsYou', 'done'), listed('idle'), undefined],
    ['its turn failed', state('needsYou', 'failed'), listed('idle'), undefined],
    [
      'asks, as the hooks say first',
      state('needsYou', 'permission'),
      listed('busy'),
      /waits for a person \(permission\)/,
    ],
    ['asks, as only the list says', state('working'), listed('waiting', 'dialog open'), /dialog open/],
    ['asks, and the words are hostile', state('idle'), listed('waiting', '\u001b[2J'), /person \(\\u/],
    ['not listed', state('idle'), undefined, /does not say/],
    ['listed without a status', state('starting'), listed(), /not at its prompt yet/],
    ['unknown', state('unknown'), listed('idle'), /its state is unknown: so it is/],
    ['limit', state('limit'), listed('idle'), /limit/],
    ['nothing known', undefined, listed('idle'), /nothing is known/],
  ];
  for (const [name, known, entry, says] of cases)
    it(name, () => {
      const refusal = sendRefusal(known, entry);
      if (says === undefined) assert.equal(refusal, undefined);
      else assert.match(refusal ?? '', says);
    });
});
