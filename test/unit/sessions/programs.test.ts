import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Files } from '../../../src/files/files.ts';
import type { Machine } from '../../../src/sessions/programs.ts';
import { findClaude, findNode, findOnPath } from '../../../src/sessions/programs.ts';

/** A machine on which just these files may be executed, and whose login shell answers with this. */
function machine(executables: readonly string[], env: Record<string, string>, answer?: string): Machine {
  const files: Files = {
    read: () => undefined,
    kind: () => undefined,
    list: () => [],
    realPath: (path) => path,
    isOwn: () => true,
    isExecutable: (path) => executables.includes(path),
  };
  return { files, platform: 'linux', env, home: '/home/me', run: async () => answer };
}

describe('programs: on PATH', () => {
  const on = machine(['/a/claude', '/b/claude', 'rel/claude'], { PATH: 'rel:/none:/b:/a' });
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['claude', '/b/claude'],
    ['node', undefined],
    ['', undefined],
    ['../a/claude', undefined],
    ['/a/claude', undefined],
  ];
  for (const [name, expected] of cases)
    it(JSON.stringify(name), () => assert.equal(findOnPath(on, name), expected));
});

describe('programs: claude', () => {
  const check = (name: string, on: Machine, setting: string, path: string | undefined, places: number) =>
    it(name, async () => {
      const found = await findClaude(on, setting);
      assert.equal(found.path, path);
      assert.equal(found.lookedAt.length, places);
    });
  const everywhere = ['/set/claude', '/bin/claude', '/login/claude', '/home/me/.local/bin/claude'];
  const env = { PATH: '/bin', SHELL: '/bin/bash' };
  check(
    'the setting comes first',
    machine(everywhere, env, '/login/claude\n'),
    '/set/claude',
    '/set/claude',
    1,
  );
  check(
    'a setting that names nothing is not replaced',
    machine(everywhere, env),
    '/nowhere/claude',
    undefined,
    1,
  );
  check('a relative setting names nothing', machine(['claude'], env), 'claude', undefined, 1);
  check('then PATH', machine(everywhere, env, '/login/claude\n'), '', '/bin/claude', 1);
  check(
    'then the login shell, whatever it prints before',
    machine(everywhere.slice(2), env, 'Welcome!\n/login/claude\n'),
    '',
    '/login/claude',
    2,
  );
  check(
    'an alias is not a path',
    machine(everywhere.slice(3), env, 'alias claude=x\n'),
    '',
    everywhere[3],
    3,
  );
  check('then the usual places', machine(everywhere.slice(3), env), '', everywhere[3], 3);
  check('or nowhere', machine([], env), '', undefined, 6);
});

describe('programs: node', () => {
  it("takes the editor's own last", async () => {
    const found = await findNode(machine(['/editor/node'], { PATH: '/bin' }), '', '/editor/node');
    assert.equal(found.path, '/editor/node');
  });
});
