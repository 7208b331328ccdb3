// Commands about the hub of a folder: start it in this window, stop it here, take an address of it that a browser gets in with.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import { isOwnHost } from '../../hub/access.ts';
import { type Discovery, readDiscovery } from '../../hub/discovery.ts';
import { processState } from '../../sessions/processTable.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import type { FleetStore } from '../fleetStore.ts';
import { hubControls } from '../hubControls.ts';
import type { HubHost } from '../hubHost.ts';
import { sessionHostOf } from '../sessionHost.ts';
import { requireTrust } from '../trust.ts';
import { argumentOf } from './pickAgent.ts';
import { pickFolder } from './pickFolder.ts';
import type { StartContext } from './startAgent.ts';

/** How long a word of success stays in the status bar. Milliseconds. */
const successMs = 5000;
/** Longest part of a message that is not ours. UTF-16 units. */
const mostSaid = 200;

const sayDone = (words: string): void =>
  void vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);

/** @throws UserError when what looks at sessions could not be loaded, which the log has. */
async function hubsOf({ sessions }: StartContext): Promise<HubHost> {
  const live = await sessions.live();
  if (live === undefined)
    throw new UserError(vscode.l10n.t('The sessions cannot be looked at; see the log.'));
  return live.hubs;
}

/** The folder that an argument names, or that is picked. @throws UserError */
async function folderOf(
  { fleets }: StartContext,
  given: unknown,
  placeHolder: string,
): Promise<FleetStore | undefined> {
  requireTrust();
  const { folder } = Object(argumentOf(given)) as { readonly folder?: unknown };
  return pickFolder(fleets, folder, placeHolder);
}

/** The hub that tells of itself; undefined when it is gone. One that was killed left its address. */
async function hubOf(host: SessionHost): Promise<Discovery | undefined> {
  const found = readDiscovery(host);
  return found !== undefined && (await processState(host.machine, found)) !== 'gone' ? found : undefined;
}

/** Makes this window the hub of a folder, or the one that takes over when another ends. @throws UserError */
export async function startHub(context: StartContext, given: unknown): Promise<void> {
  const store = await folderOf(context, given, vscode.l10n.t('Start the hub of which folder?'));
  if (!store) return;
  const hubs = await hubsOf(context);
  const begun = await hubs.begin(store, hubControls(context, store));
  const { isQuiet } = Object(argumentOf(given)) as { readonly isQuiet?: unknown };
  const say = isQuiet === true ? () => {} : sayDone;
  if (begun.kind === 'running') say(vscode.l10n.t('The hub runs at {0}', begun.address));
  if (begun.kind === 'other')
    say(
      vscode.l10n.t('A hub runs already (pid {0}). This window takes over when it ends.', String(begun.pid)),
    );
  // From now on what is shown comes from the hub, whoever is it.
  await context.sessions.look(store);
}

/** Ends the hub of a folder in this window, whether it is the hub or waits for its turn. @throws UserError */
export async function stopHub(context: StartContext, given: unknown): Promise<void> {
  const store = await folderOf(context, given, vscode.l10n.t('Stop the hub of which folder?'));
  if (!store) return;
  if (await (await hubsOf(context)).end(store)) {
    sayDone(vscode.l10n.t('This window is not the hub any more'));
    return;
  }
  const other = await hubOf(sessionHostOf(store));
  throw new UserError(
    other === undefined
      ? vscode.l10n.t('No hub runs for this folder.')
      : vscode.l10n.t(
          'The hub of this folder is another process (pid {0}): another window, or "native-orchestrator hub" in a terminal. Stop it there.',
          String(other.pid),
        ),
  );
}

/** An address of the hub that may be given away. `isThere`: it holds on the machine that the window works on. */
interface GivenAddress {
  readonly address: string;
  readonly isThere: boolean;
}

/**
 * The hub's address as a browser of this person has it: the window may work on another machine, whose ports the editor
 * forwards. @throws UserError where the hub would refuse what comes that way, or another program be given the ticket
 */
async function addressHere(port: number): Promise<GivenAddress> {
  const there = `http://127.0.0.1:${port}`;
  let here: vscode.Uri;
  try {
    here = await vscode.env.asExternalUri(vscode.Uri.parse(`${there}/`));
  } catch (error) {
    const said = visibleShort(error instanceof Error ? error.message : String(error), mostSaid);
    throw new UserError(
      vscode.l10n.t(
        'The hub runs on the machine that this window works on, and its port {0} could not be forwarded to yours: {1}',
        String(port),
        said,
      ),
      { cause: error },
    );
  }
  const { scheme, authority, path } = here;
  const isRoot = path === '' || path === '/';
  if (scheme === 'http' && isRoot && isOwnHost(authority, port))
    return { address: `http://${authority}`, isThere: false };
  const forwarded = /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(authority)?.[1];
  if (scheme !== 'http' || forwarded === undefined)
    throw new UserError(
      vscode.l10n.t(
        'The hub runs on the machine that this window works on, and your browser would reach it as {0}; it answers to 127.0.0.1 and localhost alone. Forward its port yourself (ssh -L {1}:127.0.0.1:{1}), then run there: native-orchestrator hub open',
        visibleShort(`${scheme}://${authority}`, mostSaid),
        String(port),
      ),
    );
  // A window in a browser, by the loopback, whose server would pass it on under a path of its own.
  if (!isRoot) return { address: there, isThere: true };
  throw new UserError(
    vscode.l10n.t(
      'The hub runs on the machine that this window works on, at port {0}, which reaches yours as port {1}; it answers to no other port than its own. Give it {0} in the view "Ports" ("Change Local Address Port"), then copy the address again.',
      String(port),
      forwarded,
    ),
  );
}

/** Puts an address into the clipboard that opens the hub in a browser: it can look, works once, and not for long. @throws UserError */
export async function copyHubAddress(context: StartContext, given: unknown): Promise<void> {
  const store = await folderOf(context, given, vscode.l10n.t('Copy the address of the hub of which folder?'));
  if (!store) return;
  const host = sessionHostOf(store);
  const found = await hubOf(host);
  if (found === undefined)
    throw new UserError(vscode.l10n.t('No hub runs for this folder. Run "Agents: Start Hub".'));
  // Before there is a ticket, which is not good for long: a person may be asked whether to forward.
  const here = await addressHere(found.port);
  const { askHub } = await import('../../hub/bundle.ts');
  const role = 'viewer';
  const { body, discovery } = await askHub(host, role, 'POST', '/login/ticket', { role });
  if (discovery.port !== found.port)
    throw new UserError(vscode.l10n.t('Another hub has just taken over. Copy the address again.'));
  await vscode.env.clipboard.writeText(`${here.address}/login#${String(body.ticket)}`);
  const seconds = String(Math.round(Number(body.expires_in_ms) / 1000));
  sayDone(
    here.isThere
      ? vscode.l10n.t(
          'Copied. Open it within {0} s, on the machine that this window works on; it works once.',
          seconds,
        )
      : vscode.l10n.t('Copied. Open it within {0} s; it works once.', seconds),
  );
}
