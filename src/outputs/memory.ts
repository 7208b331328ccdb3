// CLAUDE.md of an agent: what it is told. Our part lies between two markers; the rest is a person's and stays theirs.
import { visible } from '../findings/visible.ts';
import type { Policy } from '../policy/policy.ts';
import type { Agent, Registry } from '../registry/model.ts';

export const memoryBegin = '<!-- native-orchestrator:begin -->';
export const memoryEnd = '<!-- native-orchestrator:end -->';

/** Text on one line, with nothing in it that a reviewer would not see, and no comment to close our markers with. */
export function flat(text: string): string {
  return visible(text.replace(/\s+/gu, ' ').trim()).replaceAll('<!--', '&lt;!--').replaceAll('-->', '--&gt;');
}

/** One line of Markdown that begins no heading, list, quotation, rule or fence. */
function line(text: string): string {
  return flat(text).replace(/^(?=#{1,6}( |$)|>|[-+*]( |$)|[-=_*]{3}|`{3}|~{3}|\d+[.)]( |$))/, '\\');
}

/** A code span that holds any text, back-ticks included (CommonMark: a longer fence). */
function code(text: string): string {
  const inside = flat(text);
  const longest = Math.max(0, ...[...inside.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const space = inside.startsWith('`') || inside.endsWith('`') ? ' ' : '';
  return `${fence}${space}${inside}${space}${fence}`;
}

const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}\n`).join('');

/** Our part of the memory, without the markers. It calls enforced only what is (DESIGN.md section 4). */
export function memoryOf(agent: Agent, policy: Policy, registry: Registry): string {
  const parts: string[] = [];
  const section = (title: string, body: string): void => {
    parts.push(`## ${title}\n\n${body.trimEnd()}\n`);
  };
  parts.push(`# ${line(agent.displayName)}\n`);
  parts.push(`${line(agent.description)}\n`);
  parts.push(
    `You are ${code(agent.id)}, one of the agents of this workspace. ` +
      `Who may do what is written in \`agents/registry.yaml\`; this file is generated from it.\n`,
  );
  if (agent.responsibilities.length > 0)
    section('Responsibilities', bullets(agent.responsibilities.map(line)));

  const writes = new Map<string, string>();
  for (const { glob, owner } of policy.write.deny.filter(({ from }) => from !== 'protected'))
    if (owner !== undefined || !writes.has(glob))
      writes.set(glob, owner === undefined ? code(glob) : `${code(glob)}: only ${code(owner)} may change it`);
  const own = policy.write.deny.filter(({ from }) => from === 'protected').map(({ glob }) => code(glob));
  const reads = policy.read.deny.map((rule) => code(rule.glob));
  const limits = [
    writes.size === 0
      ? ''
      : `Do not create, change or delete files that match:\n\n${bullets([...writes.values()])}\n`,
    `Nor what agents run with, which only people change: ${own.join(', ')}.\n`,
    reads.length === 0 ? '' : `\nDo not read files that match:\n\n${bullets(reads)}`,
    agent.denyBash.length === 0
      ? ''
      : `\nDo not run shell commands that begin with:\n\n${bullets(agent.denyBash.map(code))}`,
    '\nFor the file tools this is enforced: such a call is refused, whatever the permission mode. ',
    policy.tools.includes('Bash')
      ? agent.sandbox
        ? 'The shell runs in a sandbox that keeps the named folders read-only. '
        : 'In the shell only commands that are recognised are refused, but the limits are the same there. '
      : '',
    'A refusal is not an obstacle to work around: stop, say what you needed, and hand the work off.\n',
  ].join('');
  section('Limits', limits);

  if (agent.forbidden.length > 0)
    section(
      'Not your work',
      `No tool checks these; keep to them all the same.\n\n${bullets(agent.forbidden.map(line))}`,
    );

  const tools = agent.tools.map(line).join(', ');
  section(
    'Tools',
    `You have: ${tools === '' ? 'none but the built-in dialogs' : tools}. Any other tool is refused.\n`,
  );

  const delegates = Object.keys(policy.delegates);
  section(
    'Handing work off',
    delegates.length === 0
      ? 'You may not start other agents. What lies outside your limits you report, naming the agent whose work it is.\n'
      : `You may start these as sub-agents; inside one, your own limits hold as well as its own. For work beyond them, say so and let a person start that agent.\n\n${bullets(
          delegates.map((id) => `${code(id)}: ${line(registry.agents.get(id)?.description ?? '')}`),
        )}`,
  );
  return parts.join('\n');
}

/** A memory file taken apart. `broken`: the markers are there but not as one begin before one end. */
export type MemoryParts =
  | { readonly kind: 'none' }
  | { readonly kind: 'ours'; readonly before: string; readonly ours: string; readonly after: string }
  | { readonly kind: 'broken' };

/** Takes a memory file apart. Text must be free of BOM and CR. */
export function readMemory(text: string): MemoryParts {
  const begin = text.indexOf(memoryBegin);
  const end = text.indexOf(memoryEnd);
  if (begin < 0 && end < 0) return { kind: 'none' };
  const isOnce =
    begin >= 0 &&
    end > begin &&
    text.indexOf(memoryBegin, begin + 1) < 0 &&
    text.indexOf(memoryEnd, end + 1) < 0;
  if (!isOnce) return { kind: 'broken' };
  return {
    kind: 'ours',
    before: text.slice(0, begin),
    ours: text.slice(begin + memoryBegin.length, end).replace(/^\n/, ''),
    after: text.slice(end + memoryEnd.length),
  };
}

/** The whole file: our part between its markers, in the place it has in `existing`, before a person's text otherwise. Undefined when the markers are broken. */
export function writeMemory(ours: string, existing: string | undefined): string | undefined {
  const block = `${memoryBegin}\n${ours}${memoryEnd}`;
  if (existing === undefined || existing.trim() === '') return `${block}\n`;
  const parts = readMemory(existing);
  if (parts.kind === 'broken') return undefined;
  if (parts.kind === 'none') return `${block}\n\n${existing}${existing.endsWith('\n') ? '' : '\n'}`;
  return parts.before + block + parts.after;
}
