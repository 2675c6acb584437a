import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { CommitOrders, type CommitOrdersOptions } from '../../../src/compose/commit-orders.ts';
import type { SourceQuestion } from '../../../src/compose/source-supplement.ts';
import { DeployedCommits } from '../../../src/source/commits/deployed-commits.ts';
import { SHOP, SHOP_REPOSITORY, V1, V2 } from '../../support/lineage-samples.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';

const NO_ANSWER = {
  kind: 'unanswered',
  answer: { status: 'unavailable', reason: 'restarts', retryAfterMs: 0 },
} as const;

type Asked = Parameters<CommitOrdersOptions['supervisor']['ask']>[0];

/** A repository in which these are the histories: each commit with those before it. */
function stage(histories: Readonly<Record<string, readonly string[]>>) {
  const time = new SimulatedTime();
  const asked: string[] = [];
  const state = { isAnswering: true, isStanding: false };
  const deployed = new DeployedCommits<SourceQuestion>();
  const question: SourceQuestion = {
    repository: SHOP_REPOSITORY,
    tracked: 'main',
    path: 'deploy',
    access: { tool: 'argocd', project: 'default' },
  };
  deployed.note(SHOP, [{ repository: 'https://git.example.com/shop', objectId: V1, question }]);
  const orders = new CommitOrders({
    deployed,
    clock: time.clock,
    wait: time.wait,
    waitMs: 1000,
    supervisor: {
      ask: async (order: Asked) => {
        if (state.isStanding) await new Promise(() => undefined);
        if (order.kind !== 'lineage' || !state.isAnswering) return NO_ANSWER;
        const { objectId, descendants } = order.question;
        const [descendant = ''] = descendants;
        asked.push(`${objectId.slice(0, 1)} in ${descendant.slice(0, 1)}`);
        return histories[descendant]?.includes(objectId) === true
          ? { kind: 'lineage', answer: { status: 'found', objectId: descendant } }
          : { kind: 'lineage', answer: { status: 'absent' } };
      },
    },
  });
  const find = (revision: string, previous: string, repository = SHOP_REPOSITORY) =>
    orders.find({ application: SHOP, repository, revision, previous }, monotonicMs(10_000));
  return { find, asked, time, state };
}

describe('the order of two commits', () => {
  it('is that of the history which contains the other', async () => {
    const { find, asked } = stage({ [V2]: [V1] });
    assert.equal(await find(V2, V1), 'newer');
    assert.equal(await find(V1, V2), 'older');
    assert.deepEqual(asked, ['1 in 2', '2 in 1', '1 in 2']);
    await find(V1, V2);
    assert.equal(asked.length, 3);
  });

  it('is none where neither contains the other', async () => {
    assert.equal(await stage({}).find(V2, V1), 'unrelated');
  });

  it('is unknown where the repository is not judged, or is none', async () => {
    const { find, asked } = stage({});
    assert.equal(await find(V2, V1, 'https://git.example.com/other'), 'unknown');
    assert.equal(await find(V2, V1, 'ext::sh'), 'unknown');
    assert.deepEqual(asked, []);
  });

  it('is unknown while the thread does not answer, and asked again', async () => {
    const { find, state } = stage({ [V2]: [V1] });
    state.isAnswering = false;
    assert.equal(await find(V1, V2), 'unknown');
    state.isAnswering = true;
    assert.equal(await find(V1, V2), 'older');
  });

  it('keeps nobody waiting', async () => {
    const { find, state, time } = stage({});
    state.isStanding = true;
    let order = '';
    void find(V1, V2).then((found) => {
      order = found;
    });
    await time.passUntil(() => order === 'unknown');
    assert.deepEqual(time.waits, [1000]);
  });
});
