import assert from 'node:assert/strict';
import type { ShellCall } from '../../../src/policy/call.ts';
import type { GuardCode } from '../../../src/policy/codes.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { shellVerdict } from '../../../src/policy/shellVerdict.ts';

const policy: Policy = {
  format: 1,
  agent: 'backend-agent',
  tools: ['Bash'],
  mcp: [],
  write: {
    deny: [
      { glob: 'tests/**', from: 'exclusive_access', owner: 'qa-agent' },
      { glob: '.git', from: 'protected' },
    ],
  },
  read: { deny: [{ glob: 'secrets/**', from: 'cannot_read' }] },
  bash: { allow: [], deny: ['git push', 'curl', 'npm  publish'] },
  delegates: {},
};

const nothing: ShellCall = { opaque: [], mentions: [], starts: [], commands: [] };
const commands = (...each: readonly string[]): ShellCall => ({
  ...nothing,
  commands: each.map((command) => command.split(' ')),
});
const opaque = (text: string, does: 'read' | 'write' = 'write'): ShellCall => ({
  ...nothing,
  opaque: [{ what: 'python3', text, does }],
});

function checkDenied(
  cases: Readonly<Record<string, readonly [ShellCall, GuardCode, source: string, words: RegExp]>>,
): void {
  for (const [name, [shell, code, source, words]] of Object.entries(cases))
    it(`denies ${name}`, () => {
      const verdict = shellVerdict(policy, shell);
      assert.ok(!verdict.allow);
      assert.deepEqual([verdict.code, verdict.source], [code, source]);
      assert.match(verdict.reason, words);
      assert.doesNotMatch(verdict.reason, /\n/);
    });
}

describe('shellVerdict', () => {
  const command = ['guard/command-denied', 'agents.backend-agent.deny_bash'] as const;
  checkDenied({
    'what cannot be taken apart': [
      { ...nothing, problem: 'unexpected )' },
      'guard/unclear-command',
      'guard',
      /unexpected \)/,
    ],
    'a start of claude': [{ ...nothing, starts: ['claude'] }, 'guard/start-denied', 'protected', /"claude"/],
    'a denied command': [commands('git push origin'), ...command, /"git push"/],
    'one without more': [commands('curl'), ...command, /"curl"/],
    'one among others': [commands('ls', 'git push'), ...command, /"git push"/],
    'one by its path': [commands('/usr/bin/git push'), ...command, /"git push"/],
    'one behind options of git': [commands('git -C . -c a=b --no-pager push'), ...command, /"git push"/],
    'one written with two blanks in the registry': [commands('npm publish'), ...command, /npm {2}publish/],
    'one in code': [opaque("subprocess.run(['git', 'push'])"), ...command, /"git push"/],
    'code that names a forbidden path': [
      opaque("open('tests/a')"),
      'guard/opaque-denied',
      'agents.qa-agent.exclusive_access',
      /"python3" mentions what the glob "tests\/\*\*" covers.*exclusive_access of qa-agent/,
    ],
    'code that names a protected path': [
      opaque('.git/config'),
      'guard/opaque-denied',
      'protected',
      /protected/,
    ],
    'code that only reads what may not be read': [
      opaque('secrets/key', 'read'),
      'guard/opaque-denied',
      'agents.backend-agent.cannot_read',
      /cannot_read/,
    ],
    'code that could write there too': [
      opaque('secrets/key'),
      'guard/opaque-denied',
      'agents.backend-agent.cannot_read',
      /cannot_read/,
    ],
  });

  for (const [name, shell] of Object.entries({
    nothing,
    'another command': commands('git pull', 'gits push', 'git commit -m push', 'npm run publish', 'curly x'),
    'a word of a denied command elsewhere': commands('echo git push'),
  }))
    it(`allows ${name}`, () => assert.deepEqual(shellVerdict(policy, shell), { allow: true }));

  for (const [name, shell] of Object.entries({
    'code that names nothing forbidden': opaque("print('hello')"),
    'code that only reads what may be read': opaque('tests/a.py', 'read'),
    'code with a longer word in it': opaque('curling git pushed'),
  }))
    it(`marks ${name}`, () => {
      const verdict = shellVerdict(policy, shell);
      assert.deepEqual([verdict.allow, verdict.code], [true, 'guard/opaque']);
      assert.match(verdict.reason ?? '', /python3/);
    });

  const mention = (relative: string): ShellCall => ({
    ...nothing,
    mentions: [{ what: 'convert', shown: relative, relative: [relative], absolute: [`/w/${relative}`] }],
  });
  it('marks a program that nobody here knows and that is told a forbidden path', () => {
    const verdict = shellVerdict(policy, mention('tests/a.png'));
    assert.deepEqual([verdict.allow, verdict.code], [true, 'guard/opaque']);
    assert.match(verdict.reason ?? '', /convert/);
    assert.deepEqual(shellVerdict(policy, mention('src/a.png')), { allow: true });
  });

  it('refuses all when a denied prefix is empty', () =>
    assert.equal(shellVerdict({ ...policy, bash: { allow: [], deny: [' '] } }, commands('ls')).allow, false));
});
