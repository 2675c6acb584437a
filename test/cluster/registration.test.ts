/**
 * The registration on a real API server, with a webhook that is down and failure policy Fail: what still works is
 * exempt, what is refused would have been asked. It also proves that every expression compiles.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { planGuard } from '../../src/cluster/registration/plan-guard.ts';
import { planRegistration } from '../../src/cluster/registration/plan-registration.ts';
import type { Manifest } from '../../src/cluster/registration/plan-registration.ts';
import { RECOVERY_USERNAMES } from '../../src/cluster/registration/recovery-identities.ts';
import { PLATFORM_IDENTITIES } from '../../src/identity/platform-identities.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { trackingAnnotation } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';
const CONTROLLER = 'system:serviceaccount:kube-system:';

interface Caller {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

const admin: Caller = { user: 'alice' };
const kubelet: Caller = { user: 'system:node:worker-1', groups: ['system:nodes'] };
const scheduler: Caller = { user: 'system:kube-scheduler' };

/** A controller as its token shows it; `pretender` is what `kubectl --as` makes of it. */
function controller(name: string): Caller {
  return { user: `${CONTROLLER}${name}`, uid: `${name}-uid` };
}
function pretender(name: string): Caller {
  return { user: `${CONTROLLER}${name}` };
}

interface Attempt {
  readonly what: string;
  readonly as: Caller;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** A function where the body names the uids of seeded objects, by `namespace/name`. */
  readonly body?: object | ((uids: ReadonlyMap<string, string>) => object);
}

const CORE = '/api/v1';
const SHOP = `${CORE}/namespaces/shop`;
const APPS = '/apis/apps/v1/namespaces/shop';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const POD_CREATION = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'made' },
  spec: { containers: [{ name: 'app', image: 'registry.local/app:1' }] },
};
const OWNER = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web',
  uid: 'u1',
  controller: true,
};

const CHILD_POD = { ...POD_CREATION, metadata: { name: 'made', ownerReferences: [OWNER] } };
/** `O=system:nodes, CN=system:node:worker-1`; its private key was thrown away. */
const CERTIFICATE_REQUEST =
  'MIHyMIGYAgEAMDYxFTATBgNVBAoMDHN5c3RlbTpub2RlczEdMBsGA1UEAwwUc3lzdGVtOm5vZGU6d29ya2VyLTEwWT' +
  'ATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASGH/OeTntX4CJdk8Xh2w6Ru+0WqQ9+e7DZZKM+qQxO8+PvDDV73p304Lzj' +
  '3VNrJn8yrrlDDLNrYfWU6/yhq146oAAwCgYIKoZIzj0EAwIDSQAwRgIhAOB83GbAk+BA5rylKi+67pCQZaMSPg0urX' +
  'fIJ4B5ab7cAiEAj/xBpvTX0/Za8SMhyAyTa9SKxQNePm3JTkQQTnLhtig=';

/** NodeRestriction lets a kubelet ask for nothing but the token of a pod that runs on its node. */
function tokenFor(namespace: string) {
  return (uids: ReadonlyMap<string, string>): object => ({
    ...TOKEN_REQUEST,
    spec: {
      boundObjectRef: {
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'bound',
        uid: uids.get(`${namespace}/bound`),
      },
    },
  });
}

function mirrorPod(uids: ReadonlyMap<string, string>): object {
  const node = { apiVersion: 'v1', kind: 'Node', name: 'worker-1', uid: uids.get('/worker-1') };
  return {
    ...POD_CREATION,
    metadata: {
      name: 'mirror',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [{ ...node, controller: true }],
    },
    spec: { ...POD_CREATION.spec, nodeName: 'worker-1' },
  };
}

const TOKEN_REQUEST = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };

function patch(metadata: object): object {
  return { metadata };
}

/** Works while the webhook is down. */
const EXEMPT: readonly Attempt[] = [
  {
    what: 'a node renews its lease',
    as: kubelet,
    method: 'PATCH',
    path: `${LEASES}/worker-1`,
    body: { spec: { holderIdentity: 'worker-1' } },
  },
  {
    what: 'anyone writes an event',
    as: admin,
    method: 'POST',
    path: `${SHOP}/events`,
    body: { metadata: { name: 'e1' }, involvedObject: { namespace: 'shop' } },
  },
  {
    what: 'anyone asks for an access review',
    as: admin,
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
  },
  {
    what: 'a kubelet asks for its client certificate',
    as: kubelet,
    method: 'POST',
    path: CSRS,
    body: certificateRequest('kubernetes.io/kube-apiserver-client-kubelet'),
  },
  {
    what: 'a node registers',
    as: { user: 'system:node:worker-2', groups: ['system:nodes'] },
    method: 'POST',
    path: `${CORE}/nodes`,
    body: { metadata: { name: 'worker-2' } },
  },
  {
    what: 'a node reports its status',
    as: kubelet,
    method: 'PATCH',
    path: `${CORE}/nodes/worker-1/status`,
    body: { status: { conditions: [] } },
  },
  {
    what: 'an agent of the cloud takes a taint off a node',
    as: { user: 'system:serviceaccount:cloud:agent' },
    method: 'PATCH',
    path: `${CORE}/nodes/worker-1`,
    body: { spec: { taints: [] } },
  },
  {
    what: 'a kubelet writes the status of a managed pod',
    as: kubelet,
    method: 'PATCH',
    path: `${SHOP}/pods/managed/status`,
    body: { status: { phase: 'Running' } },
  },
  {
    what: 'a kubelet removes a managed pod',
    as: kubelet,
    method: 'DELETE',
    path: `${SHOP}/pods/managed`,
  },
  {
    what: 'a kubelet makes a mirror pod',
    as: kubelet,
    method: 'POST',
    path: `${SHOP}/pods`,
    body: mirrorPod,
  },
  {
    what: 'a kubelet gets a token for an ordinary account',
    as: kubelet,
    method: 'POST',
    path: `${SHOP}/serviceaccounts/ordinary/token`,
    body: tokenFor('shop'),
  },
  {
    what: 'a kubelet publishes its volumes',
    as: kubelet,
    method: 'POST',
    path: '/apis/storage.k8s.io/v1/csinodes',
    body: { metadata: { name: 'worker-1' }, spec: { drivers: [] } },
  },
  {
    what: 'the scheduler binds a managed pod',
    as: scheduler,
    method: 'POST',
    path: `${SHOP}/pods/waiting/binding`,
    body: { metadata: { name: 'waiting' }, target: { kind: 'Node', name: 'worker-1' } },
  },
  {
    what: 'the replicaset controller makes a pod',
    as: controller('replicaset-controller'),
    method: 'POST',
    path: `${SHOP}/pods`,
    body: CHILD_POD,
  },
  {
    what: 'the controller manager makes a pod under its one name',
    as: { user: 'system:kube-controller-manager' },
    method: 'POST',
    path: `${SHOP}/pods`,
    body: CHILD_POD,
  },
  {
    what: 'the deployment controller scales a child that carries a copied mark',
    as: controller('deployment-controller'),
    method: 'PATCH',
    path: `${APPS}/replicasets/child`,
    body: { spec: { replicas: 3 } },
  },
  {
    what: 'the deployment controller writes status and its revision',
    as: controller('deployment-controller'),
    method: 'PATCH',
    path: `${APPS}/deployments/managed/status`,
    body: {
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } },
      status: { replicas: 1 },
    },
  },
  {
    what: 'the garbage collector deletes a child',
    as: controller('generic-garbage-collector'),
    method: 'DELETE',
    path: `${APPS}/replicasets/child`,
  },
  {
    what: 'the garbage collector deletes an unmarked object',
    as: controller('generic-garbage-collector'),
    method: 'DELETE',
    path: `${SHOP}/configmaps/unmarked`,
  },
  {
    what: 'the root CA is published',
    as: controller('root-ca-cert-publisher'),
    method: 'POST',
    path: `${SHOP}/configmaps`,
    body: { metadata: { name: 'published' } },
  },
  {
    what: 'the default account is made',
    as: controller('service-account-controller'),
    method: 'POST',
    path: `${SHOP}/serviceaccounts`,
    body: { metadata: { name: 'made' } },
  },
  {
    what: 'endpoints with the copied labels of a Flux service are updated',
    as: controller('endpoint-controller'),
    method: 'PATCH',
    path: `${SHOP}/endpoints/made`,
    body: patch({ annotations: { seen: '1' } }),
  },
  {
    what: 'the controller manager gets a token for a controller',
    as: { user: 'system:kube-controller-manager' },
    method: 'POST',
    path: `${CORE}/namespaces/kube-system/serviceaccounts/deployment-controller/token`,
    body: TOKEN_REQUEST,
  },
  {
    what: 'a network agent writes an unmarked object',
    as: { user: `${CONTROLLER}cilium`, uid: 'x' },
    method: 'PATCH',
    path: `${SHOP}/configmaps/unmarked`,
    body: patch({ annotations: { seen: '1' } }),
  },
  {
    what: 'a finished namespace is finalized',
    as: controller('namespace-controller'),
    method: 'PUT',
    path: `${CORE}/namespaces/going/finalize`,
    body: {
      metadata: {
        name: 'going',
        labels: { 'kubernetes.io/metadata.name': 'going' },
        finalizers: ['a.test/keep'],
      },
      spec: { finalizers: ['kubernetes'] },
    },
  },
  {
    what: 'an administrator repairs our own namespace',
    as: admin,
    method: 'POST',
    path: `${CORE}/namespaces/holdfast-system/configmaps`,
    body: { metadata: { name: 'repair' } },
  },
  {
    what: 'a GitOps controller pod of an ordinary account comes back',
    as: controller('replicaset-controller'),
    method: 'POST',
    path: `${CORE}/namespaces/argocd/pods`,
    body: CHILD_POD,
  },
];

/** Comes to the webhook, so it is refused while the webhook is down. */
const ASKED: readonly Attempt[] = [
  {
    what: 'an administrator changes a managed object',
    as: admin,
    method: 'PATCH',
    path: `${SHOP}/configmaps/managed`,
    body: { data: { a: 'b' } },
  },
  {
    what: 'an administrator makes an unmarked object',
    as: admin,
    method: 'POST',
    path: `${SHOP}/configmaps`,
    body: { metadata: { name: 'new' } },
  },
  {
    what: 'an administrator scales',
    as: admin,
    method: 'PATCH',
    path: `${APPS}/deployments/managed/scale`,
    body: { spec: { replicas: 9 } },
  },
  {
    what: 'an administrator deletes a pod',
    as: admin,
    method: 'DELETE',
    path: `${SHOP}/pods/managed`,
  },
  {
    what: 'an administrator evicts a pod',
    as: admin,
    method: 'POST',
    path: `${SHOP}/pods/managed/eviction`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'managed' } },
  },
  {
    what: 'an administrator adds an ephemeral container',
    as: admin,
    method: 'PATCH',
    path: `${SHOP}/pods/managed/ephemeralcontainers`,
    body: { spec: { ephemeralContainers: [{ name: 'debug', image: 'x' }] } },
  },
  { what: 'an administrator deletes the namespace', as: admin, method: 'DELETE', path: SHOP },
  {
    what: 'a writer writes',
    as: { user: WRITER, uid: 'w' },
    method: 'PATCH',
    path: `${SHOP}/configmaps/managed`,
    body: { data: { a: 'b' } },
  },
  {
    what: 'the autoscaler scales',
    as: controller('horizontal-pod-autoscaler'),
    method: 'PATCH',
    path: `${APPS}/deployments/managed/scale`,
    body: { spec: { replicas: 9 } },
  },
  {
    what: "someone in the garbage collector's clothes deletes an unmarked object",
    as: pretender('generic-garbage-collector'),
    method: 'DELETE',
    path: `${SHOP}/configmaps/unmarked`,
  },
  {
    what: 'the garbage collector deletes a managed object',
    as: controller('generic-garbage-collector'),
    method: 'DELETE',
    path: `${SHOP}/configmaps/managed`,
  },
  {
    what: 'the garbage collector takes the mark off',
    as: controller('generic-garbage-collector'),
    method: 'PATCH',
    path: `${SHOP}/configmaps/managed`,
    body: patch({ annotations: { 'argocd.argoproj.io/tracking-id': null } }),
  },
  {
    what: 'a controller puts a mark on',
    as: controller('root-ca-cert-publisher'),
    method: 'PATCH',
    path: `${SHOP}/configmaps/unmarked`,
    body: patch({ annotations: trackingAnnotation('shop', '/ConfigMap:shop/unmarked') }),
  },
  {
    what: 'a controller turns Flux off for an object',
    as: controller('root-ca-cert-publisher'),
    method: 'PATCH',
    path: `${SHOP}/configmaps/unmarked`,
    body: patch({ labels: { 'kustomize.toolkit.fluxcd.io/ssa': 'Ignore' } }),
  },
  {
    what: 'a status update takes the mark off',
    as: controller('deployment-controller'),
    method: 'PATCH',
    path: `${APPS}/deployments/managed/status`,
    body: patch({ annotations: { 'argocd.argoproj.io/tracking-id': null } }),
  },
  {
    what: 'a status update adds an owner',
    as: controller('deployment-controller'),
    method: 'PATCH',
    path: `${APPS}/deployments/managed/status`,
    body: patch({ ownerReferences: [OWNER] }),
  },
  {
    what: 'a status update adds a finalizer',
    as: controller('deployment-controller'),
    method: 'PATCH',
    path: `${APPS}/deployments/managed/status`,
    body: patch({ finalizers: ['a.test/b'] }),
  },
  {
    what: "a pod without an owner is made under a controller's name",
    as: controller('replicaset-controller'),
    method: 'POST',
    path: `${SHOP}/pods`,
    body: POD_CREATION,
  },
  {
    what: "a namespace is deleted under a controller's name",
    as: controller('namespace-controller'),
    method: 'DELETE',
    path: SHOP,
  },
  {
    what: "a claim is deleted under a controller's name",
    as: controller('statefulset-controller'),
    method: 'DELETE',
    path: `${SHOP}/persistentvolumeclaims/data`,
  },
  {
    what: "argocd-cm is changed under a controller's name",
    as: controller('root-ca-cert-publisher'),
    method: 'PATCH',
    path: `${CORE}/namespaces/argocd/configmaps/argocd-cm`,
    body: { data: { a: 'b' } },
  },
  {
    what: "a child Application is told to sync under the garbage collector's name",
    as: controller('generic-garbage-collector'),
    method: 'PATCH',
    path: '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/child',
    body: { operation: { sync: {} } },
  },
  {
    what: "an unmarked object of a gitops-only namespace is made under a controller's name",
    as: controller('root-ca-cert-publisher'),
    method: 'POST',
    path: `${CORE}/namespaces/prod/configmaps`,
    body: { metadata: { name: 'new' } },
  },
  {
    what: "a kubelet gets a writer's token",
    as: kubelet,
    method: 'POST',
    path: `${CORE}/namespaces/argocd/serviceaccounts/argocd-application-controller/token`,
    body: tokenFor('argocd'),
  },
  {
    what: "the controller manager gets a writer's token",
    as: { user: 'system:kube-controller-manager' },
    method: 'POST',
    path: `${CORE}/namespaces/argocd/serviceaccounts/argocd-application-controller/token`,
    body: TOKEN_REQUEST,
  },
  {
    what: "a pod with a writer's account is made under a controller's name",
    as: controller('statefulset-controller'),
    method: 'POST',
    path: `${CORE}/namespaces/argocd/pods`,
    body: {
      ...CHILD_POD,
      spec: { ...POD_CREATION.spec, serviceAccountName: 'argocd-application-controller' },
    },
  },
  {
    what: 'a node name without the group of nodes',
    as: { user: 'system:node:worker-1' },
    method: 'DELETE',
    path: `${SHOP}/pods/managed`,
  },
  {
    what: 'a certificate with any name is asked for',
    as: admin,
    method: 'POST',
    path: CSRS,
    body: certificateRequest('kubernetes.io/kube-apiserver-client'),
  },
  {
    what: 'a marked node is changed',
    as: admin,
    method: 'PATCH',
    path: `${CORE}/nodes/worker-1`,
    body: patch({ annotations: trackingAnnotation('infra', '/Node:infra/worker-1') }),
  },
  {
    what: 'a living namespace is finalized',
    as: controller('namespace-controller'),
    method: 'PUT',
    path: `${SHOP}/finalize`,
    body: { metadata: { name: 'shop' }, spec: { finalizers: [] } },
  },
];

function certificateRequest(signerName: string): object {
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${CERTIFICATE_REQUEST}\n-----END CERTIFICATE REQUEST-----\n`;
  const request = Buffer.from(pem).toString('base64');
  return {
    metadata: { name: 'csr' },
    spec: { signerName, request, usages: ['digital signature', 'client auth'] },
  };
}

describe('the registration on a real API server, while the webhook is down', () => {
  let cluster: Cluster;
  let send: (attempt: Attempt) => Promise<{ code: number; message: string }>;

  before(async () => {
    cluster = await startCluster();
    await seed(cluster);
    send = await impersonator(cluster, await readUids(cluster));
    const items: readonly Manifest[] = registration();
    await cluster.mustKubectl('alice', ['apply', '--server-side', '-f', '-'], { input: items });
    await waitFor('the API server calls the webhook', async () =>
      isAsked(await send(firstOf(ASKED))),
    );
  });
  after(async () => {
    await cluster.stop();
  });

  for (const attempt of EXEMPT) {
    it(`works: ${attempt.what}`, async () => {
      const { code, message } = await send(attempt);
      assert.equal(code >= 200 && code < 300, true, `${String(code)} ${message}`);
    });
  }

  for (const attempt of ASKED) {
    it(`is refused: ${attempt.what}`, async () => {
      assert.equal(isAsked(await send(attempt)), true, JSON.stringify(await send(attempt)));
    });
  }

  it('sends exec into a GitOps controller, and nowhere else, to the webhook', async () => {
    const exec = (namespace: string, pod: string): Attempt => ({
      what: 'exec',
      as: admin,
      method: 'POST',
      path: `${CORE}/namespaces/${namespace}/pods/${pod}/exec?command=sh&container=app`,
    });
    assert.match((await send(exec('argocd', 'redis'))).message, /connect\.holdfast\.dev/u);
    assert.doesNotMatch((await send(exec('shop', 'managed'))).message, /holdfast\.dev/u);
  });

  it('lets only named accounts touch the registration, one by one or all at once', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const installer: Caller = { user: 'installer' };
    for (const target of [`${path}/holdfast`, path]) {
      const refused = await waitFor('the guard is in force', async () => {
        const answer = await send({ what: '', as: admin, method: 'DELETE', path: target });
        return answer.message.includes('guard') && answer;
      });
      assert.match(refused.message, /changes only by the accounts that its guard names/u);
    }
    const allowed = await send({
      what: '',
      as: installer,
      method: 'DELETE',
      path: `${path}/holdfast`,
    });
    assert.equal(allowed.code, 200, allowed.message);
  });
});

function isAsked({ code, message }: { code: number; message: string }): boolean {
  return code === 500 && message.includes('failed calling webhook "drift.holdfast.dev"');
}

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  assert.ok(first !== undefined);
  return first;
}

function registration(): readonly Manifest[] {
  return [
    ...planRegistration({
      // Port 9 (discard) refuses connections on loopback.
      target: { kind: 'url', baseUrl: 'https://127.0.0.1:9' },
      ownNamespace: 'holdfast-system',
      platformUsernames: [...PLATFORM_IDENTITIES.keys()],
      recoveryUsernames: RECOVERY_USERNAMES,
      writerUsernames: [WRITER],
      gitopsNamespaces: ['argocd', 'flux-system'],
      gitopsOnlyNamespaces: ['prod'],
      exemptNamespaces: ['sandbox'],
      instanceLabelKey: 'app.kubernetes.io/instance',
    }),
    ...planGuard({ allowedUsernames: ['installer'] }),
  ];
}

/** Everything the attempts are about, made before the webhook is registered. */
async function seed(cluster: Cluster): Promise<void> {
  const namespaces = ['shop', 'argocd', 'prod', 'holdfast-system', 'going'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(name === 'going' ? { finalizers: ['a.test/keep'] } : {}) },
  }));
  await cluster.mustKubectl('root', ['create', '-f', '-'], {
    input: [...namespaces, applicationKind()],
  });
  await waitFor(
    'the node lease namespace exists',
    async () => (await cluster.request('root', '/api/v1/namespaces/kube-node-lease')).code === 200,
  );
  await cluster.mustKubectl('root', [
    'wait',
    '--for=condition=Established',
    'crd/applications.argoproj.io',
  ]);
  await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: seedObjects() });
  await cluster.mustKubectl('root', ['delete', 'namespace', 'going', '--wait=false']);
}

function seedObjects(): readonly object[] {
  const shop = (name: string, kind: string) => ({
    name,
    namespace: 'shop',
    annotations: trackingAnnotation('shop', `${kind}:shop/${name}`),
  });
  const template = { metadata: { labels: { app: 'x' } }, spec: POD_CREATION.spec };
  const selector = { matchLabels: { app: 'x' } };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: shop('managed', '/ConfigMap') },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'unmarked', namespace: 'shop' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm', namespace: 'argocd' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ordinary', namespace: 'shop' } },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'argocd-application-controller', namespace: 'argocd' },
    },
    { ...POD_CREATION, metadata: shop('waiting', '/Pod') },
    {
      ...POD_CREATION,
      metadata: shop('managed', '/Pod'),
      spec: { ...POD_CREATION.spec, nodeName: 'worker-1' },
    },
    { ...POD_CREATION, metadata: { name: 'redis', namespace: 'argocd' } },
    boundPod('shop', 'ordinary'),
    boundPod('argocd', 'argocd-application-controller'),
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name: 'made',
        namespace: 'shop',
        labels: {
          'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
          'kustomize.toolkit.fluxcd.io/name': 'shop',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'made', namespace: 'shop' },
      spec: { ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: shop('managed', 'apps/Deployment'),
      spec: { replicas: 0, selector, template },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      // `blockOwnerDeletion` is absent and the uid unknown; the test is over before the garbage collector looks twice.
      metadata: {
        ...shop('child', 'apps/Deployment'),
        ownerReferences: [{ ...OWNER, kind: 'Deployment', name: 'managed' }],
        finalizers: ['a.test/keep'],
      },
      spec: { replicas: 0, selector, template },
    },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'worker-1', namespace: 'kube-node-lease' },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'child',
        namespace: 'argocd',
        finalizers: ['a.test/keep'],
        ownerReferences: [
          { ...OWNER, apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', name: 'set' },
        ],
      },
    },
  ];
}

function boundPod(namespace: string, serviceAccountName: string): object {
  return {
    ...POD_CREATION,
    metadata: { name: 'bound', namespace },
    spec: { ...POD_CREATION.spec, serviceAccountName, nodeName: 'worker-1' },
  };
}

function applicationKind(): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'applications.argoproj.io' },
    spec: {
      group: 'argoproj.io',
      scope: 'Namespaced',
      names: { plural: 'applications', singular: 'application', kind: 'Application' },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  };
}

async function readUids(cluster: Cluster): Promise<ReadonlyMap<string, string>> {
  const lists = await Promise.all(
    ['pods', 'nodes'].map((kind) => cluster.request('root', `${CORE}/${kind}`)),
  );
  const objects = lists.flatMap(({ body }) => body.items ?? []);
  return new Map(
    objects.map(({ metadata }) => [
      `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`,
      metadata?.uid ?? '',
    ]),
  );
}

/** Sends dry-run requests under any name; RBAC never stands in the way, since what is tested comes after it. */
async function impersonator(cluster: Cluster, uids: ReadonlyMap<string, string>) {
  const kubeconfig: unknown = JSON.parse(await readFile(cluster.kubeconfigOf('root'), 'utf8'));
  const token = /"token":"(?<token>[^"]+)"/u.exec(JSON.stringify(kubeconfig))?.groups?.['token'];
  const agent = new Agent({ keepAlive: true, ca: cluster.ca });
  cluster.onStop(() => {
    agent.destroy();
  });
  return ({ as, method, path, body }: Attempt): Promise<{ code: number; message: string }> =>
    new Promise((resolve, reject) => {
      const url = new URL(path, cluster.url);
      if (!path.includes('/exec')) url.searchParams.set('dryRun', 'All');
      const outgoing = request(
        url,
        { method, agent, headers: headersFor(as, method, `${token}`) },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (chunk: string) => (text += chunk));
          incoming.on('end', () => {
            resolve({ code: incoming.statusCode ?? 0, message: messageOf(text) });
          });
        },
      );
      outgoing.on('error', reject);
      const content = typeof body === 'function' ? body(uids) : body;
      outgoing.end(content === undefined ? undefined : JSON.stringify(content));
    });
}

function headersFor({ user, uid, groups = [] }: Caller, method: string, token: string) {
  return {
    authorization: `Bearer ${token}`,
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    'impersonate-user': user,
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    'impersonate-group': ['system:masters', 'system:authenticated', ...groups],
  };
}

function messageOf(text: string): string {
  const value: unknown = text === '' ? {} : JSON.parse(text.startsWith('{') ? text : '{}');
  const message: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'message') : '';
  return typeof message === 'string' ? message : '';
}
