/** What Holdfast itself consists of, object by object of `deploy/base`: the GitOps controller may write it, and a cluster-admin by hand may not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { parseYaml } from '../../src/base/parse-yaml.ts';
import { createOfflineDecider, type OfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import type { UserInfo } from '../../src/kubernetes/admission-request.ts';
import { pluralOf } from '../../src/kubernetes/client/format-api-path.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const BASE = join(import.meta.dirname, '..', '..', 'deploy', 'base');
const NAMESPACE = 'holdfast-system';

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
type ManagedObject = z.output<typeof objectSchema>;

/** What kustomize makes of the folder. */
function listObjects(): readonly ManagedObject[] {
  const left = new Set(['kustomization.yaml', 'holdfast.yaml']);
  const files = readdirSync(BASE).filter((name) => !left.has(name));
  const objects = files.flatMap((file) => {
    const parsed = parseYaml(readFileSync(join(BASE, file), 'utf8'), {
      dialect: 'kubernetes',
      aliasesMax: 0,
    });
    assert.ok(parsed.ok, file);
    return parsed.documents.map(({ value }) => objectSchema.parse(value));
  });
  const metadata = { name: 'holdfast', namespace: NAMESPACE };
  const data = { 'holdfast.yaml': readFileSync(join(BASE, 'holdfast.yaml'), 'utf8') };
  return [...objects, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }];
}

/** As Argo CD marks it: the destination of the Application is the namespace of what has none. */
function marked(object: ManagedObject, labels: object = {}): ManagedObject {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const place = `${group}/${kind}:${metadata.namespace ?? NAMESPACE}/${metadata.name}`;
  const annotations = { 'argocd.argoproj.io/tracking-id': `holdfast:${place}` };
  return { ...object, metadata: { ...metadata, uid: 'u', annotations, labels } };
}

const alice: UserInfo = { username: 'alice', groups: ['system:masters'] };
const writer: UserInfo = {
  username: 'system:serviceaccount:argocd:argocd-application-controller',
  uid: 'account-1',
  extra: {
    'authentication.kubernetes.io/pod-name': ['argocd-0'],
    'authentication.kubernetes.io/pod-uid': ['pod-1'],
  },
};

/** The example, with an operation that is under way: only then does the controller write. */
function readApplication() {
  const file = join(BASE, '..', 'gitops', 'argocd-application.yaml');
  const parsed = parseYaml(readFileSync(file, 'utf8'), { dialect: 'kubernetes', aliasesMax: 0 });
  assert.ok(parsed.ok);
  const application = objectSchema.parse(parsed.documents[0]?.value);
  return { ...application, operation: OPERATION };
}

const OPERATION = {
  initiatedBy: { automated: true },
  sync: { revision: 'main', syncOptions: ['ServerSideApply=true'] },
};

const OBJECTS = listObjects();
let decider: OfflineDecider | undefined;

before(async () => {
  const written = JSON.stringify({
    identity: { writers: [{ name: 'argocd', username: writer.username, tool: 'argocd' }] },
    policies: { bundle: await bundleFolder() },
  });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  decider = await createOfflineDecider(parsed.configuration, {
    clusterStateObjects: [readApplication(), ...OBJECTS.map((object) => marked(object))],
  });
});
after(() => decider?.close());

async function decide(object: ManagedObject, by: UserInfo, operation: string) {
  const parts = object.apiVersion.split('/');
  const version = parts.at(-1) ?? '';
  const group = parts.length > 1 ? (parts[0] ?? '') : '';
  const { name, namespace } = object.metadata;
  const request = {
    uid: '1',
    kind: { group, version, kind: object.kind },
    resource: { group, version, resource: pluralOf(object.kind) },
    name,
    ...(namespace !== undefined && { namespace }),
    operation,
    userInfo: by,
    object: operation === 'DELETE' ? null : marked(object, { changed: 'yes' }),
    oldObject: operation === 'CREATE' ? null : marked(object),
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  assert.ok(decider);
  const verdict = await decider.decide(Buffer.from(JSON.stringify(review)), 'validate');
  assert.equal(verdict.status, 'decided', JSON.stringify(verdict));
  return verdict.decision;
}

describe('a Holdfast that Git manages', () => {
  for (const object of OBJECTS) {
    const { kind, metadata } = object;
    it(`is written by Argo CD and by nobody else: ${kind} ${metadata.name}`, async () => {
      for (const operation of ['CREATE', 'UPDATE', 'DELETE']) {
        const [synced, edited] = await Promise.all([
          decide(object, writer, operation),
          decide(object, alice, operation),
        ]);

        assert.equal(synced.allowed, true, `${operation}: ${synced.message}`);
        assert.equal(edited.allowed, false, `${operation}: ${edited.message}`);
      }
    });
  }
});
