// Registry text → model, findings and positions. Never throws.
import type { Finding, Range } from '../findings/finding.ts';
import type { Registry } from './model.ts';

/** Where things stand in the registry's text. */
export interface Positions {
  /** The range of the value (for a map entry: its key) at a path such as `['agents', 'qa-agent', 'tools', 0]`; of the nearest ancestor that exists otherwise. */
  at(path: readonly (string | number)[]): Range;
  /** The id of the agent whose block covers a 1-based line; undefined outside the agents. */
  agentAt(line: number): string | undefined;
}

export interface ParsedRegistry {
  /** Absent when any finding is an error. */
  readonly registry: Registry | undefined;
  readonly findings: readonly Finding[];
  readonly positions: Positions;
}

/** Parses the text of a registry. `file` is the path that findings name. */
export declare function parseRegistry(text: string, file?: string): ParsedRegistry;
