// Which keys that others added to an agent's settings would give it more than the registry does. Pure.
import { isForbiddenEnv } from '../registry/rules/env.ts';
import { segmentsOf } from './leaves.ts';

/** Permission keys that can only take something away. */
const narrowingPermissions = /^(ask|deny|disable\w+)$/;

/** Servers admitted without asking, dialogs left out, hooks switched off, another agent in the session's place. */
const wideningKeys: ReadonlySet<string> = new Set([
  'agent',
  'allowManagedHooksOnly',
  'enableAllProjectMcpServers',
  'enabledMcpjsonServers',
  'skipAutoPermissionPrompt',
  'skipDangerousModePermissionPrompt',
  'strictPluginOnlyCustomization',
]);

/**
 * Whether a foreign key, by its pointer, widens what an agent may do: a wider mode, wider rules or a wider sandbox, or
 * a variable that the registry may not set either (DESIGN.md section 4). `isSandboxed`: the registry puts the agent in
 * the sandbox; where it does not, a sandbox that somebody added takes nothing away from the rules.
 */
export function widens(pointer: string, isSandboxed: boolean): boolean {
  const [first = '', second = '', ...rest] = segmentsOf(pointer);
  if (first === 'permissions') return !narrowingPermissions.test(second);
  if (first === 'env') return isForbiddenEnv(second);
  if (first === 'sandbox') return isSandboxed && !/^(deny|denied)/.test(rest.at(-1) ?? second);
  return wideningKeys.has(first);
}
