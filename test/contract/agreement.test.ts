// Our analysis of a settings file says what the real CLI does with it: every row of CLAUDE-CODE-CONTRACT.md sections 1.3
// and 1.4, in each position, and seeded mutations of each. NATIVE_ORCHESTRATOR_AGREEMENT=full takes all of it on both
// versions with five mutations of each row in each position, and writes the table of bench/RESULTS.md; else the older version
// gets each row in one position, and there is a mutation of every third row.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import { newestKnown } from '../../src/claude/cliVersion.ts';
import { type AgreementCase, mutated, type Position, positions, rows } from './agreementCases.ts';
import { compare, type Verdict, verdicts } from './agreementCompare.ts';
import { AgreementLab, isAlone } from './agreementRun.ts';
import { foundBefore } from './foundDisagreements.ts';
import { describeWithEachClaude, testedClaudes } from './realClaude.ts';
import { ScriptedModel } from './scriptedModel.ts';

const isFull = process.env.NATIVE_ORCHESTRATOR_AGREEMENT === 'full';
const perRow = 5;
/** In a sample every so-manieth row has one. */
const sampled = 3;
/** A session needs less than half a second of one processor. */
const atOnce = 3;
const perClass = 10;

interface Placed {
  readonly case: AgreementCase;
  readonly position: Position;
}

/**
 * What one position is fed: all rows, and of the rest the whole or a sample that is the same every time. The older
 * version gets a sample of the rows as well, each in one position.
 */
function casesOf(position: Position, version: string): readonly AgreementCase[] {
  const isTurn = (at: number): boolean => positions[at % positions.length] === position;
  const own = rows.filter((_, at) => isFull || version === newestKnown || isTurn(at));
  const found = foundBefore
    .map((text, at) => ({ row: `found before, ${at + 1}`, text }))
    .filter((_, at) => isFull || isTurn(at));
  const mutations = (at: number): readonly AgreementCase[] => {
    const row = rows[at] as AgreementCase;
    if (isFull) return Array.from({ length: perRow }, (_, n) => mutated(row, `${position} ${n}`));
    return at % sampled === 0 && isTurn(at / sampled) ? [mutated(row, 'sample')] : [];
  };
  return [...own, ...found, ...rows.flatMap((_, at) => mutations(at))];
}

/** The sessions that it takes: three files in each, where no file has an effect beyond its own names. */
function sessions(version: string): readonly (readonly Placed[])[] {
  const placed = positions.map((position) =>
    casesOf(position, version).map((each) => ({ case: each, position })),
  );
  const alone = placed.flat().filter((each) => isAlone(each.case));
  const shared = placed.map((list) => list.filter((each) => !isAlone(each.case)));
  const longest = Math.max(...shared.map(({ length }) => length));
  const together = Array.from({ length: longest }, (_, at) => shared.flatMap((list) => list[at] ?? []));
  return [...alone.map((each) => [each]), ...together];
}

/** How often the two agreed, by version, position and verdict. */
type Tally = Map<string, { agree: number; disagree: number }>;

const keyOf = (version: string, position: Position, verdict: Verdict): string =>
  [version, position, verdict].join(' · ');

describe('agreement', () => {
  const tally: Tally = new Map();
  describeWithEachClaude('settings files as the CLI and we see them', ({ version, binary }) => {
    let model: ScriptedModel;
    let lab: AgreementLab;
    before(async () => {
      model = await ScriptedModel.start();
      lab = new AgreementLab(model);
    });
    after(async () => {
      lab.dispose();
      await model.close();
    });

    /** A session that could not be read is told of with the rest. */
    const fedOrSaid = async (placed: readonly Placed[], said: string[]) => {
      try {
        return await lab.feed(binary, placed);
      } catch (error) {
        said.push(String(error));
        return [];
      }
    };

    it('agree', async function () {
      this.timeout(isFull ? 3_600_000 : 400_000);
      const said: string[] = [];
      const rest = [...sessions(version)];
      const work = async (): Promise<void> => {
        for (let next = rest.shift(); next !== undefined; next = rest.shift())
          for (const [fed, seen] of await fedOrSaid(next, said)) {
            const { verdict, differences } = compare(fed, seen, version);
            const key = keyOf(version, fed.position, verdict);
            const counts = tally.get(key) ?? { agree: 0, disagree: 0 };
            counts[differences.length === 0 ? 'agree' : 'disagree']++;
            tally.set(key, counts);
            if (differences.length > 0)
              said.push(`${fed.position}, ${fed.case.row}:\n  ${fed.text}\n  ${differences.join('\n  ')}`);
          }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      assert.equal(said.length, 0, said.join('\n'));
      const agreed = (position: Position, verdict: Verdict): number =>
        tally.get(keyOf(version, position, verdict))?.agree ?? 0;
      for (const verdict of verdicts) {
        const counts = positions.map((position) => agreed(position, verdict));
        // In a sample the older version has too few of some for every position.
        const least = isFull
          ? Math.min(...counts) / perClass
          : version === newestKnown
            ? Math.min(...counts)
            : Math.max(...counts);
        assert.ok(least >= 1, `${verdict}: only ${counts.join(', ')} files`);
      }
    });
  });

  // A suite of its own, since a suite's own tests come before those of the suites in it.
  describe('in the results', () => {
    if (isFull && testedClaudes.every(({ binary }) => binary !== undefined))
      it('has its table', () => writeTable(tally));
  });
});

const title = '## Agreement with the CLI';

/** Puts the table in the place of the one that is there. */
function writeTable(tally: Tally): void {
  const lines = testedClaudes.flatMap(({ version }) =>
    positions.flatMap((position) =>
      verdicts.map((verdict) => {
        const { agree, disagree } = tally.get(keyOf(version, position, verdict)) ?? { agree: 0, disagree: 0 };
        const place = position === 'flag' ? '`--settings`' : position;
        return `| ${version} | ${place} | ${verdict} | ${agree + disagree} | ${agree} | ${disagree} |`;
      }),
    ),
  );
  const all = [...tally.values()];
  const sum = (of: 'agree' | 'disagree'): number => all.reduce((total, counts) => total + counts[of], 0);
  const section = `${title}

Settings files fed to the real CLI and to our analysis: every row of the tables of how it treats rules and mistakes, the
disagreements found before, and ${perRow} seeded mutations of each row, in each position. Compared are, for each file, whether it is
dropped whole, whether each of two or six writes is refused (by the bytes on disk), and the rules that the CLI calls useless. The
class is what the CLI made of the file; 2.1.197 says so of fewer useless rules, so more of them count as lost there.
Written by \`npm run agreement\`.

| CLI | position | class | files | agree | disagree |
|---|---|---|---|---|---|
${lines.join('\n')}
| all | | | ${sum('agree') + sum('disagree')} | ${sum('agree')} | ${sum('disagree')} |
`;
  const file = 'bench/RESULTS.md';
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf(title);
  const end = start < 0 ? -1 : text.indexOf('\n## ', start + title.length);
  const before = (start < 0 ? text : text.slice(0, start)).trimEnd();
  writeFileSync(file, `${before}\n\n${section}${end < 0 ? '' : text.slice(end)}`);
}
