import assert from 'node:assert/strict';
import { it } from 'node:test';
import { classifyProof, planProbe, planProbeLease } from '../../../src/registration/plan-proof.ts';

const OPTIONS = { clientConfig: { url: 'https://10.0.0.5/prove' }, ownNamespace: 'hold' };

it('planProbe is about nothing but the object of the proof', () => {
  const probe = planProbe(OPTIONS);
  assert.deepEqual(probe['webhooks'], [
    {
      name: 'probe.holdfast.dev',
      admissionReviewVersions: ['v1'],
      clientConfig: OPTIONS.clientConfig,
      failurePolicy: 'Fail',
      sideEffects: 'None',
      timeoutSeconds: 5,
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'hold' } },
      objectSelector: { matchLabels: { 'registration.holdfast.dev/probe': 'true' } },
      rules: [
        {
          apiGroups: ['coordination.k8s.io'],
          apiVersions: ['v1'],
          operations: ['CREATE'],
          resources: ['leases'],
          scope: 'Namespaced',
        },
      ],
    },
  ]);
  assert.deepEqual(planProbeLease('hold')['metadata'], {
    name: 'holdfast-probe',
    namespace: 'hold',
    labels: { 'registration.holdfast.dev/probe': 'true' },
  });
});

it('planProbe has the annotations by which an injector writes its caBundle', () => {
  const annotations = { 'cert-manager.io/inject-ca-from': 'hold/holdfast' };
  assert.deepEqual(
    Reflect.get(Object(planProbe({ ...OPTIONS, annotations })['metadata']), 'annotations'),
    annotations,
  );
  assert.equal('annotations' in Object(planProbe(OPTIONS)['metadata']), false);
});

const REASONS: readonly (readonly [string, 'proven' | 'unreached'])[] = [
  [String.raw`"message":"admission webhook \"probe.holdfast.dev\" denied the request: x`, 'proven'],
  [String.raw`Internal error occurred: failed calling webhook \"probe.holdfast.dev\"`, 'unreached'],
  [String.raw`admission webhook \"other.example.com\" denied the request`, 'unreached'],
  ['leases is forbidden', 'unreached'],
];
for (const [reason, expected] of REASONS) {
  it(`classifyProof takes "${reason}" as ${expected}`, () => {
    assert.equal(classifyProof(reason), expected);
  });
}
