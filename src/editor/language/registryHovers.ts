// Offers the hovers of the registry, which are worked out in the bundle that is loaded on first use.
import * as vscode from 'vscode';
import type { Fleets } from '../fleets.ts';
import { registrySelector } from '../registryDocument.ts';

export function registerRegistryHovers(fleets: Fleets): vscode.Disposable {
  return vscode.languages.registerHoverProvider(registrySelector, {
    provideHover: async (...at) => (await import('../later.ts')).registryHover(fleets, ...at),
  });
}
