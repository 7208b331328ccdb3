#!/usr/bin/env node
// Builds what is shipped and what is tested: generated sources, the bundles in dist/, the test output in out/.
// As a program: `node scripts/build.mjs [--watch] [--types] [--tests]`.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import * as shellParser from 'unbash';
import { run } from './run.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What we ship. `nodeOnly`: may import nothing but `node:` modules, since it starts for every call of every agent. */
export const bundles = [
  {
    from: 'src/editor/extension.ts',
    to: 'dist/extension.cjs',
    format: 'cjs',
    // The lock of generate is taken where it writes: in the bundle below. Here it would be dead weight.
    external: ['vscode', 'proper-lockfile'],
  },
  // What the extension loads at its first use: `import('…/later.ts')` there means this bundle.
  { from: 'src/editor/later.ts', to: 'dist/later.cjs', format: 'cjs', external: ['vscode'] },
  { from: 'src/cli/main.ts', to: 'dist/cli.mjs', format: 'esm', program: true },
  // The hub, which the command line and the extension load when one is asked for.
  { from: 'src/hub/bundle.ts', to: 'dist/hub.mjs', format: 'esm', requires: true },
  { from: 'src/hub/bundle.ts', to: 'dist/hub.cjs', format: 'cjs' },
  { from: 'src/hooks/bash.ts', to: 'dist/hooks/bash.mjs', format: 'esm', nodeOnly: true },
  { from: 'src/hooks/guard.ts', to: 'dist/hooks/guard.mjs', format: 'esm', nodeOnly: true },
  { from: 'src/hooks/report.ts', to: 'dist/hooks/report.mjs', format: 'esm', nodeOnly: true },
  // What a session really runs: the same programs as CommonJS, which starts some milliseconds sooner.
  { from: 'src/hooks/bash.ts', to: 'dist/hooks/bash.cjs', format: 'cjs', nodeOnly: true },
  { from: 'src/hooks/guard.ts', to: 'dist/hooks/guard.cjs', format: 'cjs', nodeOnly: true },
  { from: 'src/hooks/report.ts', to: 'dist/hooks/report.cjs', format: 'cjs', nodeOnly: true },
];

// proper-lockfile is CommonJS and calls require('fs'), which an ES module has not got.
const requireBanner =
  "import { createRequire as nativeCreateRequire } from 'node:module'; const require = nativeCreateRequire(import.meta.url);";

function options(bundle) {
  const isOwnProgram = bundle.program && !readFileSync(path.join(root, bundle.from), 'utf8').startsWith('#!');
  return {
    absWorkingDir: root,
    entryPoints: [bundle.from],
    outfile: bundle.to,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: bundle.format,
    // `vscode` is external for the extension alone: no package of that name is installed, so any other bundle
    // that reaches it does not resolve, and the build fails.
    external: bundle.external ?? [],
    // Packages that have an ES module build are smaller through it: the CommonJS one can't be shaken.
    mainFields: ['module', 'main'],
    banner:
      bundle.program || bundle.requires
        ? { js: `${isOwnProgram ? '#!/usr/bin/env node\n' : ''}${requireBanner}` }
        : {},
    minify: true,
    keepNames: false,
    legalComments: 'none',
    sourcemap: bundle.nodeOnly ? false : 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    plugins: bundle.nodeOnly
      ? [lazyPackages, commandBundle(bundle), finish(bundle)]
      : [
          laterBundle,
          hubBundle(bundle),
          withoutOptional,
          ...(bundle.external ? [codesWithoutHelp] : []),
          finish(bundle),
        ],
  };
}

/**
 * Leaves the help of the codes out of what the editor loads: there it opens docs/findings.md, which is made of it, and
 * the texts are more than a few kilobytes of every start.
 */
const codesWithoutHelp = {
  name: 'codes-without-help',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]\w+[\\/]codes\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace(
        /\bhelp:\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g,
        "help: ''",
      ),
      loader: 'ts',
    }));
  },
};

/** Keeps what is imported on demand out of the extension's bundle: it is a bundle of its own, beside it. */
const laterBundle = {
  name: 'later-bundle',
  setup(build) {
    build.onResolve({ filter: /\/later\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './later.cjs', external: true } : undefined,
    );
  },
};

/** The same for the hub, in the format of whoever loads it. */
const hubBundle = ({ format }) => ({
  name: 'hub-bundle',
  setup(build) {
    build.onResolve({ filter: /\/hub\/bundle\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import'
        ? { path: format === 'esm' ? './hub.mjs' : './hub.cjs', external: true }
        : undefined,
    );
  },
});

/**
 * Leaves out what libraries of the hub would use if it were there: left to be looked up at run time, it would be taken from
 * whatever folder lies around ours.
 */
const withoutOptional = {
  name: 'without-optional',
  setup(build) {
    build.onResolve({ filter: /^(bufferutil|utf-8-validate|@opentelemetry\/api)$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'absent',
    }));
    build.onLoad({ filter: /./, namespace: 'absent' }, ({ path: name }) => ({
      // The two faster versions of what ws has itself are tried for; the third is read for figures that we do not take.
      contents: name.startsWith('@') ? 'module.exports = {};' : `throw new Error('${name} is left out');`,
    }));
  },
};

/**
 * Runs the modules of `ignore` and of the shell parser at their first use. The guard settles most calls without the
 * one, whose start alone takes half a millisecond of every tool call, and commands of plain words without the other.
 */
const lazyPackages = {
  name: 'lazy-packages',
  setup(build) {
    const contents = {
      ignore: "export default (...options) => require('ignore').default(...options);",
      unbash: Object.keys(shellParser)
        .map((name) => `export const ${name} = (...given) => require('unbash').${name}(...given);`)
        .join('\n'),
    };
    build.onResolve({ filter: /^(ignore|unbash)$/ }, ({ kind, path: name }) =>
      kind === 'import-statement' ? { path: name, namespace: 'lazy' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'lazy' }, ({ path: name }) => ({
      contents: contents[name],
      resolveDir: root,
    }));
  },
};

/**
 * Tells the guard which bundle for shell commands belongs to it: the hash of the bundle that lies beside it in the same format. The
 * bundle is built for that in memory, so that neither depends on what is on the disk or on an order.
 */
const commandBundle = (bundle) => ({
  name: 'command-bundle',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]hooks[\\/]guard\.ts$/ }, async ({ path: file }) => {
      const its = bundles.find(
        ({ from, format }) => from === 'src/hooks/bash.ts' && format === bundle.format,
      );
      const built = await esbuild.build({ ...options(its), plugins: [lazyPackages], write: false });
      const sha256 = createHash('sha256').update(built.outputFiles[0].contents).digest('hex');
      const source = readFileSync(file, 'utf8');
      const contents = source.replace(
        'declare const commandBundle: CommandBundle',
        `const commandBundle: CommandBundle = ${JSON.stringify({ file: path.basename(its.to), sha256 })}`,
      );
      if (contents === source) throw new Error(`${file} no longer says which bundle belongs to it`);
      const inputs = Object.keys(built.metafile.inputs).map((name) => path.join(root, name));
      return { contents, loader: 'ts', watchFiles: [file, ...inputs] };
    });
  },
});

/** Refuses what a hook must not import, makes programs executable, prints the size. */
function finish(bundle) {
  return {
    name: 'finish',
    setup(build) {
      build.onEnd(async (result) => {
        if (result.errors.length > 0) {
          console.error((await esbuild.formatMessages(result.errors, { kind: 'error' })).join('\n'));
          return;
        }
        if (result.warnings.length > 0) {
          console.error((await esbuild.formatMessages(result.warnings, { kind: 'warning' })).join('\n'));
        }
        const output = result.metafile.outputs[bundle.to];
        if (bundle.nodeOnly) {
          const strangers = output.imports
            .map((each) => each.path)
            .filter((name) => !name.startsWith('node:'));
          if (strangers.length > 0) {
            await rm(path.join(root, bundle.to), { force: true });
            throw new Error(
              `${bundle.from} may import node: modules only, but reaches ${strangers.join(', ')}`,
            );
          }
        }
        // One character beyond them, and V8 keeps the whole text with two bytes a character.
        const strange = /.{0,40}[^\0-\x7f]/.exec(readFileSync(path.join(root, bundle.to), 'utf8'));
        if (strange !== null) {
          await rm(path.join(root, bundle.to), { force: true });
          throw new Error(`${bundle.to} has more than ASCII in it (write an escape): ${strange[0]}`);
        }
        if (bundle.program) await chmod(path.join(root, bundle.to), 0o755);
        console.log(`${bundle.to.padEnd(24)} ${(output.bytes / 1024).toFixed(1).padStart(8)} KB`);
      });
    },
  };
}

function present(bundle) {
  if (existsSync(path.join(root, bundle.from))) return true;
  console.log(`${bundle.to.padEnd(24)} skipped: there is no ${bundle.from}`);
  return false;
}

function writeIfDifferent(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

/** Writes the sources that are made from other files: the compiled schemas and the version. */
export async function generateSources() {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  writeIfDifferent(
    path.join(root, 'src/version.generated.ts'),
    `// Made by scripts/build.mjs from package.json.\nexport const version = '${version}';\n`,
  );
  const schemas = path.join(root, 'scripts/schemas.mjs');
  if (existsSync(schemas)) await (await import(pathToFileURL(schemas).href)).compileSchemas();
}

/** Builds dist/. Throws when any bundle fails; esbuild's messages have been printed by then. */
export async function buildBundles() {
  const results = await Promise.allSettled(
    bundles.filter(present).map((each) => esbuild.build(options(each))),
  );
  const failed = results.filter((each) => each.status === 'rejected');
  if (failed.length > 0)
    throw new Error(`the build failed: ${failed.map((each) => each.reason.message).join('\n')}`);
}

/** Builds the hooks as a workspace commits them, into a folder; for tests, which do not depend on dist/. */
export async function buildCommittedHooks(folder) {
  const committed = bundles.filter(({ nodeOnly, format }) => nodeOnly && format === 'esm');
  await Promise.all(
    committed.map((bundle) => {
      const built = options(bundle);
      const plugins = built.plugins.filter(({ name }) => name !== 'finish');
      return esbuild.build({ ...built, plugins, outfile: path.join(folder, path.basename(bundle.to)) });
    }),
  );
}

/** Type-checks everything and emits it to out/. Resolves to tsc's exit code; tsc's output goes to ours. */
export async function checkTypes() {
  return (
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: root, inherit: true })
  ).code;
}

/** Removes emitted tests whose source is gone, so that no test outlives its file. */
export async function removeStaleOutput() {
  const out = path.join(root, 'out');
  if (!existsSync(out)) return;
  for (const entry of await readdir(out, { recursive: true })) {
    if (!entry.endsWith('.js')) continue;
    if (existsSync(path.join(root, entry.replace(/\.js$/, '.ts')))) continue;
    await rm(path.join(out, entry), { force: true });
    await rm(path.join(out, `${entry}.map`), { force: true });
  }
}

/** Bundles the tests that run inside VS Code, whose extension host loads CommonJS, to out/test/editor/*.cjs. */
export async function buildEditorTests() {
  const entries = [];
  for (const name of await readdir(path.join(root, 'test/editor'))) {
    if (name === 'index.ts' || name.endsWith('.test.ts')) entries.push(`test/editor/${name}`);
  }
  await rm(path.join(root, 'out/editor-tests'), { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'out/editor-tests',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    mainFields: ['module', 'main'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** Rebuilds dist/ whenever a source or a schema changes, until the process ends. */
async function watchBundles() {
  const contexts = await Promise.all(bundles.filter(present).map((each) => esbuild.context(options(each))));
  await Promise.all(contexts.map((each) => each.watch()));
  const regenerate = () => generateSources().catch((error) => console.error(error.message));
  watch(path.join(root, 'schemas'), regenerate);
  watch(path.join(root, 'package.json'), regenerate);
  console.log('watching');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  try {
    await generateSources();
    if (process.argv.includes('--watch')) await watchBundles();
    else {
      await buildBundles();
      if (process.argv.includes('--tests')) await buildEditorTests();
      console.log(`built in ${Math.round(performance.now() - started)} ms`);
      if (process.argv.includes('--types')) process.exitCode = await checkTypes();
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
