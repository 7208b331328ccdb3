// What of the editor's own environment a session in tmux is not given.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { sessionEnvironment } from '../../../src/editor/sessionEnvironment.ts';

describe('the environment of a session in tmux', () => {
  for (const [name, isGiven] of [
    ['PATH', true],
    ['HOME', true],
    ['ANTHROPIC_API_KEY', true],
    ['TMUX_TMPDIR', true],
    ['MY_VSCODE_X', true],
    ['NODE_OPTIONS', true],
    ['SNAPSHOT', true],
    ['ELECTRON_RUN_AS_NODE', false],
    ['VSCODE_IPC_HOOK', false],
    ['SNAP', false],
    ['SNAP_NAME', false],
    ['CHROME_DESKTOP', false],
    ['TMUX', false],
    ['TMUX_PANE', false],
  ] as const)
    it(`${isGiven ? 'has' : 'has not'} ${name}`, () =>
      assert.equal(sessionEnvironment({ [name]: 'x' })[name], isGiven ? 'x' : undefined));
  it('has all colours, unless the person says otherwise', () => {
    assert.deepEqual(sessionEnvironment({ A: undefined }), { COLORTERM: 'truecolor' });
    assert.deepEqual(sessionEnvironment({ COLORTERM: '' }), { COLORTERM: '' });
  });
});
