/**
 * What an installation of Argo CD consists of, written by those who install it, by those who must not, and by the
 * controllers at work: the built policies decide, under a configuration that names one editor.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createOfflineDecider, type OfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import type { UserInfo } from '../../src/kubernetes/admission-request.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const EDITOR = 'platform-pipeline';
const GUARDS = [
  'gitops_accounts',
  'gitops_control_plane',
  'gitops_definitions',
  'gitops_namespaces',
];
const POD = {
  'authentication.kubernetes.io/pod-name': ['argocd-0'],
  'authentication.kubernetes.io/pod-uid': ['pod-1'],
};

function account(name: string, extra: UserInfo['extra'] = POD): UserInfo {
  return { username: `system:serviceaccount:argocd:${name}`, uid: 'account-1', extra };
}

const alice: UserInfo = { username: 'alice', groups: ['system:masters'] };
const editor: UserInfo = { username: EDITOR };
const writer = account('argocd-application-controller');

/** Every kind of Argo CD's own manifest: `group/resource/Kind/namespace/name`. */
const INSTALLED = [
  'apiextensions.k8s.io/customresourcedefinitions/CustomResourceDefinition//applications.argoproj.io',
  '/serviceaccounts/ServiceAccount/argocd/argocd-server',
  'rbac.authorization.k8s.io/roles/Role/argocd/argocd-server',
  'rbac.authorization.k8s.io/clusterroles/ClusterRole//argocd-server',
  'rbac.authorization.k8s.io/rolebindings/RoleBinding/argocd/argocd-server',
  'rbac.authorization.k8s.io/clusterrolebindings/ClusterRoleBinding//argocd-server',
  '/configmaps/ConfigMap/argocd/argocd-cm',
  '/configmaps/ConfigMap/argocd/argocd-notifications-cm',
  '/secrets/Secret/argocd/argocd-secret',
  '/services/Service/argocd/argocd-repo-server',
  'apps/deployments/Deployment/argocd/argocd-repo-server',
  'apps/statefulsets/StatefulSet/argocd/argocd-application-controller',
  'networking.k8s.io/networkpolicies/NetworkPolicy/argocd/argocd-repo-server-network-policy',
];

let decider: OfflineDecider | undefined;

before(async () => {
  const parameters = { editors: [EDITOR] };
  const written = JSON.stringify({
    identity: { writers: [{ name: 'argocd', username: writer.username, tool: 'argocd' }] },
    policies: {
      bundle: await bundleFolder(),
      settings: Object.fromEntries(GUARDS.map((name) => [name, { parameters }])),
    },
  });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  decider = await createOfflineDecider(parsed.configuration, { clusterStateObjects: [] });
});
after(() => decider?.close());

interface Written {
  readonly path: string;
  readonly by: UserInfo;
  readonly operation?: 'CREATE' | 'UPDATE';
}

async function decide({ path, by, operation = 'CREATE' }: Written): Promise<string> {
  const [group = '', resource = '', kind = '', namespace = '', name = ''] = path.split('/');
  const version = 'v1';
  const metadata = { name, ...(namespace !== '' && { namespace }) };
  const stateOf = (value: string) => ({
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    metadata,
    spec: { value, ...(group === 'apps' && { template: { spec: { containers: [] } } }) },
    subjects: [{ kind: 'ServiceAccount', namespace: 'argocd', name: 'argocd-server' }],
  });
  const request = {
    uid: '1',
    kind: { group, version, kind },
    resource: { group, version, resource },
    ...metadata,
    operation,
    userInfo: by,
    object: stateOf('new'),
    oldObject: operation === 'CREATE' ? null : stateOf('old'),
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  assert.ok(decider);
  const verdict = await decider.decide(Buffer.from(JSON.stringify(review)), 'validate');
  assert.equal(verdict.status, 'decided', JSON.stringify(verdict));
  // What the writer applies must come from an application, too: that is for other policies to say.
  const isRefused = verdict.decision.policies.some(
    ({ policy, status }) => GUARDS.includes(policy) && status !== 'passed',
  );
  return isRefused ? 'refused' : 'allowed';
}

describe('an installation of Argo CD', () => {
  for (const path of INSTALLED) {
    it(`is written by its editor and from Git, and by nobody else: ${path}`, async () => {
      for (const operation of ['CREATE', 'UPDATE'] as const) {
        const outcomes = await Promise.all(
          [editor, writer, alice].map((by) => decide({ path, by, operation })),
        );
        assert.deepEqual(outcomes, ['allowed', 'allowed', 'refused'], operation);
      }
    });
  }

  it('writes its own Secrets at work, with the tokens of its pods', async () => {
    const secret = '/secrets/Secret/argocd/argocd-secret';
    const key = '/secrets/Secret/argocd/argocd-redis';
    const unbound = { 'authentication.kubernetes.io/credential-id': ['JTI=1'] };
    const outcomes = await Promise.all([
      decide({ path: secret, by: account('argocd-server'), operation: 'UPDATE' }),
      decide({ path: key, by: account('argocd-redis') }),
      decide({ path: secret, by: account('argocd-server', unbound), operation: 'UPDATE' }),
      decide({ path: secret, by: account('argocd-repo-server'), operation: 'UPDATE' }),
    ]);
    assert.deepEqual(outcomes, ['allowed', 'allowed', 'refused', 'refused']);
  });

  it('is no business of what lies elsewhere', async () => {
    const path = '/configmaps/ConfigMap/shop/argocd-cm';
    assert.equal(await decide({ path, by: alice }), 'allowed');
  });
});
