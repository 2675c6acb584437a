/**
 * The line that a denial prints for an operator's own finalizers and annotations: it is valid configuration as it stands,
 * and lets pass what was refused, and nothing else.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { parse } from 'yaml';
import { createOfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const ROOT = join(import.meta.dirname, '../..');
const OFFER =
  /^If it may do so, add to (?<place>identity\.operators|the rules of "[^"]+" in identity\.operators) of Holdfast's configuration:\n(?<line>- .*)$/mu;
const USERNAME = 'system:serviceaccount:certificates:issuer';

const metadata = {
  name: 'checkout',
  namespace: 'shop',
  annotations: { 'argocd.argoproj.io/tracking-id': 'checkout:apps/Deployment:shop/checkout' },
};
const STORED = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 2 } };
const FINALIZER = { ...STORED, metadata: { ...metadata, finalizers: ['example.com/cleanup'] } };
const ANNOTATION = {
  ...STORED,
  metadata: { ...metadata, annotations: { ...metadata.annotations, 'example.com/"seen"': 'yes' } },
};

function reviewOf(object: object): Buffer {
  const request = {
    uid: '00000000-0000-0000-0000-000000000001',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    name: 'checkout',
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username: USERNAME, uid: 'u', groups: ['system:serviceaccounts'] },
    object,
    oldObject: STORED,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return Buffer.from(JSON.stringify(review));
}

async function decide(operators: unknown, object: object) {
  const written = JSON.stringify({
    cluster: { name: 'test' },
    identity: { operators },
    policies: { bundle: await bundleFolder() },
  });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: ROOT });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const decider = await createOfflineDecider(parsed.configuration, {
    clusterStateObjects: [STORED],
  });
  try {
    const verdict = await decider.decide(reviewOf(object), 'validate');
    assert.ok(verdict.status === 'decided');
    return verdict.decision;
  } finally {
    await decider.close();
  }
}

const CHANGES = { finalizer: FINALIZER, annotation: ANNOTATION };

for (const [what, object] of Object.entries(CHANGES)) {
  it(`is offered once for an operator's own ${what}, and lets exactly that pass`, async () => {
    const refused = await decide([], object);
    const offers = [...refused.message.matchAll(new RegExp(OFFER, 'gmu'))];
    const operators: unknown = parse(offers[0]?.groups?.['line'] ?? '');

    assert.equal(refused.allowed, false);
    assert.deepEqual(
      offers.map(({ groups }) => groups?.['place']),
      ['identity.operators'],
    );
    assert.equal((await decide(operators, object)).allowed, true);
    const more = { ...object, spec: { replicas: 0 } };
    assert.equal((await decide(operators, more)).allowed, false);
  });
}

it('is a rule where the operator has an entry', async () => {
  const rule = { verbs: ['UPDATE'], groups: [''], resources: ['secrets'] };
  const operator = { name: 'issuer', username: USERNAME, rules: [rule] };
  const { message } = await decide([operator], FINALIZER);
  const { place, line = '' } = OFFER.exec(message)?.groups ?? {};
  const rules = [rule, ...(parse(line) as readonly object[])];

  assert.equal(place, 'the rules of "issuer" in identity.operators');
  assert.equal((await decide([{ ...operator, rules }], FINALIZER)).allowed, true);
});
