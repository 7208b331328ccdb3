// Programs that fetch from a network.
import { type Arg, concatArgs, isKnown, known, originOf, pathIn } from '../arg.ts';
import type { Run } from '../run.ts';

type Program = (run: Run) => void;

const nameOfUrl = (url: Arg): Arg =>
  known(
    originOf(url)
      .replace(/[?#].*$/s, '')
      .replace(/\/+$/, '')
      .replace(/^.*\//s, '') || 'index.html',
  );

const curl: Program = (run) => {
  const taken = run.take({
    values: 'AbcCdDeEFHKmoPQrtTuUwxXyYz',
    longValues: [
      'output',
      'output-dir',
      'dump-header',
      'cookie-jar',
      'trace',
      'trace-ascii',
      'stderr',
      'libcurl',
      'etag-save',
      'hsts',
      'alt-svc',
      'config',
      'upload-file',
      'data',
      'data-binary',
      'data-raw',
      'data-urlencode',
      'form',
      'header',
      'request',
      'user',
      'user-agent',
      'url',
      'max-time',
      'connect-timeout',
      'retry',
      'proxy',
      'cacert',
      'cert',
      'key',
      'cookie',
      'referer',
      'range',
      'write-out',
      'resolve',
      'json',
      'unix-socket',
      'max-filesize',
      'retry-delay',
      'retry-max-time',
      'limit-rate',
      'interface',
    ],
    longFlags: ['remote-name', 'remote-name-all', 'remote-header-name'],
  });
  const [directory] = taken.valuesOf('--output-dir').slice(-1);
  const there = directory === undefined ? run : run.at(directory);
  there.writeAll(
    taken
      .valuesOf('-o', '--output')
      .filter((each) => each.text !== '-')
      .map((each) => (isKnown(each) && /#\d/.test(each.text) ? known(each.text.replace(/#.*$/s, '')) : each)),
  );
  run.writeAll(
    taken
      .valuesOf(
        '-D',
        '--dump-header',
        '-c',
        '--cookie-jar',
        '--trace',
        '--trace-ascii',
        '--stderr',
        '--libcurl',
        '--etag-save',
        '--hsts',
        '--alt-svc',
      )
      .filter((each) => each.text !== '-'),
  );
  const urls = [...taken.operands, ...taken.valuesOf('--url')];
  if (taken.has('-O', '--remote-name', '--remote-name-all')) there.writeAll(urls.map(nameOfUrl));
  if (taken.has('-J', '--remote-header-name')) run.opaque();
  if (taken.has('-K', '--config') || taken.isUnsure) run.opaque();
  run.readAll(taken.valuesOf('-T', '--upload-file'));
  for (const url of urls)
    if (/^file:/i.test(url.text)) run.read(known(url.text.replace(/^file:(\/\/[^/]*)?/i, '')));
  for (const data of taken.valuesOf(
    '-d',
    '--data',
    '--data-binary',
    '--data-urlencode',
    '-F',
    '--form',
    '--json',
  )) {
    const at = data.text.search(/[@<]/);
    if (at >= 0 && isKnown(data)) run.read(known(data.text.slice(at + 1).replace(/;.*$/s, '')));
  }
};

const wget: Program = (run) => {
  const taken = run.take({
    values: 'OoaPiBtTwQeUADRIXl',
    longValues: [
      'output-document',
      'output-file',
      'append-output',
      'directory-prefix',
      'input-file',
      'save-cookies',
      'post-file',
      'body-file',
      'use-askpass',
      'execute',
      'config',
      'warc-file',
      'hsts-file',
      'load-cookies',
      'header',
      'user-agent',
      'tries',
      'timeout',
      'level',
      'domains',
      'accept',
      'reject',
      'user',
      'password',
      'limit-rate',
      'wait',
      'cut-dirs',
      'rejected-log',
    ],
    longFlags: ['recursive', 'mirror', 'page-requisites', 'spider', 'content-disposition'],
  });
  run.writeAll(
    taken
      .valuesOf(
        '-o',
        '--output-file',
        '-a',
        '--append-output',
        '--save-cookies',
        '--warc-file',
        '--hsts-file',
        '--rejected-log',
      )
      .filter((each) => each.text !== '-'),
  );
  run.readAll(taken.valuesOf('--post-file', '--body-file', '-i', '--input-file'));
  for (const program of taken.valuesOf('--use-askpass')) run.run([program]);
  if (
    taken.has('-e', '--execute', '--config', '--content-disposition', '-i', '--input-file') ||
    taken.isUnsure
  )
    run.opaque();
  const [document] = taken.valuesOf('-O', '--output-document').slice(-1);
  if (document !== undefined) return document.text === '-' ? undefined : run.write(document);
  if (taken.has('--spider')) return;
  const [directory = known('.')] = taken.valuesOf('-P', '--directory-prefix').slice(-1);
  if (taken.has('-r', '--recursive', '-m', '--mirror', '-p', '--page-requisites')) run.write(directory, true);
  for (const url of taken.operands) run.write(pathIn(directory, concatArgs(known('./'), nameOfUrl(url))));
};

const aria: Program = (run) => {
  const taken = run.take({ values: 'dolijsxk', longValues: ['dir', 'out', 'log', 'input-file'] });
  const [directory = known('.')] = taken.valuesOf('-d', '--dir');
  run.writeAll(taken.valuesOf('-l', '--log'));
  const names = taken.valuesOf('-o', '--out');
  run.writeAll(
    (names.length > 0 ? names : taken.operands.map(nameOfUrl)).map((name) => pathIn(directory, name)),
  );
  if (taken.has('-i', '--input-file')) run.opaque();
};

/** Only where what comes in is put: its `-o`. */
const intoFile: Program = (run) => {
  const taken = run.take({ values: 'od', longValues: ['output', 'download'] });
  run.writeAll(taken.valuesOf('-o', '--output'));
};

export const downloadPrograms: Readonly<Record<string, Program>> = {
  curl,
  wget,
  wget2: wget,
  aria2c: aria,
  http: intoFile,
  https: intoFile,
  sftp: (run) => run.opaque(),
  ftp: (run) => run.opaque(),
  nc: () => {},
};
