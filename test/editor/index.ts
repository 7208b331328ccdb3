// The entry that VS Code loads (`extensionTestsPath`): runs the suite with mocha inside the extension host.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';

/** Resolves when every test passed; rejects with the count otherwise, which VS Code turns into its exit code. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('native-orchestrator.native-orchestrator');
  if (!extension) throw new Error('the extension under test is not loaded');
  const grep = process.env.MOCHA_GREP;
  const mocha = new Mocha({
    timeout: 90_000,
    forbidOnly: true,
    reporter: path.join(extension.extensionPath, 'scripts/countingReporter.cjs'),
    ...(grep === undefined ? {} : { grep }),
  });
  const folder = path.join(extension.extensionPath, 'out/editor-tests');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.test.cjs')) mocha.addFile(path.join(folder, name));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
