// Installs the real Claude Code CLI, in pinned versions, for the contract tests: on demand and never as a dependency,
// since its licence does not let us pass it on (CLAUDE-CODE-CONTRACT.md section 6).
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cached } from './cache.mjs';
import { npm } from './npm.mjs';

/** The version that the contract was seen with. */
export const currentVersion = '2.1.329';
/** The last one that a plain `npm install` picks on Node 20. */
export const oldVersion = '2.1.197';

function isMusl() {
  return process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
}

/**
 * @param {string} [version]
 * @returns {Promise<{ path: string, reason?: undefined } | { path?: undefined, reason: string }>} the binary, or why there is none
 */
export async function ensureClaude(version = currentVersion) {
  const platform = `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
  // By the platform package's name: the package above it would pick its version by Node's, and copies the binary in a
  // postinstall that npm 11 does not run.
  const name = `@anthropic-ai/claude-code-${platform}`;
  try {
    const folder = await cached(`claude-${version}-${platform}`, async (partial) => {
      console.log(`installing the claude CLI ${version} for the contract tests …`);
      await npm(partial, 'install', '--ignore-scripts', '--force', `${name}@${version}`);
    });
    const binary = path.join(
      folder,
      'node_modules',
      name,
      process.platform === 'win32' ? 'claude.exe' : 'claude',
    );
    if (!existsSync(binary)) return { reason: `${name}@${version} has no ${path.basename(binary)}` };
    return { path: binary };
  } catch (error) {
    return {
      reason: `${name}@${version} could not be installed: ${error.message.split('\n').slice(0, 6).join(' ')}`,
    };
  }
}

/** Where the tests look for the two binaries. */
export function claudeVariables(current, old) {
  return {
    ...(current.path ? { NATIVE_ORCHESTRATOR_TEST_CLAUDE: current.path } : {}),
    ...(old.path ? { NATIVE_ORCHESTRATOR_TEST_CLAUDE_OLD: old.path } : {}),
  };
}
