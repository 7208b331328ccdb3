import assert from 'node:assert/strict';
import type { Call, ResolvedPath } from '../../../src/policy/call.ts';
import type { GuardCode } from '../../../src/policy/codes.ts';
import { decide } from '../../../src/policy/decide.ts';
import type { PathRule, Policy } from '../../../src/policy/policy.ts';

const base: Policy = {
  format: 1,
  agent: 'backend-agent',
  tools: ['Agent', 'Bash', 'Edit', 'Grep', 'Read', 'Write'],
  mcp: ['mcp__ref', 'mcp__db__query'],
  write: {
    deny: [
      { glob: 'tests/**', from: 'cannot_access' },
      { glob: 'tests/**', from: 'exclusive_access', owner: 'test-writer-agent' },
      { glob: 'docs/**', from: 'exclusive_access', owner: 'docs-agent' },
      { glob: 'lib/**', from: 'cannot_access' },
      { glob: '.claude/**', from: 'protected' },
    ],
  },
  read: { deny: [{ glob: 'secrets/**', from: 'cannot_read' }] },
  bash: { allow: [], deny: [] },
  delegates: {},
};
const docsOnly: PathRule = { glob: 'src/**', from: 'cannot_access' };
const policy: Policy = {
  ...base,
  delegates: {
    'qa-agent': {
      ...base,
      agent: 'qa-agent',
      tools: ['Read', 'Write', 'Agent', 'Glob'],
      write: { deny: [docsOnly] },
    },
  },
};

const path = (name: string, isSearched = false): ResolvedPath => ({
  shown: name,
  relative: [name],
  absolute: [`/ws/${name}`],
  ...(isSearched ? { isSearched } : {}),
});
const call = (tool: string, given: Partial<Call> = {}): Call => ({ tool, writes: [], reads: [], ...given });

function checkAllowed(cases: Readonly<Record<string, Call>>): void {
  for (const [name, given] of Object.entries(cases))
    it(`allows ${name}`, () => assert.deepEqual(decide(policy, given), { allow: true }));
}

function checkDenied(
  cases: Readonly<Record<string, readonly [Call, GuardCode, source: string, words: RegExp]>>,
): void {
  for (const [name, [given, code, source, words]] of Object.entries(cases))
    it(`denies ${name}`, () => {
      const verdict = decide(policy, given);
      assert.ok(!verdict.allow);
      assert.equal(verdict.code, code);
      assert.equal(verdict.source, source);
      assert.match(verdict.reason, words);
      assert.doesNotMatch(verdict.reason, /\n/);
    });
}

describe('decide', () => {
  checkAllowed({
    'a tool of the list': call('Bash'),
    'an old name of a listed tool': call('MultiEdit', { writes: [path('src/a.ts')] }),
    'a write elsewhere': call('Write', { writes: [path('src/a.ts')], reads: [path('src/a.ts')] }),
    'a read of what it may not change': call('Read', { reads: [path('tests/a.py')] }),
    'a tool of an admitted server': call('mcp__ref__search'),
    'the one admitted tool of a server': call('mcp__db__query'),
    'a delegate': call('Agent', { subagent: 'qa-agent' }),
    'a delegate under the old name of the tool': call('Task', { subagent: 'qa-agent' }),
    'a delegate’s call within both policies': call('Write', { writes: [path('x/a.ts')], caller: 'qa-agent' }),
    'a search beside what it may not read': call('Grep', { reads: [path('src', true)] }),
  });

  const tools = 'agents.backend-agent.tools';
  const delegates = 'agents.backend-agent.delegates_to';
  checkDenied({
    'a tool that is not listed': [
      call('WebFetch'),
      'guard/tool-denied',
      tools,
      /tool "WebFetch".*tools of backend-agent/,
    ],
    'a tool that nobody knows': [call('Frobnicate'), 'guard/tool-denied', tools, /Frobnicate/],
    'a tool in another case': [call('write'), 'guard/tool-denied', tools, /"write"/],
    'a name that every object has': [call('constructor'), 'guard/tool-denied', tools, /constructor/],
    'an old name of an unlisted tool': [call('SlashCommand'), 'guard/tool-denied', tools, /SlashCommand/],
    'a server that is not admitted': [call('mcp__refs__x'), 'guard/tool-denied', tools, /mcp__refs__x/],
    'another tool of a server': [call('mcp__db__query2'), 'guard/tool-denied', tools, /mcp__db__query2/],
    'a line break in a tool’s name': [call('a\nb'), 'guard/tool-denied', tools, /a\\nb/],
    'a write that it cannot access, naming the owner': [
      call('Write', { writes: [path('tests/foo.py')] }),
      'guard/write-denied',
      'agents.backend-agent.cannot_access',
      /^backend-agent may not change "tests\/foo.py": agents\/registry.yaml lists "tests\/\*\*" under cannot_access of backend-agent. Hand this to test-writer-agent.$/,
    ],
    'a write that nobody owns': [
      call('Write', { writes: [path('lib/a')] }),
      'guard/write-denied',
      'agents.backend-agent.cannot_access',
      /ask the user/,
    ],
    'a write that another has alone': [
      call('Edit', { writes: [path('docs/a.md')] }),
      'guard/write-denied',
      'agents.docs-agent.exclusive_access',
      /exclusive_access of docs-agent. Hand this to docs-agent./,
    ],
    'a write to what is protected': [
      call('Edit', { writes: [path('a/.claude/settings.json')] }),
      'guard/protected',
      'protected',
      /protected/,
    ],
    'any one of several writes': [
      call('Edit', { writes: [path('src/a'), path('tests/b')] }),
      'guard/write-denied',
      'agents.backend-agent.cannot_access',
      /tests\/b/,
    ],
    'any one of a path’s names': [
      call('Edit', { writes: [{ shown: 'x', relative: ['src/a', 'tests/b'], absolute: [] }] }),
      'guard/write-denied',
      'agents.backend-agent.cannot_access',
      /"x"/,
    ],
    'a read': [
      call('Read', { reads: [path('secrets/key')] }),
      'guard/read-denied',
      'agents.backend-agent.cannot_read',
      /may not read "secrets\/key"/,
    ],
    'a search of a directory that may not be read': [
      call('Grep', { reads: [path('secrets', true)] }),
      'guard/read-denied',
      'agents.backend-agent.cannot_read',
      /secrets/,
    ],
    'a sub-agent that is no delegate': [
      call('Agent', { subagent: 'general-purpose' }),
      'guard/subagent-denied',
      delegates,
      /may not start "general-purpose".*It may start qa-agent\./,
    ],
    'a sub-agent by a name that every object has': [
      call('Agent', { subagent: '__proto__' }),
      'guard/subagent-denied',
      delegates,
      /__proto__/,
    ],
    'a sub-agent without a type': [call('Agent'), 'guard/subagent-denied', delegates, /subagent_type/],
    'a caller that is no delegate': [
      call('Read', { caller: 'Explore' }),
      'guard/caller-denied',
      delegates,
      /"Explore"/,
    ],
    'a caller by a name that every object has': [
      call('Read', { caller: 'constructor' }),
      'guard/caller-denied',
      delegates,
      /constructor/,
    ],
    'a delegate what the session may not': [
      call('Write', { writes: [path('tests/a')], caller: 'qa-agent' }),
      'guard/write-denied',
      'agents.backend-agent.cannot_access',
      /backend-agent/,
    ],
    'a delegate what it may not itself': [
      call('Write', { writes: [path('src/a')], caller: 'qa-agent' }),
      'guard/write-denied',
      'agents.qa-agent.cannot_access',
      /qa-agent may not change/,
    ],
    'a delegate a tool that only the session has': [
      call('Bash', { caller: 'qa-agent' }),
      'guard/tool-denied',
      'agents.qa-agent.tools',
      /qa-agent/,
    ],
    'a delegate a tool that only it has': [
      call('Glob', { caller: 'qa-agent' }),
      'guard/tool-denied',
      tools,
      /Glob/,
    ],
    'a delegate to start others': [
      call('Agent', { subagent: 'qa-agent', caller: 'qa-agent' }),
      'guard/subagent-denied',
      'agents.qa-agent.delegates_to',
      /It may start none/,
    ],
  });
});
