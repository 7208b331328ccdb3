// Every command, view, context key and setting of the manifest, with the types of what they carry.

/** The commands. `test/unit/project/manifest.test.ts` holds them against package.json. */
export const commandIds = {
  generateAll: 'nativeOrchestrator.generateAll',
  generateSome: 'nativeOrchestrator.generateSome',
  generatePilot: 'nativeOrchestrator.generatePilot',
  regenerateAgent: 'nativeOrchestrator.regenerateAgent',
  regenerateBehind: 'nativeOrchestrator.regenerateBehind',
  reviewAgent: 'nativeOrchestrator.reviewAgent',
  restoreAgent: 'nativeOrchestrator.restoreAgent',
  restoreKey: 'nativeOrchestrator.restoreKey',
  adoptChange: 'nativeOrchestrator.adoptChange',
  ignoreDifference: 'nativeOrchestrator.ignoreDifference',
  restoreDisarmed: 'nativeOrchestrator.restoreDisarmed',
  undoRestore: 'nativeOrchestrator.undoRestore',
  migrate: 'nativeOrchestrator.migrate',
  regenerateAndStart: 'nativeOrchestrator.regenerateAndStart',
  showPlan: 'nativeOrchestrator.showPlan',
  acceptPlanned: 'nativeOrchestrator.acceptPlanned',
  showDiff: 'nativeOrchestrator.showDiff',
  startAgent: 'nativeOrchestrator.startAgent',
  startGroup: 'nativeOrchestrator.startGroup',
  startAll: 'nativeOrchestrator.startAll',
  stopAgent: 'nativeOrchestrator.stopAgent',
  stopAll: 'nativeOrchestrator.stopAll',
  restartAgent: 'nativeOrchestrator.restartAgent',
  attachAgent: 'nativeOrchestrator.attachAgent',
  detachAgent: 'nativeOrchestrator.detachAgent',
  sendPrompt: 'nativeOrchestrator.sendPrompt',
  handOff: 'nativeOrchestrator.handOff',
  showHandoffs: 'nativeOrchestrator.showHandoffs',
  startHub: 'nativeOrchestrator.startHub',
  stopHub: 'nativeOrchestrator.stopHub',
  copyHubAddress: 'nativeOrchestrator.copyHubAddress',
  restartAtRest: 'nativeOrchestrator.restartAtRest',
  keepRunning: 'nativeOrchestrator.keepRunning',
  nextAgent: 'nativeOrchestrator.nextAgent',
  toggleQuiet: 'nativeOrchestrator.toggleQuiet',
  sortByUrgency: 'nativeOrchestrator.sortByUrgency',
  sortByRegistry: 'nativeOrchestrator.sortByRegistry',
  proveAll: 'nativeOrchestrator.proveAll',
  proveAgent: 'nativeOrchestrator.proveAgent',
  showProof: 'nativeOrchestrator.showProof',
  showProofs: 'nativeOrchestrator.showProofs',
  openRegistry: 'nativeOrchestrator.openRegistry',
  openOutput: 'nativeOrchestrator.openOutput',
  openMostUrgent: 'nativeOrchestrator.openMostUrgent',
  createRegistry: 'nativeOrchestrator.createRegistry',
  cleanUp: 'nativeOrchestrator.cleanUp',
  archiveDirectory: 'nativeOrchestrator.archiveDirectory',
  undoCleanUp: 'nativeOrchestrator.undoCleanUp',
  makeHookExecutable: 'nativeOrchestrator.makeHookExecutable',
  explainFinding: 'nativeOrchestrator.explainFinding',
  showHistory: 'nativeOrchestrator.showHistory',
  compareVersions: 'nativeOrchestrator.compareVersions',
  showAllAlarms: 'nativeOrchestrator.showAllAlarms',
  checkFleet: 'nativeOrchestrator.checkFleet',
  runDoctor: 'nativeOrchestrator.runDoctor',
  showLog: 'nativeOrchestrator.showLog',
} as const;
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = { agents: 'nativeOrchestrator.agents' } as const;

/** Context keys that the manifest's `when` clauses read. */
export const contextKeys = {
  /** `starting` before the first inspection, then the state of the folder that has most to show. */
  fleet: 'nativeOrchestrator.fleet',
  /** Whether the agents are in one list, the most urgent first. */
  byUrgency: 'nativeOrchestrator.byUrgency',
} as const;
export type FleetContext = 'starting' | 'noFolder' | 'noRegistry' | 'brokenRegistry' | 'ready';

/** What is remembered for a workspace, where no agent can write. */
export const memoryKeys = {
  /** Kinds of losses that the user no longer wants to be told of. */
  quietAlarms: 'nativeOrchestrator.quietAlarms',
  /** Whether the agents are shown the most urgent first. */
  byUrgency: 'nativeOrchestrator.byUrgency',
} as const;

export const settingsSection = 'nativeOrchestrator';
/** Settings, without the section. */
export const settingKeys = {
  claudePath: 'claudePath',
  nodePath: 'nodePath',
  regenerateOnSave: 'regenerateOnSave',
  runner: 'runner',
  startsAtOnce: 'startsAtOnce',
  quiet: 'quiet',
  hub: 'hub',
} as const;

/** Schemes of the read-only documents that we serve. */
export const schemes = {
  planned: 'native-orchestrator-plan',
  preview: 'native-orchestrator-preview',
  report: 'native-orchestrator-report',
  history: 'native-orchestrator-history',
} as const;

/** What `contextValue` says of a row; the manifest's menus test for these words. */
export const rowKinds = {
  agent: 'agent',
  /** An agent with outputs that differ from the registry. */
  driftedAgent: 'agent-drifted',
  output: 'output',
  driftedOutput: 'output-drifted',
  hook: 'hook',
  /** The folders that no entry of the registry owns, and one of them. */
  strangers: 'strangers',
  stranger: 'stranger',
  proof: 'proof',
  session: 'session',
  /** One that runs with what the disk no longer says, one that is to be restarted for that, and one that is over. */
  olderSession: 'session-older',
  leavingSession: 'session-leaving',
  endedSession: 'session-ended',
  group: 'group',
  other: 'other',
} as const;

/** An agent as commands and rows pass it around. Both parts are checked again where they arrive. */
export interface AgentArgument {
  /** The workspace folder, as a URI. */
  readonly folder: string;
  readonly agent: string;
}

/** A group of agents, as its row carries it. Both parts are checked again where they arrive. */
export interface GroupArgument {
  /** The workspace folder, as a URI. */
  readonly folder: string;
  readonly group: string;
}

/** A settings file that is live for all agents of a folder. */
export interface LiveFileArgument {
  /** The workspace folder, as a URI. */
  readonly folder: string;
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  /** Where to put the cursor, 1-based; absent: at the start. */
  readonly line?: number;
}

/** A folder below `agents/` that no agent owns, by its name. Both parts are checked again where they arrive. */
export interface DirectoryArgument {
  readonly folder: string;
  readonly directory: string;
}

/** A file of an agent. */
export interface OutputArgument extends AgentArgument {
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  /** Where to put the cursor, 1-based; absent: at the start. */
  readonly line?: number;
}

/** A difference of an agent: a file, or one key of it. */
export interface DifferenceArgument extends AgentArgument {
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  /** RFC 6901; absent: the file as a whole. */
  readonly key?: string;
}
