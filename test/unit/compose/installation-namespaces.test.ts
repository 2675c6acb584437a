import assert from 'node:assert/strict';
import { it } from 'node:test';
import { installationNamespaces } from '../../../src/compose/installation-namespaces.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';

function namespacesOf(text: string): readonly string[] {
  const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok);
  return installationNamespaces(parsed.configuration);
}

it('installationNamespaces() names where Argo CD, Flux and Holdfast are, and each writer', () => {
  assert.deepEqual(
    namespacesOf(`
ownership: { argocd: { namespace: gitops } }
breakGlass: { namespace: guard }
identity:
  writers:
    - { name: team, username: "system:serviceaccount:team-argocd:controller", tool: argocd }
    - { name: cloud, username: "arn:aws:iam::1:role/argocd", tool: argocd }
`),
    ['flux-system', 'gitops', 'guard', 'team-argocd'],
  );
});

it('installationNamespaces() leaves out Flux where there is none, and the namespaces of the cluster itself', () => {
  assert.deepEqual(
    namespacesOf(`
ownership: { flux: { enabled: false } }
identity:
  writers:
    - { name: hub, username: "system:serviceaccount:kube-system:argocd-manager", tool: argocd }
`),
    ['argocd', 'holdfast-system'],
  );
});

it('installationNamespaces() leaves out the tenants whose accounts are impersonated: nothing runs as the writer there', () => {
  assert.deepEqual(
    namespacesOf(`
identity:
  writers:
    - { name: team, username: "system:serviceaccount:team-a:deployer", tool: flux, proof: impersonated }
`),
    ['argocd', 'flux-system', 'holdfast-system'],
  );
});
