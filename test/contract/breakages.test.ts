// One thing is broken at a time, and `check`, `prove` and the ladder of hooks are asked: docs/breakages.md has what they
// print, and stays as they print it. UPDATE_GOLDEN=1 writes it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'mocha';
import { type Breakage, breakages, brokenAgent } from './breakages.ts';
import { FleetFolder } from './fleetFolder.ts';
import { claudeBinary, describeWithClaude, oldClaudeBinary, runClaude } from './realClaude.ts';

const page = path.resolve('docs/breakages.md');
const commandLine = path.resolve('dist/cli.mjs');

const head = `# What is said when something is broken

<!-- Made by test/contract/breakages.test.ts (UPDATE_GOLDEN=1 writes it). Do not edit. -->

An agent that may change files, but not those of another (\`tests/**\`), is generated, and then one thing is broken at a time. Below
is what the command line prints, with the real CLI. Left out of \`prove\`: the attempts that went as they should, how long it took,
and its words on your own and on managed settings; of \`doctor\`: the programs of the machine but \`claude\`, and the hooks that only report; of long lists: what follows the first
four. In
brackets: the exit code.
`;

/** The lines of the list of attempts that went as the registry says. */
const wentWell = /^ {4}[✓○] /;

function provePart(text: string): string {
  const lines = text
    .split('\n')
    .filter((line) => !wentWell.test(line))
    .filter((line) => !/^(?:Your own settings|There are no managed|Managed settings were)/.test(line))
    // A title without attempts below it.
    .filter((line, index, all) => !/^ {2}with /.test(line) || /^ {4}\S/.test(all[index + 1] ?? ''))
    .map((line) => line.replace(/ \(\d+\.\d s\)$/, '').replace(/ +$/, ''));
  return firstOfEach(lines)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}

/** Of neighbouring lines of the same indentation and mark, and of findings, the first four. */
function firstOfEach(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let sort = '';
  let count = 0;
  for (const line of lines) {
    const its = /^ {4}\S/.test(line) ? 'attempt' : /^\S+:\d+:\d+: /.test(line) ? 'finding' : '';
    count = its !== '' && its === sort ? count + 1 : 1;
    sort = its;
    if (count <= 4 || its === '') kept.push(line);
    else if (count === 5) kept.push(`${/^ */.exec(line)?.[0] ?? ''}…`);
  }
  return kept;
}

/** What the doctor says of the agents and of the hooks that decide. */
function doctorPart(text: string): string {
  const lines: string[] = [];
  let isKept = true;
  for (const line of text.split('\n')) {
    if (/^\w+ +(?:node|git|tmux|sandbox|bwrap|socat|billing|account)\b/.test(line)) isKept = false;
    else if (/^\w+ +(?:registry|outputs|hooks) /.test(line) || /^\S/.test(line) || line === '') isKept = true;
    else if (/^ {2}\S/.test(line)) isKept = !line.startsWith('  Report ');
    if (isKept) lines.push(line.replace(/ {2,}(?=[✓✗?–]{3,})/, '  '));
  }
  return lines.join('\n');
}

describeWithClaude('what is said of a broken agent', () => {
  const sections = new Map<Breakage, string>();
  const wanted = (): string => readFileSync(page, 'utf8');

  async function sectionOf(breakage: Breakage): Promise<string> {
    const fleet = new FleetFolder('test/fixtures/workshop');
    try {
      const real = (breakage.isOld ? oldClaudeBinary : claudeBinary) ?? '';
      const claude = breakage.break(fleet, real) ?? real;
      const printed = async (words: readonly string[], cut: (text: string) => string): Promise<string> => {
        const result = await runClaude({
          cwd: fleet.root,
          home: fleet.home,
          modelUrl: 'http://127.0.0.1:9/nobody',
          command: process.execPath,
          args: [commandLine, ...words],
          env: { ...fleet.environment(), NATIVE_ORCHESTRATOR_CLAUDE: claude },
        });
        const text = [fleet.root, fleet.home, fleet.state]
          .reduce((rest, folder) => rest.replaceAll(folder, '…'), result.stdout + result.stderr)
          .replaceAll(real, 'claude');
        return `$ native-orchestrator ${words.join(' ')}\n${cut(text).replace(/^\n+|\s+$/g, '')}\n[${result.code}]\n`;
      };
      const parts = [
        await printed(['check', '--no-cache'], (text) => text),
        await printed(['prove', brokenAgent], provePart),
        await printed(['doctor', '--hooks', brokenAgent], doctorPart),
      ];
      const block = `\`\`\`\n${parts.join('\n')}\`\`\`\n`;
      return `\n## ${breakage.title}\n\n${breakage.truth}\n\n${block}`;
    } finally {
      fleet.dispose();
    }
  }

  for (const breakage of breakages) {
    const known = breakage.isOld && oldClaudeBinary === undefined ? it.skip : it;
    known(breakage.title, async () => {
      const section = await sectionOf(breakage);
      sections.set(breakage, section);
      if (process.env.UPDATE_GOLDEN === undefined)
        assert.ok(wanted().includes(section), `docs/breakages.md should say:\n${section}`);
    });
  }

  it('and the page has nothing else', () => {
    if (sections.size < breakages.length) return;
    const text = head + breakages.map((breakage) => sections.get(breakage)).join('');
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(page, text);
    assert.equal(wanted(), text);
  });
});
