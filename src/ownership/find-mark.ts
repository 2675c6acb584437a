/**
 * The marks by which Argo CD and Flux say that an object is theirs.
 *
 * Marks are copied to objects that nobody put in Git (a Deployment's annotations to its ReplicaSets, a Service's
 * labels to its EndpointSlices), so a mark counts only where it refers to the very object that carries it.
 * Source: argo-cd controller/state.go isSelfReferencedObj; fluxcd/pkg ssa/manager.go SetOwnerLabels.
 */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ManagingTool, OwnershipMark } from './object-fact.ts';
import { parseInstance, parseTrackingId } from './parse-tracking-id.ts';

export type ArgocdTrackingMethod = 'annotation' | 'label' | 'annotation+label';

export interface ArgocdMarkOptions {
  /** The namespace of the Applications whose mark names none. */
  readonly namespace: string;
  readonly trackingMethod: ArgocdTrackingMethod;
  /** @default app.kubernetes.io/instance */
  readonly instanceLabelKey?: string | undefined;
  /** Where set, marks of another installation are not ours (argocd-cm `installationID`). */
  readonly installationId?: string | undefined;
}

export interface MarkOptions {
  readonly argocd?: ArgocdMarkOptions | undefined;
  readonly flux?: { readonly enabled: boolean } | undefined;
  /** Releases that `helm install` made, without a GitOps controller. */
  readonly helm?: { readonly enabled: boolean } | undefined;
}

/** The identity of the object as the request names it, not as its body claims. */
export interface MarkedIdentity {
  readonly group: string;
  /** Empty where it is not known; then any kind is taken to match. */
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** A mark, and whether it refers to the object that carries it. Only `self` marks make an object managed. */
export interface FoundMark extends OwnershipMark {
  readonly appNamespace: string;
  readonly self: boolean;
}

export type MarkFinder = (
  object: KubernetesObject,
  identity: MarkedIdentity,
) => FoundMark | undefined;

/** The annotation by which Argo CD tracks, unless labels do. */
export const TRACKING_ID = 'argocd.argoproj.io/tracking-id';
const INSTALLATION_ID = 'argocd.argoproj.io/installation-id';
/** The label Argo CD uses where `application.instanceLabelKey` is not set. */
export const DEFAULT_INSTANCE_LABEL_KEY = 'app.kubernetes.io/instance';
const FLUX_GROUPS = ['kustomize.toolkit.fluxcd.io', 'helm.toolkit.fluxcd.io'] as const;

type Texts = Readonly<Record<string, unknown>>;

/** Builds the finder once from the configuration. A self-referencing mark wins over a copied one. */
export function createMarkFinder(options: MarkOptions): MarkFinder {
  const { argocd, flux, helm } = options;
  return function findMark(object, identity) {
    const metadata = object.metadata;
    if (metadata === undefined || metadata === null) return undefined;
    const argocdMark = argocd && findArgocdMark(object, identity, argocd);
    if (argocdMark?.self === true) return argocdMark;
    const fluxMark = flux?.enabled === true ? findFluxMark(object) : undefined;
    if (fluxMark?.self === true) return fluxMark;
    // Last: Argo CD and Flux install charts too, and then they are the ones who manage.
    const helmMark = helm?.enabled === true ? findHelmMark(object) : undefined;
    return helmMark?.self === true ? helmMark : (argocdMark ?? fluxMark ?? helmMark);
  };
}

function findArgocdMark(
  object: KubernetesObject,
  identity: MarkedIdentity,
  options: ArgocdMarkOptions,
): FoundMark | undefined {
  // Argo CD writes no installation id beside a label, and asks for none (argo-cd resource_tracking.go GetAppName).
  if (options.trackingMethod === 'label') return findInstanceLabel(object, options);
  const annotations = textsOf(object.metadata?.annotations);
  const { installationId } = options;
  if (installationId !== undefined && annotations[INSTALLATION_ID] !== installationId) {
    return undefined;
  }
  // With `annotation+label` the label only informs, cut to 63 characters; the annotation decides.
  return findTrackingId(object, identity, options);
}

function findTrackingId(
  { metadata }: KubernetesObject,
  identity: MarkedIdentity,
  options: ArgocdMarkOptions,
): FoundMark | undefined {
  const text = textAt(textsOf(metadata?.annotations), TRACKING_ID);
  const id = text === undefined ? undefined : parseTrackingId(text);
  if (id === undefined) return undefined;
  const { generateName } = metadata ?? {};
  const isGenerated = id.name === '';
  // Argo CD writes such an id for what has a `generateName`, and for nothing else.
  if (isGenerated && (typeof generateName !== 'string' || generateName === '')) return undefined;
  const self =
    id.group === identity.group &&
    (identity.kind === '' || id.kind === identity.kind) &&
    (isGenerated ? isNamedFrom(generateName ?? '', identity.name) : id.name === identity.name) &&
    // A cluster-scoped object carries its application's destination namespace.
    (identity.namespace === '' || id.namespace === identity.namespace);
  return {
    tool: 'argocd',
    app: id.app,
    appNamespace: id.appNamespace ?? options.namespace,
    mark: `annotation ${TRACKING_ID}`,
    self,
  };
}

/** The API server appends to so many characters (k8s.io/apiserver pkg/storage/names generate.go). */
const GENERATED_BASE_CHARS_MAX = 58;

/** Empty at the admission of a CREATE. Argo CD names hooks itself, and appends revision, phase and time. */
function isNamedFrom(generateName: string, name: string): boolean {
  return name === '' || name.startsWith(generateName.slice(0, GENERATED_BASE_CHARS_MAX));
}

function findInstanceLabel(
  object: KubernetesObject,
  options: ArgocdMarkOptions,
): FoundMark | undefined {
  const key = options.instanceLabelKey ?? DEFAULT_INSTANCE_LABEL_KEY;
  const text = textAt(textsOf(object.metadata?.labels), key);
  const instance = text === undefined ? undefined : parseInstance(text);
  if (instance === undefined) return undefined;
  const { app, appNamespace = options.namespace } = instance;
  return { tool: 'argocd', app, appNamespace, mark: `label ${key}`, self: !isChild(object) };
}

function findFluxMark(object: KubernetesObject): FoundMark | undefined {
  const labels = textsOf(object.metadata?.labels);
  for (const group of FLUX_GROUPS) {
    const app = textAt(labels, `${group}/name`);
    const appNamespace = textAt(labels, `${group}/namespace`);
    if (app !== undefined && appNamespace !== undefined) {
      const tool: ManagingTool = 'flux';
      return { tool, app, appNamespace, mark: `label ${group}/name`, self: !isChild(object) };
    }
  }
  return undefined;
}

/** Source: helm.sh/helm pkg/action/validate.go (checkOwnership, setMetadataVisitor). */
function findHelmMark(object: KubernetesObject): FoundMark | undefined {
  const annotations = textsOf(object.metadata?.annotations);
  const app = textAt(annotations, 'meta.helm.sh/release-name');
  const appNamespace = textAt(annotations, 'meta.helm.sh/release-namespace');
  const manager = textAt(textsOf(object.metadata?.labels), 'app.kubernetes.io/managed-by');
  // Charts write the label themselves; the annotations come with an installation only.
  if (manager !== 'Helm' || app === undefined || appNamespace === undefined) return undefined;
  const mark = 'annotation meta.helm.sh/release-name';
  return { tool: 'helm', app, appNamespace, mark, self: !isChild(object) };
}

const CONFIRMING_MANAGERS: ReadonlyMap<ManagingTool, readonly string[]> = new Map([
  ['argocd', ['argocd-controller', 'argocd-application-controller']],
  ['flux', ['kustomize-controller', 'helm-controller']],
  ['helm', ['helm']],
]);

/**
 * Whether the stored object's managedFields bear a mark out that does not name its object. Undefined for marks that do.
 * Nobody gains by forging it: an object counts as managed either way.
 */
export function confirmMark(found: FoundMark, stored: KubernetesObject): boolean | undefined {
  if (found.mark === `annotation ${TRACKING_ID}`) return undefined;
  const managers = CONFIRMING_MANAGERS.get(found.tool) ?? [];
  const entries: unknown = stored.metadata?.managedFields;
  return (
    Array.isArray(entries) &&
    entries.some((entry: unknown) => {
      const manager = isRecord(entry) ? entry['manager'] : undefined;
      return typeof manager === 'string' && managers.includes(manager);
    })
  );
}

/** Managers whose writes say that a GitOps controller applied the object. Flux's write their own objects by Update. */
const APPLIERS: ReadonlyMap<string, { readonly tool: ManagingTool; readonly updates: boolean }> =
  new Map([
    ['argocd-controller', { tool: 'argocd', updates: true }],
    ['kustomize-controller', { tool: 'flux', updates: false }],
    ['helm-controller', { tool: 'flux', updates: false }],
  ]);

/** An object that a GitOps controller applied, and that carries no mark of its own. */
export interface Applied {
  readonly tool: ManagingTool;
  readonly mark: string;
}

/**
 * Which GitOps controller applied the stored object, by its managedFields: an object whose mark was taken off while nobody
 * guarded it, or one that never gets a mark (Argo CD stamps none on CustomResourceDefinitions).
 *
 * A field manager's name is whatever its client says. It proves nothing about a caller, and by itself it protects nothing:
 * whoever could freeze anybody's object with it would. It only says that an inventory is worth asking.
 */
export function findApplier(stored: KubernetesObject, options: MarkOptions): Applied | undefined {
  const entries: unknown = stored.metadata?.managedFields;
  if (!Array.isArray(entries) || isChild(stored)) return undefined;
  for (const entry of entries) {
    if (!isRecord(entry) || typeof entry['manager'] !== 'string') continue;
    const applier = APPLIERS.get(entry['manager']);
    if (applier === undefined || (!applier.updates && entry['operation'] !== 'Apply')) continue;
    const isOurs = applier.tool === 'argocd' ? options.argocd : options.flux?.enabled;
    if (isOurs === undefined || isOurs === false) continue;
    return { tool: applier.tool, mark: `managedFields of ${entry['manager']}` };
  }
  return undefined;
}

/**
 * Whether a controller made this object. A label cannot name the object that carries it, so on a child it is taken
 * for a copy of its parent's.
 */
export function isChild(object: KubernetesObject): boolean {
  const owners: unknown = object.metadata?.ownerReferences;
  return (
    Array.isArray(owners) &&
    owners.some((owner: unknown) => isRecord(owner) && owner['controller'] === true)
  );
}

function textsOf(value: unknown): Texts {
  return isRecord(value) ? value : {};
}

function textAt(texts: Texts, key: string): string | undefined {
  // Own keys only: a configured label key `constructor` must not find the prototype's.
  const value = Object.hasOwn(texts, key) ? texts[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
