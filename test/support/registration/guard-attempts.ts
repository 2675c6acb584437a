/** Attempts on what Holdfast stands on, sent while no Holdfast runs: what its guard refuses, and what it must let pass. */
import { admin, controller, CORE, POD_CREATION, RBAC, scheduler } from './attempt.ts';
import type { Attempt, Caller } from './attempt.ts';

const OWN = `${CORE}/namespaces/holdfast-system`;
const SECRETS = `${OWN}/secrets`;
const ROLES = `/apis/rbac.authorization.k8s.io/v1/namespaces/holdfast-system`;
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const CERTIFICATE = Buffer.from('another').toString('base64');

const installer: Caller = { user: 'installer' };
const onCall: Caller = { user: 'dana', groups: ['break-glass'] };
const holdfast: Caller = { user: 'system:serviceaccount:holdfast-system:holdfast', uid: 'own' };
const operator: Caller = { user: 'system:serviceaccount:operators:copier', uid: 'copier' };
const pretender: Caller = { user: 'system:serviceaccount:operators:copier' };
const collector = controller('generic-garbage-collector');
const controllerManager: Caller = { user: 'system:kube-controller-manager' };

const change = { data: { 'tls.crt': CERTIFICATE } };
const newSecret = (type: string, name = 'copied') => ({
  type,
  metadata: { name, annotations: { 'kubernetes.io/service-account.name': 'holdfast' } },
});
const binding = {
  metadata: { name: 'mine' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'alice' }],
};

type Asked = readonly [what: string, as: Caller, path: string, body: object];

function patch(...[what, as, path, body]: Asked): Attempt {
  return { what, as, method: 'PATCH', path, body };
}

function create(...[what, as, path, body]: Asked): Attempt {
  return { what, as, method: 'POST', path, body };
}

function remove(what: string, as: Caller, path: string): Attempt {
  return { what, as, method: 'DELETE', path };
}

const LABELS = { 'app.kubernetes.io/part-of': 'holdfast' };

/** What the attempts are about, besides the namespaces; the uid is that of ours, so that its owner is there. */
export const guardedObjects = (uid: string): readonly object[] => [
  // First: the controller manager deletes a token whose account is not there.
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: own('holdfast') },
  secret('holdfast-tls', {}),
  secret('owned', {
    ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'holdfast-system', uid }],
  }),
  {
    ...secret('token', { annotations: { 'kubernetes.io/service-account.name': 'holdfast' } }),
    type: TOKEN_TYPE,
  },
  ...['Role', 'ClusterRole'].map((kind) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: kind === 'Role' ? own('holdfast-leases') : { name: 'holdfast', labels: LABELS },
    rules: [],
  })),
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'holdfast', labels: LABELS },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'holdfast' },
    subjects: [{ kind: 'ServiceAccount', name: 'holdfast', namespace: 'holdfast-system' }],
  },
];

function own(name: string) {
  return { name, namespace: 'holdfast-system' };
}

function secret(name: string, metadata: object) {
  const data = { 'tls.crt': Buffer.from('ours').toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...own(name), ...metadata }, data };
}

/** Each is refused by the guard of the installation. */
export const REFUSED: readonly Attempt[] = [
  patch('a cluster-admin replaces the certificate', admin, `${SECRETS}/holdfast-tls`, change),
  patch('a cluster-admin freezes the certificate', admin, `${SECRETS}/holdfast-tls`, {
    immutable: true,
  }),
  patch('a cluster-admin gives the certificate an owner', admin, `${SECRETS}/holdfast-tls`, {
    metadata: {
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'gone' }],
    },
  }),
  patch('an operator replaces the certificate', operator, `${SECRETS}/holdfast-tls`, change),
  remove('a cluster-admin deletes the certificate', admin, `${SECRETS}/holdfast-tls`),
  remove('a cluster-admin deletes all Secrets', admin, SECRETS),
  remove('the scheduler deletes the certificate', scheduler, `${SECRETS}/holdfast-tls`),
  remove('the garbage collector deletes what has no owner', collector, `${SECRETS}/holdfast-tls`),
  remove(
    'somebody deletes what has an owner under the collector’s name',
    { user: collector.user },
    `${SECRETS}/owned`,
  ),
  remove(
    'the controller manager deletes what is no token',
    controllerManager,
    `${SECRETS}/holdfast-tls`,
  ),
  create('a cluster-admin makes a Secret', admin, SECRETS, newSecret('Opaque')),
  create('an operator asks for a token of ours', operator, SECRETS, newSecret(TOKEN_TYPE)),
  create('somebody makes a Secret as an operator', pretender, SECRETS, newSecret('Opaque')),
  create('a cluster-admin binds a role', admin, `${ROLES}/rolebindings`, binding),
  create('an operator binds a role', operator, `${ROLES}/rolebindings`, binding),
  patch('a cluster-admin changes a role', admin, `${ROLES}/roles/holdfast-leases`, {
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  }),
  remove('a cluster-admin deletes our rights', admin, `${RBAC}/clusterroles/holdfast`),
  remove('a cluster-admin deletes our binding', admin, `${RBAC}/clusterrolebindings/holdfast`),
  patch('a cluster-admin takes our label off', admin, `${RBAC}/clusterroles/holdfast`, {
    metadata: { labels: { 'app.kubernetes.io/part-of': null } },
  }),
  create('a cluster-admin makes a role that calls itself ours', admin, `${RBAC}/clusterroles`, {
    metadata: { name: 'other', labels: LABELS },
  }),
  patch('a cluster-admin labels our namespace', admin, OWN, {
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  }),
  remove('a cluster-admin deletes our namespace', admin, OWN),
  remove('an operator deletes our namespace', operator, OWN),
  patch(
    'somebody takes the name of Holdfast itself, without its token',
    { user: holdfast.user },
    `${SECRETS}/holdfast-tls`,
    change,
  ),
];

/** Each works. */
export const PASSED: readonly Attempt[] = [
  patch('the installer replaces the certificate', installer, `${SECRETS}/holdfast-tls`, change),
  remove('the installer deletes our namespace', installer, OWN),
  patch('Holdfast renews its certificate', holdfast, `${SECRETS}/holdfast-tls`, change),
  create('Holdfast keeps what it has learned', holdfast, SECRETS, newSecret('Opaque')),
  patch(
    'a member of the exempt group replaces the certificate',
    onCall,
    `${SECRETS}/holdfast-tls`,
    change,
  ),
  remove(
    'a member of the exempt group deletes our rights',
    onCall,
    `${RBAC}/clusterroles/holdfast`,
  ),
  create('an operator copies a pull secret', operator, SECRETS, newSecret('Opaque')),
  patch('a platform notes at our namespace what it may use', operator, OWN, {
    metadata: { annotations: { 'openshift.io/sa.scc.uid-range': '1/2' } },
  }),
  remove('the garbage collector deletes what has an owner', collector, `${SECRETS}/owned`),
  patch('the controller manager renews a token', controllerManager, `${SECRETS}/token`, {
    data: { token: CERTIFICATE },
  }),
  remove(
    'the cleaner deletes an old token',
    controller('legacy-service-account-token-cleaner'),
    `${SECRETS}/token`,
  ),
  patch('storage is migrated', admin, `${SECRETS}/holdfast-tls`, {}),
  create('a cluster-admin repairs a setting', admin, `${OWN}/configmaps`, {
    metadata: { name: 'holdfast' },
  }),
  create('a cluster-admin makes a pod', admin, `${OWN}/pods`, POD_CREATION),
  create(
    'a cluster-admin makes a Secret elsewhere',
    admin,
    `${CORE}/namespaces/shop/secrets`,
    newSecret('Opaque'),
  ),
  create('a cluster-admin makes a role', admin, `${RBAC}/clusterroles`, {
    metadata: { name: 'team' },
  }),
  patch('a cluster-admin labels another namespace', admin, `${CORE}/namespaces/shop`, {
    metadata: { labels: { a: 'b' } },
  }),
];
