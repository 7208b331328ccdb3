// `adopt`: what somebody changed in the settings of an agent becomes what the registry says.
import { type Finding, startOfFile } from '../findings/finding.ts';
import { UserError } from '../findings/userError.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import { type AdoptedKeys, adoptKeys } from '../outputs/adoptKeys.ts';
import { outputCodes } from '../outputs/codes.ts';
import { registryPath } from '../registry/model.ts';
import { askedAgent, askedDifferences, sayWhatFollows } from './differences.ts';
import { editRegistryFile } from './editRegistryFile.ts';
import { printApplied, printDiff } from './printApplied.ts';
import { printFormat } from './printFormat.ts';
import { printFindings, printJson } from './render.ts';
import type { Verb, VerbContext } from './verb.ts';

function leftFinding({ output, key, reason, isElsewhere }: AdoptedKeys['left'][number], id: string): Finding {
  const what = key === undefined ? output.path : key.pointer;
  const way = isElsewhere ? ' To write it on the agent alone: --on-agent' : '';
  return {
    code: 'outputs/cannot-adopt',
    severity: outputCodes['outputs/cannot-adopt'].severity,
    file: output.path,
    ...startOfFile,
    agent: id,
    ...(key === undefined ? {} : { key: key.pointer }),
    args: { isElsewhere },
    message: `${visibleShort(what, 120)} was not adopted, since ${reason}.${way}`,
  };
}

/** Has what is given up agreed to. @throws UserError where nobody can be asked. */
async function isAgreed(
  { io, flag, format }: VerbContext,
  { givesUp, text }: AdoptedKeys,
  before: string,
): Promise<boolean> {
  if (givesUp.length === 0 || flag('yes') || flag('dry-run')) return true;
  const said = givesUp.map((each) => visible(each)).join('; ');
  if (io.ask === undefined || format !== 'text')
    throw new UserError(
      `This gives up protection: ${said}. If that is meant, say so with --yes. Nothing was changed.`,
    );
  printDiff(io, { relative: registryPath, before, text });
  const answer = await io.ask(`This gives up protection: ${said}. Write it into the registry? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

export const adopt: Verb = {
  name: 'adopt',
  summary: 'write what somebody changed in an agent’s settings into the registry',
  usage: 'agent [--file f] [--key /pointer] [--on-agent] [--dry-run] [--yes]',
  help: 'Changes the registry so that it says what the settings say: model, permission mode, rules, tools, delegates, variables,\nservers, sandbox. Comments, order and quotes stay. What gives up protection is asked for, or wants --yes.',
  options: {
    file: { type: 'string', value: 'f', help: 'only this file of the agent' },
    key: { type: 'string', value: '/pointer', help: 'only this key of the settings' },
    'on-agent': {
      type: 'boolean',
      help: 'where a value comes from defaults or an alias: write it on the agent',
    },
    'dry-run': { type: 'boolean', help: 'write nothing; show the difference' },
    yes: { type: 'boolean', help: 'give up protection where the change does' },
  },
  async run(context) {
    const { io, flag, format } = context;
    const { status, text } = askedAgent(context, 'adopt');
    const { id } = status.agent;
    const differences = askedDifferences(context, status);
    const result = adoptKeys(text, id, differences, { writeOnAgent: flag('on-agent') });
    const left = result.left.map((each) => leftFinding(each, id));
    if (result.adopted.length === 0) {
      const sum = 'Nothing was adopted.';
      if (printFormat(context, left, sum, true)) return 1;
      if (format === 'json')
        printJson(io, { findings: left, changes: [], summary: { done: false, written: [] } });
      else {
        printFindings(io, left, true);
        io.out(`${sum}\n`);
      }
      return 1;
    }
    if (!(await isAgreed(context, result, text))) {
      io.out('Nothing was changed.\n');
      return 1;
    }
    const keys = result.adopted.map(({ key }) => key?.pointer ?? '').join(' ');
    const applied = await editRegistryFile(
      context,
      `adopt ${id} ${keys}`.trim(),
      text,
      result.text,
      flag('dry-run'),
    );
    const code = printApplied(
      context,
      { ...applied, findings: [...left, ...applied.findings] },
      flag('dry-run'),
    );
    if (format === 'text' && applied.done && applied.written.length > 0 && !flag('dry-run'))
      sayWhatFollows(context);
    return left.length > 0 ? 1 : code;
  },
};
