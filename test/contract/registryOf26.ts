// A registry of 26 agents: the real one that lies beside the checkout where it was developed, else one of the same size.
import { existsSync, readFileSync } from 'node:fs';

const real = '../shared/data/registry-26.yaml';

const toolSets = [
  'Read, Write, Edit, Glob, Grep, Bash',
  'Read, Glob, Grep, WebFetch',
  'Read, Write, Edit, Agent',
  'Read, Bash',
];

function madeUp(): string {
  const entries = Array.from({ length: 26 }, (_, index) => {
    const id = `worker-${String.fromCharCode(97 + index)}`;
    const set = index % toolSets.length;
    const next = `worker-${String.fromCharCode(97 + ((index + 1) % 26))}`;
    return `  ${id}:
    name: ${id}
    display_name: Worker ${index + 1}
    description: Does the work of room ${index + 1} and of no other room
    model: ${['opus', 'sonnet', 'haiku'][index % 3]}
    tools: [${toolSets[set]}]
    delegates_to: [${set === 2 ? next : ''}]
    cannot_access: [shared/**, "*.lock"]
    exclusive_access: [rooms/${index + 1}/**]
    responsibilities: [Keep room ${index + 1} tidy]
    forbidden: [Open the doors of others]
`;
  });
  return `agents:\n${entries.join('')}`;
}

export const registryOf26 = (): string => (existsSync(real) ? readFileSync(real, 'utf8') : madeUp());
