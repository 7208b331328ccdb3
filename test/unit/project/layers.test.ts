// Holds the import table of ARCHITECTURE.md: which room may import which, and who alone may import what from outside.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';

const anywhere = ['findings'];
/** `registry/model.ts` as an entry allows that file alone; `types:registry` allows types of the room alone. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  findings: [],
  registry: anywhere,
  files: anywhere,
  protocol: anywhere,
  policy: [...anywhere, 'types:registry'],
  claude: [...anywhere, 'types:files'],
  outputs: [...anywhere, 'registry', 'policy', 'claude', 'files'],
  proof: [...anywhere, 'registry', 'policy', 'outputs', 'claude', 'protocol', 'sessions', 'files'],
  sessions: [...anywhere, 'types:registry', 'protocol', 'claude', 'outputs', 'files'],
  hub: [...anywhere, 'protocol', 'sessions', 'files'],
  hooks: ['policy', 'protocol'],
  dashboard: [],
  cli: [
    ...anywhere,
    'registry',
    'policy',
    'claude',
    'outputs',
    'proof',
    'sessions',
    'protocol',
    'hub',
    'files',
    'version.generated.ts',
  ],
  editor: [
    ...anywhere,
    'registry',
    'policy',
    'claude',
    'outputs',
    'proof',
    'sessions',
    'protocol',
    'hub',
    'files',
    'dashboard',
    'version.generated.ts',
  ],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

/** Every import of a source, with ours as a path below src/. */
function importsOf(file: string): Import[] {
  const text = readFileSync(path.join('src', file), 'utf8');
  const pattern =
    /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(pattern)].map(([, typesOnly, statement, call]) => {
    const to = statement ?? call ?? '';
    return {
      from: file,
      to: to.startsWith('.') ? path.posix.join(path.posix.dirname(file), to) : to,
      typesOnly: typesOnly !== undefined,
    };
  });
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((each) => each.split(path.sep).join('/'))
  .filter((each) => each.endsWith('.ts') && !each.endsWith('.generated.ts'));
const imports = files.flatMap(importsOf);
const roomOf = (file: string) => file.split('/')[0] ?? file;
const isOurs = (each: Import) => roomOf(each.to) in mayImport || each.to.endsWith('.generated.ts');

function isAllowed({ from, to, typesOnly }: Import): boolean {
  const room = roomOf(from);
  const allowed = mayImport[room] ?? [];
  return (
    room === roomOf(to) ||
    allowed.includes(roomOf(to)) ||
    (typesOnly && allowed.includes(`types:${roomOf(to)}`))
  );
}

const lines = (found: readonly Import[]) => found.map((each) => `${each.from} imports ${each.to}`);

describe('rooms', () => {
  it('are all in the table', () => {
    const rooms = new Set(files.filter((each) => each.includes('/')).map(roomOf));
    assert.deepEqual(
      [...rooms].filter((each) => !(each in mayImport)),
      [],
    );
  });

  it('import only what the table allows', () => {
    assert.deepEqual(lines(imports.filter((each) => isOurs(each) && !isAllowed(each))), []);
  });

  it('leave vscode to editor/', () => {
    const strangers = imports.filter((each) => each.to === 'vscode' && roomOf(each.from) !== 'editor');
    assert.deepEqual(lines(strangers), []);
    assert.notEqual(imports.filter((each) => each.to === 'vscode').length, 0);
  });

  it('leave packages out of the hooks, but for the shell parser in hooks/bash', () => {
    const strangers = imports.filter((each) => roomOf(each.from) === 'hooks' && !isOurs(each));
    const isParser = ({ from, to }: Import) => to === 'unbash' && from.startsWith('hooks/bash/');
    assert.deepEqual(lines(strangers.filter((each) => !each.to.startsWith('node:') && !isParser(each))), []);
  });
});
