// Where machine-local things live, and where they may not.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { makePrivate, stateRoot, workspaceState } from '../../../src/files/stateDirectory.ts';
import { UserError } from '../../../src/findings/userError.ts';
import { memoryFiles, systemError } from '../outputs/memoryFiles.ts';

describe('stateRoot', () => {
  const cases: readonly (readonly [NodeJS.Platform, Record<string, string>, string])[] = [
    ['linux', {}, '/home/me/.local/state/native-orchestrator'],
    ['linux', { XDG_STATE_HOME: '/xdg' }, '/xdg/native-orchestrator'],
    ['linux', { XDG_STATE_HOME: 'relative' }, '/home/me/.local/state/native-orchestrator'],
    ['linux', { XDG_STATE_HOME: '' }, '/home/me/.local/state/native-orchestrator'],
    ['darwin', { XDG_STATE_HOME: '/xdg' }, '/home/me/Library/Application Support/native-orchestrator'],
    ['linux', { NATIVE_ORCHESTRATOR_STATE: '/own', XDG_STATE_HOME: '/xdg' }, '/own'],
    ['linux', { NATIVE_ORCHESTRATOR_STATE: '' }, '/home/me/.local/state/native-orchestrator'],
  ];
  for (const [platform, env, expected] of cases)
    it(`${platform} ${JSON.stringify(env)}`, () =>
      assert.equal(stateRoot({ platform, env, home: '/home/me' }), expected));
});

describe('workspaceState', () => {
  const files = memoryFiles({ '/w/agents/registry.yaml': '', '/v/x': '' });
  it('is one folder for each workspace', () => {
    const [one, two] = [workspaceState(files, '/state', '/w'), workspaceState(files, '/state', '/v')];
    assert.match(one, /^\/state\/[0-9a-f]{16}$/);
    assert.notEqual(one, two);
    assert.equal(workspaceState(files, '/state', '/w/.'), one);
  });
  for (const state of ['/w', '/w/state', '/w/../w/x/y', '/w/..state'])
    it(`not ${state}, which lies in the workspace`, () =>
      assert.throws(() => workspaceState(files, state, '/w'), UserError));
  for (const state of ['/', '/ww', '/w2/state'])
    it(`but ${state}, which does not`, () => assert.ok(workspaceState(files, state, '/w').startsWith(state)));
});

describe('makePrivate', () => {
  it('makes it', async () => {
    const files = memoryFiles();
    await makePrivate(files, '/state', '/state/a/b');
    assert.equal(files.kind('/state/a/b'), 'directory');
  });
  it('refuses a disk that refuses, a file, another’s folder', async () => {
    const refusing = memoryFiles();
    refusing.onWrite = () => {
      throw systemError('EROFS');
    };
    await assert.rejects(makePrivate(refusing, '/state', '/state/a'), UserError);
    await assert.rejects(makePrivate(memoryFiles({ '/state/a': '' }), '/state', '/state/a/b'), UserError);
    const others = { ...memoryFiles(), isOwn: (file: string) => file !== '/state' };
    await assert.rejects(makePrivate(others, '/state', '/state/a'), /not a folder of your own/);
  });
});
