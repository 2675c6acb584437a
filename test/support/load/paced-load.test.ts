/** The load counts as failed whatever is not exactly what a write must get. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { waitUntil } from '../wait-until.ts';
import { startLoad } from './paced-load.ts';
import type { LoadReport, PacedLoad, PlannedWrite, SendWrite } from './paced-load.ts';

const DENIAL = '(managed_object_changed by gitops_only_writes, cluster test, decision 01J000)';
const ALLOWED: PlannedWrite = {
  user: 'alice',
  path: '/a',
  request: { method: 'POST' },
  expected: 'allowed',
};
const REFUSED: PlannedWrite = { ...ALLOWED, expected: 'managed_object_changed' };

function answer(code: number, message: string): SendWrite {
  return () => Promise.resolve({ code, body: { message } });
}

async function load(
  write: PlannedWrite,
  send: SendWrite,
  during: (load: PacedLoad) => Promise<void> = (started) =>
    waitUntil(() => started.answers() + started.failed() >= 3),
): Promise<LoadReport> {
  const started = startLoad({
    send,
    planRound: () => [write],
    requestsPerSecond: 1000,
    clients: 2,
  });
  await during(started);
  return started.stop();
}

it('counts what is allowed and what is refused with its code, each by the id that it was sent with', async () => {
  const sent: string[] = [];
  const allowed = await load(ALLOWED, (_, id) => {
    sent.push(id);
    return answer(201, '')(ALLOWED, id);
  });
  assert.deepEqual([allowed.failed, allowed.refused, allowed.allowedAuditIds], [0, 0, sent]);
  assert.equal(new Set(sent).size, allowed.sent);
  const refused = await load(REFUSED, answer(403, DENIAL));
  assert.deepEqual([refused.failed, refused.allowed, refused.refused], [0, 0, refused.sent]);
});

for (const [what, write, send] of [
  ['a refusal of what must pass', ALLOWED, answer(403, DENIAL)],
  ['a pass of what must be refused', REFUSED, answer(200, '')],
  ['a refusal with another code', REFUSED, answer(403, DENIAL.replace('changed', 'deleted'))],
  ['a refusal that is not Holdfast’s own', REFUSED, answer(403, 'managed_object_changed')],
  ['a fault of the API server', ALLOWED, answer(500, 'failed calling webhook')],
  ['no answer', ALLOWED, () => Promise.reject(new Error('socket hang up'))],
] as const) {
  it(`counts as failed: ${what}`, async () => {
    const report = await load(write, send);
    assert.equal(report.failed, report.sent);
    assert.equal(report.failures.length, Math.min(report.sent, 20));
  });
}

it('counts as interrupted what was under way when the API server went, and sends nothing until it is back', async () => {
  let isAway = false;
  let whileAway = 0;
  let hangUp: (error: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => {
    hangUp = reject;
  });
  gone.catch(() => undefined);
  let sent = 0;
  const report = await load(
    ALLOWED,
    () => {
      sent += 1;
      if (isAway) whileAway += 1;
      return sent <= 2 ? gone : Promise.resolve({ code: 201, body: {} });
    },
    async (started) => {
      await waitUntil(() => sent === 2);
      await started.whileApiServerIsAway(async () => {
        isAway = true;
        hangUp(new Error('socket hang up'));
        await new Promise((resolve) => setImmediate(resolve));
        isAway = false;
      });
      await waitUntil(() => started.answers() >= 3);
    },
  );
  assert.deepEqual([report.interrupted, report.failed, whileAway], [2, 0, 0]);
});
