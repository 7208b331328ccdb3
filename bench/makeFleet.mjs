// A synthetic registry of any size, modelled on sample/agents/registry.yaml: the same count gives the same text.
// As a program: `node bench/makeFleet.mjs <agents> <folder>` writes <folder>/agents/registry.yaml.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const groups =
  'api web mobile search payments billing identity mail reports data ml infra network storage docs quality security release support tools'.split(
    ' ',
  );
const roles = 'builder tester reviewer writer planner keeper watcher mender tuner porter'.split(' ');
const tools = ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash', 'WebFetch', 'WebSearch'];
/** Every so many agents one owns a folder alone, at most this many do. */
const ownersEvery = 40;
const mostOwners = 24;
/** A settings file that may start sub-agents denies every other agent by name, so their number makes files quadratic. */
const mostDelegators = 25;

/** mulberry32: numbers in [0, 1), the same for the same seed. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const idOf = (index) =>
  `${groups[index % groups.length]}-${roles[Math.floor(index / groups.length) % roles.length]}-${index}`;

/** The text of a registry with `count` agents. */
export function makeFleet(count, seed = 1) {
  const random = randomFrom(seed);
  const upTo = (limit) => Math.floor(random() * limit);
  const lines = [
    '# A synthetic fleet, made by bench/makeFleet.mjs.',
    'version: "1.0"',
    '',
    'defaults:',
    '  model: sonnet',
    '  permission_mode: default',
    '  cannot_read:',
    '    - "*.pem"',
    '    - .env',
    '',
    `pilot: [${idOf(0)}]`,
    '',
    'agents:',
  ];
  const list = (name, items) => {
    if (items.length > 0) lines.push(`    ${name}:`, ...items.map((item) => `      - ${item}`));
  };
  for (let index = 0; index < count; index++) {
    const id = idOf(index);
    const group = groups[index % groups.length];
    const delegates =
      index % 10 === 4 && index < 10 * mostDelegators && count > 8
        ? [...new Set([1, 2, 3].map(() => idOf(upTo(count))))].filter((other) => other !== id)
        : [];
    const own = tools.filter(() => random() < 0.7);
    lines.push(
      `  # ${group}: agent ${index}`,
      `  ${id}:`,
      `    name: ${id}`,
      `    display_name: ${group} ${roles[index % roles.length]} ${index}`,
      `    description: Looks after part ${index} of ${group}, and hands on what belongs to others.`,
      `    group: ${group}`,
      `    tools: [${[...new Set(['Read', ...own, ...(delegates.length > 0 ? ['Agent'] : [])])].join(', ')}]`,
    );
    if (index % 3 === 0) lines.push(`    model: ${['opus', 'haiku'][index % 2]}`);
    list('delegates_to', delegates);
    list(
      'cannot_access',
      ['tests/**', 'docs/**', 'infra/**', `src/${groups[upTo(groups.length)]}/**`, '"*.lock"'].filter(
        () => random() < 0.6,
      ),
    );
    if (index % ownersEvery === 7 && index < ownersEvery * mostOwners)
      list('exclusive_access', [`/areas/${group}/${index}/**`]);
    if (index % 2 === 0) list('deny_bash', ['git push', 'npm publish']);
    list('responsibilities', [
      `Build and keep part ${index} of ${group}`,
      'Keep it fast and its errors helpful',
      'Say what changed and why',
    ]);
    list('forbidden', ['Change tests to make them pass']);
    lines.push('');
  }
  return lines.join('\n');
}

/** Writes such a registry into a folder. */
export function writeFleet(folder, count) {
  mkdirSync(path.join(folder, 'agents'), { recursive: true });
  writeFileSync(path.join(folder, 'agents/registry.yaml'), makeFleet(count));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count, folder] = process.argv.slice(2);
  writeFleet(folder, Number(count));
}
