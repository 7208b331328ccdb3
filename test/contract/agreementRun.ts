// Feeds settings files to the real CLI, up to three to a session, and sees by attempts what became of each.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AgreementCase, Position } from './agreementCases.ts';
import { claudeEnvironment, prepareHome, runProgram, scratchFolder } from './realClaude.ts';
import { resultsIn, type ScriptedModel, say, type ToolUse, textOf, use } from './scriptedModel.ts';

/** A settings file with names of its own, to be put in a place. */
export interface Fed {
  readonly case: AgreementCase;
  readonly position: Position;
  readonly text: string;
  /** Where it is judged: the start folder, and the folder of the file that `--settings` names. Absolute. */
  readonly start: string;
  readonly folder: string;
  /** Paths that a session tries to write. Absolute. */
  readonly probes: readonly string[];
}

/** What the CLI made of it. */
export interface Observed {
  readonly dropped: boolean;
  /** The CLI does not start a session with it, so that nothing can be attempted. */
  readonly keepsFromStarting?: true;
  /** For each probe: the write was refused, and nothing is on the disk. */
  readonly refused: readonly boolean[];
  /** The rules that the CLI itself calls skipped or without effect. */
  readonly complaints: (rule: string) => boolean;
}

/** Whether a case has an effect beyond its own names, so that it can share a session with no other. */
export function isAlone({ text }: AgreementCase): boolean {
  const rules = text.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  // A rule for the bare tool, or one that any name could match.
  return (
    /"(Write|W\*|\*)(\(\*\))?"/.test(text) ||
    rules.some((rule) => /^"(Edit|Read)\((?!\*\))/.test(rule) && !/@(DIR|FILE|END)@/.test(rule))
  );
}

export class AgreementLab {
  readonly #base = scratchFolder('agreement');
  readonly #model: ScriptedModel;
  readonly #scripts = new Map<string, readonly ToolUse[]>();
  #runs = 0;

  constructor(model: ScriptedModel) {
    this.#model = model;
    model.play((request) => {
      const id = idOf(request.messages);
      return request.turn === 0 ? (this.#scripts.get(id) ?? [say('Done.')]) : [say('Done.')];
    });
  }

  dispose(): void {
    rmSync(this.#base, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Feeds cases to one session, each in another position. */
  async feed(
    binary: string,
    cases: readonly { readonly case: AgreementCase; readonly position: Position }[],
  ): Promise<readonly (readonly [Fed, Observed])[]> {
    const id = `run-${++this.#runs}-`;
    const base = path.join(this.#base, id);
    const start = path.join(base, 'work');
    const folder = path.join(base, 'given');
    const home = path.join(base, 'home');
    prepareHome(home, [start]);
    mkdirSync(path.join(start, '.claude'), { recursive: true });
    mkdirSync(folder);
    const fed = cases.map(({ case: each, position }): Fed => {
      const tag = `_${position}`;
      const names: Readonly<Record<string, string>> = {
        WITNESS: `WITNESS${tag}`,
        DIR: `tests${tag}`,
        FILE: `foo${tag}.py`,
        END: `end${tag}`,
        ROOT: start,
      };
      const [dir, file, end] = [names.DIR, names.FILE, names.END];
      return {
        case: each,
        position,
        text: each.text.replace(/@([A-Z]+)@/g, (whole, name: string) => names[name] ?? whole),
        start,
        folder,
        probes: [
          ...[`${dir}/a.txt`, `src/${file}`],
          ...(each.isPlain ? [] : [`pkg/${dir}/a.txt`, `${dir}/sub/a.txt`, `${dir}/${file}`, `src/x.${end}`]),
        ].map((each) => path.join(start, each)),
      };
    });
    for (const { position, text } of fed) writeFileSync(fileOf(position, start, folder), text);
    const probes = fed.flatMap((each) => each.probes);
    this.#scripts.set(id, [
      ...probes.map((file, at) => use('Write', { file_path: file, content: 'x' }, `toolu_${id}${at}`)),
      use('Bash', { command: 'env | grep ^WITNESS; true', description: 'witnesses' }, `toolu_${id}env`),
    ]);
    const isGiven = fed.some(({ position }) => position === 'flag');
    const { code, stdout, stderr } = await runProgram({
      command: binary,
      args: [
        '-p',
        ...(isGiven ? ['--settings', fileOf('flag', start, folder)] : []),
        ...['--permission-mode', 'bypassPermissions', '--', `Go on with ${id}`],
      ],
      cwd: start,
      env: { PATH: process.env.PATH, HOME: home, ...claudeEnvironment(this.#model.url) },
    });
    const last = this.#model.requests.findLast(({ messages }) => idOf(messages) === id);
    const results = last && resultsIn(last);
    const witness = results?.get(`toolu_${id}env`);
    if (witness === undefined && isGiven && stderr.includes('Refusing to start')) {
      const others = cases.filter(({ position }) => position !== 'flag');
      const rest = others.length === 0 ? [] : await this.feed(binary, others);
      const complaints = (): boolean => false;
      return [
        ...rest,
        ...fed
          .filter(({ position }) => position === 'flag')
          .map((each): readonly [Fed, Observed] => [
            each,
            { dropped: true, keepsFromStarting: true, refused: each.probes.map(() => true), complaints },
          ]),
      ];
    }
    if (witness === undefined)
      throw new Error(
        `${fed.map((each) => each.text).join('\n')}\nthe session ended with ${code}:\n${stdout}\n${stderr}`,
      );
    const observed = fed.map(
      ({ position, probes: own, text }): Observed => ({
        dropped: !witness.text.includes(`WITNESS_${position}=`),
        refused: own.map((file) => {
          const isThere = existsSync(file);
          const isError = results?.get(`toolu_${id}${probes.indexOf(file)}`)?.isError;
          if (isThere === isError) throw new Error(`${file}: the CLI's word and the disk differ\n${text}`);
          return !isThere;
        }),
        complaints: (rule) =>
          stderr.includes(`rule "${rule}"`) || stderr.includes(`): ${rule} is not matched`),
      }),
    );
    this.#scripts.delete(id);
    const others = this.#model.requests.filter(({ messages }) => idOf(messages) !== id);
    this.#model.requests.splice(0, Infinity, ...others);
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    return fed.map((each, at) => [each, observed[at] as Observed]);
  }
}

const fileOf = (position: Position, start: string, folder: string): string =>
  position === 'flag'
    ? path.join(folder, 'given.json')
    : path.join(start, '.claude', position === 'local' ? 'settings.local.json' : 'settings.json');

function idOf(messages: readonly { readonly content: unknown }[]): string {
  for (const { content } of messages) {
    const found = /Go on with (run-\d+-)/.exec(textOf(content));
    if (found?.[1]) return found[1];
  }
  return '';
}
