/**
 * Watches the applications of Argo CD and Flux for the versions that they are brought to, and ConfigMaps for what pipelines have
 * verified. Nothing of them is kept here.
 */
import type { Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import { systemRandom } from '../base/system-random.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatListPath, type ResourceKind } from '../kubernetes/client/format-api-path.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import {
  applicationReference,
  formatResource,
  helmReleaseReference,
  kustomizationReference,
  type ObjectReference,
} from '../kubernetes/object-reference.ts';
import type { KubernetesSettings } from '../kubernetes/settings.ts';
import type { ResourceStore } from '../kubernetes/watch/object-table.ts';
import { startReflector, type Reflector } from '../kubernetes/watch/reflector.ts';
import type { ApplicationName } from '../source/commits/deployed-commits.ts';
import { LINEAGE_LIMITS } from '../source/lineage/settings.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface FollowedVersionsOptions {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  /** Those of Argo CD's hub. Absent: they are in this cluster. */
  readonly applications?: Pick<RemoteApplications, 'follow'> | undefined;
  /** Absent: no statements are read. */
  readonly statementsNamespace?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: KubernetesSettings['watch'];
  readonly onApplication: (application: ApplicationName, object: KubernetesObject) => void;
  readonly onGone: (application: ApplicationName) => void;
  /** Called with each ConfigMap of the namespace. */
  readonly onStatements: (object: KubernetesObject) => void;
}

/** Applications are whole here, and their status lists every object. */
const PAGE_OBJECTS = 50;
/** One list at a time: there is no hurry, and the API server has other clients. */
const LISTS_MAX = 1;
/** Every resource that is followed may wait for its list. */
const RESOURCES_MAX = 4;
const STATEMENTS_MAX = LINEAGE_LIMITS['lineage.statementsMax'].default;

const CONFIG_MAPS: ResourceKind = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
};

/** Begins at once. */
export class FollowedVersions {
  readonly #options: FollowedVersionsOptions;
  readonly #reflectors: readonly Reflector[];
  readonly #unfollow: (() => void) | undefined;
  readonly #semaphore = new Semaphore({ runningMax: LISTS_MAX, waitingMax: RESOURCES_MAX });

  constructor(options: FollowedVersionsOptions) {
    this.#options = options;
    const { applications, statementsNamespace, limits } = options;
    this.#unfollow = applications?.follow((object) =>
      options.onApplication(nameOf('Application', object), object),
    );
    const here = [kustomizationReference('', ''), helmReleaseReference('', '')];
    const followed = applications === undefined ? [applicationReference('', ''), ...here] : here;
    this.#reflectors = [
      ...followed.map((reference) => this.#startApplications(reference, limits.entriesMax)),
      ...(statementsNamespace === undefined ? [] : [this.#startStatements(statementsNamespace)]),
    ];
  }

  /** Ends the watches. */
  async close(): Promise<void> {
    this.#unfollow?.();
    await Promise.all(this.#reflectors.map((reflector) => reflector.close()));
  }

  #startApplications(
    { group, version, resource, kind }: ObjectReference,
    objectsMax: number,
  ): Reflector {
    const { onApplication, onGone } = this.#options;
    const named = kindOf(kind);
    return this.#start({ group, version, resource, kind }, undefined, {
      objectsMax,
      put: (object) => onApplication(nameOf(named, object), object),
      remove: (object) => onGone(nameOf(named, object)),
    });
  }

  #startStatements(namespace: string): Reflector {
    const { onStatements } = this.#options;
    return this.#start(CONFIG_MAPS, namespace, {
      objectsMax: STATEMENTS_MAX,
      put: onStatements,
      // What it has verified stays verified.
      remove: () => undefined,
    });
  }

  #start(
    kind: ResourceKind,
    namespace: string | undefined,
    {
      objectsMax,
      put,
      remove,
    }: {
      readonly objectsMax: number;
      readonly put: (object: KubernetesObject) => void;
      readonly remove: (object: KubernetesObject) => void;
    },
  ): Reflector {
    const { client, clock, limits, logger } = this.#options;
    const nothing = (): void => undefined;
    const store: ResourceStore = {
      beginList: nothing,
      endList: nothing,
      clear: nothing,
      put: (object) => {
        put(object);
        return true;
      },
      remove,
    };
    return startReflector({
      client,
      clock,
      semaphore: this.#semaphore,
      path: formatListPath(kind, namespace) ?? '',
      metadataOnly: false,
      store,
      random: systemRandom,
      silenceMsMax: limits.silenceMs,
      resyncMs: limits.resyncMs,
      pageObjectsMax: PAGE_OBJECTS,
      objectsMax,
      onEnd: ({ reason }, _step, detail) => {
        if (reason !== 'forbidden') return;
        logger.warn('Versions cannot be followed: grant get, list and watch on this resource', {
          resource: formatResource(kind),
          reason: detail,
        });
      },
    });
  }
}

function kindOf(kind: string): ApplicationName['kind'] {
  switch (kind) {
    case 'Kustomization':
    case 'HelmRelease':
      return kind;
    default:
      return 'Application';
  }
}

function nameOf(kind: ApplicationName['kind'], { metadata }: KubernetesObject): ApplicationName {
  return { kind, namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
}
