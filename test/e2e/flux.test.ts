/** A real kustomize-controller does its work through Holdfast, and nobody else does it in its name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import { describeDecision, readDecisions } from '../support/cluster/decisions.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { addServiceAccountUser, FLUX } from '../support/cluster/service-account-user.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { PODINFO, startFluxCluster } from '../support/flux/flux-cluster.ts';

const SETTINGS = `/api/v1/namespaces/${PODINFO}/configmaps/settings`;
const DEPLOYMENT = `/apis/apps/v1/namespaces/${PODINFO}/deployments/web`;
const KUSTOMIZATION = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${FLUX.namespace}/kustomizations/${PODINFO}`;
const REPOSITORY = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${FLUX.namespace}/gitrepositories/${PODINFO}`;
const CHANGED = 'managed_object_changed by gitops_only_writes';
const PROTECTED = 'protected_key_changed by protected_keys';
const STEERED = 'gitops_control_plane_changed by gitops_control_plane';

const FIRST_WRITES = [
  'CREATE configmaps podinfo/settings: allowed',
  'CREATE deployments podinfo/web: allowed',
  'CREATE services podinfo/web: allowed',
].map((write) => `system:serviceaccount:flux-system:kustomize-controller: ${write}`);

interface Refusal {
  readonly what: string;
  readonly path: string;
  readonly body: object;
  /** A finding that refuses. */
  readonly found: string;
}

const REFUSED: readonly Refusal[] = [
  {
    what: 'a changed value',
    path: SETTINGS,
    body: { data: { greeting: 'hacked' } },
    found: CHANGED,
  },
  {
    what: 'an added value, which Flux itself would leave alone',
    path: SETTINGS,
    body: { data: { debug: 'true' } },
    found: CHANGED,
  },
  {
    what: 'an annotation that restarts the pods',
    path: DEPLOYMENT,
    body: { spec: { template: { metadata: { annotations: { restarted: 'now' } } } } },
    found: CHANGED,
  },
  {
    what: 'the mark that makes Flux look away',
    path: SETTINGS,
    body: { metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } } },
    found: PROTECTED,
  },
  {
    what: 'taking the mark of Flux off',
    path: SETTINGS,
    body: { metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': null } } },
    found: 'managed_mark_removed by gitops_only_writes',
  },
  {
    what: 'suspending the Kustomization',
    path: KUSTOMIZATION,
    body: { spec: { suspend: true } },
    found: STEERED,
  },
  {
    what: 'another repository',
    path: REPOSITORY,
    body: { spec: { url: 'https://git.example.com/evil' } },
    found: STEERED,
  },
  {
    what: 'a forged artifact',
    path: `${REPOSITORY}/status`,
    body: { status: { artifact: { url: 'http://127.0.0.1:1/evil.tar.gz' } } },
    found: STEERED,
  },
];

describe('Flux behind Holdfast', () => {
  const flux = useCluster(() =>
    startFluxCluster({
      'settings.yaml': settings(),
      'web.yaml': [webService(), webDeployment()],
    }),
  );

  const greeting = async (): Promise<string | undefined> =>
    (await flux().cluster.request('root', SETTINGS)).body.data?.['greeting'];

  async function patch(user: string, path: string, body: object): Promise<readonly string[]> {
    const answer = await flux().cluster.request(user, path, { method: 'PATCH', body });
    return readDenial({ stderr: answer.body.message ?? '' })?.findings ?? [];
  }

  it('makes what stands in Git', async () => {
    const { body } = await flux().cluster.request('root', SETTINGS);
    assert.deepEqual(body.metadata?.labels, {
      'kustomize.toolkit.fluxcd.io/name': PODINFO,
      'kustomize.toolkit.fluxcd.io/namespace': FLUX.namespace,
    });
    await flux().cluster.mustKubectl('root', [
      'rollout',
      'status',
      'deployment/web',
      `--namespace=${PODINFO}`,
      '--timeout=30s',
    ]);
    const decisions = await readDecisions(flux().holdfastLog);
    const writes = decisions.filter(
      ({ user, object }) =>
        user.username.endsWith(`:${FLUX.serviceAccount}`) && object.namespace === PODINFO,
    );
    assert.deepEqual(new Set(writes.map(describeDecision)), new Set(FIRST_WRITES));
  });

  it('applies the next commit, and deletes what it takes away', async () => {
    await flux().apply({
      'extra.yaml': { ...settings(), metadata: { name: 'extra' } },
      'settings.yaml': settings({ greeting: 'good morning' }),
    });
    const extra = `/api/v1/namespaces/${PODINFO}/configmaps/extra`;
    assert.equal(await greeting(), 'good morning');
    assert.equal((await flux().cluster.request('root', extra)).code, 200);
    await flux().apply({ 'extra.yaml': undefined });
    assert.equal((await flux().cluster.request('root', extra)).code, 404);
  });

  it('heals what was changed where Holdfast could not see it, when it is asked to', async () => {
    await changeBehindTheirBacks(flux(), SETTINGS, { data: { greeting: 'hacked' } });
    assert.equal(await greeting(), 'hacked');
    await flux().reconcile();
    await waitFor('Flux has healed the ConfigMap', async () => {
      return (await greeting()) === 'good morning';
    });
  });

  for (const { what, path, body, found } of REFUSED) {
    it(`is not undermined by ${what}`, async () => {
      const findings = await patch('alice', path, body);
      assert.ok(findings.includes(found), findings.join());
    });
  }

  it('is not impersonated with a token that was made for its account', async () => {
    const account = { namespace: FLUX.namespace, serviceAccount: FLUX.serviceAccount };
    await assert.rejects(
      addServiceAccountUser(flux().cluster, { name: 'minted', ...account }),
      /\(writer_token_requested by gitops_accounts, /u,
    );
  });

  it('goes on after all that', async () => {
    await flux().apply({ 'settings.yaml': settings({ greeting: 'good evening' }) });
    assert.equal(await greeting(), 'good evening');
  });
});
