/** Which cluster this one is for the hub: what the configuration says, and what the hub's cluster Secret says besides. */
import type { ResourceStore } from '../watch/object-table.ts';
import { createSingleObjectStore } from '../watch/single-object-store.ts';
import { matchDestination, normalizeServer, type ClusterIdentity } from './match-destination.ts';
import { parseClusterSecret } from './parse-cluster-secret.ts';
import type { HubSettings } from './settings.ts';

type OnIdentified = (identity: {
  readonly servers: readonly string[];
  readonly names: readonly string[];
}) => void;

/** Begins with what the configuration says. */
export class ClusterIdentityHolder {
  readonly #settings: HubSettings['cluster'];
  readonly #onChange: () => void;
  /** What the Secret says; `undefined` before it was read. Without a Secret it says nothing. */
  #told: ClusterIdentity | undefined;
  #identity: ClusterIdentity;

  constructor(settings: HubSettings['cluster'], onChange: () => void) {
    this.#settings = settings;
    this.#onChange = onChange;
    this.#told = settings.secret === undefined ? NOTHING : undefined;
    this.#identity = this.#join();
  }

  /** `unknown` where what the Secret says could decide, and it was not read yet. */
  match(application: unknown): 'here' | 'elsewhere' | 'unknown' {
    const matched = matchDestination(application, this.#identity);
    return matched === 'elsewhere' && !this.isKnown() ? 'unknown' : matched;
  }

  isKnown(): boolean {
    return this.#told !== undefined;
  }

  problem(): string | undefined {
    if (this.#told !== undefined) return undefined;
    return `the cluster Secret "${this.#settings.secret}" has not been read: it says which cluster this is`;
  }

  /** For a reflector of that one Secret. */
  storeFor(onIdentified: OnIdentified): ResourceStore {
    return createSingleObjectStore((secret) => {
      if (!this.#learn(parseClusterSecret(secret) ?? NOTHING)) return;
      const { servers, names } = this.#identity;
      onIdentified({ servers: [...servers], names: [...names] });
    });
  }

  /** Whether that is new. */
  #learn(told: ClusterIdentity): boolean {
    const before = this.#told;
    this.#told = told;
    if (before !== undefined && isSame(before, told)) return false;
    this.#identity = this.#join();
    this.#onChange();
    return true;
  }

  #join(): ClusterIdentity {
    const { servers, names } = this.#settings;
    return {
      servers: new Set([...servers.map(normalizeServer), ...(this.#told?.servers ?? [])]),
      names: new Set([...names, ...(this.#told?.names ?? [])]),
    };
  }
}

const NOTHING: ClusterIdentity = { servers: new Set(), names: new Set() };

function isSame(left: ClusterIdentity, right: ClusterIdentity): boolean {
  const text = ({ servers, names }: ClusterIdentity): string =>
    JSON.stringify([[...servers], [...names]]);
  return text(left) === text(right);
}
