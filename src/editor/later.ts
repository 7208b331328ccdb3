// The entry of dist/later.cjs: what the editor loads when it is first asked for, so that opening a window stays cheap.
// Always by `await import('…/later.ts')`, which the build turns into a load of that bundle.

// biome-ignore lint/performance/noBarrelFile: it is the entry of a bundle, not a list for importers
export { adoptTabs } from './adoptTabs.ts';
export { adoptChange, ignoreDifference } from './commands/adoptThings.ts';
export { archiveDirectory, cleanUp, undoCleanUp } from './commands/cleanUp.ts';
export { createRegistry } from './commands/createRegistry.ts';
export { tellDisarmed } from './commands/disarmedMessage.ts';
export { generateAgents } from './commands/generateAgents.ts';
export { showHandoffs } from './commands/handOff.ts';
export { copyHubAddress, startHub, stopHub } from './commands/hubCommands.ts';
export { makeHookExecutable } from './commands/makeHookExecutable.ts';
export { migrateSettings } from './commands/migrateSettings.ts';
export { proveAgents } from './commands/proveAgents.ts';
export { regenerateBehind, regenerateSaved } from './commands/regenerateBehind.ts';
export { restoreDisarmed } from './commands/restoreDisarmed.ts';
export { restoreAgent, restoreKey, undoRestore } from './commands/restoreThings.ts';
export { keepRunning, NextAgent, restartAtRest, toggleQuiet } from './commands/sessionAttention.ts';
export {
  attachAgent,
  detachAgent,
  handOff,
  restartAgent,
  sendPrompt,
  startAll,
  startGroup,
  stopAgent,
  stopAll,
} from './commands/sessionCommands.ts';
export { compareVersions, historyDocument, showHistory } from './commands/showHistory.ts';
export { acceptPlanned, showPlan } from './commands/showPlan.ts';
export {
  checkFleet,
  explainFinding,
  openLiveSettings,
  openMostUrgent,
  openOutput,
  openRegistry,
} from './commands/showThings.ts';
export { startAgent } from './commands/startAgent.ts';
export { doctorReport } from './doctorReport.ts';
export { fixesFor } from './fixes/fixesFor.ts';
export { registryHover } from './language/registryHover.ts';
export { LiveSessions } from './liveSessions.ts';
export { lastLosses, noteChanges } from './noteChanges.ts';
export { proofReport } from './proofReport.ts';
