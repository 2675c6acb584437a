/**
 * Watches applications, so that a commit is fetched and verified when its revision appears, and admission finds the verdict. Nothing
 * depends on it: what is missed here is judged when it is asked for.
 */
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import { systemRandom } from '../base/system-random.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatListPath, type ResourceKind } from '../kubernetes/client/format-api-path.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import {
  applicationReference,
  formatResource,
  helmReleaseReference,
  kustomizationReference,
  type ObjectReference,
} from '../kubernetes/object-reference.ts';
import type { KubernetesSettings } from '../kubernetes/settings.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import type { ResourceStore } from '../kubernetes/watch/object-table.ts';
import { startReflector, type Reflector } from '../kubernetes/watch/reflector.ts';
import type { CommitOrigin, ReadApplicationObject } from '../source/find-source.ts';
import { parseFluxApplier } from '../source/parse-flux-sources.ts';
import { claimsApplied } from '../source/revision-hint.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface FollowedApplicationsOptions {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  /** Those of Argo CD's hub, which follows them already. Absent: they are in this cluster. */
  readonly applications?: Pick<RemoteApplications, 'follow'> | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: KubernetesSettings['watch'];
  readonly readApplication: ReadApplicationObject;
  /** Never rejects. */
  readonly prepare: (origin: CommitOrigin) => Promise<void>;
}

/** Applications are whole here, and their status lists every object. */
const PAGE_OBJECTS = 50;
/** One list at a time: there is no hurry, and the API server has other clients. */
const LISTS_MAX = 1;

const FOLLOWED = {
  applications: kindOf(applicationReference('', '')),
  kustomizations: kindOf(kustomizationReference('', '')),
  helmReleases: kindOf(helmReleaseReference('', '')),
  gitRepositories: {
    group: 'source.toolkit.fluxcd.io',
    version: 'v1',
    resource: 'gitrepositories',
    kind: 'GitRepository',
  },
} as const satisfies Readonly<Record<string, ResourceKind>>;

function kindOf({ group, version, resource, kind }: ObjectReference): ResourceKind {
  return { group, version, resource, kind };
}

const revisionSchema = z.looseObject({
  status: z
    .looseObject({ artifact: z.looseObject({ revision: z.string().nullish() }).nullish() })
    .nullish(),
});

/** Begins at once. */
export class FollowedApplications {
  readonly #options: FollowedApplicationsOptions;
  #reflectors: readonly Reflector[] = [];
  #unfollow: (() => void) | undefined;
  /** What was prepared last, by the name of the object: most events tell of something else. */
  readonly #prepared = new Map<string, string>();
  /** By the name of a source of Flux, what applies from it. */
  readonly #followers = new Map<string, Map<string, ObjectReference>>();

  constructor(options: FollowedApplicationsOptions) {
    this.#options = options;
    this.#start();
  }

  /** Everything is prepared again: by other keys, all is judged anew. */
  async again(): Promise<void> {
    await this.close();
    this.#prepared.clear();
    this.#start();
  }

  /** Ends the watches. */
  async close(): Promise<void> {
    this.#unfollow?.();
    const ending = this.#reflectors;
    this.#reflectors = [];
    await Promise.all(ending.map((reflector) => reflector.close()));
  }

  #start(): void {
    const { client, applications, clock, limits, logger } = this.#options;
    const semaphore = new Semaphore({
      runningMax: LISTS_MAX,
      waitingMax: Object.keys(FOLLOWED).length,
    });
    const { applications: _applications, ...here } = FOLLOWED;
    const followed = Object.values(applications === undefined ? FOLLOWED : here);
    this.#unfollow = applications?.follow((object) => {
      const { namespace, name } = namesOf(object);
      this.#hear(applicationReference(namespace, name), object);
    });
    this.#reflectors = followed.map((kind) =>
      startReflector({
        client,
        clock,
        semaphore,
        path: formatListPath(kind, undefined) ?? '',
        metadataOnly: false,
        store: this.#storeFor(kind),
        random: systemRandom,
        silenceMsMax: limits.silenceMs,
        resyncMs: limits.resyncMs,
        pageObjectsMax: PAGE_OBJECTS,
        objectsMax: limits.entriesMax,
        onEnd: ({ reason }, _step, detail) => {
          if (reason !== 'forbidden') return;
          logger.warn(
            'Commits of this resource are not verified ahead: grant list and watch on it',
            {
              resource: formatResource(kind),
              reason: detail,
            },
          );
        },
      }),
    );
  }

  /** Nothing is kept but names and revisions. */
  #storeFor(kind: ResourceKind): ResourceStore {
    const nothing = (): void => undefined;
    return {
      beginList: nothing,
      endList: nothing,
      clear: nothing,
      put: (object) => {
        this.#hear({ ...kind, ...namesOf(object) }, object);
        return true;
      },
      remove: (object) => {
        this.#prepared.delete(nameOf({ ...kind, ...namesOf(object) }));
      },
    };
  }

  #hear(reference: ObjectReference, object: KubernetesObject): void {
    switch (reference.kind) {
      case 'Application':
        void this.#options.prepare({
          reference,
          application: this.#options.readApplication(object),
        });
        return;
      case 'GitRepository':
        this.#hearSource(reference, object);
        return;
      default:
        this.#hearApplier(reference, object);
    }
  }

  #hearSource(reference: ObjectReference, object: KubernetesObject): void {
    const revision = revisionSchema.safeParse(object).data?.status?.artifact?.revision ?? '';
    const source = nameOf(reference);
    if (this.#prepared.get(source) === revision) return;
    this.#prepared.set(source, revision);
    for (const follower of this.#followers.get(source)?.values() ?? []) {
      void this.#options.prepare({ reference: follower });
    }
  }

  #hearApplier(reference: ObjectReference, object: KubernetesObject): void {
    const parsed = parseFluxApplier(object);
    if (!parsed.ok) return;
    const { source, hints } = parsed.value;
    const sourceName = `${source.kind} ${source.namespace}/${source.name}`;
    const name = nameOf(reference);
    const followers = this.#followers.get(sourceName) ?? new Map<string, ObjectReference>();
    this.#followers.set(sourceName, followers.set(name, reference));
    // That a revision was applied, too, is news: it counts as deployed then.
    const claims = hints.map((hint) => [hint.claimedObjectId, claimsApplied(hint)]);
    const claimed = JSON.stringify([sourceName, claims]);
    if (this.#prepared.get(name) === claimed) return;
    this.#prepared.set(name, claimed);
    void this.#options.prepare({ reference });
  }
}

function namesOf({ metadata }: KubernetesObject): { namespace: string; name: string } {
  return { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
}

function nameOf({ kind, namespace = '', name }: ObjectReference): string {
  return `${kind} ${namespace}/${name}`;
}
