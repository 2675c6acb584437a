import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyShownCredentials } from '../../../src/registration/format-shown-credentials.ts';

const options = {
  platformUsernames: ['system:kube-scheduler', 'system:kube-controller-manager'],
  recoveryUsernames: ['system:serviceaccount:kube-system:cilium'],
  writerUsernames: [],
  gitopsNamespaces: [],
  gitopsOnlyNamespaces: [],
  exemptNamespaces: [],
};

test('onlyShownCredentials() asks of the control plane and of nodes, by exact names and by name and group', () => {
  const { name, expression } = onlyShownCredentials(options);

  assert.equal(name, 'shown-credentials');
  for (const part of [
    "request.userInfo.username in ['system:kube-controller-manager', 'system:kube-scheduler']",
    "request.userInfo.username.startsWith('system:node:')",
    "'system:nodes' in request.userInfo.?groups.orValue([])",
    "request.?namespace.orValue('') == 'kube-system'",
    "request.?name.orValue('') in ['cloud-controller-manager', 'kube-controller-manager', 'kube-scheduler']",
  ]) {
    assert.ok(expression.includes(part), part);
  }
  assert.equal(expression.includes('cilium'), false);
});
