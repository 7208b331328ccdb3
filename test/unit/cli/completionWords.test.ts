// What a Tab offers after the words typed so far.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { completionWords } from '../../../src/cli/completionWords.ts';
import type { OptionSpec, Verb } from '../../../src/cli/verb.ts';

const verb = (name: string, usage: string, more: Partial<Verb> = {}): Verb => ({
  name,
  usage,
  summary: '',
  help: '',
  options: {},
  run: () => 0,
  ...more,
});
const text = (value: string, more: Partial<OptionSpec> = {}): OptionSpec =>
  ({ type: 'string', value, help: '', ...more }) as OptionSpec;

const verbs = [
  verb('start', '[ids…|--all|--group g] [--runner terminal|tmux]', {
    options: { all: { type: 'boolean', help: '' }, group: text('g'), runner: text('terminal|tmux') },
  }),
  verb('status', '[ids…]', { formats: ['text', 'json'] }),
  verb('attach', 'id'),
  verb('list', '[text] [--state s]', { options: { state: text('s', { choices: ['idle', 'in-sync'] }) } }),
  verb('clean', '[names…] | --undo manifest', { options: { undo: text('manifest') } }),
  verb('completion', 'bash|zsh', { choices: ['bash', 'zsh'] }),
  verb('worktree', 'list|remove [ids…]', { choices: ['list', 'remove'] }),
  verb('handoff', 'from to --task "…" | list', { choices: ['list'], options: { task: text('text') } }),
];
const common = {
  workspace: text('dir', { short: 'w' }),
  format: text('text|json|sarif'),
  help: { type: 'boolean', help: '', short: 'h' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The words typed, a blank at the end for a new one, and what is offered. */
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['st', ['start', 'status']],
  ['--', ['--help', '--version']],
  ['help at', ['attach']],
  ['help attach ', []],
  ['start ', ['api-agent', 'web-agent']],
  ['start w', ['web-agent']],
  ['start "w', ['web-agent']],
  ['start web-agent ', ['api-agent']],
  ['start --all w', ['web-agent']],
  ['start --group ', ['Build', 'Data team', '$(x)']],
  ['start --group Data\\ t', ['Data team']],
  ['start --group Build ', ['api-agent', 'web-agent']],
  ['start --runner t', ['terminal', 'tmux']],
  ['start --runner tmux --r', []],
  ['start --r', ['--runner']],
  ['status --format ', ['text', 'json']],
  ['start --format s', ['sarif']],
  ['status -w ', []],
  ['status -w /x a', ['api-agent']],
  ['attach ', ['api-agent', 'web-agent']],
  ['attach web-agent ', []],
  ['list a', []],
  ['list --state i', ['idle', 'in-sync']],
  ['clean ', []],
  ['clean --undo ', []],
  ['completion ', ['bash', 'zsh']],
  ['completion bash ', []],
  ['worktree ', ['list', 'remove']],
  ['worktree remove ', ['api-agent', 'web-agent']],
  ['worktree remove api-agent ', ['web-agent']],
  ['handoff ', ['api-agent', 'web-agent', 'list']],
  ['handoff l', ['list']],
  ['handoff web-agent ', ['api-agent']],
  ['handoff web-agent api-agent ', []],
  ['handoff web-agent api-agent --t', ['--task']],
  ['handoff web-agent api-agent --task ', []],
  ['frobnicate ', []],
  ['start -- ', []],
];

describe('completion', () => {
  for (const [typed, expected] of cases)
    it(`offers ${expected.length} words after ${JSON.stringify(typed)}`, () => {
      // A blank behind a backslash does not end a word.
      const words = typed.split(/(?<!\\) /);
      const sources = {
        verbs,
        common,
        ids: () => ['api-agent', 'web-agent'],
        groups: () => ['Build', 'Data team', '$(x)', 'a\nb'],
      };
      assert.deepEqual(completionWords(words, sources), expected);
    });
  it('asks for the registry only where an agent or a group can stand', () => {
    const never = (): never => assert.fail('the registry was asked for');
    for (const typed of [['st'], ['start', '--r'], ['start', '--runner', ''], ['list', '']])
      completionWords(typed, { verbs, common, ids: never, groups: never });
  });
});
