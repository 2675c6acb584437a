/** Binds what stops deployments: the windows of the configuration, and the `Freeze` objects of the cluster. */
import type { FactSources, Gathered } from '../admission/facts/fact-sources.ts';
import { FollowedCalendar } from '../base/calendar/followed-calendar.ts';
import { openZone } from '../base/calendar/zone-clock.ts';
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { FollowedFreezes } from '../freeze/followed-freezes.ts';
import {
  describeFreezes,
  endOf,
  type FreezeFact,
  type FreezeSources,
  type KnownFreezes,
  type OpenWindow,
} from '../freeze/freeze-fact.ts';
import type { DeployedObject } from '../freeze/match-frozen.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import type { ObjectFact } from '../ownership/object-fact.ts';
import type { RollbackFact } from '../source/lineage/decide-rollback.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { installationNamespaces } from './installation-namespaces.ts';

export interface FreezeFactDependencies {
  readonly clock: Clock;
  /** @default no write is known to go back to a version that was verified */
  readonly describeRollback?: FactSources['describeRollback'] | undefined;
}

export interface FreezeDependencies {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

type Settings = Pick<
  Configuration,
  'breakGlass' | 'cluster' | 'freeze' | 'identity' | 'kubernetes' | 'ownership'
>;

/** Whether anything can be frozen by this configuration: the policies about it are left out where nothing can. */
export function canFreeze({ freeze }: Pick<Configuration, 'freeze'>): boolean {
  return freeze.windows.length > 0 || readsObjects({ freeze });
}

/** Whether somebody, or a circuit breaker, may make `Freeze` objects. */
export function readsObjects({ freeze }: Pick<Configuration, 'freeze'>): boolean {
  return freeze.operators.length > 0 || freeze.breakers.length > 0;
}

const NO_OBJECTS: KnownFreezes = { status: 'known', freezes: [] };

/** Follows the objects over reloads. */
export class FreezeBinder {
  readonly #parts: FreezeDependencies;
  #followed: { readonly namespace: string; readonly freezes: FollowedFreezes } | undefined;
  #sources: FreezeSources | undefined;

  constructor(parts: FreezeDependencies) {
    this.#parts = parts;
    parts.metrics.beforeExposition(() => {
      this.#publish();
    });
  }

  /** Once per configuration; `undefined` where nothing can be frozen. Without a client, only windows count. */
  async bind(
    configuration: Settings,
    client: ConnectedCluster | undefined,
  ): Promise<FreezeSources | undefined> {
    const { breakGlass, kubernetes } = configuration;
    const { namespace } = breakGlass;
    const isFollowed = client !== undefined && readsObjects(configuration);
    if (!isFollowed || this.#followed?.namespace !== namespace) await this.#leave();
    if (isFollowed) {
      const { watch } = kubernetes;
      this.#followed ??= {
        namespace,
        freezes: new FollowedFreezes({ ...this.#parts, client, namespace, watch }),
      };
    }
    this.#sources = openSources(configuration, this.#followed?.freezes);
    return this.#sources;
  }

  async close(): Promise<void> {
    await this.#leave();
  }

  async #leave(): Promise<void> {
    const left = this.#followed;
    this.#followed = undefined;
    await left?.freezes.close();
  }

  #publish(): void {
    const { clock, metrics } = this.#parts;
    const sources = this.#sources;
    if (sources === undefined) return;
    const nowMs = clock.wallMs();
    const known = sources.readFreezes();
    const freezes = known.status === 'known' ? known.freezes : [];
    const inForce = freezes.filter((freeze) => nowMs < endOf(freeze, sources.lifetimeMaxMs));
    const isOpen = ({ calendar }: OpenWindow): boolean => calendar.spanAt(nowMs) !== undefined;
    const breakers = inForce.filter(({ breaker }) => breaker !== undefined).length;
    metrics.set('holdfast_freezes', sources.windows.filter(isOpen).length, { kind: 'window' });
    metrics.set('holdfast_freezes', inForce.length - breakers, { kind: 'person' });
    metrics.set('holdfast_freezes', breakers, { kind: 'breaker' });
    metrics.set('holdfast_freezes_readable', known.status === 'known' ? 1 : 0);
  }
}

/** What is asked which freezes are in force; `undefined` where nothing can be frozen. Without `followed`, windows alone. */
export function openSources(
  configuration: Settings,
  followed: FollowedFreezes | undefined,
): FreezeSources | undefined {
  if (!canFreeze(configuration)) return undefined;
  const { exemptNamespaces, lifetimeMaxMs } = configuration.freeze;
  return {
    windows: openWindows(configuration),
    readFreezes: () => followed?.read() ?? NO_OBJECTS,
    exemptNamespaces: [...exemptNamespaces, ...installationNamespaces(configuration)],
    lifetimeMaxMs,
  };
}

/** Those of this cluster, each with its calendar. */
export function openWindows({
  cluster,
  freeze,
}: Pick<Configuration, 'cluster' | 'freeze'>): readonly OpenWindow[] {
  return freeze.windows
    .filter(({ clusters }) => clusters?.includes(cluster.name) ?? true)
    .flatMap((window) => {
      // The schema has asked for it, by the same database.
      const zone = openZone(window.timeZone);
      return zone === undefined
        ? []
        : [{ ...window, calendar: new FollowedCalendar(window, zone) }];
    });
}

/** How requests are described; nothing is frozen without sources. */
export function bindFreezeFacts(
  sources: FreezeSources | undefined,
  { clock, describeRollback }: FreezeFactDependencies,
): FactSources['describeFreezes'] {
  if (sources === undefined) return () => ({ status: 'known', value: NOTHING });
  return (request, { actor, object }, deadlineAtMs) => {
    const deployed = describeDeployed(request, object);
    const value =
      deployed === undefined ? NOTHING : describeFreezes(deployed, sources, clock.wallMs());
    if (value.freezes.length === 0 || describeRollback === undefined) {
      return { status: 'known', value };
    }
    const withRevert = (rollback: Gathered<RollbackFact | null>): Gathered<FreezeFact> => ({
      status: 'known',
      value: { ...value, isRevert: isRevert(rollback) },
    });
    const rollback = describeRollback(actor, object, deadlineAtMs);
    return rollback instanceof Promise ? rollback.then(withRevert) : withRevert(rollback);
  };
}

/** Back to what was verified; not where that application itself keeps another version. What nobody can tell is none. */
function isRevert(rollback: Gathered<RollbackFact | null>): boolean {
  if (rollback.status !== 'known' || rollback.value === null) return false;
  const { isRollback, isVerified, frozenUntil } = rollback.value;
  return isRollback && isVerified && frozenUntil === '';
}

const NOTHING: FreezeFact = { freezes: [], isRevert: false };

/** `undefined` for what Git does not manage. */
function describeDeployed(
  request: AdmissionRequest,
  object: ObjectFact,
): DeployedObject | undefined {
  if (!object.managed) return undefined;
  const applications = [object, ...(object.movesTo === undefined ? [] : [object.movesTo])].flatMap(
    ({ appNamespace, app }) =>
      app === undefined || appNamespace === undefined ? [] : [`${appNamespace}/${app}`],
  );
  return { group: request.resource.group, namespace: request.namespace ?? '', applications };
}
