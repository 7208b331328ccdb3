// What the registry of test/fixtures/workshop means for a session of each of its agents, written down by hand.

export interface ExpectedAgent {
  readonly id: string;
  readonly model: RegExp;
  /** As `offeredTools` gives them: `Monitor` and `TaskStop` come with `Bash`. */
  readonly tools: readonly string[];
  /** Agents that it may start. */
  readonly delegates: readonly string[];
  /** What its system prompt says: description, every boundary, tasks, persona, context. */
  readonly told: readonly string[];
  readonly notTold: readonly string[];
}

const lead = 'Splits a wish into steps and hands each one to its owner.';
const maker = 'Builds what the plan asks for and nothing beside it.';
const shell = 'Runs the tests and says what broke.';
const personas = {
  lead: 'Speak as a calm conductor of a small orchestra.',
  maker: 'Speak as a carpenter who measures twice.',
  shell: 'Speak as a lighthouse keeper, brief and watchful.',
};
const plan = 'The plan: a bridge of three arches.';

export const workshop: readonly ExpectedAgent[] = [
  {
    id: 'lead-agent',
    model: /opus/,
    tools: ['Agent', 'Glob', 'Read', 'WebSearch'],
    delegates: ['maker-agent'],
    told: [lead, '`src/**`', '`tests/**`', 'Keep the plan honest', 'Promise dates', personas.lead, plan],
    notTold: [shell, personas.maker, personas.shell],
  },
  {
    id: 'maker-agent',
    model: /sonnet/,
    tools: ['Edit', 'NotebookEdit', 'Read', 'Write'],
    delegates: [],
    told: [
      ...[maker, '`/docs/**`', '`*.gen.*`', '`private/**`', '`tests/**`', 'Small steps'],
      ...['Touch the release notes', personas.maker],
    ],
    notTold: [lead, shell, plan, personas.lead, personas.shell],
  },
  {
    id: 'shell-agent',
    model: /haiku/,
    tools: ['Bash', 'Monitor', 'Read', 'TaskStop'],
    delegates: [],
    told: [shell, '`git push`', 'Red means stop', personas.shell],
    notTold: [lead, maker, plan, personas.lead, personas.maker],
  },
];
