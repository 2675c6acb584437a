/** What is kept of a request, for each combination of policies that judge together. */
import type { PolicyDescriptor } from './descriptor.ts';
import { mergeReads } from './request-reads.ts';
import { type JsonPruning, planPruning } from './wasm/prune-json.ts';

/** A few dozen in practice: policies that match the same kinds of object. */
const COMBINATIONS_MAX = 1024;

/** Plans each combination once. */
export class PruningCache {
  readonly #prunings = new Map<string, JsonPruning>();

  /** `combination` names the policies; equal names are the same policies, for as long as the cache lives. */
  find(combination: string, policies: readonly PolicyDescriptor[]): JsonPruning {
    const known = this.#prunings.get(combination);
    if (known !== undefined) return known;
    const pruning = planPruning(mergeReads(policies.map(({ requestReads }) => requestReads)));
    // Clearing the cache bounds memory, and costs one plan per combination.
    if (this.#prunings.size >= COMBINATIONS_MAX) this.#prunings.clear();
    this.#prunings.set(combination, pruning);
    return pruning;
  }
}
