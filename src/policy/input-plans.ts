/** What is the same in the input of every request, for each combination of policies that judge together. */
import type { PolicyDescriptor } from './descriptor.ts';
import { keepRead, mergeReads } from './value-reads.ts';
import { formatParameters } from './wasm/format-input.ts';
import { type JsonPruning, planPruning } from './wasm/prune-json.ts';

/** A few dozen in practice: policies that match the same kinds of object. */
const COMBINATIONS_MAX = 1024;

/** The parameters that the configuration gives to policies, by name. */
type ConfiguredParameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface InputPlan {
  /** What is kept of the request. */
  readonly pruning: JsonPruning;
  /** The parameters of these policies, as JSON. */
  readonly parametersJson: Uint8Array;
}

interface KnownPlan extends InputPlan {
  readonly configured: ConfiguredParameters;
}

/** Plans each combination once for each configuration. */
export class InputPlans {
  readonly #plans = new Map<string, KnownPlan>();

  /** `combination` names the policies; equal names are the same policies, for as long as this lives. */
  find(
    combination: string,
    policies: readonly PolicyDescriptor[],
    configured: ConfiguredParameters,
  ): InputPlan {
    const known = this.#plans.get(combination);
    if (known?.configured === configured) return known;
    const reads = mergeReads(policies.map(({ requestReads }) => requestReads));
    const plan = {
      configured,
      pruning: known?.pruning ?? planPruning(reads),
      parametersJson: formatParameters(
        policies.map(({ name, parameters: own, parameterReads = true }) => [
          name,
          keepRead(configured[name] ?? own, parameterReads),
        ]),
      ),
    };
    // Clearing bounds memory, and costs one plan per combination.
    if (this.#plans.size >= COMBINATIONS_MAX) this.#plans.clear();
    this.#plans.set(combination, plan);
    return plan;
  }
}
