// The templates of earlier tooling: where they lie, and their texts. A workspace that has them generates what they say.
import type { Files } from '../../files/files.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { inTheWay } from '../inTheWay.ts';
import { plainText } from '../lock.ts';

export type TemplateKind = 'settings' | 'memory';

/** Where earlier tooling had its templates, relative to the workspace. */
export const templatePaths: Readonly<Record<TemplateKind, string>> = {
  settings: 'scripts/native-orchestrator/templates/settings.json.template',
  memory: 'scripts/native-orchestrator/templates/CLAUDE.md.template',
};

/** UTF-16 units. A template is written by hand; what is larger is something else. */
const largestTemplate = 1024 * 1024;

/** A template that is there. `problem` ends a sentence that begins with its path; then its text is unknown. */
export type Template = { readonly path: string } & (
  | { readonly text: string; readonly problem?: never }
  | { readonly problem: string; readonly text?: never }
);

/** The templates of a workspace; empty for most. */
export interface Templates {
  readonly settings?: Template;
  readonly memory?: Template;
  /** The real path of the workspace, with `/`, for `PROJECT_ROOT`. Asked of the disk only where a template wants it. */
  readonly projectRoot: () => string;
}

/** Reads the templates. Without any, all that it asks of the disk is whether they are there. */
export function readTemplates(files: Files, root: string): Templates {
  const settings = readTemplate(templatePaths.settings, files, root);
  const memory = readTemplate(templatePaths.memory, files, root);
  return {
    ...(settings === undefined ? {} : { settings }),
    ...(memory === undefined ? {} : { memory }),
    projectRoot: () => (files.realPath(root) ?? root).replaceAll('\\', '/'),
  };
}

function readTemplate(path: string, files: Files, root: string): Template | undefined {
  const at = inWorkspace(root, path);
  if (files.kind(at) === undefined) return undefined;
  const blocked = inTheWay(path, files, root);
  if (blocked !== undefined)
    return {
      path,
      problem:
        blocked.code === 'outputs/leads-outside'
          ? 'is reached through a symbolic link that leads out of the workspace'
          : 'is not a file',
    };
  const content = files.read(at);
  if (content?.text === undefined) return { path, problem: content?.unreadable ?? 'cannot be read' };
  if (content.text.length > largestTemplate)
    return { path, problem: 'has more than a million characters, which no template needs' };
  return { path, text: plainText(content.text) };
}

export const hasTemplates = ({ settings, memory }: Templates): boolean =>
  settings !== undefined || memory !== undefined;
