import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';
import {
  commandIds,
  contextKeys,
  rowKinds,
  settingKeys,
  settingsSection,
  viewIds,
} from '../../../src/editor/ids.ts';

interface Command {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
  readonly icon?: string;
  readonly enablement?: string;
}
interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}
interface Setting {
  readonly scope: string;
  readonly type: string;
  readonly markdownDescription: string;
}
interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: boolean };
  };
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly viewsContainers: {
      readonly activitybar: readonly { readonly id: string; readonly icon: string }[];
    };
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly contents: string;
      readonly when: string;
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly jsonValidation: readonly { readonly url: string }[];
    readonly yamlValidation: readonly { readonly url: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly media: { readonly markdown: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

const read = (file: string): string => readFileSync(file, 'utf8');
const text = read('package.json');
const manifest: Manifest = JSON.parse(text);
const words: Readonly<Record<string, string>> = JSON.parse(read('package.nls.json'));
const { contributes } = manifest;
const declared = contributes.commands.map((each) => each.command);

/** Commands that write or start something. */
const writing = [
  commandIds.migrate,
  commandIds.generateAll,
  commandIds.generateSome,
  commandIds.generatePilot,
  commandIds.regenerateAgent,
  commandIds.regenerateBehind,
  commandIds.reviewAgent,
  commandIds.acceptPlanned,
  commandIds.restoreAgent,
  commandIds.restoreKey,
  commandIds.adoptChange,
  commandIds.ignoreDifference,
  commandIds.restoreDisarmed,
  commandIds.undoRestore,
  commandIds.regenerateAndStart,
  commandIds.startAgent,
  commandIds.startGroup,
  commandIds.startAll,
  commandIds.stopAgent,
  commandIds.stopAll,
  commandIds.restartAgent,
  commandIds.attachAgent,
  commandIds.detachAgent,
  commandIds.sendPrompt,
  commandIds.handOff,
  commandIds.startHub,
  commandIds.stopHub,
  commandIds.copyHubAddress,
  commandIds.restartAtRest,
  commandIds.proveAll,
  commandIds.proveAgent,
  commandIds.createRegistry,
  commandIds.cleanUp,
  commandIds.archiveDirectory,
  commandIds.undoCleanUp,
  commandIds.makeHookExecutable,
];
/** Commands that mean nothing without what they were clicked on. */
const contextOnly = [
  commandIds.archiveDirectory,
  commandIds.openOutput,
  commandIds.makeHookExecutable,
  commandIds.explainFinding,
];

describe('manifest: commands', () => {
  it('are those of ids.ts', () => assert.deepEqual([...declared].sort(), Object.values(commandIds).sort()));

  it('are all registered', () => {
    const table = read('src/editor/commands/registerCommands.ts');
    const listed = /const sessionCommands = \[([^\]]*)\]/.exec(table)?.[1] ?? '';
    for (const name of Object.keys(commandIds))
      assert.ok(
        listed.includes(`'${name}'`) || new RegExp(`register\\(\\s*commandIds\\.${name}\\b`).test(table),
        name,
      );
  });

  it('have a category and a title of package.nls.json', () => {
    for (const command of contributes.commands) {
      assert.equal(command.category, '%category%');
      assert.match(command.title, /^%command\.\w+%$/);
    }
  });

  it('need trust exactly where they write or start', () =>
    assert.deepEqual(
      contributes.commands
        .filter((each) => each.enablement === 'isWorkspaceTrusted')
        .map((each) => each.command)
        .sort(),
      [...writing].sort(),
    ));

  it('are hidden from the palette when they need something clicked', () =>
    assert.deepEqual(
      (contributes.menus.commandPalette ?? [])
        .filter((each) => each.when === 'false')
        .map((each) => each.command)
        .sort(),
      [...contextOnly].sort(),
    ));
});

describe('manifest: menus', () => {
  const entries = Object.values(contributes.menus).flat();
  it('name commands that are declared', () => {
    for (const entry of entries) assert.ok(declared.includes(entry.command), entry.command);
  });
  it('test for rows that there are', () => {
    for (const { when = '' } of contributes.menus['view/item/context'] ?? []) {
      const [, kind, pattern] = /viewItem (?:== (\S+)|=~ \/(.*)\/)$/.exec(when) ?? [];
      const isMatch = (value: string) => (kind ? value === kind : new RegExp(pattern ?? '$^').test(value));
      assert.ok(Object.values(rowKinds).some(isMatch), when);
    }
  });
  it('have at most three inline actions on a row, each with an icon', () => {
    const inline = (contributes.menus['view/item/context'] ?? []).filter((each) =>
      each.group?.startsWith('inline'),
    );
    assert.ok(inline.length > 0);
    for (const kind of Object.values(rowKinds)) {
      const shown = inline.filter(({ when = '' }) => {
        const [, exact, pattern] = /viewItem (?:== (\S+)|=~ \/(.*)\/)$/.exec(when) ?? [];
        return exact ? exact === kind : new RegExp(pattern ?? '$^').test(kind);
      });
      assert.ok(shown.length <= 3, kind);
    }
    for (const { command } of inline)
      assert.ok(contributes.commands.find((each) => each.command === command)?.icon, command);
  });
});

describe('manifest: views', () => {
  it('are those of ids.ts, each with an icon that exists', () => {
    const views = Object.values(contributes.views).flat();
    assert.deepEqual(
      views.map((each) => each.id),
      Object.values(viewIds),
    );
    const icons = [...views, ...contributes.viewsContainers.activitybar].map((each) => each.icon);
    for (const icon of [...icons, manifest.icon]) assert.ok(existsSync(icon), icon);
  });
  it('welcome by the context keys of ids.ts and with commands that there are', () => {
    for (const { when, contents } of contributes.viewsWelcome) {
      assert.ok(when.startsWith(`${contextKeys.fleet} == `), when);
      const ours = /\(command:(nativeOrchestrator\.\w+)\)/.exec(words[contents.slice(1, -1)] ?? '')?.[1];
      if (ours) assert.ok(declared.includes(ours), ours);
    }
  });
});

describe('manifest: settings', () => {
  const properties = Object.entries(contributes.configuration.properties);
  it('are those of ids.ts', () =>
    assert.deepEqual(
      properties.map(([name]) => name).sort(),
      Object.values(settingKeys)
        .map((key) => `${settingsSection}.${key}`)
        .sort(),
    ));
  it('that name programs cannot be set by an untrusted workspace', () => {
    const programs = properties.filter(([name]) => name.endsWith('Path'));
    assert.ok(programs.length > 0);
    for (const [name, setting] of programs) {
      assert.equal(setting.scope, 'machine-overridable');
      assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(name), name);
    }
  });
});

describe('manifest: the rest', () => {
  it('starts for a registry and for nothing else of its own', () =>
    assert.deepEqual(manifest.activationEvents, ['workspaceContains:agents/registry.yaml']));
  it('is read-only without trust, runs beside the workspace, and not in a virtual one', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });
  it('uses every string of package.nls.json, and has every string that it uses', () => {
    const used = [...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? '');
    assert.deepEqual([...new Set(used)].sort(), Object.keys(words).sort());
  });
  it('contributes schemas that exist', () => {
    for (const { url } of [...contributes.jsonValidation, ...contributes.yamlValidation])
      assert.ok(existsSync(url), url);
  });
  it('has a walkthrough whose pages exist and whose steps end', () => {
    for (const { steps } of contributes.walkthroughs)
      for (const step of steps) {
        assert.ok(existsSync(step.media.markdown), step.media.markdown);
        assert.ok(step.completionEvents.length > 0);
      }
  });
  it('draws its own icons in one colour where the editor paints them', () => {
    for (const { icon } of contributes.viewsContainers.activitybar)
      assert.equal(new Set(read(icon).match(/#[0-9a-f]{6}/gi)).size, 1);
    assert.ok(readdirSync('media').includes('icon.svg'));
  });
});

describe('docs', () => {
  it('are what scripts/docs.mjs makes of the manifest and the codes', async () => {
    const { makeDocs } = await import(pathToFileURL(path.resolve('scripts/docs.mjs')).href);
    for (const [file, expected] of await makeDocs())
      assert.ok(existsSync(file) && read(file) === expected, `${file} is old. Run: node scripts/docs.mjs`);
  });
});
