// An agent of a registry with everything in order, unless a test says otherwise.
import type { Agent } from '../../../src/registry/model.ts';

export function agentNamed(id: string, changed: Partial<Agent> = {}): Agent {
  return {
    id,
    displayName: `The ${id}`,
    description: 'Does things',
    model: 'opus',
    tools: ['Read'],
    delegatesTo: [],
    cannotAccess: [],
    exclusiveAccess: [],
    cannotRead: [],
    responsibilities: [],
    forbidden: [],
    tags: [],
    contextFiles: [],
    permissionMode: 'default',
    allowBash: [],
    denyBash: [],
    sandbox: false,
    env: {},
    worktree: false,
    autostart: false,
    ignore: [],
    ...changed,
  };
}
