// Is it still the same process: what each system answers, and that no answer is no end.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lookAtProcess, parseStat, processState } from '../../../src/sessions/processTable.ts';
import { memoryFiles } from '../outputs/memoryFiles.ts';

const stat = (pid: number, name: string, state: string, ticks: number): string =>
  `${pid} (${name}) ${state} 1 42 42 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 1000 10 18446744073709551615\n`;

describe('parseStat', () => {
  const cases: readonly (readonly [string, string, object | undefined])[] = [
    ['a plain one', stat(42, 'claude', 'S', 777), { state: 'S', ticks: '777' }],
    ['a name with brackets and blanks', stat(42, 'a) R 1 (b', 'S', 777), { state: 'S', ticks: '777' }],
    ['a name with a line end', stat(42, 'a\n) Z', 'R', 5), { state: 'R', ticks: '5' }],
    ['nothing', '', undefined],
    ['half a line', '42 (claude) S 1 42', undefined],
    ['words for numbers', stat(42, 'x', 'S', 7).replace(' 7 ', ' x '), undefined],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.deepEqual(parseStat(text), expected));
});

const proc = (entries: Readonly<Record<string, string>>) => ({
  files: memoryFiles({ '/proc/sys/kernel/random/boot_id': 'boot-1\n', '/proc/self/stat': 'x', ...entries }),
  platform: 'linux' as const,
  run: async () => undefined,
});
const answering = (platform: NodeJS.Platform, answers: Readonly<Record<string, string>>) => ({
  files: memoryFiles(),
  platform,
  run: async (_: string, args: readonly string[]) =>
    Object.entries(answers).find(([end]) => args.join(' ').includes(end))?.[1],
});
const recorded = { pid: 42, pidStarted: 'boot-1:777' };

describe('processState', () => {
  const one = (state: string, ticks: number) => proc({ '/proc/42/stat': stat(42, 'claude', state, ticks) });
  const cases: readonly (readonly [string, Parameters<typeof processState>[0], object, string])[] = [
    ['the recorded one runs', one('S', 777), recorded, 'running'],
    ['the pid came again', one('S', 778), recorded, 'gone'],
    ['the same ticks, another boot', one('S', 777), { pid: 42, pidStarted: 'boot-0:777' }, 'gone'],
    ['it ended and nobody asked', one('Z', 777), recorded, 'gone'],
    ['it is not there', proc({}), recorded, 'gone'],
    ['no start time was recorded', one('S', 777), { pid: 42 }, 'unknown'],
    ['no pid was recorded', one('S', 777), {}, 'unknown'],
    ['there is no /proc', { ...proc({}), files: memoryFiles() }, recorded, 'unknown'],
    ['/proc is nonsense', proc({ '/proc/42/stat': 'x' }), recorded, 'unknown'],
    [
      'ps: the recorded one',
      answering('darwin', { '-p 42': 'S+   Mon Jan  5 10:00:00 2026\n' }),
      { pid: 42, pidStarted: 'Mon Jan 5 10:00:00 2026' },
      'running',
    ],
    [
      'ps: another one',
      answering('darwin', { '-p 42': 'S+   Mon Jan  5 10:00:01 2026\n' }),
      { pid: 42, pidStarted: 'Mon Jan 5 10:00:00 2026' },
      'gone',
    ],
    ['ps: ended', answering('darwin', { '-p 42': 'Z    Mon Jan  5 10:00:00 2026' }), recorded, 'gone'],
    ['ps: not there', answering('darwin', { [`-p ${process.pid}`]: 'S Mon' }), recorded, 'gone'],
    ['ps: cannot be run', answering('darwin', {}), recorded, 'unknown'],
    [
      'Windows: the recorded one',
      answering('win32', { 'Id 42': '1337\r\n' }),
      { pid: 42, pidStarted: '1337' },
      'running',
    ],
    ['Windows: not there', answering('win32', { 'Id 42': 'gone\r\n' }), recorded, 'gone'],
    ['Windows: cannot be asked', answering('win32', {}), recorded, 'unknown'],
  ];
  for (const [name, machine, given, expected] of cases)
    it(`${name}: ${expected}`, async () => assert.equal(await processState(machine, given), expected));
  for (const pid of [0, 1, -1, 1.5, Number.NaN])
    it(`pid ${pid} is nobody’s`, async () =>
      assert.deepEqual(await lookAtProcess(proc({ '/proc/1/stat': stat(1, 'init', 'S', 1) }), pid), {
        kind: 'unknown',
      }));
});
