// What a directory's own files say of where it came from: generated from a registry, generated for nobody, retired by its own word.
import { type ParseError, parse } from 'jsonc-parser';
import type { Files } from '../../files/files.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { visibleShort } from '../../findings/visible.ts';

export interface Sign {
  readonly kind: 'generated' | 'generated-for-nobody' | 'says-retired';
  /** Relative to the workspace. */
  readonly file: string;
  /** What stands there, short. */
  readonly words: string;
}

/** Lines at the start of a text where it says what it is. */
const headLines = 12;

/** What generators write: ours, and the one of earlier users ("Generated from: `agents/registry.yaml`"). */
const generatedMark = /native-orchestrator:begin|Generated from\W+agents\/registry\.yaml/i;
/** The old generator wrote a null where the registry had no such agent. */
const nobodysTitle = /^# null\s*$/m;
/** A field of a front matter, or a line that begins with the word. */
const retiredField =
  /^(?:deprecated:\s*(?:true|yes)|status:\s*["']?(?:deprecated|retired|archived|obsolete|superseded)|(?:superseded|replaced)[_ -]by:\s*\S)/i;
const retiredLine = /^[^\p{L}\p{N}]*(?:deprecated|obsolete|retired|superseded by|replaced by)\b/iu;

/** The signs in a directory's own texts: `name`.md, `name`-agent.md, README.md, CLAUDE.md, settings.json. */
export function signsOf(files: Files, root: string, name: string): readonly Sign[] {
  const base = `agents/${name}`;
  const texts = [`${name}.md`, `${name}-agent.md`, 'README.md', 'CLAUDE.md', '.claude/CLAUDE.md'];
  const found: Sign[] = [];
  for (const relative of new Set(texts)) {
    const file = `${base}/${relative}`;
    const text = files.read(inWorkspace(root, file))?.text;
    if (text === undefined) continue;
    const isGenerated = generatedMark.test(text);
    if (isGenerated && nobodysTitle.test(text))
      found.push({ kind: 'generated-for-nobody', file, words: '# null' });
    else if (isGenerated) found.push({ kind: 'generated', file, words: '' });
    const line = text
      .split(/\r?\n/, headLines)
      .find((each) => retiredField.test(each.trim()) || retiredLine.test(each));
    if (line !== undefined) found.push({ kind: 'says-retired', file, words: visibleShort(line.trim(), 80) });
  }
  const settings = `${base}/.claude/settings.json`;
  const sign = settingsSign(files.read(inWorkspace(root, settings))?.text, name);
  if (sign !== undefined)
    found.push({ kind: sign, file: settings, words: sign === 'generated' ? '' : 'projectInfo.name is null' });
  return found;
}

/** Settings that a generator wrote: the `projectInfo` of earlier users, or a hook that runs our guard for this id. */
function settingsSign(
  text: string | undefined,
  name: string,
): 'generated' | 'generated-for-nobody' | undefined {
  if (text === undefined) return undefined;
  if (text.includes('.orchestrator/guard.mjs') && text.includes(JSON.stringify(name))) return 'generated';
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors);
  const info =
    typeof value === 'object' && value !== null && 'projectInfo' in value ? value.projectInfo : undefined;
  if (typeof info !== 'object' || info === null || !('name' in info)) return undefined;
  return info.name === null || info.name === 'null' || info.name === ''
    ? 'generated-for-nobody'
    : 'generated';
}
