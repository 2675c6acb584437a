import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selectConstraints } from '../../../src/admission/select-constraints.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { PolicyDescriptor } from '../../../src/policy/descriptor.ts';
import type { ConstraintMatch } from '../../../src/policy/gatekeeper/constraint.ts';
import { sampleDescriptor, sampleRequest } from '../../support/admission-samples.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } } };
const request: AdmissionRequest = {
  ...sampleRequest(),
  kind: { group: '', version: 'v1', kind: 'Pod' },
  namespace: 'shop',
  operation: 'CREATE',
  object: pod,
  oldObject: null,
};
const native = sampleDescriptor();

function constraint(match: ConstraintMatch): PolicyDescriptor {
  return sampleDescriptor({ constraint: { template: 't', name: 'c', match, inventory: [] } });
}

const bySelector = constraint({ namespaceSelector: { matchLabels: { team: 'shop' } } });

function unasked(): never {
  throw new Error('Nobody needs the namespace');
}

describe('selectConstraints()', () => {
  it('asks for nothing where no policy is a constraint, or none selects namespaces', async () => {
    const pods = constraint({ kinds: [{ kinds: ['Pod'] }], namespaces: ['shop'] });
    const services = constraint({ kinds: [{ kinds: ['Service'] }] });

    assert.deepEqual(await selectConstraints([native], request, unasked), [native]);
    assert.deepEqual(await selectConstraints([native, pods, services], request, unasked), [
      native,
      pods,
    ]);
  });

  it('selects namespaces by their labels', async () => {
    const named = (team: string) => () =>
      Promise.resolve({ metadata: { name: 'shop', labels: { team } } });

    assert.deepEqual(await selectConstraints([bySelector], request, named('shop')), [bySelector]);
    assert.deepEqual(await selectConstraints([bySelector, native], request, named('other')), [
      native,
    ]);
  });

  it('keeps a constraint that it cannot match: it is unavailable, not passed over', async () => {
    const nobody = () => Promise.resolve(undefined);

    assert.deepEqual(await selectConstraints([bySelector], request, nobody), [bySelector]);
  });

  it('matches what is deleted, and a Namespace by its own labels', async () => {
    const byLabel = constraint({ labelSelector: { matchLabels: { app: 'web' } } });
    const deleted: AdmissionRequest = {
      ...request,
      operation: 'DELETE',
      object: null,
      oldObject: pod,
    };
    const namespace: AdmissionRequest = {
      ...request,
      kind: { group: '', version: 'v1', kind: 'Namespace' },
      object: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'shop', labels: { team: 'shop' } },
      },
    };

    assert.deepEqual(await selectConstraints([byLabel], deleted, unasked), [byLabel]);
    assert.deepEqual(await selectConstraints([bySelector], namespace, unasked), [bySelector]);
  });
});
