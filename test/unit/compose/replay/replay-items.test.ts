import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Decision } from '../../../../src/admission/decision.ts';
import { formatRecord } from '../../../../src/admission/format-record.ts';
import { createValueHider } from '../../../../src/audit/hide-values.ts';
import { createOfflineDecider, type OfflinePath } from '../../../../src/compose/offline.ts';
import { createInputRecorder } from '../../../../src/compose/record-input.ts';
import { parseReplayRecord } from '../../../../src/compose/replay/parse-replay-line.ts';
import { replayItem, type ReplayedItem } from '../../../../src/compose/replay/replay-items.ts';
import { parseConfiguration } from '../../../../src/config/parse-configuration.ts';
import type { AdmissionRequest } from '../../../../src/kubernetes/admission-request.ts';
import { readRecordedReviews } from '../../../support/recorded-reviews.ts';
import { bundleFolder } from '../../../support/policy-bundles.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

async function start(t: TestContext, policies: object = {}): Promise<OfflinePath> {
  const bundle = await bundleFolder();
  const written = { cluster: { name: 'test' }, policies: { bundle, ...policies } };
  const parsed = parseConfiguration(JSON.stringify(written), { file: 'a.yaml', folder: '/' });
  assert.ok(parsed.ok);
  const path = await createOfflineDecider(parsed.configuration, { clusterStateObjects: [] });
  t.after(() => path.close());
  return path;
}

const { hideIn } = createValueHider({ paths: [], key: Buffer.alloc(32, 1) });
const recordInput = createInputRecorder({ hideIn, bytesMax: 1024 * 1024 });
const ORIGIN = { route: 'validate', replica: 'r', configurationHash: 'c' } as const;

/** As the journal stores it. */
function recordOf(request: AdmissionRequest, decision: Decision) {
  const input = recordInput(request, decision.facts, 100);
  const record = parseReplayRecord(
    JSON.stringify(formatRecord(request, decision, { ...ORIGIN, input })),
  );
  assert.ok(record !== undefined);
  return { kind: 'record', source: record.decisionId, record } as const;
}

const noBaseline = () => Promise.reject(new Error('no baseline'));

test('a candidate that is what decided flips nothing of what a real API server has sent', async (t) => {
  const path = await start(t);
  const found: ReplayedItem[] = [];

  for (const { body } of readRecordedReviews()) {
    const verdict = await path.decide(body, 'validate');
    assert.ok(verdict.status === 'decided');
    const item = recordOf(verdict.request, verdict.decision);
    found.push(await replayItem(item, { candidate: path, baseline: noBaseline }));
  }

  const others = found.filter(({ status }) => status !== 'same');
  assert.ok(found.length > 100);
  assert.deepEqual(others, []);
});

test('a record is judged by the facts that it holds, and a flip has all that it takes to judge it again', async (t) => {
  const path = await start(t);
  const candidate = await start(t, { settings: { gitops_only_writes: { mode: 'warn' } } });
  for (const { body } of readRecordedReviews()) {
    const verdict = await path.decide(body, 'validate');
    assert.ok(verdict.status === 'decided');
    const { request, decision } = verdict;
    if (decision.code !== 'managed_object_changed') continue;

    const replayed = await replayItem(recordOf(request, decision), {
      candidate,
      baseline: noBaseline,
    });

    assert.ok(replayed.status === 'flipped');
    const { flip, username, application, facts } = replayed.flipped;
    assert.deepEqual([flip.from, flip.to], ['denied', 'warned']);
    assert.deepEqual(flip.policies, ['gitops_only_writes']);
    assert.equal(username, request.userInfo.username);
    assert.equal(application, decision.facts.object?.app);
    assert.equal(facts?.object?.managed, true);
    return;
  }
  assert.fail('the recorded day has no such review');
});

test('what a record does not have is not guessed', async (t) => {
  const candidate = await start(t);
  const options = { candidate, baseline: noBaseline };
  const [sample] = readRecordedReviews();
  const verdict = await candidate.decide(sample?.body ?? Buffer.of(), 'validate');
  assert.ok(verdict.status === 'decided');
  const item = recordOf(verdict.request, verdict.decision);
  const withInput = (input: object) => ({
    ...item,
    record: parseReplayRecord(JSON.stringify({ ...sampleRecord(), input })) ?? item.record,
  });
  const { request } = item.record.input ?? {};

  const results = [
    await replayItem(withInput({ request, facts: {} }), options),
    await replayItem(withInput({ request, facts: { actor: 1 } }), options),
    await replayItem(withInput({ request: {}, facts: {} }), options),
    await replayItem({ ...item, record: { ...item.record, input: undefined } }, options),
    await replayItem({ kind: 'unreadable', source: 'a', reason: 'broken' }, options),
  ];

  assert.deepEqual(
    results.map((result) => (result.status === 'unjudged' ? result.reason : result.status)),
    ['facts', 'damaged', 'damaged', 'no-input', 'unreadable'],
  );
  assert.match(
    results[0]?.status === 'unjudged' ? (results[0].detail ?? '') : '',
    /^\w+: the record does not have the fact "object"$/u,
  );
});

test('a review is compared with what the baseline decides of it', async (t) => {
  const path = await start(t);
  const candidate = await start(t, { mode: 'off' });
  const baseline = () => Promise.resolve(path);
  const denied = readRecordedReviews().find(({ expect }) => expect === 'deny');
  const review = { kind: 'review', source: 'a', bytes: denied?.body ?? Buffer.of() } as const;

  const flipped = await replayItem(review, { candidate, baseline });
  const same = await replayItem(review, { candidate: path, baseline });
  const broken = await replayItem({ ...review, bytes: Buffer.from('{}') }, { candidate, baseline });

  assert.equal(flipped.status, 'flipped');
  assert.equal(flipped.flipped.flip.to, 'allowed');
  assert.equal(flipped.flipped.facts, undefined);
  assert.equal(same.status, 'same');
  assert.ok(broken.status === 'unjudged');
  assert.equal(broken.reason, 'unreadable');
});
