import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { KnownFacts } from '../../../../src/admission/facts/fact.ts';
import { createOfflineDecider } from '../../../../src/compose/offline.ts';
import { parseConfiguration } from '../../../../src/config/parse-configuration.ts';
import { sampleActor, sampleObject, sampleRequest } from '../../../support/admission-samples.ts';
import { bundleFolder } from '../../../support/policy-bundles.ts';

const CONFIG_MAP = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop' },
};
const CHANGED = sampleRequest({
  operation: 'UPDATE',
  object: { ...CONFIG_MAP, data: { a: '2' } },
  oldObject: { ...CONFIG_MAP, data: { a: '1' } },
});

async function decide(t: TestContext, facts: KnownFacts, identity: object = {}) {
  const bundle = await bundleFolder();
  const written = { cluster: { name: 'test' }, policies: { bundle }, identity };
  const parsed = parseConfiguration(JSON.stringify(written), { file: 'a.yaml', folder: '/' });
  assert.ok(parsed.ok);
  const path = await createOfflineDecider(parsed.configuration, { clusterStateObjects: [] });
  t.after(() => path.close());
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: CHANGED };
  const bytes = Buffer.from(JSON.stringify(review));
  const verdict = await path.decideWith(bytes, 'validate', facts);
  assert.equal(verdict.status, 'decided');
  return verdict.decision;
}

test('what a record says of the object counts, not what the review shows of it', async (t) => {
  const object = sampleObject({ tool: 'argocd', app: 'settings' });

  const decision = await decide(t, { object });

  assert.equal(decision.code, 'managed_object_changed');
  assert.equal(decision.facts.object, object);
});

test('a fact that a record does not have is unavailable', async (t) => {
  const decision = await decide(t, {});

  assert.equal(decision.code, 'fact_unavailable');
  assert.match(decision.message, /the record does not have the fact "object"/u);
});

test('the proof of a record counts for the same identity, and not where another is configured now', async (t) => {
  const object = sampleObject({ managed: false, wasManaged: false, scope: 'none' });
  const proof = { grade: 'pod-bound', sufficient: true, reason: 'recorded' } as const;
  const same = sampleActor({ proof });
  const other = sampleActor({ class: 'gitops', name: 'argocd', proof });

  const kept = await decide(t, { object, actor: same });
  const classified = await decide(t, { object, actor: other });

  assert.equal(kept.facts.actor, same);
  assert.equal(classified.facts.actor?.class, 'other');
  assert.notEqual(classified.facts.actor.proof.reason, 'recorded');
});
