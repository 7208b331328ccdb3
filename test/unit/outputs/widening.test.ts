import assert from 'node:assert/strict';
import { widens } from '../../../src/outputs/widening.ts';

function checkWidens(expected: boolean, pointers: readonly string[], isSandboxed = false): void {
  for (const pointer of pointers)
    it(`${pointer} ${expected ? 'widens' : 'stays'}${isSandboxed ? ' in the sandbox' : ''}`, () =>
      assert.equal(widens(pointer, isSandboxed), expected));
}

describe('widens', () => {
  checkWidens(true, [
    '/permissions/allow',
    '/permissions/additionalDirectories',
    '/permissions',
    '/env/PATH',
    '/env/LD_LIBRARY_PATH',
    '/env/https_proxy',
    '/env/ANTHROPIC_BASE_URL',
    '/enableAllProjectMcpServers',
    '/enabledMcpjsonServers',
    '/agent',
  ]);
  checkWidens(false, [
    '/permissions/ask',
    '/permissions/disableAutoMode',
    '/env/LANG',
    '/hooks/PreCompact',
    '/statusLine/command',
    '/sandbox/enabled',
    '/x~1permissions',
    '/__proto__',
  ]);
  checkWidens(
    true,
    [
      '/sandbox/excludedCommands',
      '/sandbox/autoAllowBashIfSandboxed',
      '/sandbox/filesystem/allowWrite',
      '/sandbox/network/allowedDomains',
    ],
    true,
  );
  checkWidens(false, ['/sandbox/filesystem/denyRead', '/sandbox/network/deniedDomains'], true);
});
