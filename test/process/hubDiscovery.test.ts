// Where the hub tells of itself: for this user alone, never through a link, and swept when its process is gone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { isUserError } from '../../src/findings/userError.ts';
import {
  publishDiscovery,
  readDiscovery,
  readToken,
  sweepDiscovery,
  withdrawDiscovery,
} from '../../src/hub/discovery.ts';
import { reachHub } from '../../src/hub/reachHub.ts';
import { processStarted } from '../../src/sessions/processTable.ts';
import { runProgram } from '../../src/sessions/programs.ts';
import { endStages, type Stage, stage } from './hubStoreStage.ts';

after(endStages);

const machine = { files: nodeFiles, platform: process.platform, run: runProgram };
const tokens = { viewer: 'v'.repeat(40), operator: 'o'.repeat(40) };
const storeOf = ({ stateRoot, stateDirectory }: Stage) => ({ files: nodeFiles, stateRoot, stateDirectory });
const hubOf = (at: Stage, name = ''): string => path.join(at.stateDirectory, 'hub', name);
const at0 = '2026-11-21T12:00:00.000Z';

async function published(at: Stage, more: { pid?: number; pidStarted?: string; port?: number } = {}) {
  return publishDiscovery(storeOf(at), { pid: process.pid, port: 4711, startedAt: at0, tokens, ...more });
}

describe('the discovery file', () => {
  it('and its tokens are this user’s alone, and are found again', async () => {
    const at = stage();
    const told = await published(at, { pidStarted: 'x' });
    for (const name of ['hub.json', 'viewer.token', 'operator.token'])
      assert.equal(fs.statSync(hubOf(at, name)).mode & 0o777, 0o600, name);
    assert.equal(fs.statSync(hubOf(at)).mode & 0o777, 0o700);
    assert.deepEqual(readDiscovery(storeOf(at)), told);
    const written = JSON.parse(fs.readFileSync(hubOf(at, 'hub.json'), 'utf8'));
    assert.deepEqual(Object.keys(written), [
      'format',
      'operatorTokenFile',
      'pid',
      'pidStarted',
      'port',
      'startedAt',
      'viewerTokenFile',
    ]);
    assert.deepEqual(
      [readToken(storeOf(at), 'viewer'), readToken(storeOf(at), 'operator')],
      Object.values(tokens),
    );
    assert.deepEqual(fs.readdirSync(hubOf(at)).sort(), ['hub.json', 'operator.token', 'viewer.token']);
  });

  it('links in its place are replaced and not followed; a link in the folder’s place is refused', async () => {
    const at = stage();
    const victim = path.join(at.stateRoot, 'victim');
    fs.writeFileSync(victim, 'mine');
    fs.mkdirSync(hubOf(at), { mode: 0o700 });
    for (const name of ['hub.json', 'viewer.token']) fs.symlinkSync(victim, hubOf(at, name));
    assert.equal(readDiscovery(storeOf(at)), undefined);
    assert.equal(readToken(storeOf(at), 'viewer'), undefined);
    await published(at);
    assert.equal(fs.readFileSync(victim, 'utf8'), 'mine');
    assert.equal(readToken(storeOf(at), 'viewer'), tokens.viewer);
    const other = stage();
    fs.symlinkSync(hubOf(at), hubOf(other));
    await assert.rejects(published(other), isUserError);
    assert.equal(readDiscovery(storeOf(other)), undefined);
  });

  it('that names other token files does not have them read', async () => {
    const at = stage();
    await published(at);
    const file = hubOf(at, 'hub.json');
    const secret = path.join(at.stateRoot, 'secret');
    fs.writeFileSync(secret, 's'.repeat(40), { mode: 0o600 });
    fs.writeFileSync(
      file,
      JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), viewerTokenFile: secret }),
    );
    assert.equal(readDiscovery(storeOf(at))?.viewerTokenFile, hubOf(at, 'viewer.token'));
  });

  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '{"format":2}',
    '{"format":1,"pid":1,"port":80,"startedAt":""}',
    '{"format":1,"pid":77,"port":99999,"startedAt":""}',
  ])
    it(`that is ${JSON.stringify(text)} tells nothing`, async () => {
      const at = stage();
      await published(at);
      fs.writeFileSync(hubOf(at, 'hub.json'), text);
      assert.equal(readDiscovery(storeOf(at)), undefined);
      assert.equal(await sweepDiscovery(storeOf(at), machine), true);
      assert.deepEqual(fs.readdirSync(hubOf(at)), []);
    });

  it('of a process that is gone is swept, of one that runs is not; nobody withdraws another’s', async () => {
    const at = stage();
    const own = await processStarted(machine, process.pid);
    await published(at, own === undefined ? {} : { pidStarted: own });
    assert.equal(await sweepDiscovery(storeOf(at), machine), false);
    await withdrawDiscovery(storeOf(at), process.pid + 1);
    assert.ok(readDiscovery(storeOf(at)));
    await published(at, { pidStarted: 'of another one that had this pid' });
    assert.equal(await sweepDiscovery(storeOf(at), machine), true);
    assert.equal(readDiscovery(storeOf(at)), undefined);
    assert.equal(readToken(storeOf(at), 'operator'), undefined);
  });
});

describe('a hub is reached', () => {
  it('only where the one that is told of answers to its token', async () => {
    const at = stage();
    let answer = 200;
    const asked: (string | undefined)[] = [];
    const server = http.createServer(({ headers, url }, response) => {
      asked.push(`${url} ${headers.authorization}`);
      response.writeHead(answer).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal(await reachHub(storeOf(at), process.pid), false);
    await published(at, { port });
    assert.equal(await reachHub(storeOf(at), process.pid), true);
    assert.deepEqual(asked, [`/health Bearer ${tokens.viewer}`]);
    assert.equal(await reachHub(storeOf(at), process.pid + 1), false);
    answer = 503;
    assert.equal(await reachHub(storeOf(at), process.pid), true);
    answer = 401;
    assert.equal(await reachHub(storeOf(at), process.pid), false);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await reachHub(storeOf(at), process.pid), false);
    // One that takes the connection and says nothing.
    const silent = http.createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    assert.equal(await reachHub(storeOf(at), process.pid), false);
    silent.closeAllConnections();
    silent.close();
  });
});
