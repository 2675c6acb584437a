/** Objects beside what their commits declare, as a serving process compares them: the real thread and git, applications in memory. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { addMs, systemClock } from '../../src/base/clock.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { kustomizationReference } from '../../src/kubernetes/object-reference.ts';
import type { CommitOrigin } from '../../src/source/find-source.ts';
import type { SourceManifestFact } from '../../src/source/manifest/manifest-fact.ts';
import { sampleRequest } from '../support/admission-samples.ts';
import {
  applicationAt,
  openCommitStage,
  syncing,
  type CommitStage,
} from '../support/commits/commit-stage.ts';
import { waitUntil } from '../support/wait-until.ts';

type Files = Readonly<Record<string, string | undefined>>;

interface Stage extends CommitStage {
  /** A signed commit of the files; `undefined` removes one. */
  readonly push: (files: Files) => Promise<string>;
  readonly compare: (
    origin: CommitOrigin,
    request: Partial<AdmissionRequest>,
    withinMs?: number,
  ) => Promise<SourceManifestFact | undefined>;
}

async function open(t: TestContext, commits: object = {}, manifests: object = {}): Promise<Stage> {
  const stage = await openCommitStage(t);
  const { workshop, key, binder, configure } = stage;
  const { judgeCommits } = await binder.bind(configure(commits, {}, { manifests }));
  return {
    ...stage,
    push: async (files) => {
      for (const [name, content] of Object.entries(files)) {
        const path = join(workshop.folder, 'repository', name);
        await mkdir(dirname(path), { recursive: true });
        await (content === undefined ? rm(path) : writeFile(path, content));
      }
      await workshop.git('add', '--all');
      return await workshop.commit({ key });
    },
    compare: async (origin, request, withinMs = 30_000) => {
      const deadlineAtMs = addMs(systemClock.monotonicMs(), withinMs);
      const judged = await judgeCommits?.(origin, deadlineAtMs);
      assert.ok(judged?.status === 'known');
      return await judged.value.compareManifest?.(
        { ...sampleRequest(), oldObject: null, ...request },
        deadlineAtMs,
      );
    },
  };
}

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {greeting: hello}
`;

function configMap(data: object = { greeting: 'hello' }, name = 'settings') {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data };
}

function created(object: KubernetesObject): Partial<AdmissionRequest> {
  return { operation: 'CREATE', object };
}

/** An Application of Argo CD that syncs a commit into the namespace shop. */
function application(url: string, revision: string, others: object = {}): CommitOrigin {
  const spec = {
    project: 'default',
    source: { repoURL: url, path: 'prod', targetRevision: 'main' },
    destination: { namespace: 'shop' },
  };
  const status = { ...syncing(revision), sourceType: 'Directory' };
  const named = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' };
  return applicationAt(url, status, { ...named, spec, ...others });
}

/** Status, paths and reason alone. */
function shortOf(fact: SourceManifestFact | undefined): readonly unknown[] {
  return fact === undefined ? [] : [fact.status, fact.paths, fact.reason];
}

test('an object is what the commit says, or differs in named places, or is not there', async (t) => {
  const { push, compare, url } = await open(t);
  const objectId = await push({ 'prod/settings.yaml': CONFIG });
  const origin = application(url, objectId);
  const place = { repository: url, path: 'prod', objectId };

  assert.deepEqual(await compare(origin, created(configMap())), {
    status: 'equal',
    paths: [],
    ...place,
  });
  const changed = configMap({ greeting: 'hacked', more: 'x' });
  assert.deepEqual(await compare(origin, created(changed)), {
    status: 'differs',
    paths: ['data.greeting', 'data.more'],
    ...place,
  });
  assert.deepEqual(await compare(origin, created(configMap({}, 'laundered'))), {
    status: 'absent',
    paths: [],
    reason: 'the commit declares no such object',
    ...place,
  });
});

test('the next commit is compared with its own files', async (t) => {
  const { push, compare, url } = await open(t);
  const first = await push({ 'prod/settings.yaml': CONFIG });
  const second = await push({ 'prod/settings.yaml': CONFIG.replace('hello', 'good morning') });
  const next = configMap({ greeting: 'good morning' });
  const statusOf = async (revision: string, object: KubernetesObject) =>
    (await compare(application(url, revision), created(object)))?.status;
  assert.equal(await statusOf(first, configMap()), 'equal');
  assert.equal(await statusOf(second, configMap()), 'differs');
  assert.equal(await statusOf(second, next), 'equal');
  assert.equal(await statusOf(first, next), 'differs');
});

test('what an update leaves as it was is not held against it', async (t) => {
  const { push, compare, url } = await open(t);
  const origin = application(url, await push({ 'prod/settings.yaml': CONFIG }));
  const drifted = configMap({ greeting: 'old', extra: 'of a controller' });
  const healed = configMap({ greeting: 'hello', extra: 'of a controller' });
  const update = { operation: 'UPDATE', object: healed, oldObject: drifted } as const;
  assert.equal((await compare(origin, update))?.status, 'equal');
  const injected = { ...update, object: configMap({ greeting: 'hello', extra: 'x' }) };
  assert.deepEqual(shortOf(await compare(origin, injected)), [
    'differs',
    ['data.extra'],
    undefined,
  ]);
  const unchanged = { ...update, object: drifted };
  assert.equal(await compare(origin, unchanged), undefined);
});

test('deletions and subresources are not compared', async (t) => {
  const { push, compare, url } = await open(t);
  const origin = application(url, await push({ 'prod/settings.yaml': CONFIG }));
  const removed = { operation: 'DELETE', object: null, oldObject: configMap() } as const;
  assert.equal(await compare(origin, removed), undefined);
  const status = { ...created(configMap({})), subResource: 'status' };
  assert.equal(await compare(origin, status), undefined);
});

test('all sources of an application declare its objects together', async (t) => {
  const { push, compare, url } = await open(t);
  const objectId = await push({
    'prod/settings.yaml': CONFIG,
    'base/other.yaml': CONFIG.replace('settings', 'other'),
    'values/values.yaml': 'a: 1\n',
  });
  const source = { repoURL: url, targetRevision: 'main' };
  const multi = (sources: readonly object[], types: readonly string[]) => {
    const spec = { project: 'default', sources, destination: { namespace: 'shop' } };
    const sync = { sources, revisions: sources.map(() => objectId) };
    const operationState = { phase: 'Running', operation: { sync } };
    return application(url, objectId, { spec, status: { operationState, sourceTypes: types } });
  };
  const plain = multi(
    [
      { ...source, path: 'base' },
      { ...source, path: 'prod' },
      // Lends its files to others, and declares nothing.
      { ...source, ref: 'values' },
    ],
    ['Directory', 'Directory', ''],
  );
  assert.equal((await compare(plain, created(configMap())))?.path, 'prod');
  assert.equal((await compare(plain, created(configMap())))?.status, 'equal');
  assert.equal((await compare(plain, created(configMap({}, 'third'))))?.status, 'absent');

  const charted = multi(
    [
      { ...source, path: 'prod' },
      { repoURL: 'https://charts.example.com', chart: 'redis', targetRevision: '1.0.0' },
    ],
    ['Directory', 'Helm'],
  );
  assert.equal((await compare(charted, created(configMap())))?.status, 'equal');
  assert.deepEqual(shortOf(await compare(charted, created(configMap({}, 'redis')))), [
    'not-comparable',
    [],
    'its source is a chart of a Helm repository, which has no commit',
  ]);
});

test('a plugin that takes the files over is not held against anybody', async (t) => {
  const { push, compare, url } = await open(t);
  const objectId = await push({ 'prod/settings.yaml': CONFIG });
  const typed = (status: object) =>
    application(url, objectId, { status: { ...syncing(objectId), ...status } });
  const changed = created(configMap({ greeting: 'from a vault' }));
  assert.deepEqual(shortOf(await compare(typed({ sourceType: 'Plugin' }), changed)), [
    'not-comparable',
    [],
    'Argo CD renders the source as Plugin, and its files say Directory',
  ]);
  assert.deepEqual(shortOf(await compare(typed({}), changed)), [
    'not-comparable',
    [],
    'the status of the application does not say yet what renders it',
  ]);
});

test('where no operation runs, nobody knows which commit is applied', async (t) => {
  const { push, compare, url } = await open(t);
  const objectId = await push({ 'prod/settings.yaml': CONFIG });
  const status = { sync: { revision: objectId }, sourceType: 'Directory' };
  const idle = application(url, objectId, { status });
  assert.equal((await compare(idle, created(configMap())))?.status, 'equal');
  const [verdict] = shortOf(await compare(idle, created(configMap({}))));
  assert.equal(verdict, 'not-comparable');
});

test('an operation that names no commit applies the tip, and is compared with it', async (t) => {
  const { push, compare, url } = await open(t);
  const old = await push({ 'prod/settings.yaml': CONFIG });
  await push({ 'prod/settings.yaml': CONFIG.replace('hello', 'good morning') });
  const inline = { sync: { manifests: [JSON.stringify(configMap({}, 'laundered'))] } };
  const operationState = {
    phase: 'Running',
    startedAt: '2026-01-01T00:00:00Z',
    operation: inline,
  };
  // Argo CD renders nothing for such an operation, and names no type.
  const status = { operationState, sync: { revision: old } };
  const origin = application(url, old, { status });
  const tip = configMap({ greeting: 'good morning' });
  assert.equal((await compare(origin, created(tip)))?.status, 'equal');
  assert.equal((await compare(origin, created(configMap({}, 'laundered'))))?.status, 'absent');
});

test('a commit that nobody trusts, or that no rule names, proves nothing', async (t) => {
  const { push, compare, url, workshop } = await open(t, {
    rules: [
      {
        name: 'platform',
        repositories: ['file:///**'],
        paths: ['prod'],
        signers: [{ scheme: 'ssh', principal: 'alice@example.com' }],
      },
    ],
  });
  await push({ 'prod/settings.yaml': CONFIG, 'other/settings.yaml': CONFIG });
  const unsigned = await workshop.commit();
  assert.deepEqual(shortOf(await compare(application(url, unsigned), created(configMap({})))), [
    'not-comparable',
    [],
    'its commit is not accepted',
  ]);
  const elsewhere = application(url, unsigned, {
    spec: { source: { repoURL: url, path: 'other', targetRevision: 'main' } },
  });
  const [status] = shortOf(await compare(elsewhere, created(configMap({}))));
  assert.equal(status, 'not-comparable');
});

test('a commit that is not there in time is unavailable, in the mode of its rule', async (t) => {
  const { push, compare, url } = await open(t, { waitMs: 0 });
  const origin = application(url, await push({ 'prod/settings.yaml': CONFIG }));
  const changed = created(configMap({}));
  const first = await compare(origin, changed);
  assert.deepEqual(shortOf(first), ['not-comparable', [], 'its commit could not be verified']);
  // The commit is verified meanwhile, and its sources are rendered by the next request.
  let fact = first;
  await waitUntil(async () => {
    fact = await compare(origin, changed);
    return fact?.reason !== first?.reason;
  });
  assert.deepEqual([fact?.status, fact?.mode], ['unavailable', 'deny']);
  await waitUntil(async () => (await compare(origin, changed))?.status === 'differs');
});

test('fields of configured webhooks and ignored ones are no difference', async (t) => {
  const { push, compare, url } = await open(t, {}, { mutated: ['data.injected'] });
  const objectId = await push({ 'prod/settings.yaml': CONFIG });
  const object = configMap({ greeting: 'hello', injected: 'x' });
  assert.equal((await compare(application(url, objectId), created(object)))?.status, 'equal');
  const spec = {
    source: { repoURL: url, path: 'prod', targetRevision: 'main' },
    destination: { namespace: 'shop' },
    ignoreDifferences: [{ kind: 'ConfigMap', jsonPointers: ['/data/greeting'] }],
  };
  const ignoring = application(url, objectId, { spec });
  const other = configMap({ greeting: 'other' });
  assert.equal((await compare(ignoring, created(other)))?.status, 'equal');
});

test('Flux: a Kustomization is compared with the folder that it follows', async (t) => {
  const { push, compare, url, objects } = await open(t);
  const objectId = await push({ 'prod/deep/settings.yaml': CONFIG });
  const revision = `main@sha1:${objectId}`;
  const metadata = { name: 'shop', namespace: 'flux-system' };
  const source = {
    kind: 'GitRepository',
    metadata,
    spec: { url, ref: { branch: 'main' } },
    status: { artifact: { revision } },
  };
  const applier = (spec: object) => ({
    kind: 'Kustomization',
    metadata,
    spec: {
      path: './prod',
      targetNamespace: undefined,
      sourceRef: { kind: 'GitRepository', name: 'shop' },
      ...spec,
    },
    status: { lastAttemptedRevision: revision },
  });
  objects.set('GitRepository flux-system/shop', source);
  objects.set('Kustomization flux-system/shop', applier({}));
  const origin = { reference: kustomizationReference('flux-system', 'shop') };
  const inDefault = (data: object) => ({
    ...configMap(data),
    metadata: { name: 'settings', namespace: 'default' },
  });
  assert.equal((await compare(origin, created(inDefault({ greeting: 'hello' }))))?.status, 'equal');
  assert.deepEqual(shortOf(await compare(origin, created(inDefault({ greeting: 'x' })))), [
    'differs',
    ['data.greeting'],
    undefined,
  ]);
  objects.set('Kustomization flux-system/shop', applier({ postBuild: { substitute: { a: 'b' } } }));
  assert.deepEqual(shortOf(await compare(origin, created(inDefault({})))), [
    'not-comparable',
    [],
    'spec.postBuild of the Kustomization is not rendered',
  ]);
});
