import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findTraps } from '../../../src/config/find-traps.ts';
import { configurationSchema } from '../../../src/config/schema.ts';

const ARGOCD = {
  name: 'argocd',
  username: 'system:serviceaccount:argocd:argocd-application-controller',
  tool: 'argocd',
};
const fluxOf = (controller: string) => ({
  name: controller,
  username: `system:serviceaccount:flux-system:${controller}`,
  tool: 'flux',
});
const NO_FLUX = { flux: { enabled: false } };
const APPROVER = { name: 'anna', key: 'a key', username: 'anna' };

type Trap = readonly [code: string, path: string];

const TABLE: readonly (readonly [string, object, readonly Trap[]])[] = [
  ['nothing in the defaults', {}, []],
  [
    'nothing where Argo CD alone writes',
    { identity: { writers: [ARGOCD] }, ownership: NO_FLUX },
    [],
  ],
  [
    'an authority that Holdfast and cert-manager register',
    {
      certificates: { manage: true },
      registration: { annotations: { 'cert-manager.io/inject-ca-from': 'a/b' } },
    },
    [['authority_registered_twice', 'certificates.manage']],
  ],
  [
    'an authority of a file beside the one that Holdfast makes',
    { certificates: { manage: true }, registration: { manage: true, authorityFile: 'ca.crt' } },
    [['authority_registered_twice', 'registration.authorityFile']],
  ],
  [
    'nothing where Holdfast makes its certificates and registers itself',
    { certificates: { manage: true }, registration: { manage: true } },
    [],
  ],
  [
    'nothing where a file has the authority that nobody else registers',
    { certificates: { manage: true }, registration: { authorityFile: 'ca.crt' } },
    [],
  ],
  [
    'nothing where one of them does',
    { registration: { annotations: { 'cert-manager.io/inject-ca-from': 'a/b' } } },
    [],
  ],
  [
    'Flux without a writer',
    { identity: { writers: [ARGOCD] } },
    [['flux_without_writer', 'ownership.flux']],
  ],
  [
    'Flux with half of its writers',
    { identity: { writers: [fluxOf('kustomize-controller')] } },
    [['flux_helm_without_writer', 'identity.writers']],
  ],
  [
    'nothing where both controllers of Flux write',
    { identity: { writers: [fluxOf('kustomize-controller'), fluxOf('helm-controller')] } },
    [],
  ],
  [
    'a token wanted of one that has none',
    {
      identity: { writers: [{ ...ARGOCD, username: 'arn:aws:iam::1:role/a' }] },
      ownership: NO_FLUX,
    },
    [['proof_of_no_account', 'identity.writers.0.proof']],
  ],
  [
    'a workload without a pod to compare it with',
    {
      identity: {
        writers: [{ ...ARGOCD, proof: 'legacy', workload: { kind: 'Deployment', name: 'a' } }],
      },
      ownership: NO_FLUX,
    },
    [['workload_without_pod', 'identity.writers.0.workload']],
  ],
  [
    'a controller that runs elsewhere',
    { identity: { writers: [ARGOCD] }, ownership: { ...NO_FLUX, argocd: { namespace: 'gitops' } } },
    [['writer_outside_installation', 'identity.writers.0.username']],
  ],
  [
    'an installation in which its own controllers may not write',
    { ownership: { gitopsOnlyNamespaces: ['shop', 'argocd'] } },
    [['installation_gitops_only', 'ownership.gitopsOnlyNamespaces.1']],
  ],
  [
    'an installation in which everybody may write',
    { ownership: { exemptNamespaces: ['holdfast-system'] } },
    [['installation_exempt', 'ownership.exemptNamespaces.0']],
  ],
  [
    'grants that other clusters accept',
    { breakGlass: { approvers: [APPROVER] } },
    [['grants_for_unnamed_cluster', 'cluster.name']],
  ],
  [
    'an approver who may grant to themselves',
    { cluster: { name: 'prod' }, breakGlass: { approvers: [{ name: 'ben', key: 'a key' }] } },
    [['approver_without_username', 'breakGlass.approvers.0']],
  ],
  [
    'a commit that nothing can be',
    { commits: { requireCommit: true } },
    [['commit_required_without_rules', 'commits.requireCommit']],
  ],
  [
    'a signature that nothing can have',
    { images: { requireSignature: true } },
    [['signature_required_without_rules', 'images.requireSignature']],
  ],
];

describe('findTraps()', () => {
  it('finds nothing in Flux that only the defaults switch on', () => {
    const configuration = configurationSchema.parse({ identity: { writers: [ARGOCD] } });

    assert.deepEqual(
      findTraps(configuration, () => false),
      [],
    );
  });

  for (const [what, file, expected] of TABLE) {
    it(`finds ${what}`, () => {
      const traps = findTraps(configurationSchema.parse(file), () => true);

      assert.deepEqual(
        traps.map(({ code, path }) => [code, path.join('.')]),
        expected,
      );
      assert.ok(traps.every(({ message, remedy }) => message !== '' && remedy !== ''));
    });
  }
});
