// Loads the extension's bundle and activates it with a `vscode` that does nothing: an approximation, since the real
// host adds its own work and has most of Node's modules loaded. Prints one line of JSON: { load, activate }, in ms.
const fs = require('node:fs');
const Module = require('node:module');

/** Anything at all: callable, constructible, and every member is the same again. */
function anything() {
  const target = () => {};
  return new Proxy(target, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive) return () => '';
      if (key === Symbol.iterator) return [][Symbol.iterator].bind([]);
      if (key === 'then') return undefined;
      return anything();
    },
    apply: () => anything(),
    construct: () => anything(),
    set: () => true,
  });
}

class EventEmitter {
  event = () => ({ dispose() {} });
  fire() {}
  dispose() {}
}
const special = {
  EventEmitter,
  l10n: { t: (text) => text },
  workspace: new Proxy(
    { workspaceFolders: undefined, textDocuments: [], isTrusted: true },
    { get: (target, key) => (key in target ? target[key] : anything()) },
  ),
};
// A bundle copies the module's members, so they must all be there by name.
const declarations = fs.readFileSync(require.resolve('@types/vscode/index.d.ts'), 'utf8');
const names = [
  ...declarations.matchAll(/^\texport (?:abstract )?(?:class|namespace|enum|function|const) (\w+)/gm),
];
const vscode = Object.fromEntries(names.map(([, name]) => [name, special[name] ?? anything()]));

const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const [bundle, folder] = process.argv.slice(2);
const started = performance.now();
const extension = require(bundle);
const loaded = performance.now();
const context = {
  subscriptions: [],
  extensionPath: folder,
  extensionUri: anything(),
  workspaceState: anything(),
};
extension.activate(context);
const activated = performance.now();
// A failed activation is shown to the user and not thrown.
if (context.subscriptions.length < 5) throw new Error('the extension did not activate');
console.log(
  JSON.stringify({
    load: loaded - started,
    activate: activated - loaded,
    parts: context.subscriptions.length,
  }),
);
process.exit(0);
