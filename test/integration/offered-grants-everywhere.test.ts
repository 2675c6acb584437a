/**
 * Every operation on every resource and subresource of managed objects, of accounts, nodes and what controls GitOps: where
 * a denial offers a grant, the command it prints makes one under which the same request passes; where it offers none, no
 * grant opens it either.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { openGrantDesk, type GrantDesk } from '../support/grant-commands.ts';
import {
  findOffer,
  KEY_FILE,
  startGrantingDecider,
  takeOffer,
  type GrantingDecider,
} from '../support/offered-grants.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

/** A resource with its subresources; in a namespace unless it says otherwise. */
interface Row {
  readonly kind: string;
  readonly resource: string;
  readonly subresources: readonly string[];
  readonly namespace?: string;
}

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
const SCALED = ['', 'scale', 'status'];

const ROWS: readonly Row[] = [
  { kind: 'Deployment', resource: 'deployments.apps', subresources: SCALED },
  { kind: 'StatefulSet', resource: 'statefulsets.apps', subresources: SCALED },
  { kind: 'ReplicaSet', resource: 'replicasets.apps', subresources: SCALED },
  { kind: 'DaemonSet', resource: 'daemonsets.apps', subresources: ['', 'status'] },
  { kind: 'ReplicationController', resource: 'replicationcontrollers', subresources: SCALED },
  {
    kind: 'Pod',
    resource: 'pods',
    subresources: [
      '',
      'attach',
      'binding',
      'ephemeralcontainers',
      'eviction',
      'exec',
      'log',
      'portforward',
      'proxy',
      'resize',
      'status',
    ],
  },
  { kind: 'Service', resource: 'services', subresources: ['', 'proxy', 'status'] },
  { kind: 'ServiceAccount', resource: 'serviceaccounts', subresources: ['', 'token'] },
  { kind: 'ConfigMap', resource: 'configmaps', subresources: [''] },
  { kind: 'Secret', resource: 'secrets', subresources: [''] },
  { kind: 'Ingress', resource: 'ingresses.networking.k8s.io', subresources: ['', 'status'] },
  { kind: 'Job', resource: 'jobs.batch', subresources: ['', 'status'] },
  { kind: 'CronJob', resource: 'cronjobs.batch', subresources: ['', 'status'] },
  {
    kind: 'PersistentVolumeClaim',
    resource: 'persistentvolumeclaims',
    subresources: ['', 'status'],
  },
  {
    kind: 'Namespace',
    resource: 'namespaces',
    subresources: ['', 'finalize', 'status'],
    namespace: '',
  },
  { kind: 'Node', resource: 'nodes', subresources: ['', 'proxy', 'status'], namespace: '' },
  {
    kind: 'PersistentVolume',
    resource: 'persistentvolumes',
    subresources: ['', 'status'],
    namespace: '',
  },
  {
    kind: 'CustomResourceDefinition',
    resource: 'customresourcedefinitions.apiextensions.k8s.io',
    subresources: ['', 'status'],
    namespace: '',
  },
  {
    kind: 'ClusterRoleBinding',
    resource: 'clusterrolebindings.rbac.authorization.k8s.io',
    subresources: [''],
    namespace: '',
  },
  {
    kind: 'CertificateSigningRequest',
    resource: 'certificatesigningrequests.certificates.k8s.io',
    subresources: ['', 'approval', 'status'],
    namespace: '',
  },
  {
    kind: 'Application',
    resource: 'applications.argoproj.io',
    subresources: ['', 'status'],
    namespace: 'argocd',
  },
  {
    kind: 'Kustomization',
    resource: 'kustomizations.kustomize.toolkit.fluxcd.io',
    subresources: ['', 'status'],
    namespace: 'flux-system',
  },
  { kind: 'ConfigMap', resource: 'configmaps', subresources: [''], namespace: 'argocd' },
  {
    kind: 'ServiceAccount',
    resource: 'serviceaccounts',
    subresources: ['', 'token'],
    namespace: 'argocd',
  },
  {
    kind: 'Pod',
    resource: 'pods',
    subresources: ['', 'exec', 'ephemeralcontainers'],
    namespace: 'argocd',
  },
];

interface Case {
  readonly what: string;
  readonly review: Uint8Array;
}

function casesOf({ kind, resource, subresources, namespace = 'shop' }: Row): readonly Case[] {
  return subresources.flatMap((subresource) =>
    OPERATIONS.map((operation) => ({
      what: `${operation} ${resource}${subresource === '' ? '' : `/${subresource}`} ${namespace}`,
      review: reviewOf({ kind, resource, namespace, subresource, operation }),
    })),
  );
}

interface Asked {
  readonly kind: string;
  readonly resource: string;
  readonly namespace: string;
  readonly subresource: string;
  readonly operation: (typeof OPERATIONS)[number];
}

function reviewOf({ kind, resource, namespace, subresource, operation }: Asked): Uint8Array {
  const [plural = '', ...groups] = resource.split('.');
  const group = groups.join('.');
  const version = 'v1';
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const metadata = {
    name: 'checkout',
    ...(namespace !== '' && { namespace }),
    annotations: {
      'argocd.argoproj.io/tracking-id': `checkout:${group}/${kind}:${namespace}/checkout`,
    },
  };
  const stored = { apiVersion, kind, metadata, spec: { replicas: 1 } };
  const written = { ...stored, spec: { replicas: 2 }, status: { phase: 'Forged' } };
  const request = {
    uid: '00000000-0000-0000-0000-000000000001',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    ...(subresource !== '' && { subResource: subresource }),
    name: 'checkout',
    // A Namespace's own requests carry its name as their namespace.
    ...((namespace !== '' || kind === 'Namespace') && { namespace: namespace || 'checkout' }),
    operation,
    userInfo: { username: 'alice', groups: ['system:masters', 'system:authenticated'] },
    object: operation === 'DELETE' ? null : written,
    oldObject: operation === 'UPDATE' || operation === 'DELETE' ? stored : null,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return Buffer.from(JSON.stringify(review));
}

/** A grant for everything that the request could be about, by its names. */
async function grantEverything(desk: GrantDesk, { what }: Case): Promise<string> {
  const [operation = '', resource = '', namespace = ''] = what.split(' ');
  const words = ['create', '--key', KEY_FILE, '--subject', 'alice', '--cluster', 'prod-eu-1'];
  const scope = ['--namespace', '*', '--resource', resource, '--object', '*', '--verb', operation];
  const made = await desk.run([...words, ...scope, '--reason', `${namespace} is down`]);
  assert.equal(made.status, 'ok', made.reported);
  return /eyJ\S+/u.exec(made.printed)?.[0] ?? '';
}

let decider: GrantingDecider | undefined;

before(async () => {
  decider = await startGrantingDecider(
    {
      cluster: { name: 'prod-eu-1' },
      identity: {
        writers: [
          {
            name: 'argocd',
            username: 'system:serviceaccount:argocd:argocd-application-controller',
            tool: 'argocd',
          },
        ],
      },
      policies: { bundle: await bundleFolder() },
    },
    [],
  );
});
after(() => decider?.close());

async function openDesk(t: TestContext): Promise<GrantDesk> {
  return await openGrantDesk(t, { [KEY_FILE]: decider?.keyText ?? '' });
}

describe('for every operation on every resource and subresource', () => {
  for (const row of ROWS) {
    it(`what a denial prints is enough: ${row.resource} ${row.namespace ?? 'shop'}`, async (t) => {
      assert.ok(decider);
      const desk = await openDesk(t);
      const wrong: string[] = [];
      for (const asked of casesOf(row)) {
        const { decision } = await decider.decide(asked.review, []);
        if (decision.allowed) continue;
        const offered = findOffer(decision.message);
        const token =
          offered === undefined
            ? await grantEverything(desk, asked)
            : await takeOffer(desk, offered);
        const again = await decider.decide(asked.review, [token]);
        if (again.decision.allowed === (offered !== undefined)) continue;
        wrong.push(
          `${asked.what}\n${offered ?? 'no offer'}\n${again.decision.message}\n${decision.message}`,
        );
      }
      assert.deepEqual(wrong, []);
    });
  }
});
