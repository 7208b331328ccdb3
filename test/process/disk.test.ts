// Disks that refuse: read-only, full, not ours. Each told of in one line with the way out, and nothing half-written.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  checkRefused,
  cli,
  expectCli,
  leftoversOf,
  manyAgents,
  mounts,
  put,
  removeScratch,
  type Scratch,
  scratch,
  take,
  treeOf,
  twoAgents,
} from './cliProcess.ts';

const isRoot = process.getuid?.() === 0;

/** Mounts an empty memory disk of that size. False where that is not permitted. */
function mountDisk(folder: string, options: string): boolean {
  if (!isRoot) return false;
  fs.mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  if (status !== 0) return false;
  mounts.push(folder);
  return true;
}

function remount(folder: string, option: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${option}`, folder]);
}

after(removeScratch);

const changed = twoAgents.replace('Writes the program', 'Writes all of the program');

/** A workspace on a disk of its own, with a registry. Undefined where nothing may be mounted. */
function onOwnDisk(options: string, registry = twoAgents): Scratch | undefined {
  const at = scratch(null);
  if (!mountDisk(at.root, options)) return undefined;
  put(at, 'agents/registry.yaml', registry);
  return at;
}

describe('a read-only disk', () => {
  it('is refused at once, whether there was something or nothing', async function () {
    const at = onOwnDisk('size=4m') ?? this.skip();
    remount(at.root, 'ro');
    // Were it asked for the lock again and again, it would say that another generate holds it, or never end.
    await checkRefused(at, { says: /read-only.*writable/, code: 2 });
    remount(at.root, 'rw');
    await expectCli(at, ['generate'], 0);
    put(at, 'agents/registry.yaml', changed);
    remount(at.root, 'ro');
    await checkRefused(at, { says: /read-only.*writable/, code: 2 });
    await expectCli(at, ['check'], 1);
  });
  it('is no obstacle where there is nothing to write', async function () {
    const at = onOwnDisk('size=4m') ?? this.skip();
    await expectCli(at, ['generate'], 0);
    put(at, 'agents/.registry.lock.json.0123456789ab.native-orchestrator-tmp', '{');
    remount(at.root, 'ro');
    await expectCli(at, ['generate'], 0);
    await expectCli(at, ['check'], 0);
  });
});

describe('a full disk', () => {
  it('changes nothing, with space for nothing, for a few files, for most', async function () {
    const at = onOwnDisk('size=3m', manyAgents(40, 'Works as before.')) ?? this.skip();
    await expectCli(at, ['generate'], 0);
    const good = treeOf(at.root);
    const [before, now] = [take(at, 'agents/registry.yaml'), manyAgents(40, 'Works in another way.')];
    let refusals = 0;
    for (const left of [0, 4096, 65_536, 262_144, 400_000]) {
      put(at, 'agents/registry.yaml', now);
      const free = (): number => {
        const { bavail, bsize } = fs.statfsSync(at.root);
        return bavail * bsize;
      };
      const ballast = path.join(at.root, 'ballast');
      fs.writeFileSync(ballast, Buffer.alloc(Math.max(0, free() - left)));
      const full = await cli(at, ['generate']);
      assert.doesNotMatch(full.text, /bug of ours/);
      fs.rmSync(ballast);
      if (full.code === 0) {
        await expectCli(at, ['check'], 0);
      } else {
        refusals++;
        assert.equal(full.code, 2, full.text);
        assert.match(full.stderr, /disk is full\. Free some space.*Nothing was changed/);
        assert.deepEqual(leftoversOf(at.root), []);
        put(at, 'agents/registry.yaml', before);
        assert.deepEqual(treeOf(at.root), good, `with ${left} bytes left`);
      }
      put(at, 'agents/registry.yaml', before);
      await expectCli(at, ['generate'], 0);
      assert.deepEqual(treeOf(at.root), good);
    }
    assert.ok(refusals >= 3, `refused ${refusals} times`);
  });

  it('in the state directory: what can’t be kept is not written over', async function () {
    const at = scratch();
    await expectCli(at, ['generate'], 0);
    put(at, 'agents/code-agent/.claude/settings.json', JSON.stringify({ mine: 'x'.repeat(100_000) }));
    if (!mountDisk(at.state, 'size=4k,mode=700')) this.skip();
    await checkRefused(at, {
      words: ['restore', '--all'],
      says: /could not be kept.*NATIVE_ORCHESTRATOR_STATE/,
      code: 2,
    });
  });
});

describe('another user’s files', () => {
  const nobody = 65534;
  const asNobody = ['/usr/bin/setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  const canBeNobody = isRoot && spawnSync(asNobody[0] ?? '', [...asNobody.slice(1), 'true']).status === 0;

  function forNobody(): Scratch {
    const at = scratch();
    fs.chmodSync(at.folder, 0o755);
    return at;
  }
  it('a folder that may not be written', async function () {
    if (!canBeNobody) this.skip();
    await checkRefused(forNobody(), { says: /no permission.*permissions/, code: 2 }, { through: asNobody });
  });
  it('a registry that may not be read', async function () {
    if (!canBeNobody) this.skip();
    const at = forNobody();
    fs.chmodSync(path.join(at.root, 'agents/registry.yaml'), 0o600);
    await checkRefused(at, { says: /registry\.yaml may not be read/ }, { through: asNobody });
  });
  it('settings that may not be read: refused, with --force too, since they can’t be kept', async function () {
    if (!canBeNobody) this.skip();
    const at = forNobody();
    await expectCli(at, ['generate'], 0);
    const settings = path.join(at.root, 'agents/code-agent/.claude/settings.json');
    fs.writeFileSync(settings, '{"mine": 1}');
    execFileSync('chown', ['-R', `${nobody}:${nobody}`, at.root]);
    fs.chownSync(settings, 0, 0);
    fs.chmodSync(settings, 0o600);
    fs.rmSync(at.state, { recursive: true }); // made for the audit log
    fs.mkdirSync(at.state, { mode: 0o700, recursive: true });
    fs.chownSync(at.state, nobody, nobody);
    await checkRefused(at, { says: /settings\.json may not be read.*--force/ }, { through: asNobody });
    await checkRefused(
      at,
      { words: ['generate', '--force'], says: /could not be kept.*cannot be read/, code: 2 },
      { through: asNobody },
    );
  });
  it('a state directory that is another user’s', async function () {
    if (!canBeNobody) this.skip();
    const at = forNobody();
    await expectCli(at, ['generate'], 0);
    put(at, 'agents/code-agent/.claude/settings.json', '{"mine": 1}');
    execFileSync('chown', ['-R', `${nobody}:${nobody}`, at.root]);
    fs.rmSync(at.state, { recursive: true }); // made for the audit log
    fs.mkdirSync(at.state, { mode: 0o777 });
    fs.chmodSync(at.state, 0o777);
    await checkRefused(
      at,
      { words: ['restore', '--all'], says: /not a folder of your own/, code: 2 },
      { through: asNobody },
    );
  });
});
