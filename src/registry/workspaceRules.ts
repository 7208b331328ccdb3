// Rules about the files that a registry names: whether they are there. What is there, the caller says.
import type { Finding } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { type RegistryCode, registryCodes } from './codes.ts';
import { type Agent, type Registry, registryPath } from './model.ts';
import type { Positions } from './positions.ts';

/**
 * Findings for persona and context files that do not exist, each at the registry line that names the file; once at
 * `defaults` for what comes from there. `exists` gets each path as it is
 * written: relative to the workspace, or, for a persona, possibly absolute.
 */
export function workspaceFindings(
  registry: Registry,
  positions: Positions,
  exists: (path: string) => boolean,
  file = registryPath,
): readonly Finding[] {
  const found = new Map<string, Finding>();
  const known = new Map<string, boolean>();
  const isThere = (path: string): boolean => {
    const answer = known.get(path) ?? exists(path);
    known.set(path, answer);
    return answer;
  };
  for (const agent of registry.agents.values())
    for (const named of namedFiles(agent)) {
      if (isThere(named.path)) continue;
      const finding = findingOf(positions, agent, named, file);
      const identity = JSON.stringify([finding.code, finding.line, finding.column, named.path]);
      if (!found.has(identity)) found.set(identity, finding);
    }
  return [...found.values()];
}

interface NamedFile {
  readonly code: RegistryCode;
  readonly steps: readonly [string, ...number[]];
  readonly path: string;
  readonly what: string;
}

function* namedFiles(agent: Agent): Generator<NamedFile> {
  if (agent.persona !== undefined)
    yield { code: 'registry/missing-persona', steps: ['persona'], path: agent.persona, what: 'persona' };
  for (const [index, path] of agent.contextFiles.entries())
    yield {
      code: 'registry/missing-context-file',
      steps: ['context_files', index],
      path,
      what: 'context file',
    };
}

function findingOf(positions: Positions, agent: Agent, named: NamedFile, file: string): Finding {
  const { code, steps, what } = named;
  const own = positions.valueAt(['agents', agent.id, ...steps]);
  const range = own ?? positions.valueAt(['defaults', ...steps]) ?? positions.at(['agents', agent.id]);
  const path = visibleShort(named.path);
  return {
    code,
    severity: registryCodes[code].severity,
    file,
    ...range,
    ...(own === undefined ? {} : { agent: agent.id }),
    args: { path },
    message: `The ${what} \`${path}\` does not exist. It is joined into the prompt at launch, so create it or correct the path.`,
  };
}
