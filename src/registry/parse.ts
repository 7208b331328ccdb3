// Registry text → model, findings and positions. Never throws.
import { assembled, newMemory, type ParsedRegistry } from './assemble.ts';
import { createBlockReader } from './blocks.ts';
import { registryPath } from './model.ts';
import { readOutline } from './outline.ts';
import type { ParseOptions } from './rules/fleetRules.ts';

export type { ParsedRegistry } from './assemble.ts';
export type { Positions } from './positions.ts';
export type { ParseOptions } from './rules/fleetRules.ts';

/**
 * Parses the text of a registry. `file` is the path that findings name. Rules that need more than the text run only
 * when `options` give it to them.
 */
export function parseRegistry(text: string, file = registryPath, options: ParseOptions = {}): ParsedRegistry {
  return createRegistryParser()(text, file, options);
}

/**
 * A parser that remembers: `parseRegistry`'s answer for every text, but sooner for a text that differs little from the
 * one before. What it remembers is no more than one registry.
 */
export function createRegistryParser(): typeof parseRegistry {
  const memory = newMemory();
  const outlineInBlocks = createBlockReader();
  return (text, file = registryPath, options = {}) =>
    assembled(text, file, options, outlineInBlocks(text) ?? readOutline(text), memory);
}
