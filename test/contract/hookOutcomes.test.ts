// What a hook's end means for the call that it was asked about: every row of CLAUDE-CODE-CONTRACT.md section 2.3, with and
// without onFailure, on both versions; and that what we say of a failing hook is what happens.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, beforeEach, it } from 'mocha';
import { checkSettings } from '../../src/claude/checkSettings.ts';
import { atLeast } from '../../src/claude/cliVersion.ts';
import { effectOfFailure } from '../../src/claude/hookEffect.ts';
import { onFailureSince } from '../../src/claude/hookHandlers.ts';
import { describeWithEachClaude, prepareHome, runClaude, scratchFolder } from './realClaude.ts';
import { ScriptedModel, say, use } from './scriptedModel.ts';

interface Outcome {
  /** JavaScript that ends the hook. */
  readonly code: string;
  /** Whether the call is refused. */
  readonly blocks: boolean;
  /** The same where the hook says `"onFailure": "block"` and the CLI heeds it. */
  readonly blocksByChoice: boolean;
  /** What it exits with, where that is all that it does. */
  readonly exit?: number;
}

const decision = (value: string): string =>
  JSON.stringify({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: value } });
const print = (text: string, exit = 0): string =>
  `process.stdout.write(${JSON.stringify(text)}, () => process.exit(${exit}))`;
const exits = (exit: number, blocks: boolean): Outcome => ({
  code: `process.exit(${exit})`,
  blocks,
  blocksByChoice: exit !== 0,
  exit,
});
const says = (text: string, blocks: boolean, blocksByChoice = blocks): Outcome => ({
  code: print(text),
  blocks,
  blocksByChoice,
});

/** By the name of the file that is written. */
const outcomes: Readonly<Record<string, Outcome>> = {
  'exit-0': exits(0, false),
  'exit-1': exits(1, false),
  'exit-2': exits(2, true),
  'exit-3': exits(3, false),
  'exit-126': exits(126, false),
  'exit-127': exits(127, false),
  killed: { code: `process.kill(process.pid, 'SIGKILL')`, blocks: false, blocksByChoice: true },
  'too-long': { code: 'setTimeout(() => {}, 30_000)', blocks: false, blocksByChoice: true },
  deny: says(decision('deny'), true),
  'deny-and-exit-1': { code: print(decision('deny'), 1), blocks: true, blocksByChoice: true },
  'old-block': says('{"decision":"block","reason":"no"}', true),
  ask: says(decision('ask'), true),
  allow: says(decision('allow'), false),
  'no-json': says('no, do not', false),
  'cut-off': says(decision('deny').slice(0, -3), false),
  'bad-value': says(decision('DENY'), false, true),
  'at-the-top': says('{"permissionDecision":"deny"}', false),
};

/** What a server answers, by the name of the file. */
const answers: Readonly<
  Record<string, { readonly status: number; readonly body: string; readonly blocks: boolean }>
> = {
  deny: { status: 200, body: decision('deny'), blocks: true },
  allow: { status: 200, body: '{}', blocks: false },
  text: { status: 200, body: 'no, do not', blocks: false },
  'not-found': { status: 404, body: decision('deny'), blocks: false },
  broken: { status: 500, body: decision('deny'), blocks: false },
};

const nameIn = (input: { readonly tool_input?: { readonly file_path?: string } }): string =>
  path.basename(input.tool_input?.file_path ?? '', '.txt');

describeWithEachClaude('what the end of a hook means', ({ version, binary }) => {
  let model: ScriptedModel;
  let server: http.Server;
  let base: string;
  before(async () => {
    model = await ScriptedModel.start();
    server = http.createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        const answer = answers[nameIn(JSON.parse(body))];
        response.writeHead(answer?.status ?? 204, { 'content-type': 'application/json' });
        response.end(answer?.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    await model.close();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    base = scratchFolder('outcomes');
    mkdirSync(path.join(base, 'work/.claude'), { recursive: true });
  });
  afterEach(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

  const heedsOnFailure = atLeast(version, onFailureSince);
  const fileOf = (name: string): string => path.join(base, 'work', `${name}.txt`);
  const node = (code: string, more: object = {}) => ({
    type: 'command',
    command: process.execPath,
    args: ['-e', code],
    ...more,
  });
  const on = (...handlers: readonly object[]) => ({ PreToolUse: [{ matcher: 'Write', hooks: handlers }] });

  /** Lets a session write files of these names beside such settings; the names whose writes were refused. */
  async function refused(names: readonly string[], settings: object): Promise<readonly string[]> {
    const [cwd, home] = [path.join(base, 'work'), path.join(base, 'home')];
    prepareHome(home, [cwd]);
    writeFileSync(path.join(cwd, '.claude/settings.json'), JSON.stringify(settings));
    model.play(({ turn }) => {
      const name = names[turn];
      return [name === undefined ? say('Done.') : use('Write', { file_path: fileOf(name), content: 'x' })];
    });
    const { stdout, stderr } = await runClaude({
      cwd,
      home,
      modelUrl: model.url,
      command: binary,
      args: ['-p', '--permission-mode', 'acceptEdits', '--', 'Go on.'],
    });
    // Where a hook ends the turn, the model is not asked again.
    const asked = model.requests.length;
    assert.ok(asked > names.length || (asked === 1 && names.length === 1), `${stdout}\n${stderr}`);
    return names.filter((name) => !existsSync(fileOf(name)));
  }

  /** One hook that ends as the name of the file says. */
  const byName = `
    const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    const codes = ${JSON.stringify(Object.fromEntries(Object.entries(outcomes).map(([name, { code }]) => [name, code])))};
    eval(codes[require('path').basename(input.tool_input.file_path, '.txt')]);`;

  for (const onFailure of [undefined, 'block'] as const)
    it(`a command${onFailure ? ' with onFailure' : ''}`, async () => {
      const handler = node(byName, { timeout: 2, ...(onFailure ? { onFailure } : {}) });
      const settings = { hooks: on(handler) };
      const seen = await refused(Object.keys(outcomes), settings);
      const isByChoice = onFailure !== undefined && heedsOnFailure;
      const blocks = ({ blocks, blocksByChoice }: Outcome): boolean => (isByChoice ? blocksByChoice : blocks);
      assert.deepEqual(
        seen,
        Object.keys(outcomes).filter((name) => blocks(outcomes[name] as Outcome)),
      );
      const [hook] = checkSettings(
        JSON.stringify(settings),
        { file: 'x', source: 'project' },
        { version },
      ).hooks;
      assert.ok(hook);
      // onFailure that nobody heeds is told of by a finding, and not by what we say of a failure.
      if (onFailure !== undefined && !heedsOnFailure) return;
      for (const [name, { exit }] of Object.entries(outcomes))
        if (exit !== undefined && exit !== 0)
          assert.equal(effectOfFailure(hook, exit) !== 'open', seen.includes(name), name);
    });

  it('a server', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const seen = await refused(Object.keys(answers), { hooks: on({ type: 'http', url }) });
    assert.deepEqual(
      seen,
      Object.keys(answers).filter((name) => answers[name]?.blocks),
    );
  });

  const deny = node(print(decision('deny')));
  const allow = node(print(decision('allow')));
  const single: readonly (readonly [title: string, settings: () => object, blocks: boolean])[] = [
    [
      'a server that is not there',
      () => ({ hooks: on({ type: 'http', url: 'http://127.0.0.1:9/' }) }),
      false,
    ],
    [
      'a server that is not there, with onFailure',
      () => ({ hooks: on({ type: 'http', url: 'http://127.0.0.1:9/', onFailure: 'block' }) }),
      heedsOnFailure,
    ],
    [
      'async',
      () => ({ hooks: on({ ...deny, async: true }, node('process.exit(2)', { async: true })) }),
      false,
    ],
    ['continue false', () => ({ hooks: on(node(print('{"continue":false}'))) }), false],
    ['one that allows and one that refuses', () => ({ hooks: on(allow, node('process.exit(2)')) }), true],
    [
      'one that allows beside a deny rule',
      () => ({ permissions: { deny: ['Edit(*.txt)'] }, hooks: on(allow) }),
      true,
    ],
    [
      'exit code 2 after the call',
      () => ({ hooks: { PostToolUse: [{ matcher: 'Write', hooks: [node('process.exit(2)')] }] } }),
      false,
    ],
  ];
  for (const [title, settings, blocks] of single)
    it(`${title}: ${blocks ? 'refused' : 'goes through'}`, async () => {
      assert.deepEqual(await refused(['one'], settings()), blocks ? ['one'] : []);
    });
});
