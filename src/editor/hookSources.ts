// The hook programs that the package brings, read once and when first needed.
import path from 'node:path';
import { nodeFiles } from '../files/nodeFiles.ts';
import type { HookSources } from '../outputs/output.ts';

/** ES modules are what a workspace commits; a launch copy has the same programs as CommonJS, which start sooner. */
type Ending = 'mjs' | 'cjs';

/** A function that gives the hooks below the extension's folder. It throws when the package is damaged. */
export function packagedHooks(extensionPath: string, ending: Ending): () => HookSources {
  let sources: HookSources | undefined;
  const read = (name: string): string => {
    const file = path.join(extensionPath, 'dist', 'hooks', name);
    const text = nodeFiles.read(file)?.text;
    if (!text) throw new Error(`the package is damaged: ${file} is missing or empty`);
    return text;
  };
  return () => {
    sources ??= {
      guard: read(`guard.${ending}`),
      bash: read(`bash.${ending}`),
      report: read(`report.${ending}`),
    };
    return sources;
  };
}
