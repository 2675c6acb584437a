/**
 * Every member of an operation in Argo CD's own types is judged. A version with another member fails here, and somebody decides what
 * it may say; until then the policy refuses it.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createOfflineDecider } from '../../src/compose/offline.ts';
import type { OfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { parseApplicationTypes, reachableFrom } from '../support/argocd/parse-application-types.ts';
import type { ApplicationTypes } from '../support/argocd/parse-application-types.ts';
import { findOnPath } from '../support/assets/find-program.ts';
import { ARGOCD_VERSIONS } from '../support/assets/gitops.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The one that the end-to-end tests run, and a later one. */
const VERSIONS = [ARGOCD_VERSIONS.current, '3.4.13'];

const hasGo = findOnPath('go', process.env['PATH'] ?? '') !== undefined;

const SOURCE = { repoURL: 'https://git.example.com/src', path: 'shop', targetRevision: 'main' };
const SPEC = {
  project: 'default',
  source: SOURCE,
  destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
  syncPolicy: { syncOptions: ['CreateNamespace=true'], retry: { limit: 2 } },
};
const SYNC = { syncOptions: ['CreateNamespace=true'] };

/** An operation that says of the member what is refused; `any` where everything that it can say passes. */
const ANY = 'any';
const MEMBERS: Readonly<Record<string, object | typeof ANY>> = {
  'Operation.sync': { initiatedBy: {} },
  'Operation.initiatedBy': { sync: SYNC, initiatedBy: { automated: true } },
  'Operation.info': ANY,
  'Operation.retry': { sync: SYNC, retry: { limit: 9 } },
  'SyncOperation.revision': { sync: { ...SYNC, revision: 'evil' } },
  'SyncOperation.prune': { sync: { ...SYNC, prune: true } },
  'SyncOperation.dryRun': ANY,
  'SyncOperation.syncStrategy': { sync: { ...SYNC, syncStrategy: { apply: {} } } },
  'SyncOperation.resources': {
    sync: { ...SYNC, resources: [{ kind: 'ConfigMap', name: 'settings', patch: 'x' }] },
  },
  'SyncOperation.source': { sync: { ...SYNC, source: { ...SOURCE, path: 'evil' } } },
  'SyncOperation.manifests': { sync: { ...SYNC, manifests: ['{}'] } },
  'SyncOperation.syncOptions': { sync: { syncOptions: ['Replace=true'] } },
  'SyncOperation.sources': { sync: { ...SYNC, sources: [SOURCE] } },
  'SyncOperation.revisions': { sync: { ...SYNC, revisions: ['evil'] } },
  'SyncOperation.autoHealAttemptsCount': { sync: { ...SYNC, autoHealAttemptsCount: 1 } },
  'SyncStrategy.apply': { sync: { ...SYNC, syncStrategy: { apply: {} } } },
  'SyncStrategy.hook': { sync: { ...SYNC, syncStrategy: { hook: { force: true } } } },
  'SyncStrategyApply.force': { sync: { ...SYNC, syncStrategy: { hook: { force: true } } } },
  'OperationInitiator.username': { sync: SYNC, initiatedBy: { username: 7 } },
  'OperationInitiator.automated': { sync: SYNC, initiatedBy: { automated: true } },
  'Info.name': ANY,
  'Info.value': ANY,
  'RetryStrategy.limit': { sync: SYNC, retry: { limit: 9 } },
  'RetryStrategy.backoff': { sync: SYNC, retry: { limit: 2, backoff: { factor: 9 } } },
  'RetryStrategy.refresh': { sync: SYNC, retry: { limit: 2, refresh: true } },
  'Backoff.duration': { sync: SYNC, retry: { limit: 2, backoff: { duration: '1s' } } },
  'Backoff.factor': { sync: SYNC, retry: { limit: 2, backoff: { factor: 9 } } },
  'Backoff.maxDuration': { sync: SYNC, retry: { limit: 2, backoff: { maxDuration: '1s' } } },
  // Which of the objects that the revision declares.
  'SyncOperationResource.group': ANY,
  'SyncOperationResource.kind': ANY,
  'SyncOperationResource.name': ANY,
  'SyncOperationResource.namespace': ANY,
};

/** What comes from the Application, and is compared with it as a whole. */
const COMPARED = new Set(['ApplicationSource', 'ApplicationSources']);

async function readTypes(version: string): Promise<ApplicationTypes> {
  const module = `github.com/argoproj/argo-cd/v3@v${version}`;
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], {
    cwd: tmpdir(),
    env: { ...process.env, GOFLAGS: '', GOWORK: 'off' },
  });
  const described: unknown = JSON.parse(stdout);
  assert.ok(typeof described === 'object' && described !== null && 'Dir' in described);
  const file = join(String(described.Dir), 'pkg/apis/application/v1alpha1/types.go');
  return parseApplicationTypes(await readFile(file, 'utf8'));
}

/** `SyncOperation.prune` and the like. */
function membersOfOperation(types: ApplicationTypes): readonly string[] {
  const without = new Map([...types].filter(([name]) => !COMPARED.has(name)));
  return [...reachableFrom(without, 'Operation')].flatMap(([name, members]) =>
    members
      .filter((member) => member.name !== '' && member.name !== '-')
      .map((member) => `${name}.${member.name}`),
  );
}

function reviewOf(operation: object): Buffer {
  const stored = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: SPEC,
  };
  const request = {
    uid: '00000000-0000-0000-0000-000000000001',
    kind: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' },
    resource: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
    name: 'shop',
    namespace: 'argocd',
    operation: 'UPDATE',
    userInfo: { username: 'carol' },
    object: { ...stored, operation },
    oldObject: stored,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return Buffer.from(JSON.stringify(review));
}

describe(
  'what an operation of Argo CD asks for',
  { skip: hasGo ? false : 'needs the go command' },
  () => {
    let decider: OfflineDecider;

    before(async () => {
      const written = JSON.stringify({
        cluster: { name: 'test' },
        ownership: { argocd: { syncAccounts: ['carol'] } },
        policies: { bundle: await bundleFolder() },
      });
      const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: ROOT });
      assert.ok(parsed.ok, JSON.stringify(parsed));
      decider = await createOfflineDecider(parsed.configuration, { clusterStateObjects: [] });
    });
    after(() => decider.close());

    const codeOf = async (operation: object): Promise<string> => {
      const verdict = await decider.decide(reviewOf(operation), 'validate');
      assert.ok(verdict.status === 'decided');
      return verdict.decision.code;
    };

    it('passes if it asks for what is declared', async () => {
      assert.equal(await codeOf({ sync: SYNC }), 'allowed');
    });

    for (const version of VERSIONS) {
      it(`is all that Argo CD ${version} knows`, async () => {
        const members = membersOfOperation(await readTypes(version));

        assert.deepEqual(members.toSorted(), Object.keys(MEMBERS).toSorted());
      });
    }

    for (const [member, operation] of Object.entries(MEMBERS)) {
      if (operation === ANY) continue;
      it(`is refused for ${member}`, async () => {
        assert.ok(
          [
            'gitops_control_plane_changed',
            'inline_manifests_injected',
            'sync_override_refused',
          ].includes(await codeOf(operation)),
        );
      });
    }

    it('may leave out the members that Argo CD leaves out when they are empty', async () => {
      const [version = ''] = VERSIONS;
      const spec = reachableFrom(await readTypes(version), 'ApplicationSpec');
      const policy = await readFile(join(ROOT, 'policies/lib/syncs.rego'), 'utf8');
      const setOf = (name: string) =>
        [
          ...(new RegExp(`^${name} := \\{(.*?)\\}`, 'msu').exec(policy)?.[1] ?? '').matchAll(
            /"(\w+)"/gu,
          ),
        ].map(([, word = '']) => word);
      const free = new Set(setOf('free_maps'));
      const members = [...spec.values()]
        .flat()
        .filter(({ name }) => name !== '' && !free.has(name));
      const isStruct = ({ type }: { readonly type: string }) =>
        spec.get(type)?.some(({ name }) => name !== '') ?? false;
      const leftOut = members.filter(
        (member) => member.leftOut && !member.type.startsWith('*') && !isStruct(member),
      );

      assert.deepEqual(
        setOf('members_left_out').toSorted(),
        [...new Set(leftOut.map(({ name }) => name))].toSorted(),
      );
    });
  },
);
