// One agent's verdict: its outputs compared, its settings judged, its hooks climbed, and the marks that follow.
import { checkSettings, type SettingsReport } from '../claude/checkSettings.ts';
import { climb } from '../claude/hookLadder.ts';
import type { HookStatus } from '../claude/hookStatus.ts';
import { isObject } from '../claude/jsonText.ts';
import type { FileContent, Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import type { Finding } from '../findings/finding.ts';
import type { Agent, Registry } from '../registry/model.ts';
import type { Positions } from '../registry/parse.ts';
import { droppedWords, hooksOffWords } from './causes.ts';
import { compareOutput } from './compare.ts';
import { driftFindings, missingFinding } from './driftFindings.ts';
import type { AgentStatus, Health, Sync } from './fleet.ts';
import { ignoresInForce } from './ignored.ts';
import { refusedIgnores } from './ignoreFindings.ts';
import { isTooDeep } from './leaves.ts';
import { legacyClaims } from './legacyClaims.ts';
import { legacyFormOf } from './legacyForm.ts';
import type { LockEntry } from './lock.ts';
import { lossesOf } from './losses.ts';
import { hookFindings, isInOrder, ourHooks } from './ourHooks.ts';
import { isOutOfSync, type OutputState } from './output.ts';
import type { Planner } from './plan.ts';

/** What an agent is judged against. */
export interface StatusContext {
  readonly files: Files;
  readonly root: string;
  readonly registry: Registry;
  readonly planner: Planner;
  readonly positions: Positions;
  readonly locked: ReadonlyMap<string, LockEntry>;
  readonly shared: readonly OutputState[];
  /** Live settings files of the workspace that switch all hooks off. */
  readonly hooksOffIn: readonly string[];
  readonly findProgram?: (name: string) => string | undefined;
  readonly home?: string;
  /** ISO date; absent: the end of an ignore is not looked at. */
  readonly today?: string;
}

/** Reads an agent's outputs and judges them. */
export function agentStatus(agent: Agent, context: StatusContext): AgentStatus {
  const { files, root, registry, positions } = context;
  const findings: Finding[] = [];
  const outputs: OutputState[] = [];
  const policy = context.planner.policyOf(agent.id);
  const ignores = ignoresInForce(agent, context.today);
  let settings: FileContent | undefined;
  const template = context.planner.unguardedBy(agent);
  // What a template says is judged like anybody's.
  let asPlanned = context.shared.every(isInOrder) && context.planner.templates?.settings === undefined;
  for (const output of context.planner.outputsOf(agent)) {
    const disk = files.read(inWorkspace(root, output.path));
    if (output.kind === 'settings') {
      settings = disk;
      asPlanned &&= disk?.text === output.text;
    }
    const state = compareOutput(output, disk, context.locked.get(output.path), ignores);
    outputs.push(state);
    // A template that cannot be read is told of once, at its own place; what earlier tooling wrote, as that alone.
    const isOfEarlierTooling =
      output.kind === 'settings' &&
      state.isTwoWay === true &&
      (legacyFormOf(disk?.text ?? '')?.hooks.length ?? 0) > 0;
    if (output.problem === undefined && !isOfEarlierTooling)
      findings.push(...driftFindings(state, disk?.text, { agent, policy, registry, positions }));
  }
  findings.push(...refusedIgnores(outputs, agent, ignores, positions));
  const missing = missingFinding(outputs, agent, positions);
  if (missing !== undefined) findings.push(missing);
  const settingsState = outputs.find((state) => state.kind === 'settings');
  const file = settingsState?.path ?? '';
  const judge = (): SettingsReport | undefined =>
    settings?.text === undefined
      ? undefined
      : checkSettings(settings.text, { file, source: 'flag', agent: agent.id });
  // Our own text, with our own hooks beside it: nothing to find, and the hooks are looked at when somebody asks.
  const report = asPlanned ? undefined : judge();
  // A settings file that is not JSON is already told of as unreadable.
  if (report !== undefined && settingsState?.drift !== 'unreadable') findings.push(...report.findings);
  const hasLegacyForm = report?.findings.some(({ code }) => code.startsWith('claude/legacy')) === true;
  const form = hasLegacyForm ? legacyFormOf(settings?.text ?? '') : undefined;
  if (form !== undefined)
    findings.push(...legacyClaims(form, settings?.text ?? '', file, agent, files, root));
  let known = asPlanned ? undefined : hooksOf(report, file, context);
  const hooks = (): readonly HookStatus[] => {
    known ??= hooksOf(judge(), file, context);
    return known;
  };
  const climbed = known ?? [];
  findings.push(...hookFindings(climbed).map((found) => ({ ...found, agent: agent.id })));
  const lost = disarmedBy(settingsState, report, context.hooksOffIn, template !== undefined);
  const unguarded = lost.length > 0 || settingsState?.drift === 'missing' ? undefined : template;
  const disarmed = unguarded === undefined ? lost : [unguarded.words];
  return {
    agent,
    ...(unguarded === undefined ? {} : { unguarded }),
    ...(template === undefined ? {} : { template }),
    asPlanned,
    sync: syncOf([...outputs, ...context.shared]),
    health: healthOf(settingsState, disarmed, climbed, context.shared),
    disarmed,
    summary:
      unguarded === undefined
        ? summaryOf(outputs, disarmed, climbed, context.shared)
        : `unguarded: ${unguarded.words}`,
    outputs,
    get hooks() {
      return hooks();
    },
    findings,
  };
}

/** The same verdict with other findings, and other marks where they are given; its hooks stay unasked for. */
export function withFindings(
  status: AgentStatus,
  findings: readonly Finding[],
  marks: Partial<Pick<AgentStatus, 'health' | 'summary'>> = {},
): AgentStatus {
  const { agent, asPlanned, sync, disarmed, outputs, unguarded, template } = status;
  const { health = status.health, summary = status.summary } = marks;
  return {
    agent,
    asPlanned,
    sync,
    health,
    disarmed,
    ...(unguarded === undefined ? {} : { unguarded }),
    ...(template === undefined ? {} : { template }),
    summary,
    outputs,
    findings,
    get hooks() {
      return status.hooks;
    },
  };
}

function hooksOf(report: SettingsReport | undefined, file: string, context: StatusContext): HookStatus[] {
  const { files, root, findProgram, home, shared } = context;
  const options = {
    files,
    workspaceRoot: root,
    file,
    ours: ourHooks(shared),
    ...(findProgram === undefined ? {} : { findProgram }),
    ...(home === undefined ? {} : { home }),
  };
  return (report?.hooks ?? []).map((hook) => climb(hook, options));
}

function disarmedBy(
  settings: OutputState | undefined,
  report: SettingsReport | undefined,
  hooksOffIn: readonly string[],
  isUnguarded: boolean,
): readonly string[] {
  if (settings === undefined || settings.drift === 'missing') return [];
  const words: string[] = [];
  const isTemplates = isUnguarded && !isOutOfSync(settings.drift) && settings.drift !== 'unreadable';
  const isDropped =
    report?.dropped === true ||
    (settings.drift === 'unreadable' && isObject(report?.value) && isTooDeep(report.value));
  if (isDropped && !isTemplates) words.push(droppedWords);
  else words.push(...lossesOf(settings).map((loss) => loss.words));
  if (hooksOffIn.length > 0) words.push(`${hooksOffWords}${hooksOffIn.join(', ')}`);
  return words;
}

function syncOf(states: readonly OutputState[]): Sync {
  if (states.some((state) => isOutOfSync(state.drift))) return 'outOfSync';
  return states.some((state) => state.drift === 'unreadable') ? 'unknown' : 'inSync';
}

const isBad = (finding: Finding): boolean => finding.severity !== 'information';

function healthOf(
  settings: OutputState | undefined,
  disarmed: readonly string[],
  hooks: readonly HookStatus[],
  shared: readonly OutputState[],
): Health {
  if (disarmed.length > 0) return 'disarmed';
  if (settings?.drift === 'missing') return 'missing';
  if (settings?.drift === 'unreadable') return 'unknown';
  return !shared.every(isInOrder) || hooks.some((hook) => hook.findings.some(isBad)) ? 'degraded' : 'healthy';
}

/** The words right of the name (UI.md): the gravest thing only. */
function summaryOf(
  outputs: readonly OutputState[],
  disarmed: readonly string[],
  hooks: readonly HookStatus[],
  shared: readonly OutputState[],
): string {
  if (disarmed.length > 0) return `disarmed: ${disarmed.join(', ')}`;
  const missing = outputs.filter((state) => state.drift === 'missing');
  if (missing.length > 0)
    return `no ${(missing.find(({ kind }) => kind === 'settings') ?? missing[0])?.kind} yet`;
  const unreadable = outputs.find((state) => state.drift === 'unreadable');
  if (unreadable !== undefined) return `unknown: ${unreadable.kind} ${unreadable.reason ?? 'cannot be read'}`;
  const edited = outputs.find((state) => state.drift === 'edited' || state.drift === 'conflict');
  if (edited !== undefined) {
    const count = edited.keys.filter((key) => isOutOfSync(key.drift)).length;
    return `${edited.kind} edited${count === 0 ? '' : ` (${count} ${count === 1 ? 'key' : 'keys'})`}`;
  }
  if (outputs.some((state) => state.drift === 'stale')) return 'registry is newer';
  const broken = shared.find((state) => !isInOrder(state));
  if (broken !== undefined)
    return `${broken.kind} hook ${broken.drift === 'missing' ? 'missing' : 'changed'}`;
  const hook = hooks.flatMap((status) => status.findings).find(isBad);
  return hook === undefined ? '' : `hook ${hook.code.slice(hook.code.indexOf('/') + 1).replaceAll('-', ' ')}`;
}
