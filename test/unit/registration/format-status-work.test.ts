import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOwnStatus } from '../../../src/registration/format-status-work.ts';

const ACCOUNT = 'system:serviceaccount:kube-system:';
const options = {
  platformUsernames: [
    'system:kube-scheduler',
    'system:kube-controller-manager',
    `${ACCOUNT}job-controller`,
    `${ACCOUNT}namespace-controller`,
    `${ACCOUNT}ttl-controller`,
    'somebody',
  ],
  recoveryUsernames: ['system:kube-proxy'],
  writerUsernames: [],
  gitopsNamespaces: [],
  gitopsOnlyNamespaces: [],
  exemptNamespaces: [],
};

const flat = (text: string) => text.replaceAll(/\s+/gu, ' ');

describe('isOwnStatus', () => {
  it('lets each identity report on the kinds of its row', () => {
    const condition = flat(isOwnStatus(options));
    assert.match(
      condition,
      /username == 'system:serviceaccount:kube-system:job-controller' && \( \(request\.resource\.group == 'batch' && request\.resource\.resource == 'jobs'\) && request\.\?subResource\.orValue\(''\) == 'status' \)/u,
    );
    for (const name of ['ttl-controller', 'somebody', 'system:kube-controller-manager']) {
      assert.ok(!condition.includes(name), name);
    }
  });

  it('lets a Namespace be reported on, and finalized, once it is going', () => {
    assert.match(
      flat(isOwnStatus(options)),
      /namespace-controller' && \( \(request\.resource\.group == '' && request\.resource\.resource == 'namespaces'\) && oldObject\.\?metadata\.\?deletionTimestamp\.hasValue\(\) \)/u,
    );
  });

  it('gives the shared name what controllers report, and no scheduler’s', () => {
    const condition = flat(isOwnStatus({ ...options, sharedControllerManager: true }));
    assert.match(
      condition,
      /username in \['system:kube-controller-manager', '[^']*job-controller'\]/u,
    );
    assert.match(condition, /'resourceclaims'/u);
    const scheduler = isOwnStatus({
      ...options,
      platformUsernames: ['system:cloud-controller-manager'],
      sharedControllerManager: true,
    });
    assert.match(
      flat(scheduler),
      /username in \['system:cloud-controller-manager', 'system:kube-controller-manager'\]/u,
    );
  });

  it('lets agents report on what Git does not mark, but on no child and no definition', () => {
    const condition = flat(isOwnStatus(options));
    assert.match(
      condition,
      /username == 'system:kube-proxy' && .* !\(request\.resource\.group == '' && request\.resource\.resource in \['pods', 'replicationcontrollers'\]\) && !\(request\.resource\.group in \['apiextensions\.k8s\.io', 'apiregistration\.k8s\.io', 'apps', 'batch'\]\)/u,
    );
  });
});
