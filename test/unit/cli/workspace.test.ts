// Which folder a command is about.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findWorkspace } from '../../../src/cli/workspace.ts';
import { UserError } from '../../../src/findings/userError.ts';
import { memoryFiles } from '../outputs/memoryFiles.ts';

const files = memoryFiles({
  '/a/agents/registry.yaml': '',
  '/a/b/c/x': '',
  '/a/b/inner/agents/registry.yaml': '',
  '/other/x': '',
  '/folder/agents/registry.yaml/x': '',
});

describe('findWorkspace', () => {
  const cases: readonly (readonly [string, string | undefined, string | undefined, string])[] = [
    ['/a', undefined, undefined, '/a'],
    ['/a/b/c', undefined, undefined, '/a'],
    ['/a/b/inner', undefined, undefined, '/a/b/inner'],
    ['/other', undefined, undefined, '/other'],
    ['/folder', undefined, undefined, '/folder'],
    ['/a/b/c', '/other', undefined, '/other'],
    ['/a/b/c', '..', undefined, '/a/b'],
    ['/a/b/c', undefined, '/other', '/other'],
    ['/a/b/c', undefined, '', '/a'],
    ['/a/b/c', '/a', '/other', '/a'],
  ];
  for (const [cwd, named, project, expected] of cases)
    it(`from ${cwd}, --workspace ${named}, PROJECT_ROOT ${project}`, () =>
      assert.equal(findWorkspace(files, cwd, named, project), expected));
  for (const named of ['/nowhere', '/a/agents/registry.yaml', ''])
    it(`--workspace ${JSON.stringify(named)} is none`, () =>
      assert.throws(() => findWorkspace(files, '/a', named, undefined), UserError));
});
