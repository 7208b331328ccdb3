// A start that cannot even be noted: nothing is begun, and the message says what is to be mended.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SessionHost } from '../../../src/sessions/sessionHost.ts';
import { startInTerminal } from '../../../src/sessions/startSession.ts';
import { memoryFiles, systemError } from '../outputs/memoryFiles.ts';

describe('startInTerminal', () => {
  for (const code of ['EROFS', 'ENOSPC', 'EACCES'])
    it(`where nothing can be written (${code}) begins nothing, and says so`, async () => {
      const files = {
        ...memoryFiles({}),
        hold: async () => {
          throw systemError(code);
        },
      };
      const host: SessionHost = {
        files,
        stateRoot: '/state',
        stateDirectory: '/state/w',
        machine: { files, platform: 'linux', env: {}, home: '/home/me', run: async () => undefined },
        now: () => '2026-01-02T03:05:00.000Z',
        kill: () => assert.fail('nobody is ended'),
        wait: async () => {},
      };
      const begun = async () => assert.fail('something was begun');
      await assert.rejects(
        startInTerminal(host, 'one-agent', begun, begun),
        new RegExp(
          `^UserError: /state/w/starting/one-agent cannot be written \\(${code}\\).*nothing was started`,
        ),
      );
    });
});
