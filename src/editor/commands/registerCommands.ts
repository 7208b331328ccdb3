// The table of the commands: which id runs what.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { notice, registerCommand } from '../errors.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { FoundAgent } from '../fleets.ts';
import { commandIds, memoryKeys } from '../ids.ts';
import type { Sessions } from '../sessions.ts';
import type { AgentTree } from '../tree/agentTree.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import type { generateAgents as GenerateAgents, GenerateWishes } from './generateAgents.ts';
import { pickAgent, pickAgents } from './pickAgent.ts';
import type { ProveContext } from './proveAgents.ts';
import type { DoctorReports } from './runDoctor.ts';
import type { NextAgent } from './sessionAttention.ts';
import { changedOutputs, showDiff } from './showDiff.ts';
import type { ProofReports } from './showProof.ts';
import type { StartContext } from './startAgent.ts';

export interface CommandContext extends StartContext, Omit<ProveContext, 'proving'> {
  readonly log: vscode.LogOutputChannel;
  readonly doctor: DoctorReports;
  readonly reports: ProofReports;
  readonly sessions: Sessions;
  readonly tree: AgentTree;
  readonly extensionUri: vscode.Uri;
}

const generateAgents: typeof GenerateAgents = async (...args) =>
  (await import('../later.ts')).generateAgents(...args);

async function startAgent(context: StartContext, found: FoundAgent, mend: boolean): Promise<void> {
  await (await import('../later.ts')).startAgent(context, found, mend);
}

/** Those of sessionCommands.ts and hubCommands.ts. */
const sessionCommands = [
  'startGroup',
  'startAll',
  'stopAgent',
  'stopAll',
  'restartAgent',
  'attachAgent',
  'detachAgent',
  'sendPrompt',
  'handOff',
  'showHandoffs',
  'startHub',
  'stopHub',
  'copyHubAddress',
] as const;

export function registerCommands(context: CommandContext): vscode.Disposable {
  const { fleets, log, hooks, sessions, tree } = context;
  const register = (id: string, run: (...args: readonly unknown[]) => unknown) =>
    registerCommand(log, id, run);
  const proving = new Set<string>();
  const prove = async (store: FleetStore, ids: readonly string[] | undefined) =>
    (await import('../later.ts')).proveAgents({ ...context, proving }, store, ids);
  const regenerate = (found: FoundAgent, wishes?: GenerateWishes) =>
    generateAgents(found.store, hooks(), [found.status.agent.id], wishes);
  const later = () => import('../later.ts');
  let nextAgent: NextAgent | undefined;
  return vscode.Disposable.from(
    register(commandIds.generateAll, async () => {
      requireTrust();
      const stores = requireRegistries(context);
      for (const store of stores) await generateAgents(store, hooks(), undefined);
    }),
    register(commandIds.generatePilot, async () => {
      requireTrust();
      const stores = requireRegistries(context).filter(
        (store) => (store.fleet?.registry?.pilot.length ?? 0) > 0,
      );
      if (stores.length === 0)
        throw new UserError(
          vscode.l10n.t('The registry names no pilot. List some agents under "pilot:" at its top level.'),
        );
      for (const store of stores) await generateAgents(store, hooks(), store.fleet?.registry?.pilot);
    }),
    register(commandIds.generateSome, async () => {
      requireTrust();
      const chosen = await pickAgents(fleets, vscode.l10n.t('Generate which agents?'));
      const byStore = new Map<FleetStore, string[]>();
      for (const { store, status } of chosen ?? [])
        byStore.set(store, [...(byStore.get(store) ?? []), status.agent.id]);
      for (const [store, ids] of byStore) await generateAgents(store, hooks(), ids);
    }),
    register(commandIds.regenerateAgent, async (argument) => {
      requireTrust();
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Regenerate which agent?'));
      if (found) await regenerate(found);
    }),
    register(commandIds.regenerateBehind, async (argument) =>
      (await later()).regenerateBehind(fleets, hooks(), argument),
    ),
    register(commandIds.reviewAgent, async (argument) => {
      requireTrust();
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Review and regenerate which agent?'));
      if (!found) return;
      // What all agents share, the guard, has no diff here but is rewritten all the same.
      if (!(await showDiff(found)) && found.status.sync !== 'outOfSync') return sayInSync(found);
      const yes = vscode.l10n.t('Regenerate');
      const chosen = await vscode.window.showInformationMessage(
        notice(
          vscode.l10n.t(
            '{0}: {1} will be written as the registry says. What is replaced is kept as a backup.',
            found.status.agent.id,
            count(Math.max(1, changedOutputs(found).length), 'file'),
          ),
        ),
        yes,
      );
      if (chosen === yes) await regenerate(found, { overEdits: true });
    }),
    register(commandIds.restoreAgent, async (argument) => (await later()).restoreAgent(context, argument)),
    register(commandIds.restoreKey, async (argument) => (await later()).restoreKey(context, argument)),
    register(commandIds.adoptChange, async (argument) => (await later()).adoptChange(context, argument)),
    register(commandIds.ignoreDifference, async (argument) =>
      (await later()).ignoreDifference(context, argument),
    ),
    register(commandIds.restoreDisarmed, async (argument) =>
      (await later()).restoreDisarmed(context, argument),
    ),
    register(commandIds.undoRestore, async (argument) => (await later()).undoRestore(context, argument)),
    register(commandIds.migrate, async (argument) =>
      (await later()).migrateSettings(fleets, hooks(), argument),
    ),
    register(commandIds.showPlan, async () => (await later()).showPlan(context)),
    register(commandIds.acceptPlanned, async (argument) => (await later()).acceptPlanned(context, argument)),
    register(commandIds.regenerateAndStart, async (argument) => {
      requireTrust();
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Regenerate and start which agent?'));
      if (found) await startAgent(context, found, true);
    }),
    register(commandIds.showDiff, async (argument) => {
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Show the difference of which agent?'));
      if (found && !(await showDiff(found, pathOf(argument)))) sayInSync(found);
    }),
    register(commandIds.startAgent, async (argument) => {
      requireTrust();
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Start which agent?'));
      if (found) await startAgent(context, found, false);
    }),
    register(commandIds.nextAgent, async () => {
      nextAgent ??= new (await later()).NextAgent();
      await nextAgent.show(fleets, sessions);
    }),
    register(commandIds.restartAtRest, async (argument) => {
      requireTrust();
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Restart which agent?'));
      if (found) await (await later()).restartAtRest(sessions, found);
    }),
    register(commandIds.keepRunning, async (argument) => {
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Keep which agent running?'));
      if (found) await (await later()).keepRunning(sessions, found);
    }),
    register(commandIds.toggleQuiet, async () => (await later()).toggleQuiet()),
    register(commandIds.sortByUrgency, () => tree.order(true)),
    register(commandIds.sortByRegistry, () => tree.order(false)),
    ...sessionCommands.map((name) =>
      register(commandIds[name], async (argument) => (await later())[name](context, argument)),
    ),
    register(commandIds.proveAll, async () => {
      requireTrust();
      for (const store of requireRegistries(context)) await prove(store, undefined);
    }),
    register(commandIds.proveAgent, async (argument) => {
      requireTrust();
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Prove which agent?'));
      if (found) await prove(found.store, [found.status.agent.id]);
    }),
    register(commandIds.showProof, async (argument) => {
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Show the proof of which agent?'));
      if (found) await context.reports.showOne(found);
    }),
    register(commandIds.showProofs, async () => {
      requireRegistries(context);
      await context.reports.showAll();
    }),
    register(commandIds.openRegistry, async (argument) => {
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Open the registry at which agent?'));
      if (found) await (await later()).openRegistry(found);
    }),
    register(commandIds.openOutput, async (argument) => {
      const { openLiveSettings, openOutput } = await later();
      if (await openLiveSettings(fleets, argument)) return;
      const found = await pickAgent(fleets, argument, vscode.l10n.t('Open a file of which agent?'));
      if (found) await openOutput(found, pathOf(argument), partOf(argument, 'line'));
    }),
    register(commandIds.openMostUrgent, async () =>
      (await later()).openMostUrgent(fleets, context.proofs, sessions),
    ),
    register(commandIds.cleanUp, async (argument) =>
      (await import('../later.ts')).cleanUp(fleets, hooks(), argument),
    ),
    register(commandIds.archiveDirectory, async (argument) =>
      (await import('../later.ts')).archiveDirectory(fleets, argument),
    ),
    register(commandIds.undoCleanUp, async (argument) =>
      (await import('../later.ts')).undoCleanUp(fleets, argument),
    ),
    register(commandIds.createRegistry, async () => (await later()).createRegistry(fleets)),
    register(commandIds.makeHookExecutable, async (argument) =>
      (await later()).makeHookExecutable(fleets, argument),
    ),
    register(commandIds.explainFinding, async (code) =>
      (await later()).explainFinding(context.extensionUri, code),
    ),
    register(commandIds.showHistory, async (argument) => (await later()).showHistory(fleets, argument)),
    register(commandIds.compareVersions, async (argument) =>
      (await later()).compareVersions(fleets, argument),
    ),
    register(commandIds.showAllAlarms, () => context.memory.update(memoryKeys.quietAlarms, undefined)),
    register(commandIds.checkFleet, async () => (await later()).checkFleet(fleets)),
    register(commandIds.runDoctor, () => context.doctor.show()),
    register(commandIds.showLog, () => log.show()),
  );
}

/** A word of success, for three seconds. */
function sayInSync(found: FoundAgent): void {
  const words = vscode.l10n.t('{0} is as the registry says', found.status.agent.id);
  vscode.window.setStatusBarMessage(`$(check) ${words}`, 3000);
}

function requireRegistries({ fleets }: CommandContext): readonly FleetStore[] {
  const stores = fleets.withRegistry;
  if (stores.length === 0)
    throw new UserError(
      vscode.l10n.t('There is no agents/registry.yaml in this workspace. Run "Agents: Create a Registry".'),
    );
  return stores;
}

/** A part of the argument of a row or of the argument itself; undefined when it has none. */
function partOf(given: unknown, part: 'path' | 'line'): unknown {
  const argument =
    typeof given === 'object' && given !== null && 'argument' in given ? given.argument : given;
  return typeof argument === 'object' && argument !== null ? Reflect.get(argument, part) : undefined;
}

/** The path that an argument names, if any. */
function pathOf(given: unknown): string | undefined {
  const path = partOf(given, 'path');
  return typeof path === 'string' ? path : undefined;
}
