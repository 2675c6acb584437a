/** One request that someone sends, and the bodies that several need. */
export const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';
export const CONTROLLER = 'system:serviceaccount:kube-system:';

export interface Caller {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

export const admin: Caller = { user: 'alice' };
export const kubelet: Caller = { user: 'system:node:worker-1', groups: ['system:nodes'] };
export const scheduler: Caller = { user: 'system:kube-scheduler' };

/** A controller as its token shows it; `pretender` is what `kubectl --as` makes of it. */
export function controller(name: string): Caller {
  return { user: `${CONTROLLER}${name}`, uid: `${name}-uid` };
}
export function pretender(name: string): Caller {
  return { user: `${CONTROLLER}${name}` };
}

export interface Attempt {
  readonly what: string;
  readonly as: Caller;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** A function where the body names the uids of seeded objects, by `namespace/name`. */
  readonly body?: object | ((uids: ReadonlyMap<string, string>) => object);
}

export const CORE = '/api/v1';
export const SHOP = `${CORE}/namespaces/shop`;
export const APPS = '/apis/apps/v1/namespaces/shop';
export const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
export const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
export const RBAC = '/apis/rbac.authorization.k8s.io/v1';
export const POD_CREATION = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'made' },
  spec: { containers: [{ name: 'app', image: 'registry.local/app:1' }] },
};
export const OWNER = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web',
  uid: 'u1',
  controller: true,
};

export const CHILD_POD = { ...POD_CREATION, metadata: { name: 'made', ownerReferences: [OWNER] } };
/** `O=system:nodes, CN=system:node:worker-1`; its private key was thrown away. */
export const CERTIFICATE_REQUEST =
  'MIHyMIGYAgEAMDYxFTATBgNVBAoMDHN5c3RlbTpub2RlczEdMBsGA1UEAwwUc3lzdGVtOm5vZGU6d29ya2VyLTEwWT' +
  'ATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASGH/OeTntX4CJdk8Xh2w6Ru+0WqQ9+e7DZZKM+qQxO8+PvDDV73p304Lzj' +
  '3VNrJn8yrrlDDLNrYfWU6/yhq146oAAwCgYIKoZIzj0EAwIDSQAwRgIhAOB83GbAk+BA5rylKi+67pCQZaMSPg0urX' +
  'fIJ4B5ab7cAiEAj/xBpvTX0/Za8SMhyAyTa9SKxQNePm3JTkQQTnLhtig=';

/** NodeRestriction lets a kubelet ask for nothing but the token of a pod that runs on its node. */
export function tokenFor(namespace: string) {
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

export function mirrorPod(uids: ReadonlyMap<string, string>): object {
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

export const TOKEN_REQUEST = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec: {},
};

export function patch(metadata: object): object {
  return { metadata };
}

export function certificateRequest(signerName: string): object {
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${CERTIFICATE_REQUEST}\n-----END CERTIFICATE REQUEST-----\n`;
  const request = Buffer.from(pem).toString('base64');
  return {
    metadata: { name: 'csr' },
    spec: { signerName, request, usages: ['digital signature', 'client auth'] },
  };
}
