// Annotations as GitHub's runner reads them: nothing that comes from a file can end a property, a line or the command.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { folderInRepository, githubLine } from '../../../src/cli/github.ts';
import type { Finding } from '../../../src/findings/finding.ts';

const finding: Finding = {
  code: 'outputs/edited',
  severity: 'warning',
  file: 'agents/code-agent/.claude/settings.json',
  line: 9,
  column: 3,
  endLine: 9,
  endColumn: 10,
  args: {},
  message: '/model was changed.',
};

/** What the runner makes of a line: ActionCommand.TryParseV2 of actions/runner, with its unescaping. */
function read(line: string): { command: string; properties: Record<string, string>; message: string } {
  const parts = /^::(\w+) ([^\n]*?)::(.*)$/.exec(line);
  assert.ok(parts, line);
  const [, command = '', list = '', message = ''] = parts;
  const plain = (text: string): string =>
    text
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  const properties = list.split(',').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [name, plain(value.join('='))];
  });
  return { command, properties: Object.fromEntries(properties), message: plain(message) };
}

const checkLine = (title: string, changes: Partial<Finding>, line: string, folder = ''): unknown =>
  it(title, () => assert.equal(githubLine({ ...finding, ...changes }, folder), line));

describe('GitHub annotations', () => {
  checkLine(
    'have the place, the code and the message',
    {},
    '::warning file=agents/code-agent/.claude/settings.json,line=9,endLine=9,col=3,endColumn=10,title=outputs/edited::/model was changed.',
  );
  checkLine(
    'have no columns where lines are spanned',
    { endLine: 12, severity: 'error', file: 'a' },
    '::error file=a,line=9,endLine=12,title=outputs/edited::/model was changed.',
  );
  checkLine(
    'of information are notices, and lie below the folder of the workspace',
    { severity: 'information', file: 'a', code: 'x/y' },
    '::notice file=app/one/a,line=9,endLine=9,col=3,endColumn=10,title=x/y::/model was changed.',
    'app/one',
  );
  checkLine(
    'without a place have none',
    { file: '.', severity: 'error', code: 'cli/not-done' },
    '::error title=cli/not-done::/model was changed.',
  );
  checkLine(
    'tell of the other end on a line of its own',
    { file: 'a', related: [{ ...finding, file: 'agents/registry.yaml', line: 7, message: 'Disagrees.' }] },
    '::warning file=a,line=9,endLine=9,col=3,endColumn=10,title=outputs/edited::/model was changed.%0Aagents/registry.yaml:7: Disagrees.',
  );
  checkLine(
    'show what is hostile as text',
    { file: 'a,line=1::x%0A\n\u202e', message: '50% \r\n::error::b\u001b[2J' },
    '::warning file=a%2Cline=1%3A%3Ax%250A\\n\\u{202e},line=9,endLine=9,col=3,endColumn=10,title=outputs/edited::50%25 \\r\\n::error::b\\u{1b}[2J',
  );

  it('are read back as they were meant, whatever stands in them', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, message) => {
        const file = `agents/${name.replaceAll('/', '')}x`;
        const line = githubLine({ ...finding, file, message }, '');
        assert.equal(line.split(/[\r\n\u2028\u2029\u0085]/).length, 1);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const { command, properties } = read(line);
        assert.equal(command, 'warning');
        assert.deepEqual(Object.keys(properties), ['file', 'line', 'endLine', 'col', 'endColumn', 'title']);
        assert.deepEqual([properties.line, properties.title], ['9', 'outputs/edited']);
        // A name that has nothing to be escaped comes back as it is.
        if (/^[\w:,%= -]*$/.test(name)) assert.equal(properties.file, file);
        if (/^[\w:,%= -]*$/.test(message)) assert.equal(read(line).message, message);
      }),
      { numRuns: 500 },
    ));
});

describe('the folder of a workspace in its repository', () => {
  const same = (folder: string): string => folder;
  const cases: readonly (readonly [string, string | undefined, string])[] = [
    ['/repo', '/repo', ''],
    ['/repo/app/one', '/repo', 'app/one'],
    ['/repo', undefined, ''],
    ['/repo', '', ''],
    ['/elsewhere', '/repo', ''],
    ['/repository', '/repo', ''],
    ['/', '/repo', ''],
    ['/repo/..app', '/repo', '..app'],
  ];
  for (const [root, checkout, folder] of cases)
    it(`${root} in ${checkout}`, () => assert.equal(folderInRepository(root, checkout, same), folder));
  it('is found through links', () =>
    assert.equal(
      folderInRepository('/link/app', '/repo', (folder) => folder.replace('/link', '/repo')),
      'app',
    ));
});
