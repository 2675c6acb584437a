/**
 * The ways around Argo CD, tried on Flux: a cluster-admin goes for what steers kustomize-controller, one cluster for all of
 * them. What it applied must be the same after each, and Flux must still work in the end.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import type { ApiAnswer } from '../support/cluster/api-client.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { readDenial } from '../support/cluster/denial.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { FLUX } from '../support/cluster/service-account-user.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { PODINFO, startFluxCluster } from '../support/flux/flux-cluster.ts';

const SETTINGS = `/api/v1/namespaces/${PODINFO}/configmaps/settings`;
const KUSTOMIZATION = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${FLUX.namespace}/kustomizations/${PODINFO}`;
const REPOSITORY = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${FLUX.namespace}/gitrepositories/${PODINFO}`;
const DEFINITION =
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/kustomizations.kustomize.toolkit.fluxcd.io';
const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1.kustomize.toolkit.fluxcd.io';

const STEERED = 'gitops_control_plane_changed by gitops_control_plane';
const INSTALLED = 'gitops_installation_changed by gitops_namespaces';
const DEFINED = 'gitops_definition_changed by gitops_definitions';

interface FluxAttack {
  readonly what: string;
  readonly attempt: (cluster: Cluster) => Promise<ApiAnswer | KubectlResult>;
  /** A finding that refuses. */
  readonly found: string;
}

const patch =
  (path: string, body: object, patchType?: string): FluxAttack['attempt'] =>
  (cluster) =>
    cluster.request('alice', path, {
      method: 'PATCH',
      body,
      ...(patchType !== undefined && { patchType }),
    });

const kubectl =
  (...argv: readonly string[]): FluxAttack['attempt'] =>
  (cluster) =>
    cluster.kubectl('alice', ['-n', FLUX.namespace, ...argv]);

const create =
  (input: object): FluxAttack['attempt'] =>
  (cluster) =>
    cluster.kubectl('alice', ['create', '-f', '-'], { input });

const inFlux = (name: string) => ({ name, namespace: FLUX.namespace });

const SOURCE_CONTROLLER = [
  `--as=system:serviceaccount:${FLUX.namespace}:source-controller`,
  '--as-uid=00000000-0000-4000-8000-000000000000',
  '--as-group=system:masters',
];

const ATTACKS: readonly FluxAttack[] = [
  {
    what: 'mint a token of source-controller',
    attempt: kubectl('create', 'token', 'source-controller'),
    found: 'writer_token_requested by gitops_accounts',
  },
  {
    what: 'run a pod with the account of source-controller',
    attempt: create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: inFlux('mine'),
      spec: {
        serviceAccountName: 'source-controller',
        containers: [{ name: 'mine', image: 'registry.local/mine:1' }],
      },
    }),
    found: 'writer_account_used by gitops_accounts',
  },
  {
    what: 'forge an artifact as source-controller',
    attempt: kubectl(
      'patch',
      `gitrepository/${PODINFO}`,
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status: { artifact: { url: 'http://127.0.0.1:1/evil.tar.gz' } } }),
      ...SOURCE_CONTROLLER,
    ),
    found: STEERED,
  },
  {
    what: 'forge an artifact as the controller manager',
    attempt: kubectl(
      'patch',
      `gitrepository/${PODINFO}`,
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status: { artifact: { url: 'http://127.0.0.1:1/evil.tar.gz' } } }),
      '--as=system:kube-controller-manager',
      '--as-group=system:masters',
    ),
    found: STEERED,
  },
  {
    what: 'answer for source-controller by a Service',
    attempt: create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: inFlux('source-controller'),
      spec: { selector: { app: 'mine' }, ports: [{ port: 80 }] },
    }),
    found: INSTALLED,
  },
  {
    what: 'answer for source-controller by an EndpointSlice',
    attempt: create({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        ...inFlux('mine'),
        labels: { 'kubernetes.io/service-name': 'source-controller' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.2.3'] }],
      ports: [{ port: 9090 }],
    }),
    found: INSTALLED,
  },
  {
    what: 'stop serving Kustomizations',
    attempt: patch(
      `${DEFINITION}?dryRun=All`,
      [{ op: 'replace', path: '/spec/versions/0/served', value: false }],
      'application/json-patch+json',
    ),
    found: DEFINED,
  },
  {
    what: 'convert Kustomizations',
    attempt: patch(`${DEFINITION}?dryRun=All`, {
      spec: {
        conversion: {
          strategy: 'Webhook',
          webhook: {
            clientConfig: { service: { namespace: 'default', name: 'mine', path: '/convert' } },
            conversionReviewVersions: ['v1'],
          },
        },
      },
    }),
    found: DEFINED,
  },
  {
    what: 'delete the definition of Kustomizations',
    attempt: kubectl('delete', 'crd/kustomizations.kustomize.toolkit.fluxcd.io', '--wait=false'),
    found: 'crd_deletion_destroys_resources by deletion_by_proxy',
  },
  {
    what: 'redirect the API of Kustomizations',
    attempt: patch(`${API_SERVICE}?dryRun=All`, {
      spec: { service: { namespace: 'default', name: 'mine' }, insecureSkipTLSVerify: true },
    }),
    found: 'served_api_redirected by gitops_definitions',
  },
  {
    what: 'scale kustomize-controller to nothing',
    attempt: kubectl('scale', 'deployment/kustomize-controller', '--replicas=0'),
    found: INSTALLED,
  },
  {
    what: 'change the image of kustomize-controller',
    attempt: kubectl('set', 'image', 'deployment/kustomize-controller', '*=evil'),
    found: INSTALLED,
  },
  {
    what: 'take the label off the pod of kustomize-controller',
    attempt: kubectl('label', 'pod', '-l', `app=${FLUX.serviceAccount}`, 'app-'),
    found: INSTALLED,
  },
  {
    what: 'run a command in the pod of source-controller',
    attempt: (cluster) => connectToPod(cluster, 'source-controller'),
    found: 'writer_pod_entered by gitops_accounts',
  },
  {
    what: 'change a ConfigMap beside kustomize-controller',
    attempt: kubectl('label', 'configmap/kube-root-ca.crt', 'team=mine'),
    found: INSTALLED,
  },
  {
    what: 'delete the namespace of Flux',
    attempt: kubectl('delete', `namespace/${FLUX.namespace}`, '--wait=false'),
    found: INSTALLED,
  },
  {
    what: 'suspend the Kustomization',
    attempt: patch(KUSTOMIZATION, { spec: { suspend: true } }),
    found: STEERED,
  },
  {
    what: 'patch what the Kustomization applies',
    attempt: patch(KUSTOMIZATION, {
      spec: {
        patches: [
          {
            target: { kind: 'ConfigMap' },
            patch: '[{"op":"add","path":"/data/debug","value":"true"}]',
          },
        ],
      },
    }),
    found: STEERED,
  },
  {
    what: 'substitute in what the Kustomization applies',
    attempt: patch(KUSTOMIZATION, { spec: { postBuild: { substitute: { image: 'evil' } } } }),
    found: STEERED,
  },
  {
    what: 'forge what the Kustomization has applied',
    attempt: patch(`${KUSTOMIZATION}/status`, { status: { inventory: { entries: [] } } }),
    found: STEERED,
  },
  {
    what: 'make a Kustomization of their own',
    attempt: create({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'mine', namespace: 'default' },
      spec: {
        interval: '1h',
        prune: true,
        sourceRef: { kind: 'GitRepository', ...inFlux(PODINFO) },
      },
    }),
    found: STEERED,
  },
  {
    what: 'delete the Kustomization, which prunes',
    attempt: kubectl('delete', `kustomization/${PODINFO}`, '--wait=false'),
    found: 'application_deletion_destroys_resources by deletion_by_proxy',
  },
  {
    what: 'delete the Kustomization as the garbage collector',
    attempt: kubectl(
      'delete',
      `kustomization/${PODINFO}`,
      '--wait=false',
      '--as=system:serviceaccount:kube-system:generic-garbage-collector',
      '--as-uid=00000000-0000-4000-8000-000000000000',
      '--as-group=system:masters',
    ),
    found: 'application_deletion_destroys_resources by deletion_by_proxy',
  },
  {
    what: 'delete the namespace that Flux applies to',
    attempt: kubectl('delete', `namespace/${PODINFO}`, '--wait=false'),
    found: 'namespace_holds_managed_objects by deletion_by_proxy',
  },
];

/** kubectl asks a kubelet that is not there; the API server asks the webhook first. */
async function connectToPod(cluster: Cluster, app: string): Promise<ApiAnswer> {
  const pods = `/api/v1/namespaces/${FLUX.namespace}/pods`;
  const { body } = await cluster.request('root', `${pods}?labelSelector=app%3D${app}`);
  const pod = `${pods}/${body.items?.[0]?.metadata?.name ?? ''}`;
  return await cluster.request('alice', `${pod}/exec?command=id&stdout=true`, { method: 'POST' });
}

function messageOf(answer: ApiAnswer | KubectlResult): string {
  return 'stderr' in answer ? answer.stderr : (answer.body.message ?? '');
}

describe('a cluster-admin and Flux', () => {
  const flux = useCluster(() =>
    startFluxCluster(
      { 'settings.yaml': settings(), 'web.yaml': [webService(), webDeployment()] },
      { orphans: { editors: ['bob'], afterMs: 2000 } },
    ),
  );

  before(async () => {
    // What RBAC lets an editor of orphans do is another question.
    const argv = [
      'create',
      'clusterrolebinding',
      'bob',
      '--clusterrole=cluster-admin',
      '--user=bob',
    ];
    await flux().cluster.mustKubectl('root', argv);
  });

  const steering = async (): Promise<readonly unknown[]> => {
    const { cluster } = flux();
    const answers = await Promise.all(
      [SETTINGS, KUSTOMIZATION, REPOSITORY].map((path) => cluster.request('root', path)),
    );
    return answers.map(({ body }) => [body.metadata?.uid, body.spec, body.data]);
  };

  for (const { what, attempt, found } of ATTACKS) {
    it(`cannot ${what}`, async () => {
      const unchanged = await steering();

      const message = messageOf(await attempt(flux().cluster));
      const denial = readDenial({ stderr: message });

      assert.ok(denial?.findings.includes(found), message);
      assert.deepEqual(await steering(), unchanged);
    });
  }

  it('leaves Flux at work', async () => {
    await flux().apply({ 'settings.yaml': settings({ greeting: 'good evening' }) });
    const { body } = await flux().cluster.request('root', SETTINGS);
    assert.equal(body.data?.['greeting'], 'good evening');
  });

  it('leaves what a Kustomization left behind alone, until an editor of orphans releases it', async () => {
    const { cluster } = flux();
    // As a Kustomization of Kustomizations does when Git says so: in the name of the controller, with its token.
    const orphaning = { spec: { deletionPolicy: 'Orphan' } };
    const kept = await cluster.request('flux', KUSTOMIZATION, { method: 'PATCH', body: orphaning });
    assert.equal(kept.code, 200, kept.body.message);
    const deleted = await cluster.request('flux', KUSTOMIZATION, { method: 'DELETE' });
    assert.equal(deleted.code, 200, deleted.body.message);
    const command = await waitFor('the denial names the command', async () => {
      const argv = ['-n', PODINFO, 'delete', 'configmap/settings', '--wait=false'];
      const { stderr } = await cluster.kubectl('alice', argv);
      return /release it: kubectl (.+? kustomize\.toolkit\.fluxcd\.io\/namespace-)/u.exec(
        stderr,
      )?.[1];
    });
    const byAlice = await cluster.kubectl('alice', command.split(' '));
    const byBob = await cluster.kubectl('bob', command.split(' '));
    const freed = ['-n', PODINFO, 'label', 'configmap/settings', 'team=mine'];
    const changed = await cluster.kubectl('alice', freed);
    const stillKept = await cluster.kubectl('alice', ['-n', PODINFO, 'delete', 'service/web']);

    assert.ok(readDenial(byAlice), byAlice.stderr);
    assert.equal(byBob.code, 0, byBob.stderr);
    assert.equal(changed.code, 0, changed.stderr);
    assert.ok(readDenial(stillKept), stillKept.stderr);
  });
});
