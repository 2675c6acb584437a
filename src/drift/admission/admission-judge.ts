/**
 * What is special about objects that steer admission: no decision exists of them, additions count, and those that nobody in Git
 * declares are followed, too.
 */
import { addMs, type Clock } from '../../base/clock.ts';
import type { ClusterClient } from '../../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { parseObject, parsePage } from '../../kubernetes/lookup/parse-object.ts';
import { applicationReference, type ObjectReference } from '../../kubernetes/object-reference.ts';
import { TRACKING_ID } from '../../ownership/find-mark.ts';
import { parseTrackingId } from '../../ownership/parse-tracking-id.ts';
import { UNMANAGED, type FollowedOwner, type ManagedBy } from '../drift-finding.ts';
import type { ObjectRow } from '../drift-state.ts';
import { listEntries } from '../reduce-object.ts';
import {
  ADMISSION_GROUP,
  isAdmissionObject,
  isMutatingKind,
  resourceOf,
} from './admission-resources.ts';
import { classifyAdmissionEffect, type AdmissionEffect } from './classify-admission-effect.ts';
import type { NamespaceLabels } from './match-admission-scope.ts';
import { matchMutator, type KnownMutator } from './match-mutator.ts';
import { parseAdmissionScopes } from './parse-admission-scopes.ts';
import { parsePruned } from './parse-pruned.ts';

type FindManager = (object: KubernetesObject, reference: ObjectReference) => ManagedBy | undefined;

/** What of Holdfast itself steers admission. */
export interface OwnAdmission {
  /** Where its pods run. */
  readonly namespace: string;
  /** Field managers under which it keeps its registration. */
  readonly fieldManagers: readonly string[];
  /** Names of its webhook configurations. */
  readonly registrations: readonly string[];
  /** Another part keeps these, and tells of them. */
  readonly keepsRegistrations: boolean;
  /** Names of its policies and their bindings. */
  readonly guards: readonly string[];
}

export interface AdmissionJudgeOptions {
  readonly findManager: FindManager;
  readonly client: Pick<ClusterClient, 'read'>;
  readonly rows: ReadonlyMap<string, ObjectRow>;
  readonly gitopsManagers: ReadonlySet<string>;
  readonly controllers: ReadonlySet<string>;
  readonly mutators: readonly KnownMutator[];
  readonly own: OwnAdmission;
  /** Of Applications whose mark names none. */
  readonly argocdNamespace: string;
  readonly clock: Clock;
}

/** An incident must not wait for what could make it smaller. */
const READ_TIMEOUT_MS = 1000;

/** One for all resources. */
export class AdmissionJudge {
  readonly #options: AdmissionJudgeOptions;

  constructor(options: AdmissionJudgeOptions) {
    this.#options = options;
  }

  /** Whether the API server asks no webhook about this kind. */
  readonly isUnseen = ({ group }: { readonly group: string }): boolean => group === ADMISSION_GROUP;

  /** Who manages an object; one that steers admission is followed even if nobody does. */
  readonly findManager = (
    object: KubernetesObject,
    reference: ObjectReference,
  ): FollowedOwner | undefined => {
    const { findManager, own } = this.#options;
    if (!this.isUnseen(reference)) return findManager(object, reference);
    if (own.keepsRegistrations && this.#isRegistration(reference)) return undefined;
    return findManager(object, reference) ?? UNMANAGED;
  };

  /** Whether Git declares an object, by its marks. */
  readonly isManaged = (object: KubernetesObject): boolean =>
    this.#options.findManager(object, referenceOf(object)) !== undefined;

  /** Whether the configuration names it. */
  readonly isKnownMutator = (object: KubernetesObject): boolean => {
    const { kind = '', metadata } = object;
    const { mutators } = this.#options;
    if (!isMutatingKind(kind) || mutators.length === 0) return false;
    return matchMutator(metadata?.name ?? '', parseAdmissionScopes(object), mutators);
  };

  /**
   * Whether an object that is new came by its GitOps controller, by a controller of the configuration, or is a known mutator. A
   * mark alone says nothing: anybody can write one. Whoever installs Holdfast makes its registration, and its guards, which are about
   * less than would be told of.
   */
  async isExpected(object: KubernetesObject): Promise<boolean> {
    const { kind = '', metadata } = object;
    const name = metadata?.name ?? '';
    if (this.#isRegistration({ kind, name }) || this.#isAccounted(object)) return true;
    return this.#options.own.guards.includes(name) && (await this.findEffect(object)) === undefined;
  }

  #isRegistration({ kind, name }: Pick<ObjectReference, 'kind' | 'name'>): boolean {
    return kind.endsWith('WebhookConfiguration') && this.#options.own.registrations.includes(name);
  }

  #isAccounted(object: KubernetesObject): boolean {
    if (this.isKnownMutator(object)) return true;
    const { gitopsManagers, controllers } = this.#options;
    const managers = listEntries(object).map(({ manager = '' }) => manager);
    const isAll = managers.every((name) => gitopsManagers.has(name) || controllers.has(name));
    if (managers.length === 0 || !isAll) return false;
    const isDeclared = this.isManaged(object) && managers.some((name) => gitopsManagers.has(name));
    // A name is chosen by its client: for what changes requests that of a controller is not enough.
    return isDeclared || (!isMutatingKind(object.kind ?? '') && !this.isManaged(object));
  }

  /** Whether an object that is gone may go: operators take their own webhooks away, and Argo CD what Git does not declare any more. */
  async isExpectedGone(object: KubernetesObject | undefined): Promise<boolean> {
    if (object === undefined || !isAdmissionObject(object)) return false;
    return this.isManaged(object) ? await this.#isPruned(object) : this.#isAccounted(object);
  }

  async #isPruned(object: KubernetesObject): Promise<boolean> {
    const { client, clock, argocdNamespace } = this.#options;
    const id = parseTrackingId(object.metadata?.annotations?.[TRACKING_ID] ?? '');
    if (id === undefined) return false;
    const { app, appNamespace = argocdNamespace } = id;
    const path = formatObjectPath(applicationReference(appNamespace, app));
    if (path === undefined) return false;
    const deadlineAtMs = addMs(clock.monotonicMs(), READ_TIMEOUT_MS);
    const reading = await client.read(path, { deadlineAtMs });
    const application = reading.status === 'read' ? parseObject(reading.body) : undefined;
    return application !== undefined && parsePruned(application, referenceOf(object));
  }

  /** What it can do; `undefined` for what does not steer admission, and for our own registration. */
  async findEffect(object: KubernetesObject): Promise<AdmissionEffect | undefined> {
    const { kind = '', metadata } = object;
    const isOwn = this.#isRegistration({ kind, name: metadata?.name ?? '' });
    if (isOwn || !isAdmissionObject(object)) return undefined;
    const { rows, own } = this.#options;
    const scopes = parseAdmissionScopes(object);
    return classifyAdmissionEffect(scopes, {
      managed: listManagedKinds(rows),
      namespaceLabels: scopes.some(({ namespaces = [] }) => namespaces.length > 0)
        ? await this.#readLabels()
        : undefined,
      ownNamespace: own.namespace,
    });
  }

  async #readLabels(): Promise<NamespaceLabels> {
    const { client, clock } = this.#options;
    const deadlineAtMs = addMs(clock.monotonicMs(), READ_TIMEOUT_MS);
    const reading = await client.read('/api/v1/namespaces', { deadlineAtMs });
    const page = reading.status === 'read' ? parsePage(reading.body) : undefined;
    return (
      page &&
      new Map(page.items.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]))
    );
  }
}

function referenceOf({ apiVersion = '', kind = '', metadata }: KubernetesObject): ObjectReference {
  const [group = '', version = ''] = apiVersion.split('/');
  return { group, version, resource: resourceOf(kind), kind, name: metadata?.name ?? '' };
}

/** By `group/resource`, the namespaces of what Git declares. */
function listManagedKinds(
  rows: ReadonlyMap<string, ObjectRow>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const managed = new Map<string, Set<string>>();
  for (const [key, { tool }] of rows) {
    if (tool === UNMANAGED.tool) continue;
    const [group = '', resource = '', namespace = ''] = key.split('/');
    const kind = `${group}/${resource}`;
    const namespaces = managed.get(kind);
    if (namespaces === undefined) managed.set(kind, new Set([namespace]));
    else namespaces.add(namespace);
  }
  return managed;
}
