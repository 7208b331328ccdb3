// Registry → files. Everything is rendered and validated before the first byte is written; then all or nothing.
import { type ApplyOptions, type ApplyResult, applyDraft } from './applyDraft.ts';
import { type DraftOptions, generateDraft } from './generateDraft.ts';

export type GenerateOptions = ApplyOptions & Omit<DraftOptions, 'only'>;
export type GenerateResult = ApplyResult;

/**
 * Writes the outputs of some or all agents. Refuses, with errors among the findings and nothing written, when the
 * registry has an error, an agent is unknown, a file could be lost, or a value that somebody changed would be written
 * over without being asked to.
 * @throws UserError when the disk refuses (read-only, full): the message says which file and what to do; nothing is half-written.
 */
export function generate(options: GenerateOptions): Promise<GenerateResult> {
  const what = options.force === true ? 'generate --force' : 'generate';
  return applyDraft(options, what, (files) => generateDraft(options, files));
}
