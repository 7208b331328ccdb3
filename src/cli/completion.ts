// `completion`: a script for each shell that completes verbs, options, agents and groups by asking this program.

import { inWorkspace } from '../files/nodeFiles.ts';
import { isAgentId, type Registry, registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { type CompletionSources, completionWords } from './completionWords.ts';
import { UsageError } from './usageError.ts';
import type { Io, Verb } from './verb.ts';

// The program is found by its name alone: a Tab after `./native-orchestrator` must not run what lies in the folder.
const scripts: Readonly<Record<string, string>> = {
  bash: `# native-orchestrator, completion for bash: source <(native-orchestrator completion bash)
_native_orchestrator() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$(printf '%q' "$word")")
  done < <(command native-orchestrator completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _native_orchestrator native-orchestrator claude-agent
`,
  zsh: `#compdef native-orchestrator claude-agent
# native-orchestrator, completion for zsh: source <(native-orchestrator completion zsh)
_native_orchestrator() {
  local -a found
  found=("\${(@f)$(command native-orchestrator completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
if [[ "\${funcstack[1]}" == _native_orchestrator ]]; then _native_orchestrator "$@"
else compdef _native_orchestrator native-orchestrator claude-agent
fi
`,
  fish: `# native-orchestrator, completion for fish: native-orchestrator completion fish | source
function __native_orchestrator_words
  set -l typed (commandline -opc) (commandline -ct)
  command native-orchestrator completion words -- $typed[2..-1] 2>/dev/null
end
complete -c native-orchestrator -f -a '(__native_orchestrator_words)'
complete -c claude-agent -f -a '(__native_orchestrator_words)'
`,
};

/** Agents as the registry has them; while it has errors, as the folders of their outputs do. */
function agentsOf({ files }: Io, root: string, registry: Registry | undefined): readonly string[] {
  if (registry !== undefined) return [...registry.agents.keys()];
  const folder = inWorkspace(root, 'agents');
  return files
    .list(folder)
    .filter((name) => isAgentId(name) && files.kind(inWorkspace(folder, name)) === 'directory');
}

/** `parts`: the verbs and options, known when it runs. */
export const completion = (parts: () => Pick<CompletionSources, 'verbs' | 'common'>): Verb => ({
  name: 'completion',
  summary: 'print a script that completes words in your shell',
  usage: Object.keys(scripts).join('|'),
  help: 'Prints the script; in bash: source <(native-orchestrator completion bash), in zsh the same with zsh,\nin fish: native-orchestrator completion fish | source. Agents and groups are those of the registry that is in force where you are.',
  formats: ['text'],
  options: {},
  choices: Object.keys(scripts),
  run({ io, root, positionals: [shell = '', ...typed] }) {
    if (shell === 'words') {
      let known: Registry | undefined;
      const registry = (): Registry | undefined => {
        const text = io.files.read(inWorkspace(root, registryPath))?.text;
        known ??= text === undefined ? undefined : parseRegistry(text).registry;
        return known;
      };
      const words = completionWords(typed, {
        ...parts(),
        ids: () => agentsOf(io, root, registry()),
        groups: () => [
          ...new Set([...(registry()?.agents.values() ?? [])].flatMap(({ group }) => group ?? [])),
        ],
      });
      io.out(words.map((word) => `${word}\n`).join(''));
      return 0;
    }
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script === undefined || typed.length > 0)
      throw new UsageError(
        `Name one shell: ${Object.keys(scripts)
          .map((name) => `native-orchestrator completion ${name}`)
          .join(', ')}.`,
      );
    io.out(script);
    return 0;
  },
});
