/** The look-ups over a list of objects: what `--cluster-state` gives an offline decision. */
import { pluralOf } from '../client/format-api-path.ts';
import { applicationReference } from '../object-reference.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import { claimedBy } from './find-claimed.ts';
import { storeScaler } from './find-scalers.ts';
import { JOB_KIND, SELECTING_KINDS, selectsByLabels } from './find-selecting.ts';
import type { Claim, ClusterLookup, ManagedObject, ManagedTest, ObjectLookup } from './lookup.ts';
import { parseArgocdSettings, type ArgocdSettings } from './parse-argocd-settings.ts';
import { matchesClaimed, readClaims, CLAIMING_KINDS } from './parse-claims.ts';
import { SEARCHED_KINDS } from './searched-kinds.ts';
import { parseObject } from './parse-object.ts';
import { matchScalers, HPA_KIND, SCALED_OBJECT_KIND } from './parse-scaler.ts';
import type { StoredScaler } from './parse-scaler.ts';

export interface SnapshotOptions {
  /** Kubernetes objects, and lists of them, as `kubectl get -o json` prints. Other values are ignored. */
  readonly objects: SnapshotObjects;
  readonly isManaged: ManagedTest;
}

/** A function where the cluster changes meanwhile: another list is another state. */
export type SnapshotObjects = readonly unknown[] | (() => readonly unknown[]);

/** Answers immediately, from these objects only: an object that is not among them does not exist. */
export function createSnapshotLookup({ objects, isManaged }: SnapshotOptions): ClusterLookup {
  const index = createIndex(objects);
  const lookup = (reference: ObjectReference): Promise<ObjectLookup> => {
    const object = index().byKey.get(keyOf(reference));
    return Promise.resolve(
      object === undefined ? { status: 'absent' } : { status: 'found', object },
    );
  };
  return {
    lookupObject: lookup,
    lookupMetadata: lookup,
    lookupFresh: lookup,
    findManagedInNamespace: (namespace) =>
      Promise.resolve({
        status: 'found',
        objects: index().entries.flatMap((entry) => managedIn(namespace, entry, isManaged)),
      }),
    findClaimed: (scope) =>
      Promise.resolve({
        status: 'found',
        objects: index().entries.flatMap(({ reference, object }) =>
          isClaiming(reference)
            ? claimedBy(
                { kind: reference.kind, item: object },
                { scope, searchedKinds: SEARCHED_KINDS },
              )
            : [],
        ),
      }),
    // A snapshot says nothing of the time before it.
    leftBehind: () => undefined,
    findApplication: (namespace, name) => lookup(applicationReference(namespace, name)),
    findScalers: (reference) =>
      Promise.resolve({
        status: 'found',
        scalers: matchScalers(reference, scalersBeside(reference, index().entries, isManaged)),
      }),
    findClaims: (reference) =>
      Promise.resolve({
        status: 'found',
        claims: index().entries.flatMap((entry) => claimsOn(reference, entry)),
      }),
    findSelecting: (namespace, labels) =>
      Promise.resolve({
        status: 'found',
        workloads: index().entries.filter(
          ({ reference, object }) =>
            reference.namespace === namespace &&
            SELECTING.has(reference.kind) &&
            selectsByLabels(object, labels),
        ),
      }),
    argocdSettings: () => index().settings,
    problem: () => undefined,
    close: () => undefined,
  };
}

const SELECTING: ReadonlySet<string> = new Set(
  [...SELECTING_KINDS, JOB_KIND].map(({ kind }) => kind),
);
interface SnapshotIndex {
  readonly entries: readonly Entry[];
  readonly byKey: ReadonlyMap<string, KubernetesObject>;
  readonly settings: ArgocdSettings | undefined;
}

/** Made anew only where the state is another list. */
function createIndex(objects: SnapshotObjects): () => SnapshotIndex {
  let indexed: readonly unknown[] | undefined;
  let index: SnapshotIndex = { entries: [], byKey: new Map(), settings: undefined };
  return () => {
    const current = typeof objects === 'function' ? objects() : objects;
    if (current !== indexed) {
      indexed = current;
      index = indexObjects(current);
    }
    return index;
  };
}

function indexObjects(objects: readonly unknown[]): SnapshotIndex {
  const entries = objects.flatMap(flatten).map(describe);
  const configMap = entries.find(
    ({ reference }) => reference.kind === 'ConfigMap' && reference.name === 'argocd-cm',
  );
  return {
    entries,
    byKey: new Map(entries.map(({ reference, object }) => [keyOf(reference), object])),
    settings: configMap && parseArgocdSettings(configMap.object),
  };
}

interface Entry {
  readonly reference: ObjectReference;
  readonly object: KubernetesObject;
}

function flatten(value: unknown): readonly KubernetesObject[] {
  const object = parseObject(value);
  if (object === undefined) return [];
  const items: unknown = object['items'];
  return object.kind?.endsWith('List') === true && Array.isArray(items)
    ? items.flatMap(flatten)
    : [object];
}

function describe(object: KubernetesObject): Entry {
  const [version = '', group = ''] = (object.apiVersion ?? '').split('/').toReversed();
  const kind = object.kind ?? '';
  const name = object.metadata?.name ?? '';
  const namespace = object.metadata?.namespace;
  const reference = { group, version, resource: pluralOf(kind), kind, name };
  return { object, reference: namespace === undefined ? reference : { ...reference, namespace } };
}

// Keyed by plural, which every reference has; the version does not identify an object.
function keyOf({ group, resource, namespace = '', name }: ObjectReference): string {
  return [group, resource, namespace, name].join('/');
}

function managedIn(
  namespace: string,
  { object, reference }: Entry,
  isManaged: ManagedTest,
): readonly ManagedObject[] {
  if (reference.namespace !== namespace) return [];
  const managed = isManaged(object, reference);
  return managed === undefined ? [] : [{ ...reference, ...managed }];
}

function scalersBeside(
  { namespace }: ObjectReference,
  entries: readonly Entry[],
  isManaged: ManagedTest,
): readonly StoredScaler[] {
  if (namespace === undefined) return [];
  const beside = entries.filter(({ reference }) => reference.namespace === namespace);
  return beside.flatMap(({ object, reference }) => {
    const isOf = ({ group, kind }: typeof HPA_KIND) =>
      reference.group === group && reference.kind === kind;
    if (isOf(HPA_KIND)) return storeScaler('hpa', { kind: HPA_KIND, item: object }, isManaged);
    if (!isOf(SCALED_OBJECT_KIND)) return [];
    return storeScaler('keda', { kind: SCALED_OBJECT_KIND, item: object }, isManaged);
  });
}

function isClaiming(reference: ObjectReference): boolean {
  return CLAIMING_KINDS.some(
    ({ group, kind }) => group === reference.group && kind === reference.kind,
  );
}

function claimsOn(target: ObjectReference, { object, reference }: Entry): readonly Claim[] {
  const stored = isClaiming(reference) ? readClaims(reference.kind, object) : undefined;
  const isClaimed = stored?.objects.some((claimed) => matchesClaimed(claimed, target));
  return stored !== undefined && isClaimed === true ? [stored.claim] : [];
}
