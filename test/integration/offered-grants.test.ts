/**
 * The command that a denial prints for an emergency, run as it stands: a shell splits it, our own program answers it and
 * then makes the grant, and the grant covers what was refused.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it, type TestContext } from 'node:test';
import { readUnverifiedPayload } from '../../src/base/json-web-signature.ts';
import { createOfflineDecider, type OfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { matchGrant } from '../../src/identity/grants/match-grant.ts';
import { parseGrant, type Grant } from '../../src/identity/grants/parse-grant.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import { openGrantDesk, type GrantDesk } from '../support/grant-commands.ts';
import { makeApprover } from '../support/grants.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLUSTER = 'prod-eu-1';
const OFFER = /^In an emergency: holdfast (?<words>.*)$/mu;

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

let decider: OfflineDecider | undefined;

before(async () => {
  const { key } = await makeApprover('anna');
  const written = JSON.stringify({
    cluster: { name: CLUSTER },
    breakGlass: {
      approvers: [{ name: 'anna', key: JSON.stringify(key.publicJwk) }],
      approvalsRequired: 1,
    },
    ownership: { gitopsOnlyNamespaces: ['only-git'] },
    policies: { bundle: await bundleFolder() },
  });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: ROOT });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  decider = await createOfflineDecider(parsed.configuration, {
    clusterStateObjects: [DEPLOYMENT, NAMESPACE, POD],
  });
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

/** The words that a shell makes of a line. */
async function splitAsShell(line: string): Promise<readonly string[]> {
  // In a folder of its own contents an unquoted "*" would turn into file names.
  const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\0' ${line}`], {
    cwd: ROOT,
  });
  return stdout.split('\0').slice(0, -1);
}

async function refuse(
  parts: RequestParts,
): Promise<{ request: AdmissionRequest; message: string }> {
  assert.ok(decider);
  const verdict = await decider.decide(reviewOf(parts), 'validate');
  assert.ok(verdict.status === 'decided');
  const { request, decision } = verdict;
  assert.equal(decision.allowed, false);
  return { request, message: decision.message };
}

async function grantFrom(desk: GrantDesk, offered: string): Promise<Grant> {
  const [group, ...request] = await splitAsShell(offered);
  assert.equal(group, 'grant');
  const answered = await desk.run(request);
  assert.equal(answered.status, 'ok', answered.reported);
  const [program, again, ...create] = await splitAsShell(answered.printed);
  assert.deepEqual([program, again], ['holdfast', 'grant']);
  const made = await desk.run(create.map((word) => (word === 'YOUR_KEY' ? 'anna.jwk' : word)));
  assert.equal(made.status, 'ok', made.reported);
  const token = /^\s*(?:- )?(?<token>eyJ\S+)$/mu.exec(made.printed)?.groups?.['token'] ?? '';
  const parsed = parseGrant(readUnverifiedPayload(token)?.payload ?? '');
  assert.ok(parsed.ok, made.printed);
  return parsed.grant;
}

async function openDesk(t: TestContext): Promise<GrantDesk> {
  const desk = await openGrantDesk(t);
  assert.equal((await desk.run(['keygen', '--out', 'anna.jwk'])).status, 'ok');
  return desk;
}

describe('the command in a denial, where grants can be approved', () => {
  for (const { what, request: parts, scope } of OFFERED) {
    it(`makes a grant for exactly what was refused: ${what}`, async (t) => {
      const { request, message } = await refuse(parts);
      const offered = OFFER.exec(message)?.groups?.['words'];
      assert.ok(offered, message);

      const grant = await grantFrom(await openDesk(t), offered);

      assert.deepEqual(grant.scope, { clusters: [CLUSTER], ...scope });
      assert.equal(grant.subject, request.userInfo.username);
      const circumstances = {
        cluster: CLUSTER,
        nowMs: Date.parse(grant.notBefore),
        clockSkewMs: 0,
        lifetimeMaxMs: 3_600_000,
        usesMax: 10,
        revokedIds: new Set<string>(),
      };
      assert.deepEqual(matchGrant(grant, request, circumstances), { matches: true });
    });
  }

  it('is printed once, on a line of its own above the last', async () => {
    const { message } = await refuse({
      object: { metadata: { name: 'checkout', namespace: 'shop' } },
    });

    const lines = message.split('\n');
    assert.equal(lines.filter((line) => OFFER.test(line)).length, 1, message);
    assert.match(lines.at(-1) ?? '', /protected_key_changed by protected_keys/u);
  });

  it('leaves out a username that a terminal would act on', async () => {
    const { message } = await refuse({ username: 'a\u001b[2Jb' });

    assert.equal(
      OFFER.exec(message)?.groups?.['words'],
      `grant request deployments.apps/shop/checkout --cluster ${CLUSTER}`,
    );
  });

  it('is not printed for those who are given no grants', async () => {
    const { message } = await refuse({ username: 'system:kube-scheduler' });

    assert.doesNotMatch(message, OFFER);
  });
});
