// The entry of dist/hub.mjs and dist/hub.cjs: the hub is loaded where one is asked for, by `await import('…/hub/bundle.ts')`,
// which the build turns into a load of that bundle.

// biome-ignore lint/performance/noBarrelFile: it is the entry of a bundle, not a list for importers
export { askHub } from './askHub.ts';
export { followHub, type HubFeed } from './hubFeed.ts';
export { hubLog, logLevels } from './hubLog.ts';
export { limitsWith } from './limits.ts';
export { runHub } from './runHub.ts';
