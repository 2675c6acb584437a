import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import type { ApplicationName } from '../../../../src/source/commits/deployed-commits.ts';
import type { LookedUp } from '../../../../src/source/find-source.ts';
import type { LineageChange } from '../../../../src/source/lineage/application-lineage.ts';
import type { CommitOrder, RollbackFact } from '../../../../src/source/lineage/decide-rollback.ts';
import {
  LineageKeeper,
  type OrderQuestion,
} from '../../../../src/source/lineage/lineage-keeper.ts';
import { lineageSchema } from '../../../../src/source/lineage/settings.ts';
import {
  APPS,
  sampleArgocd,
  sampleFlux,
  SHOP,
  SHOP_REPOSITORY,
  V1,
  V2,
  V3,
  type SampleState,
} from '../../../support/lineage-samples.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { settle, SimulatedTime } from '../../../support/simulated-time.ts';

const MINUTE_MS = 60_000;
const FAR = monotonicMs(Number.MAX_SAFE_INTEGER);

interface Recorded {
  readonly application: ApplicationName;
  readonly change: LineageChange;
  readonly atMs: number;
}

class Stage {
  readonly time: SimulatedTime;
  readonly recorded: Recorded[] = [];
  readonly asked: OrderQuestion[] = [];
  readonly frozen: string[] = [];
  readonly telemetry = recordTelemetry();
  readonly keeper: LineageKeeper;
  order: CommitOrder = 'unknown';
  isRecording = true;
  /** What a live read answers. */
  live: LookedUp = { status: 'absent' };

  constructor(settings: object = {}, time = new SimulatedTime()) {
    this.time = time;
    this.keeper = new LineageKeeper({
      settings: lineageSchema.parse(settings),
      orderCommits: (question) => {
        this.asked.push(question);
        return Promise.resolve(this.order);
      },
      readApplication: () => Promise.resolve(this.live),
      record: (application, change) => {
        if (this.isRecording) {
          this.recorded.push({ application, change, atMs: time.clock.wallMs() });
        }
        return Promise.resolve(this.isRecording);
      },
      onFreeze: ({ reason }) => this.frozen.push(reason),
      clock: time.clock,
      wait: time.wait,
      ...this.telemetry,
    });
  }

  /** What a watch brings, and a live read would. */
  async hear(state: SampleState): Promise<void> {
    const object = sampleArgocd(state);
    this.live = { status: 'found', object };
    this.keeper.hear(SHOP, object);
    await settle();
  }

  /** A whole deployment. */
  async deploy(revision: string, before?: string): Promise<void> {
    await this.hear({ ...(before !== undefined && { applied: before }), running: revision });
    await this.hear({ applied: revision });
  }

  async verify(revision: string, issuedAtMs = this.time.clock.wallMs()): Promise<void> {
    this.keeper.verify({ application: SHOP, revision, verifier: 'ci', issuedAtMs });
    await settle();
  }

  /** What admission is told of a write by an operation at this version. */
  async write(running: string, applied?: string): Promise<RollbackFact | null> {
    const object = sampleArgocd({ running, ...(applied !== undefined && { applied }) });
    const gathered = await this.keeper.describe(SHOP, object, FAR);
    assert.equal(gathered.status, 'known');
    return gathered.status === 'known' ? gathered.value : null;
  }

  get changes(): readonly string[] {
    return this.recorded.map(({ change }) => {
      const digit = change.revision.slice(0, 1);
      const isRollback = change.what === 'deployed' && change.isRollback;
      return `${isRollback ? 'rolled back' : change.what} ${digit}`;
    });
  }
}

describe('what is noted of an application', () => {
  it('is each version that it is brought to, once', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.deploy(V2, V1);
    await stage.hear({ applied: V2, isHealthy: false });
    assert.deepEqual(stage.changes, ['deployed 1', 'deployed 2']);
    assert.deepEqual(stage.recorded.at(-1)?.change, {
      what: 'deployed',
      revision: V2,
      previous: V1,
      isRollback: false,
    });
    assert.deepEqual(await stage.telemetry.exposed('holdfast_lineage_applications'), [
      'holdfast_lineage_applications 1',
    ]);
  });

  it('is what was heard last, where several are heard at once', async () => {
    const stage = new Stage();
    stage.keeper.hear(SHOP, sampleArgocd({ applied: V1 }));
    stage.keeper.hear(SHOP, sampleArgocd({ applied: V2 }));
    await settle();
    assert.deepEqual(stage.changes, ['deployed 2']);
  });

  it('is nothing of one that is malformed, deleted, or has no commit', async () => {
    const stage = new Stage();
    const metadata = { deletionTimestamp: '2026-01-05T08:00:00Z' };
    for (const object of [{}, sampleArgocd({ applied: V1, metadata }), sampleArgocd({})]) {
      stage.keeper.hear(SHOP, object);
      await settle();
    }
    assert.deepEqual(stage.changes, []);
  });

  it('counts only once it is recorded, and is tried again with the next event', async () => {
    const stage = new Stage();
    stage.isRecording = false;
    await stage.deploy(V1);
    assert.match(stage.telemetry.entries[0]?.message ?? '', /A version was not recorded/u);
    stage.isRecording = true;
    await stage.hear({ applied: V1 });
    assert.deepEqual(stage.changes, ['deployed 1']);
  });

  it('is compared by Git where the application has one repository', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    stage.order = 'older';
    await stage.verify(V2);
    await stage.hear({ applied: V1, running: V2 });
    assert.deepEqual(stage.asked, [
      { application: SHOP, repository: SHOP_REPOSITORY, revision: V2, previous: V1 },
    ]);
    assert.deepEqual(stage.changes, ['deployed 1', 'verified 2', 'rolled back 2']);
  });
});

describe('a version is verified by health', () => {
  it('after it was healthy for ten minutes', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.time.pass(10 * MINUTE_MS - 1);
    assert.deepEqual(stage.changes, ['deployed 1']);
    await stage.time.pass(1);
    await settle();
    assert.deepEqual(stage.changes, ['deployed 1', 'verified 1']);
    assert.deepEqual(stage.recorded[1]?.change, { what: 'verified', revision: V1, by: 'health' });
  });

  it('of an unbroken time', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.time.pass(6 * MINUTE_MS);
    await stage.hear({ applied: V1, isHealthy: false });
    await stage.hear({ applied: V1 });
    await stage.time.pass(6 * MINUTE_MS);
    assert.deepEqual(stage.changes, ['deployed 1']);
    await stage.time.pass(4 * MINUTE_MS);
    await settle();
    assert.deepEqual(stage.changes, ['deployed 1', 'verified 1']);
  });

  it('that events do not begin anew', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.time.pass(6 * MINUTE_MS);
    await stage.hear({ applied: V1 });
    await stage.time.pass(4 * MINUTE_MS);
    await settle();
    assert.deepEqual(stage.changes, ['deployed 1', 'verified 1']);
  });

  it('not where the cluster says otherwise in the end: a watch that stands still proves nothing', async () => {
    for (const live of [
      { status: 'absent' },
      { status: 'found', object: sampleArgocd({ applied: V1, isHealthy: false }) },
      { status: 'found', object: sampleArgocd({ applied: V2 }) },
    ] as const) {
      const stage = new Stage();
      await stage.deploy(V1);
      stage.live = live;
      await stage.time.pass(20 * MINUTE_MS);
      assert.deepEqual(stage.changes, ['deployed 1']);
    }
  });

  it('later where the API server does not answer', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    const { live } = stage;
    stage.live = { status: 'unavailable', code: 'lookup_failed', reason: 'refused' };
    await stage.time.pass(10 * MINUTE_MS);
    stage.live = live;
    await stage.time.pass(10_000);
    await settle();
    assert.deepEqual(stage.changes, ['deployed 1', 'verified 1']);
  });

  it('at once where that is configured, and never where health does not count', async () => {
    const at = new Stage({ healthyMs: 0 });
    await at.deploy(V1);
    await at.time.pass(1);
    assert.deepEqual(at.changes, ['deployed 1', 'verified 1']);
    const never = new Stage({ verifiedBy: ['statement'] });
    await never.deploy(V1);
    assert.deepEqual(never.time.waits, []);
  });

  it('not of an application that is gone', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    stage.keeper.forget(SHOP);
    stage.keeper.forget(APPS);
    await stage.time.pass(20 * MINUTE_MS);
    assert.deepEqual(stage.changes, ['deployed 1']);
  });
});

describe('a version is verified by a statement', () => {
  it('once, whoever shows it again', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    const issuedAtMs = stage.time.clock.wallMs();
    await stage.verify(V1, issuedAtMs);
    await stage.time.pass(MINUTE_MS);
    await stage.verify(V1, issuedAtMs);
    assert.deepEqual(stage.changes, ['deployed 1', 'verified 1']);
  });

  it('also before it is deployed', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.verify(V2);
    stage.order = 'older';
    assert.equal((await stage.write(V2, V1))?.isVerified, true);
  });
});

/** Something deploys V2 again and again, and something else rolls it back. */
async function flap(stage: Stage): Promise<void> {
  await stage.deploy(V1);
  await stage.verify(V1);
  for (let round = 0; round < 3; round += 1) {
    await stage.time.pass(20_000);
    await stage.deploy(V2, V1);
    await stage.time.pass(20_000);
    await stage.deploy(V1, V2);
  }
}

describe('an application that is rolled back for ever', () => {
  it('is stopped after three, at the version that was verified', async () => {
    const stage = new Stage();
    await flap(stage);
    assert.deepEqual(stage.changes, [
      'deployed 1',
      'verified 1',
      'deployed 2',
      'rolled back 1',
      'deployed 2',
      'rolled back 1',
      'deployed 2',
      'rolled back 1',
      'frozen 1',
    ]);
    assert.deepEqual(stage.frozen, ['it was rolled back 3 times within 300 seconds']);
    assert.notEqual((await stage.write(V2, V1))?.frozenUntil, '');
    assert.equal((await stage.write(V1, V1))?.frozenUntil, '');
    assert.deepEqual(await stage.telemetry.exposed('holdfast_lineage_freezes_total'), [
      'holdfast_lineage_freezes_total 1',
    ]);
  });

  it('is not brought to what is refused meanwhile', async () => {
    const stage = new Stage();
    await flap(stage);
    await stage.hear({ applied: V1, running: V2 });
    assert.equal(stage.changes.at(-1), 'frozen 1');
  });

  it('gets a new version that a pipeline verifies', async () => {
    const stage = new Stage();
    await flap(stage);
    await stage.time.pass(1000);
    assert.notEqual((await stage.write(V3, V1))?.frozenUntil, '');
    await stage.verify(V3);
    assert.equal((await stage.write(V3, V1))?.frozenUntil, '');
  });

  it('is free again after half an hour, however the clock was set', async () => {
    for (const stepMs of [0, -86_400_000, 86_400_000]) {
      const stage = new Stage();
      await flap(stage);
      stage.time.stepWall(stepMs);
      assert.notEqual((await stage.write(V2, V1))?.frozenUntil, '');
      await stage.time.pass(30 * MINUTE_MS);
      assert.equal((await stage.write(V2, V1))?.frozenUntil, '');
    }
  });

  it('is stopped as well where a restart comes in between, and its clock is behind', async () => {
    const stage = new Stage();
    await flap(stage);
    const next = new Stage({}, new SimulatedTime(Date.UTC(2026, 0, 4)));
    for (const { application, change, atMs } of stage.recorded) {
      next.keeper.restore(application, change, atMs);
    }
    assert.notEqual((await next.write(V2, V1))?.frozenUntil, '');
    await next.time.pass(30 * MINUTE_MS);
    assert.equal((await next.write(V2, V1))?.frozenUntil, '');
  });
});

describe('what admission is told', () => {
  it('is that a rollback is one, for each of its objects, and that it is none afterwards', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.verify(V1);
    await stage.deploy(V2, V1);
    const first = await stage.write(V1, V2);
    assert.deepEqual(first, {
      revision: V1,
      previousRevision: V2,
      isRollback: true,
      isVerified: true,
      rollbackCount: 1,
      frozenUntil: '',
    });
    await stage.hear({ applied: V2, running: V1 });
    assert.deepEqual(await stage.write(V1, V2), first);
    await stage.hear({ applied: V1 });
    assert.equal((await stage.write(V1, V1))?.isRollback, false);
  });

  it('is nothing new for a restart at the version that is there', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.deploy(V2, V1);
    await stage.hear({ applied: V1 });
    const next = new Stage();
    for (const { application, change, atMs } of stage.recorded) {
      next.keeper.restore(application, change, atMs);
    }
    assert.equal((await next.write(V1, V1))?.isRollback, false);
  });

  it('is nothing of what is deleted or names no commit, and unavailable where it is malformed', async () => {
    const { keeper } = new Stage();
    const metadata = { deletionTimestamp: '2026-01-05T08:00:00Z' };
    for (const object of [sampleArgocd({}), sampleArgocd({ applied: V1, metadata })]) {
      assert.deepEqual(await keeper.describe(SHOP, object, FAR), { status: 'known', value: null });
    }
    assert.deepEqual(await keeper.describe(SHOP, {}, FAR), {
      status: 'unavailable',
      code: 'fact_unavailable',
      reason: 'the Application is malformed',
    });
  });

  it('is that a hotfix, a first deployment, and the same version again are no rollbacks', async () => {
    const stage = new Stage();
    assert.equal((await stage.write(V1))?.isRollback, false);
    await stage.deploy(V1);
    assert.equal((await stage.write(V1, V1))?.isRollback, false);
    assert.equal((await stage.write(V2, V1))?.isRollback, false);
  });

  it('is that a version is older under another spelling of Flux, too', async () => {
    const { keeper } = new Stage();
    for (const applied of [V1, V2]) {
      keeper.hear(APPS, sampleFlux({ applied }));
      await settle();
    }
    for (const spelling of [`main@sha1:${V1}`, `v9@sha1:${V1}`, `main/${V1}`, `sha1:${V1}`]) {
      const object = sampleFlux({ applied: V2, running: V1 });
      const status = { ...object.status, lastAttemptedRevision: spelling };
      const gathered = await keeper.describe(APPS, { ...object, status }, FAR);
      assert.equal(gathered.status === 'known' && gathered.value?.isRollback, true, spelling);
    }
  });
});

describe('many applications', () => {
  it('forget the one that changed longest ago', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    for (let index = 0; index < 10_000; index += 1) {
      stage.keeper.hear({ ...SHOP, name: `other-${index}` }, {});
    }
    await settle();
    assert.deepEqual(await stage.telemetry.exposed('holdfast_lineage_applications'), [
      'holdfast_lineage_applications 10000',
    ]);
    assert.equal((await stage.write(V2))?.previousRevision, '');
  });

  it('end with the process, and note nothing more', async () => {
    const stage = new Stage();
    await stage.deploy(V1);
    await stage.keeper.close();
    await stage.hear({ applied: V2 });
    await stage.time.pass(20 * MINUTE_MS);
    assert.deepEqual(stage.changes, ['deployed 1']);
  });
});
