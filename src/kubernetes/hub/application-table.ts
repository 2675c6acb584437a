/**
 * The Applications of the hub, as far as they deploy to this cluster: what they list, and what each was doing.
 *
 * Whoever may make an Application on the hub chooses what is in it. So each is counted by its size, and one that is too
 * large is kept without its operation. Of Applications for other clusters nothing is kept.
 */
import { ClaimIndex } from '../watch/claim-index.ts';
import { EntryQuota, ObjectTable, type ResourceStore } from '../watch/object-table.ts';
import type { CachedObject } from '../watch/reduce-metadata.ts';
import { parseApplicationClaims } from '../lookup/parse-claims.ts';
import { parseObject } from '../lookup/parse-object.ts';
import type { KubernetesObject } from '../object.ts';
import type { ObjectReference } from '../object-reference.ts';
import { KIB } from '../../settings/limit.ts';
import { trimApplication } from './trim-application.ts';

export interface ApplicationTableOptions {
  readonly entriesMax: number;
  readonly applicationCharsMax: number;
  /** Whether it deploys to this cluster. */
  readonly isHere: (application: KubernetesObject) => boolean;
  /** Called with each that deploys to this cluster, whenever it is listed or changes. */
  readonly onApplication: (application: KubernetesObject) => void;
}

interface KeptApplication extends CachedObject {
  /** The Application as JSON, without what takes most room; absent if it is still too large. */
  readonly text?: string | undefined;
}

/** A store for a reflector. What it holds outlives the permission to read it; only what is too much is dropped. */
export class ApplicationTable implements ResourceStore {
  readonly #options: ApplicationTableOptions;
  readonly #quota: EntryQuota;
  readonly #claims = new ClaimIndex();
  readonly #table: ObjectTable<KeptApplication>;
  #isOverflowed = false;

  constructor(options: ApplicationTableOptions) {
    this.#options = options;
    this.#quota = new EntryQuota(options.entriesMax);
    this.#table = new ObjectTable<KeptApplication>({
      quota: this.#quota,
      reduce: (object) => this.#reduce(object),
      weigh: ({ claimed = [], text = '' }) => 1 + claimed.length + Math.ceil(text.length / KIB),
      onAdded: this.#claims.add,
      onRemoved: this.#claims.remove,
    });
  }

  get size(): number {
    return this.#table.size;
  }

  get entries(): number {
    return this.#quota.used;
  }

  /** `undefined` if it is not kept, or was too large. */
  find(namespace: string, name: string): KubernetesObject | undefined {
    return read(this.#table.get(namespace, name));
  }

  /** Those that are not too large. */
  *objects(): Iterable<KubernetesObject> {
    for (const kept of this.#table.all()) {
      const object = read(kept);
      if (object !== undefined) yield object;
    }
  }

  /** The Applications that list the object. */
  claimants(reference: ObjectReference): readonly CachedObject[] {
    return this.#claims.find(reference);
  }

  all(): Iterable<CachedObject> {
    return this.#table.all();
  }

  readonly beginList = (): void => {
    this.#isOverflowed = false;
    this.#table.beginList();
  };

  readonly endList = (): void => {
    this.#table.endList();
  };

  readonly put = (object: KubernetesObject): boolean => {
    // One that deploys elsewhere now must not stay as it was.
    if (!this.#options.isHere(object)) {
      this.#table.remove(object);
      return true;
    }
    this.#options.onApplication(object);
    const isKept = this.#table.put(object);
    this.#isOverflowed ||= !isKept;
    return isKept;
  };

  readonly remove = (object: KubernetesObject): void => {
    this.#table.remove(object);
  };

  readonly clear = (): void => {
    if (this.#isOverflowed) this.#table.clear();
  };

  #reduce(application: KubernetesObject): KeptApplication {
    const { name, namespace, resourceVersion, uid } = application.metadata ?? {};
    const text = JSON.stringify(trimApplication(application));
    return {
      name,
      namespace,
      resourceVersion,
      uid,
      claimed: parseApplicationClaims(application),
      ...(text.length <= this.#options.applicationCharsMax && { text }),
    };
  }
}

function read(kept: KeptApplication | undefined): KubernetesObject | undefined {
  return kept?.text === undefined ? undefined : parseObject(JSON.parse(kept.text));
}
