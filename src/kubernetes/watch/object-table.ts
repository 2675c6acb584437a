/**
 * The objects of one resource, by namespace and name, each reduced to the values that are needed.
 *
 * Events may come twice or, around a reconnection, late: a row never returns to an older version. A list replaces the
 * table: an object that it does not contain was deleted, possibly by an event that we missed.
 */
import type { KubernetesObject } from '../object.ts';

/** The store that a reflector fills, as in client-go. */
export interface ResourceStore {
  /** A list begins: objects that it does not contain are removed when it ends. */
  readonly beginList: () => void;
  readonly endList: () => void;
  /** `false` if the quota is used up. */
  readonly put: (object: KubernetesObject) => boolean;
  readonly remove: (object: KubernetesObject) => void;
  readonly clear: () => void;
}

/** Fills two stores at once; the second says whether there is room. */
export function storeInBoth(first: ResourceStore, second: ResourceStore): ResourceStore {
  return {
    beginList: () => {
      first.beginList();
      second.beginList();
    },
    endList: () => {
      first.endList();
      second.endList();
    },
    put: (object) => first.put(object) && second.put(object),
    remove: (object) => {
      first.remove(object);
      second.remove(object);
    },
    clear: () => {
      first.clear();
      second.clear();
    },
  };
}

/** A quota of cache entries that all tables share, so that memory is limited for a cluster of any size. */
export class EntryQuota {
  readonly #entriesMax: number;
  #used = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get used(): number {
    return this.#used;
  }

  /** `false` if fewer are left; then none is reserved. */
  reserve(entries: number): boolean {
    if (this.#used + entries > this.#entriesMax) return false;
    this.#used += entries;
    return true;
  }

  release(entries: number): void {
    this.#used -= entries;
  }
}

export interface TableOptions<Value> {
  readonly quota: EntryQuota;
  /** `undefined`: nothing of the object is needed. */
  readonly reduce: (object: KubernetesObject) => Value | undefined;
  /** The cost of a value in the quota. @default 1 */
  readonly weigh?: ((value: Value) => number) | undefined;
  /** Called for each change, for indexes. An update of a row is a removal and an addition. */
  readonly onAdded?: ((value: Value) => void) | undefined;
  readonly onRemoved?: ((value: Value) => void) | undefined;
}

interface Row<Value> {
  readonly value: Value;
  readonly version: string;
  list: number;
}

/** A table, and the store that fills it. */
export class ObjectTable<Value> implements ResourceStore {
  readonly #options: TableOptions<Value>;
  readonly #namespaces = new Map<string, Map<string, Row<Value>>>();
  #list = 0;
  #size = 0;

  constructor(options: TableOptions<Value>) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** Cluster-scoped objects are in the namespace without a name. */
  get(namespace: string, name: string): Value | undefined {
    return this.#namespaces.get(namespace)?.get(name)?.value;
  }

  *inNamespace(namespace: string): Iterable<Value> {
    for (const { value } of this.#namespaces.get(namespace)?.values() ?? []) yield value;
  }

  *all(): Iterable<Value> {
    for (const rows of this.#namespaces.values()) {
      for (const { value } of rows.values()) yield value;
    }
  }

  readonly beginList = (): void => {
    this.#list += 1;
  };

  readonly endList = (): void => {
    for (const [namespace, rows] of this.#namespaces) {
      for (const [name, row] of rows) if (row.list !== this.#list) this.#drop(namespace, name);
    }
  };

  readonly put = (object: KubernetesObject): boolean => {
    const { namespace, name, version } = identify(object);
    const known = this.#namespaces.get(namespace)?.get(name);
    if (known !== undefined && isNewerVersion(known.version, version)) {
      known.list = this.#list;
      return true;
    }
    if (known !== undefined) this.#drop(namespace, name);
    const value = this.#options.reduce(object);
    return value === undefined || this.#add({ namespace, name, version }, value);
  };

  readonly remove = (object: KubernetesObject): void => {
    const { namespace, name, version } = identify(object);
    const known = this.#namespaces.get(namespace)?.get(name);
    // A late deletion event of an earlier object must not remove a new object of the same name.
    if (known === undefined || isNewerVersion(known.version, version)) return;
    this.#drop(namespace, name);
  };

  readonly clear = (): void => {
    for (const [namespace, rows] of this.#namespaces) {
      for (const name of rows.keys()) this.#drop(namespace, name);
    }
  };

  #add({ namespace, name, version }: Identity, value: Value): boolean {
    if (!this.#options.quota.reserve(this.#weigh(value))) return false;
    const rows = this.#namespaces.get(namespace) ?? new Map<string, Row<Value>>();
    this.#namespaces.set(namespace, rows);
    rows.set(name, { value, version, list: this.#list });
    this.#size += 1;
    this.#options.onAdded?.(value);
    return true;
  }

  #drop(namespace: string, name: string): void {
    const rows = this.#namespaces.get(namespace);
    const row = rows?.get(name);
    if (rows === undefined || row === undefined) return;
    rows.delete(name);
    if (rows.size === 0) this.#namespaces.delete(namespace);
    this.#size -= 1;
    this.#options.quota.release(this.#weigh(row.value));
    this.#options.onRemoved?.(row.value);
  }

  #weigh(value: Value): number {
    return this.#options.weigh?.(value) ?? 1;
  }
}

interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

function identify({ metadata }: KubernetesObject): Identity {
  const { namespace = '', name = '', resourceVersion = '' } = metadata ?? {};
  return { namespace, name, version: resourceVersion };
}

const DECIMAL = /^[1-9][0-9]*$/u;

/** Whether `known` is newer than `told`. False if they cannot be compared: then the last event wins. */
export function isNewerVersion(known: string, told: string): boolean {
  if (!DECIMAL.test(known) || !DECIMAL.test(told)) return false;
  if (known.length !== told.length) return known.length > told.length;
  return known > told;
}
