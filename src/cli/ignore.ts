// `ignore`: a difference that somebody chose to live with, said in the registry with the reason.
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { ignoreDifference, untilProblem } from '../outputs/ignoreDifference.ts';
import { settingsPath } from '../outputs/plan.ts';
import { askedAgent, askedOutput } from './differences.ts';
import { editRegistryFile } from './editRegistryFile.ts';
import { printApplied } from './printApplied.ts';
import { pointerOf } from './restore.ts';
import { UsageError } from './usageError.ts';
import type { Verb } from './verb.ts';

export const ignore: Verb = {
  name: 'ignore',
  summary: 'live with a difference, for a reason and perhaps for a time',
  usage: 'agent (--key /pointer | --file f) --reason r [--until yyyy-mm-dd] [--on-agent] [--dry-run]',
  help: 'Writes an entry under `ignore` of the agent into the registry. Until its last day the difference is no drift, and\ngenerate leaves it as it is. What disarms an agent cannot be ignored. To take it back: delete the entry.',
  options: {
    file: { type: 'string', value: 'f', help: 'the file; without it, the settings' },
    key: { type: 'string', value: '/pointer', help: 'the key; without it, the whole file' },
    reason: { type: 'string', value: 'r', help: 'why the difference is fine' },
    until: { type: 'string', value: 'yyyy-mm-dd', help: 'the last day; without it there is no end' },
    'on-agent': { type: 'boolean', help: 'where `ignore` comes from defaults: write it on the agent' },
    'dry-run': { type: 'boolean', help: 'write nothing; show the difference' },
  },
  async run(context) {
    const { io, option, flag } = context;
    const { status, text } = askedAgent(context, 'ignore');
    const { agent } = status;
    const output = askedOutput(context, status);
    if (output === undefined)
      throw new UsageError(
        'Say what is to be ignored: --key /pointer of the settings, or --file of the agent.',
      );
    const key = pointerOf(option('key') ?? '');
    if (key !== '' && output.path !== settingsPath(agent.id))
      throw new UsageError(
        'Only settings.json has keys. Leave --key out to ignore what differs in the file.',
      );
    const reason = option('reason')?.trim() ?? '';
    if (reason === '')
      throw new UsageError('Give the --reason why this is fine; it is kept in the registry.');
    const until = option('until');
    const problem = until === undefined ? undefined : untilProblem(until, io.today);
    if (problem !== undefined) throw new UsageError(`--until: ${problem}`);
    const entry = { file: output.path, key, reason, ...(until === undefined ? {} : { until }) };
    const edit = ignoreDifference(text, agent, output, entry, { writeOnAgent: flag('on-agent') });
    if (edit.kind !== 'edited')
      throw new UserError(
        `${visibleShort(key === '' ? output.path : key, 100)} is not ignored, since ${edit.reason}.${edit.kind === 'elsewhere' ? ' To write it on the agent: --on-agent' : ''}`,
      );
    const what = `ignore ${agent.id} ${key === '' ? output.path : key}`;
    const applied = await editRegistryFile(context, what, text, edit.text, flag('dry-run'));
    return printApplied(context, applied, flag('dry-run'));
  },
};
