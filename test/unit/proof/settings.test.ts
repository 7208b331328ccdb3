import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { harmlessSettings } from '../../../src/proof/harmlessSettings.ts';
import { carrierAlone, printingLine } from '../../../src/proof/sessionSettings.ts';

const harmless = (value: unknown) => {
  const { text, notCovered } = harmlessSettings(JSON.stringify(value));
  return { value: JSON.parse(text) as unknown, notCovered };
};
// biome-ignore lint/suspicious/noTemplateCurlyInString: the CLI's own placeholder
const guardFile = '${CLAUDE_PROJECT_DIR}/agents/.orchestrator/guard.mjs';
const guard = { type: 'command', command: 'node', args: [guardFile, 'a', 'hash'], onFailure: 'block' };

describe("somebody's settings in a proof", () => {
  it('keep what they decide', () => {
    const settings = {
      permissions: { deny: ['Edit(x)'], allow: ['Bash'] },
      disableAllHooks: true,
      model: 'opus',
    };
    assert.deepEqual(harmless(settings), { value: settings, notCovered: [] });
  });

  it('run nothing of theirs, and the report says what', () => {
    const { value, notCovered } = harmless({
      apiKeyHelper: '/bin/secret',
      statusLine: { type: 'command', command: 'x' },
      hooks: {
        PreToolUse: [
          { matcher: '*', hooks: [{ type: 'command', command: 'rm', args: ['-rf', '/'], timeout: 5 }] },
          { hooks: [guard, { type: 'http', url: 'http://example.com' }] },
        ],
      },
    });
    assert.deepEqual(value, {
      hooks: {
        PreToolUse: [
          { matcher: '*', hooks: [{ type: 'command', command: 'exit 0', timeout: 5 }] },
          { hooks: [guard, { type: 'command', command: 'exit 0' }] },
        ],
      },
    });
    assert.deepEqual(notCovered, [
      'apiKeyHelper',
      'statusLine',
      'hook PreToolUse: rm',
      'hook PreToolUse: http',
    ]);
  });

  it('run no program that only looks like ours', () => {
    const node = { type: 'command', command: 'node' };
    for (const handler of [
      { ...guard, command: '/x/node' },
      { ...node, args: ['/x/agents/.orchestrator/guard.mjs'] },
      { ...node, args: ['--require', guardFile] },
      { ...node, args: [guardFile, '--eval=x()'] },
      { ...node, args: [guardFile.replace('.orchestrator', '.orchestrator/../../..')] },
      { ...node, args: guardFile },
      { type: 'command', command: 'sh', args: ['-c', 'x', guardFile] },
      { type: 'command', command: `x; ${guardFile}` },
    ]) {
      const { value } = harmless({ hooks: { PreToolUse: [{ hooks: [handler] }] } });
      const text = JSON.stringify(value);
      assert.match(text, /"command":"exit 0"/, JSON.stringify(handler));
      assert.doesNotMatch(text, /args/, JSON.stringify(handler));
    }
  });

  it('keep a value that starts nothing where another type belongs: the CLI drops the file for it', () =>
    assert.deepEqual(harmless({ statusLine: null, apiKeyHelper: 17 }).value, {
      statusLine: null,
      apiKeyHelper: 17,
    }));

  it('have no environment but switches', () => {
    const env = {
      ANTHROPIC_BASE_URL: 'https://x',
      AWS_SECRET: 's',
      NODE_OPTIONS: '',
      NODE_DISABLE_COMPILE_CACHE: '1',
      PATH: '/x',
      HTTPS_PROXY: 'y',
    };
    assert.deepEqual(harmless({ env }), {
      value: { env: { NODE_OPTIONS: '', NODE_DISABLE_COMPILE_CACHE: '1' } },
      notCovered: ['env PATH'],
    });
  });

  it('stay as wrong as they are: the CLI drops them in the proof too', () => {
    const legacy = { hooks: { PreToolUse: [{ command: 'x', description: 'old form' }] } };
    assert.deepEqual(harmless(legacy).value, legacy);
    const untyped = { hooks: { PreToolUse: [{ hooks: [{ command: 'x' }] }] } };
    assert.deepEqual(harmless(untyped).value, untyped);
    for (const text of ['{ "hooks": [', '', '[]', 'null'])
      assert.deepEqual(harmlessSettings(text), { text, notCovered: [] });
  });
});

describe('settings of a session', () => {
  const settings = {
    permissions: { deny: ['Edit(x)'], defaultMode: 'default' },
    hooks: { PreToolUse: [{ hooks: [guard] }], Stop: [{ hooks: [] }], ConfigChange: [] },
    disableAllHooks: false,
  };
  const alone = (carrier: 'all' | 'rules' | 'guard') =>
    JSON.parse(carrierAlone(JSON.stringify(settings), carrier)) as unknown;

  it('have all carriers or one, and never a report', () => {
    const { permissions, disableAllHooks } = settings;
    const hooks = { PreToolUse: settings.hooks.PreToolUse, ConfigChange: [] };
    assert.deepEqual(alone('all'), { ...settings, hooks });
    assert.deepEqual(alone('rules'), { permissions, disableAllHooks });
    assert.deepEqual(alone('guard'), {
      permissions: { defaultMode: 'default' },
      hooks,
      disableAllHooks,
    });
  });

  it('are left as they are when they are no JSON', () => assert.equal(carrierAlone('{ "x', 'guard'), '{ "x'));

  const line = ['--settings', '/own', '--tools=Read', '--permission-mode', 'plan', '--', 'Begin.'];
  it('come with the launch line, asking nobody, and without a first message of their own', () => {
    const mode = ['--permission-mode', 'bypassPermissions'];
    assert.deepEqual(printingLine(line, '/s', 'all'), [
      ...['-p', '--settings', '/s', '--tools=Read', ...mode, '--', 'Go on.'],
    ]);
    assert.deepEqual(printingLine(line, '/s', 'guard'), ['-p', '--settings', '/s', ...mode, '--', 'Go on.']);
  });
});
