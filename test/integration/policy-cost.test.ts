/**
 * What a policy costs grows with the size of a request, and no faster: an object of twice the size takes about twice the
 * steps. Else one writer could keep a policy busy until its deadline, again and again.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { z } from 'zod';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { countSteps, instrument } from '../support/count-steps.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const manifestSchema = z.looseObject({
  data: z.record(z.string(), z.unknown()).default({}),
  policies: z.array(
    z.looseObject({ name: z.string(), parameters: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** Twice the size may take a little more than twice the steps: hash tables grow, and what is sorted takes n log n. */
const GROWTH_MAX = 2.5;
const ITEMS = 600;
/** As many as the largest object that the API server accepts holds of them. */
const ITEMS_LARGE = 12_000;

type Shape = Readonly<Record<string, unknown>> & {
  readonly metadata?: Readonly<Record<string, unknown>>;
};
const list = <Item>(count: number, item: (index: number) => Item): readonly Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const map = (count: number, key: string, value: unknown) =>
  Object.fromEntries(list(count, (index) => [`${key}${String(index)}`, value]));

/** Each makes an object with so many of something. */
const SHAPES: Readonly<Record<string, (count: number) => Shape>> = {
  ownerReferences: (count) => ({
    metadata: { ownerReferences: list(count, (index) => owner(index)) },
  }),
  labels: (count) => ({ metadata: { labels: map(count, 'l', 'x') } }),
  annotations: (count) => ({ metadata: { annotations: map(count, 'example.com/a', 'x') } }),
  finalizers: (count) => ({
    metadata: { finalizers: list(count, (index) => `example.com/${String(index)}`) },
  }),
  finalizersOfArgoCd: (count) => ({
    metadata: {
      finalizers: list(count, (index) => `resources-finalizer.argocd.argoproj.io/${String(index)}`),
    },
  }),
  managedFields: (count) => ({
    metadata: { managedFields: list(count, (index) => ({ manager: `m${String(index)}` })) },
  }),
  longName: (count) => ({ metadata: { name: 'a-'.repeat(count) } }),
  containers: (count) => ({ spec: podSpec(count) }),
  containersOfTemplate: (count) => ({ spec: { template: { spec: podSpec(count) } } }),
  data: (count) => ({ data: map(count, 'k', 'x') }),
  nested: (count) => ({
    spec: list(Math.min(count, 150), String).reduce<object>((inner) => ({ inner }), {
      list: list(count, String),
    }),
  }),
};

function owner(index: number): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: `u${String(index)}` };
}

function podSpec(count: number): object {
  const containers = list(count, (index) => ({ name: `c${String(index)}`, image: 'a/b:latest' }));
  return { serviceAccountName: 'x', containers, initContainers: containers };
}

interface Kind {
  readonly group: string;
  readonly resource: string;
  readonly operation: string;
  readonly subResource?: string;
}

const KINDS: readonly Kind[] = [
  { group: '', resource: 'persistentvolumeclaims', operation: 'UPDATE' },
  { group: '', resource: 'persistentvolumeclaims', operation: 'DELETE' },
  { group: '', resource: 'pods', operation: 'CREATE' },
  { group: '', resource: 'pods', operation: 'UPDATE' },
  { group: '', resource: 'secrets', operation: 'UPDATE' },
  { group: 'apps', resource: 'deployments', operation: 'UPDATE' },
  { group: 'apps', resource: 'deployments', operation: 'UPDATE', subResource: 'status' },
  { group: 'apps', resource: 'replicasets', operation: 'UPDATE' },
  { group: 'argoproj.io', resource: 'applications', operation: 'UPDATE' },
  { group: 'argoproj.io', resource: 'applications', operation: 'DELETE' },
  { group: '', resource: 'namespaces', operation: 'DELETE' },
  { group: 'discovery.k8s.io', resource: 'endpointslices', operation: 'UPDATE' },
];

const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';
const proof = { grade: 'pod-bound', sufficient: true, reason: 'its token is bound to a pod' };
const ACTORS: Readonly<Record<string, object>> = {
  person: { class: 'other', username: 'jane', groups: [], proof: { ...proof, grade: 'none' } },
  robot: { class: 'other', username: 'system:serviceaccount:a:b', groups: [], proof },
  writer: { class: 'gitops', name: 'argocd', username: WRITER, groups: [], proof },
  operator: { class: 'operator', name: 'issuer', username: 'system:serviceaccount:a:i', proof },
  collector: {
    class: 'platform',
    name: 'generic-garbage-collector',
    username: 'system:serviceaccount:kube-system:generic-garbage-collector',
    groups: [],
    proof,
  },
};

const root = { group: 'apps', resource: 'deployments', name: 'web', tool: 'argocd', app: 'shop' };

/** As long as they may be: the lists of facts are bounded. */
function facts(actor: object): object {
  const paths = list(64, (index) => ({
    path: `metadata.finalizers[example.com/${String(index)}]`,
    segments: ['metadata', 'finalizers', `example.com/${String(index)}`],
    kind: 'added',
    to: 'x'.repeat(120),
  }));
  const protectedKeys = paths.map(({ path }) => path);
  return {
    actor,
    object: {
      managed: true,
      wasManaged: true,
      self: true,
      scope: 'managed',
      tool: 'argocd',
      app: 'shop',
      appNamespace: 'argocd',
      mark: 'annotation',
      destroys: list(10, () => root),
      root: { status: 'known', value: root },
      volumeOwner: { status: 'known', value: { ...root, name: 'db', deletionAllowed: false } },
    },
    change: { semantic: true, paths, protectedKeys, truncated: true },
    source: {
      repository: 'r',
      revision: 'm',
      path: 'p',
      inlineManifests: false,
      operation: 'idle',
    },
    cluster: { name: 'test' },
  };
}

function requestOf({ group, resource, operation, subResource = '' }: Kind, shape: Shape): object {
  const { metadata, ...rest } = shape;
  const object = { ...rest, metadata: { name: 'checkout', namespace: 'shop', ...metadata } };
  // Nothing of the old object is in the new one: what is looked for is never found early.
  const oldText = JSON.stringify(object)
    .replaceAll('"u', '"v')
    .replaceAll('example.com', 'example.org');
  return {
    uid: '1',
    kind: { group, version: 'v1', kind: 'Kind' },
    resource: { group, version: 'v1', resource },
    subResource,
    name: object.metadata.name,
    namespace: 'shop',
    operation,
    userInfo: { username: 'jane' },
    object: operation === 'DELETE' ? null : object,
    oldObject:
      operation === 'CREATE'
        ? null
        : {
            status: { phase: 'Bound' },
            ...z.record(z.string(), z.unknown()).parse(JSON.parse(oldText)),
          },
  };
}

interface Asked {
  readonly kind: Kind;
  readonly actor: object;
  readonly shape: Shape;
  readonly policies: readonly string[];
}

describe('the cost of the default policies', () => {
  let module: WebAssembly.Module;
  let builtins: Awaited<ReturnType<typeof loadRequiredBuiltins>>;
  let manifest: z.output<typeof manifestSchema>;

  before(async () => {
    const folder = await bundleFolder();
    module = new WebAssembly.Module(instrument(readFileSync(join(folder, 'policy.wasm'))));
    builtins = await loadRequiredBuiltins(module);
    manifest = manifestSchema.parse(
      JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')),
    );
  });

  function stepsOf({ kind, actor, shape, policies }: Asked): number {
    const shared = {
      writers: [{ username: WRITER, writer: 'argocd', tool: 'argocd' }],
      operators: {
        issuer: {
          rules: [{ verbs: ['UPDATE'], groups: ['*'], resources: ['*'], paths: ['data'] }],
        },
      },
      argocdNamespace: 'argocd',
      grantsPossible: true,
    };
    const input = formatInput({
      requestJson: Buffer.from(JSON.stringify(requestOf(kind, shape))),
      facts: facts(actor),
      parametersJson: formatParameters(
        manifest.policies
          .filter(({ name }) => policies.includes(name))
          .map(({ name, parameters }) => [name, { ...shared, ...parameters }]),
      ),
    });
    return countSteps(() => {
      const host = new WasmHost(module, {
        memoryPagesMax: 8192,
        recyclePagesMin: 8192,
        builtins,
        data: manifest.data,
      });
      host.evaluate([input], { nowMs: 0 });
    });
  }

  const names = (): readonly string[] => manifest.policies.map(({ name }) => name);

  for (const [what, shape] of Object.entries(SHAPES)) {
    it(`is twice as high for twice as many ${what}, and not much higher`, () => {
      const faults = KINDS.flatMap((kind) =>
        Object.entries(ACTORS).flatMap(([who, actor]) => {
          const growth = (policies: readonly string[]): number =>
            stepsOf({ kind, actor, shape: shape(2 * ITEMS), policies }) /
            stepsOf({ kind, actor, shape: shape(ITEMS), policies });
          if (growth(names()) <= GROWTH_MAX) return [];
          return names()
            .filter((policy) => growth([policy]) > GROWTH_MAX)
            .map((policy) => `${policy}: ${kind.operation} of ${kind.resource} by a ${who}`);
        }),
      );

      assert.deepEqual(faults, []);
    });
  }

  it('is so for the largest objects, too', () => {
    const [kind] = KINDS;
    const { person } = ACTORS;
    const { ownerReferences: shape } = SHAPES;
    assert.ok(kind !== undefined && person !== undefined && shape !== undefined);
    const [half = 0, whole = 0] = [ITEMS_LARGE / 2, ITEMS_LARGE].map((count) =>
      stepsOf({ kind, actor: person, shape: shape(count), policies: names() }),
    );

    assert.ok(whole / half <= GROWTH_MAX, `${String(half)} and ${String(whole)} steps`);
  });
});
