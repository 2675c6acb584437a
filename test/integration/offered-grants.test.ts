/**
 * The command that a denial prints for an emergency, run as it stands: a shell splits it, our own program answers it and
 * then makes the grant, and the grant covers what was refused.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { readUnverifiedPayload } from '../../src/base/json-web-signature.ts';
import { parseGrant, type Grant } from '../../src/identity/grants/parse-grant.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import { openGrantDesk, type GrantDesk } from '../support/grant-commands.ts';
import {
  findOffer,
  KEY_FILE,
  startGrantingDecider,
  takeOffer,
  type GrantingDecider,
} from '../support/offered-grants.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const CLUSTER = 'prod-eu-1';

const NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'shop',
    annotations: { 'argocd.argoproj.io/tracking-id': 'checkout:/Namespace:shop/shop' },
  },
};
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'single',
    namespace: 'shop',
    annotations: { 'argocd.argoproj.io/tracking-id': 'checkout:/Pod:shop/single' },
  },
};
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'checkout',
    namespace: 'shop',
    annotations: {
      'argocd.argoproj.io/tracking-id': 'checkout:apps/Deployment:shop/checkout',
    },
  },
  spec: { replicas: 2 },
};

let decider: GrantingDecider | undefined;

before(async () => {
  decider = await startGrantingDecider(
    {
      cluster: { name: CLUSTER },
      ownership: { gitopsOnlyNamespaces: ['only-git'] },
      policies: { bundle: await bundleFolder() },
    },
    [DEPLOYMENT, NAMESPACE, POD],
  );
});
after(() => decider?.close());

type RequestParts = Partial<AdmissionRequest> & { readonly username?: string };

/** A review of a Deployment that Argo CD manages, but for what is said. */
function reviewOf({ username = 'alice', ...parts }: RequestParts): Buffer {
  const request = {
    uid: '00000000-0000-0000-0000-000000000001',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    name: 'checkout',
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username, groups: ['system:masters', 'system:authenticated'] },
    object: { ...DEPLOYMENT, spec: { replicas: 5 } },
    oldObject: DEPLOYMENT,
    ...parts,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return Buffer.from(JSON.stringify(review));
}

const PODS = {
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  name: 'single',
};

interface Offered {
  readonly what: string;
  readonly request: RequestParts;
  readonly scope: Omit<Grant['scope'], 'clusters'>;
}

const SCOPE = {
  namespaces: ['shop'],
  resources: ['deployments.apps'],
  names: ['checkout'],
  verbs: ['UPDATE'],
} as const;

const OFFERED: readonly Offered[] = [
  { what: 'a change', request: {}, scope: SCOPE },
  {
    what: 'a scale',
    request: { subResource: 'scale' },
    scope: { ...SCOPE, resources: ['deployments.apps/scale'] },
  },
  {
    what: 'a forged status',
    request: { subResource: 'status' },
    scope: { ...SCOPE, resources: ['deployments.apps/status'] },
  },
  {
    what: 'a deletion',
    request: { operation: 'DELETE', object: null },
    scope: { ...SCOPE, verbs: ['DELETE'] },
  },
  {
    what: 'an item of a collection that is deleted',
    request: { operation: 'DELETE', name: '', object: null },
    scope: { ...SCOPE, verbs: ['DELETE'] },
  },
  {
    what: 'a creation',
    request: { operation: 'CREATE', oldObject: null },
    scope: { ...SCOPE, verbs: ['CREATE'] },
  },
  {
    what: 'a creation without a name yet',
    request: {
      operation: 'CREATE',
      name: '',
      namespace: 'only-git',
      object: { metadata: { generateName: 'run-', namespace: 'only-git' } },
      oldObject: null,
    },
    scope: { ...SCOPE, namespaces: ['only-git'], names: ['*'], verbs: ['CREATE'] },
  },
  {
    what: 'an eviction',
    request: { ...PODS, operation: 'CREATE', subResource: 'eviction', object: POD, oldObject: POD },
    scope: {
      namespaces: ['shop'],
      resources: ['pods/eviction'],
      names: ['single'],
      verbs: ['CREATE'],
    },
  },
  {
    what: 'the deletion of a namespace',
    request: {
      kind: { group: '', version: 'v1', kind: 'Namespace' },
      resource: { group: '', version: 'v1', resource: 'namespaces' },
      name: 'shop',
      operation: 'DELETE',
      object: null,
      oldObject: NAMESPACE,
    },
    scope: { namespaces: [''], resources: ['namespaces'], names: ['shop'], verbs: ['DELETE'] },
  },
  {
    what: 'a change of an Application',
    request: {
      kind: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' },
      resource: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
      namespace: 'argocd',
      object: { metadata: { name: 'checkout', namespace: 'argocd' }, spec: { project: 'mine' } },
      oldObject: { metadata: { name: 'checkout', namespace: 'argocd' }, spec: { project: 'a' } },
    },
    scope: { ...SCOPE, namespaces: ['argocd'], resources: ['applications.argoproj.io'] },
  },
  {
    what: 'a change by a service account',
    request: { username: 'system:serviceaccount:team-a:deployer' },
    scope: SCOPE,
  },
  {
    what: 'a change by somebody whose name a shell would take apart',
    request: { username: `CN=O'Neill $(reboot) "x" *; \\ \`id\`` },
    scope: SCOPE,
  },
];

async function decide(
  parts: RequestParts,
  tokens: readonly string[] = [],
): Promise<{ request: AdmissionRequest; allowed: boolean; message: string }> {
  assert.ok(decider);
  const { request, decision } = await decider.decide(reviewOf(parts), tokens);
  return { request, allowed: decision.allowed, message: decision.message };
}

async function openDesk(t: TestContext): Promise<GrantDesk> {
  return await openGrantDesk(t, { [KEY_FILE]: decider?.keyText ?? '' });
}

describe('the command in a denial, where grants can be approved', () => {
  for (const { what, request: parts, scope } of OFFERED) {
    it(`makes a grant for exactly what was refused, and it passes: ${what}`, async (t) => {
      const { request, allowed, message } = await decide(parts);
      assert.equal(allowed, false);
      const offered = findOffer(message);
      assert.ok(offered, message);

      const token = await takeOffer(await openDesk(t), offered);

      const grant = parseGrant(readUnverifiedPayload(token)?.payload ?? '');
      assert.ok(grant.ok);
      assert.deepEqual(grant.grant.scope, { clusters: [CLUSTER], ...scope });
      assert.equal(grant.grant.subject, request.userInfo.username);
      const again = await decide(parts, [token]);
      assert.deepEqual([again.allowed, again.message], [true, '']);
    });
  }

  it('is printed once, on a line of its own above the last', async () => {
    const { message } = await decide({
      object: { metadata: { name: 'checkout', namespace: 'shop' } },
    });

    const lines = message.split('\n');
    assert.equal(lines.filter((line) => findOffer(line) !== undefined).length, 1, message);
    assert.match(lines.at(-1) ?? '', /protected_key_changed by protected_keys/u);
  });

  it('leaves out a username that a terminal would act on', async () => {
    const { message } = await decide({ username: 'a\u001b[2Jb' });

    assert.equal(
      findOffer(message),
      `grant request deployments.apps/shop/checkout --cluster ${CLUSTER}`,
    );
  });

  it('is not printed for those who are given no grants', async () => {
    const { message } = await decide({ username: 'system:kube-scheduler' });

    assert.equal(findOffer(message), undefined);
  });
});
