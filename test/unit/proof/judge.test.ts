import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judge, type Witness } from '../../../src/proof/judge.ts';
import type { Outcome } from '../../../src/proof/play.ts';
import type { Trial } from '../../../src/proof/trial.ts';

const trial: Trial = {
  kind: 'write',
  tool: 'Write',
  target: 'tests/a.txt',
  expected: 'blocked',
  enforceable: true,
  input: {},
  effect: { sign: 'bytes', path: 'tests/a.txt' },
  heldBy: ['rules', 'guard'],
};
const witness: Witness = {
  form: 'launch',
  carrier: 'all',
  refusedByGuard: new Set(['toolu_guarded']),
  isSandboxed: false,
  folder: '/scratch/one',
};

const said = (text: string, id = 'toolu_1'): Outcome => ({
  callIds: [id],
  result: { text, isError: true },
  happened: false,
});
const done: Outcome = { callIds: ['toolu_1'], result: { text: 'ok', isError: false }, happened: true };

/** `got by`, or `got: note`. */
function verdict(
  outcome: Outcome | undefined,
  more: Partial<Trial> = {},
  seen: Partial<Witness> = {},
): string {
  const { got, by, note } = judge({ ...trial, ...more }, outcome, { ...witness, ...seen });
  return [got, by, note === undefined ? undefined : `(${note})`].filter(Boolean).join(' ');
}

describe('verdict of an attempt', () => {
  const rule =
    '<tool_use_error>File is in a directory that is denied by your permission settings.</tool_use_error>';
  const hook = 'PreToolUse:Write hook error: maker-agent may not change "tests/a.txt"';

  for (const [name, text, expected] of [
    ['a path rule', rule, 'blocked rule'],
    ['a rule on a command', 'Permission to use Bash with command git push has been denied.', 'blocked rule'],
    ['a rule on a notebook', 'Permission to edit /x/a.ipynb has been denied.', 'blocked rule'],
    ['the guard', hook, 'blocked guard'],
    [
      'the tool list',
      '<tool_use_error>Error: No such tool available: Write</tool_use_error>',
      'blocked tool-list',
    ],
  ] as const)
    it(`is blocked, by ${name}`, () => assert.equal(verdict(said(text)), expected));

  it('says of a hook that refuses what is allowed, and not in its spool, that it failed', () => {
    const allowed = { expected: 'allowed' as const };
    assert.equal(verdict(said(hook, 'toolu_guarded'), allowed), 'blocked guard');
    assert.match(verdict(said(hook), allowed), /^blocked guard \(the guard itself failed/);
  });

  it('leaves the scratch folder out of what the CLI said', () =>
    assert.equal(verdict(said('no /scratch/one/src/a')), 'not-run (the CLI said: no …/src/a)'));

  it('knows the guard by its spool, whatever the words', () =>
    assert.equal(verdict(said('something new', 'toolu_guarded')), 'blocked guard'));

  it('takes a tool that a bare deny took away for a rule where rules stand alone', () => {
    const text =
      'Error: No such tool available: Write. Write is disabled for this session, in subagents as well as here.';
    assert.equal(verdict(said(text)), 'blocked tool-list');
    assert.equal(verdict(said(text), {}, { carrier: 'rules' }), 'blocked rule');
  });

  it('is allowed when the bytes changed, whatever the CLI says', () =>
    assert.equal(verdict({ ...said(rule), happened: true }), 'allowed'));

  it('is not run when nobody refused it and nothing happened', () =>
    assert.equal(
      verdict(said('String to replace not found')),
      'not-run (the CLI said: String to replace not found)',
    ));

  it('is not run without a result, and when it was never made', () => {
    assert.match(verdict(undefined), /^not-run \(the session gave no result/);
    assert.match(verdict({ callIds: [], result: undefined, happened: false }), /^not-run/);
    assert.equal(verdict(done, { isUntriable: true, note: 'no name' }), 'not-run (no name)');
  });

  it('believes in a sandbox only where there is one', () => {
    const text = 'Exit code 1\ntouch: cannot touch x: Read-only file system';
    assert.match(verdict(said(text)), /^not-run/);
    assert.equal(verdict(said(text), {}, { isSandboxed: true }), 'blocked sandbox');
  });

  it('takes no word of a file that a tool printed for a refusal', () =>
    assert.match(
      verdict({ callIds: [], result: { text: hook, isError: false }, happened: false }),
      /^not-run/,
    ));

  it('shows what the CLI said without what could mislead a terminal', () =>
    assert.ok(!verdict(said('a\u001b[2Jb\u202e')).includes('\u001b')));

  it('carries the place in the registry and the delegate along', () => {
    const origin = ['agents', 'a', 'cannot_access', 0];
    const attempt = judge({ ...trial, rule: 'tests/**', origin, subagent: 'b' }, done, witness);
    assert.deepEqual(
      [attempt.rule, attempt.origin, attempt.subagent, attempt.form, attempt.carrier],
      ['tests/**', origin, 'b', 'launch', 'all'],
    );
  });
});
