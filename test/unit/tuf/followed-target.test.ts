/** Against a repository that is signed here and served on loopback, over hours of simulated waiting. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  FollowedTarget,
  identifyTarget,
  type FollowedTargetOptions,
} from '../../../src/tuf/followed-target.ts';
import type { Download } from '../../../src/tuf/tuf-library.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { TufRepository } from '../../support/tuf/tuf-repository.ts';

const HOUR_MS = 3_600_000;
const START = '2026-01-05T12:00:00.000Z';

async function open(t: TestContext, changed: Partial<FollowedTargetOptions> = {}) {
  const repository = await TufRepository.start(t, 'first');
  const telemetry = recordTelemetry();
  const time = new SimulatedTime();
  const folder = await makeTemporaryFolder(t);
  let isAway = false;
  const download: Download = async (url) => {
    if (isAway) return { status: 'failed', reason: 'It is away' };
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    return response.ok ? { status: 'downloaded', bytes } : { status: 'absent' };
  };
  let targets = 0;
  const { clock, wait } = time;
  const { logger, metrics } = telemetry;
  const options: FollowedTargetOptions = {
    name: 'own',
    root: repository.firstRoot,
    mirror: repository.url,
    target: 'trusted_root.json',
    targetBytesMax: 1024,
    folder,
    refreshMs: HOUR_MS,
    findFault: (text) => (text.startsWith('bad') ? 'it begins with "bad"' : undefined),
    download,
    clock,
    wait,
    random: () => 1,
    logger,
    metrics,
    onTarget: () => {
      targets += 1;
    },
    ...changed,
  };
  const openOne = async (own: Partial<FollowedTargetOptions> = {}): Promise<FollowedTarget> => {
    const target = await FollowedTarget.open({ ...options, ...own });
    t.after(() => target.close());
    return target;
  };
  return {
    repository,
    telemetry,
    time,
    folder,
    options,
    openOne,
    countTargets: () => targets,
    goAway: (away: boolean) => {
      isAway = away;
    },
    outcomes: async () =>
      (await telemetry.exposed('holdfast_image_trusted_root_refreshes_total')).map((line) =>
        line.replace(/^.*outcome="(\w+)".* (\d+)$/u, '$1 $2'),
      ),
    messages: () => telemetry.entries.map(({ level, message }) => `${level} ${message}`),
  };
}

describe('FollowedTarget', () => {
  it('is absent with the reason until the first refresh, then held', async (t) => {
    const { openOne, goAway, countTargets, outcomes, telemetry, repository } = await open(t);
    goAway(true);
    const target = await openOne();
    assert.equal(target.held, undefined);
    assert.equal(target.problem(), undefined);
    assert.match(
      target.absence,
      /"own" is not there yet, .*: it is being read for the first time$/u,
    );
    await target.refresh();
    assert.equal(target.held, undefined);
    assert.match(target.absence, /: \/2\.root\.json cannot be read: It is away$/u);
    assert.equal(target.problem(), target.absence);
    assert.equal(countTargets(), 0);
    goAway(false);
    await target.refresh();
    assert.deepEqual(target.held, { text: 'first', refreshedAtMs: Date.parse(START) });
    assert.equal(target.problem(), undefined);
    assert.equal(countTargets(), 1);
    assert.deepEqual(await outcomes(), ['failed 1', 'updated 1']);
    const [warning] = telemetry.entries;
    assert.deepEqual(warning?.fields, {
      code: 'tuf_refresh_failed',
      root: 'own',
      mirror: repository.url,
      reason: '/2.root.json cannot be read: It is away',
    });
  });

  it('keeps the last good one while the mirror is away, says since when, and recovers', async (t) => {
    const { openOne, goAway, time, repository, countTargets, messages, telemetry } = await open(t);
    const target = await openOne();
    await target.refresh();
    goAway(true);
    await time.pass(HOUR_MS);
    await target.refresh();
    await target.refresh();
    assert.equal(target.held?.text, 'first');
    assert.match(
      target.problem() ?? '',
      /^the trusted root "own" is that of 2026-01-05T12:00:00\.000Z, as it cannot be refreshed: .* It is away$/u,
    );
    repository.publish({ target: 'second' });
    goAway(false);
    await target.refresh();
    assert.equal(target.held?.text, 'second');
    assert.equal(target.problem(), undefined);
    assert.equal(countTargets(), 2);
    assert.deepEqual(messages(), [
      'info Loaded a trusted root from its TUF repository',
      'warn A trusted root cannot be refreshed; the last good one stays in force',
      'info Loaded a trusted root from its TUF repository',
    ]);
    assert.equal(telemetry.entries[1]?.fields['refreshedAt'], START);
    assert.deepEqual(
      await telemetry.exposed('holdfast_image_trusted_root_refreshed_timestamp_seconds'),
      [
        `holdfast_image_trusted_root_refreshed_timestamp_seconds{root="own"} ${Date.parse(START) / 1000 + 3600}`,
      ],
    );
  });

  it('a target that cannot be used changes nothing', async (t) => {
    const { openOne, repository, countTargets } = await open(t);
    const target = await openOne();
    await target.refresh();
    repository.publish({ target: 'bad' });
    await target.refresh();
    assert.equal(target.held?.text, 'first');
    assert.match(target.problem() ?? '', /: Its target cannot be used: it begins with "bad"$/u);
    assert.equal(countTargets(), 1);
  });

  it('an unchanged target is no news, and its age is known', async (t) => {
    const { openOne, time, countTargets, outcomes, goAway, messages } = await open(t);
    const target = await openOne();
    await target.refresh();
    goAway(true);
    await target.refresh();
    goAway(false);
    await time.pass(HOUR_MS);
    await target.refresh();
    assert.equal(target.held?.refreshedAtMs, Date.parse(START) + HOUR_MS);
    assert.equal(countTargets(), 1);
    assert.deepEqual(await outcomes(), ['updated 1', 'failed 1', 'unchanged 1']);
    assert.equal(messages().at(-1), 'info A trusted root is refreshed again');
  });

  it('is held after a restart without a mirror, and not by another first root', async (t) => {
    const { openOne, goAway, repository, countTargets, options } = await open(t);
    await (await openOne()).refresh();
    goAway(true);
    assert.equal((await openOne()).held?.text, 'first');
    repository.rotateRoot();
    const root = repository.files.get('2.root.json')?.toString() ?? '';
    assert.notEqual(identifyTarget(options), identifyTarget({ ...options, root }));
    assert.equal((await openOne({ root })).held, undefined);
    assert.equal((await openOne({ mirror: 'http://other' })).held, undefined);
    assert.equal((await openOne({ findFault: () => 'this version wants more' })).held, undefined);
    assert.equal(countTargets(), 1);
  });

  it('a rollback is refused after a restart', async (t) => {
    const { openOne, repository } = await open(t);
    const old = repository.files.get('timestamp.json');
    assert.ok(old);
    repository.publish({ target: 'second' });
    await (await openOne()).refresh();
    repository.files.set('timestamp.json', old);
    const target = await openOne();
    await target.refresh();
    assert.equal(target.held?.text, 'second');
    assert.match(target.problem() ?? '', /version 1 is less than/u);
  });

  it('a damaged copy is logged and begun anew', async (t) => {
    const { openOne, folder, options, messages } = await open(t);
    await writeFile(join(folder, `${identifyTarget(options)}.json`), 'half');
    const target = await openOne();
    await target.refresh();
    assert.equal(target.held?.text, 'first');
    assert.equal(
      messages()[0],
      'warn What was kept of a TUF repository cannot be read and is begun anew',
    );
  });

  it('without a disk it fails, and says so once', async (t) => {
    const { openOne, folder, messages } = await open(t);
    await writeFile(join(folder, 'file'), '');
    const target = await openOne({ folder: join(folder, 'file', 'tuf') });
    await target.refresh();
    await target.refresh();
    assert.match(target.absence, /The disk failed with ENOTDIR$/u);
    assert.equal(
      messages().filter((text) => text.startsWith('warn A trusted root from TUF cannot be written'))
        .length,
      1,
    );
  });

  it('asks every hour, more often and ever less while it fails, and not once it is closed', async (t) => {
    const { openOne, goAway, time, countTargets } = await open(t);
    goAway(true);
    const target = await openOne();
    target.start();
    await until(() => time.waits.length === 1);
    for (let count = 2; count <= 12; count += 1) {
      await time.pass(time.waits.at(-1) ?? 0);
      await until(() => time.waits.length === count);
    }
    assert.deepEqual(
      time.waits.map((waitMs) => waitMs / 1000),
      [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600],
    );
    goAway(false);
    await time.pass(HOUR_MS);
    await until(() => time.waits.length === 13);
    assert.equal(countTargets(), 1);
    assert.equal(time.waits.at(-1), HOUR_MS);
    target.close();
    await until(() => true);
    assert.equal(time.waits.length, 13);
  });
});

/** What is done on the disk and by the network takes real time. */
async function until(condition: () => boolean): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (!condition());
}
