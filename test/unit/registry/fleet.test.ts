import assert from 'node:assert/strict';
import { checkAgent, checkAgents, checkFindings, sound } from './checkFindings.ts';

const agentTool = (id: string, delegates: string): string =>
  `  ${id}: {name: ${id}, display_name: A, description: d, model: m, tools: [Agent, Read], delegates_to: ${delegates}}\n`;

describe('registry: delegation', () => {
  it('goes to agents of the registry, but not to oneself', () => {
    checkAgents({
      'a-agent': `
        delegates_to: [b-agent, c-agent, a-agent]
        ^^^^^^^^^^^^ registry/delegation-tool-missing
                                ^^^^^^^ registry/unknown-delegate
                                         ^^^^^^^ registry/self-delegation
      `,
      'b-agent': '',
    });
  });
  it('judges what the defaults say once', () => {
    checkFindings(
      `defaults: {delegates_to: [x]}\n                          ^ registry/unknown-delegate\n${sound('a')}${sound('b').slice(8)}`,
    );
    checkFindings(
      `defaults: {delegates_to: [a]}\n${sound('a').replace('  a:\n', '  a:\n  ^ registry/self-delegation\n')}`,
    );
  });
  it('does not blame the others for a broken entry', () => {
    checkFindings(`agents:\n${agentTool('a', '[b]')}  b: 5\n     ^ registry/wrong-type\n`);
  });
  it('warns once of each circle, on its first step', () => {
    const { findings } = checkFindings(
      `agents:\n${agentTool('x', '[a]')}${agentTool('a', '[b, c]')}${' '.repeat(98)}^ registry/delegation-cycle\n${agentTool('b', '[c]')}${agentTool('c', '[a, b]')}`,
    );
    assert.match(findings[0]?.message ?? '', /`a` → `c` → `a`/);
    checkFindings(
      `agents:\n${agentTool('a', '[b, c]')}${agentTool('b', '[c]')}${agentTool('c', '[d]')}${sound('d').slice(8).replace(', Edit', '')}`,
    );
  });
  it('survives a chain of thousands', () => {
    const chain = Array.from({ length: 1000 }, (_, n) => agentTool(`a${n}`, `[a${n + 1}]`));
    checkFindings(`agents:\n${chain.join('')}${sound('a1000').slice(8).replace(', Edit', '')}`);
  });
  it('goes with the tool for it', () => {
    checkAgents({
      'a-agent': 'delegates_to: [b-agent]\n^^^^^^^^^^^^ registry/delegation-tool-missing',
      'b-agent': '',
    });
    checkFindings(
      sound('a').replace('[Read, Edit]\n', '[Task]\n            ^^^^ registry/delegation-tool-unused\n'),
    );
    checkFindings(`agents:\n${agentTool('a', '[b]')}${agentTool('b', '[]').replace('Agent, ', '')}`);
  });
  it('tells what a delegate cannot do as a sub-agent', () => {
    const { findings } = checkFindings(`
      agents:
        a: {name: a, display_name: A, description: d, model: m, tools: [Task, Read], cannot_access: [src], delegates_to: [b, c]}
                                                                                                                          ^ registry/delegation-narrowed
        b: {name: b, display_name: A, description: d, model: m, tools: [Read, MultiEdit, TodoWrite]}
        c: {name: c, display_name: A, description: d, model: m, tools: [Read, TodoWrite], cannot_access: [src/**]}
    `);
    assert.match(findings[0]?.message ?? '', /cannot use `Edit` and cannot change `src`/);
  });
});

describe('registry: exclusive paths', () => {
  it('belong to one agent', () => {
    const { findings } = checkAgents({
      'a-agent': 'exclusive_access: [tests/**]\ncannot_access: [docs]',
      'b-agent':
        'cannot_access: [x]\nexclusive_access: [docs, ./tests/]\n                         ^^^^^^^^ registry/exclusive-twice',
    });
    assert.equal(findings[0]?.related?.[0]?.line, 8);
  });
  it('say who does not list them as denied', () => {
    const { findings } = checkAgents({
      'a-agent':
        'exclusive_access: [tests/unit]\n                   ^^^^^^^^^^ registry/exclusive-not-denied',
      'b-agent': 'cannot_access: [tests/**]',
      'c-agent': 'cannot_access: [/tests]',
    });
    assert.deepEqual(findings[0]?.args.others, ['c-agent']);
  });
  it('are denied by wider globs', () => {
    checkAgents({
      'a-agent': 'exclusive_access: ["src/**/*.test.ts", /docs/api]',
      'b-agent': 'cannot_access: ["*.test.*", docs]',
      'c-agent': 'cannot_access: [src, /docs]',
    });
    checkFindings(`${sound('a')}    exclusive_access: [x]\n${sound('b').slice(8).replace(', Edit', '')}`);
  });
  it('are of no use when the owner may not write them', () => {
    checkAgent(
      'exclusive_access: [tests/unit]\n                   ^^^^^^^^^^ registry/nobody-may-write\ncannot_access: [tests/**]',
    );
    checkAgents({
      'a-agent': 'exclusive_access: [tests]\n                   ^^^^^ registry/exclusive-not-denied',
      'b-agent':
        'cannot_access: [x]\nexclusive_access: [tests/unit]\n                   ^^^^^^^^^^ registry/exclusive-not-denied\n                   ^^^^^^^^^^ registry/nobody-may-write',
    });
    checkFindings(
      `${sound('a').replace(', Edit', '')}    exclusive_access: [x]\n                       ^ registry/nobody-may-write\n`,
    );
  });
});

describe('registry: what is known of the CLI and the day', () => {
  const facts = { tools: new Set(['Read', 'Edit', 'Grep']), models: new Set(['opus', 'haiku']) };
  it('reports unknown tools and models, as information', () => {
    checkFindings(sound('a'), { facts });
    const { findings } = checkFindings(
      sound('a')
        .replace('opus\n', 'opsu\n           ^^^^ registry/unknown-model\n')
        .replace(
          '[Read, Edit]\n',
          '[read, mcp__x, Foo]\n            ^^^^ registry/unknown-tool\n                          ^^^ registry/unknown-tool\n',
        ),
      { facts },
    );
    assert.match(findings[1]?.message ?? '', /Did you mean `Read`\?/);
    checkFindings(sound('a').replace('opus', 'opsu').replace('Read', 'Foo'));
  });
  it('reports ignores whose day has passed', () => {
    const lines = 'ignore:\n  - {file: f, key: "", reason: r, until: 2026-11-20}\n';
    checkAgent(lines);
    checkAgent(lines, { today: '2026-11-20' });
    checkAgent(`${lines}                                         ^^^^^^^^^^ registry/expired-ignore`, {
      today: '2026-11-21',
    });
  });
});
