/** What is the same in the input of every request, for each combination of policies that judge together. */
import type { PolicyDescriptor } from './descriptor.ts';
import { keepEntry, readAt } from './entry-lookups.ts';
import { keepRead, mergeReads } from './value-reads.ts';
import { formatParameters } from './wasm/format-input.ts';
import { type JsonPruning, planPruning } from './wasm/prune-json.ts';

/** A few dozen in practice: policies that match the same kinds of object. */
const COMBINATIONS_MAX = 1024;
/** Of one combination: one for each operator that is configured and writes. */
const VARIANTS_MAX = 256;

/** The parameters that the configuration gives to policies, by name. */
type ConfiguredParameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface InputPlan {
  /** What is kept of the request. */
  readonly pruning: JsonPruning;
  /** The parameters of these policies, as JSON. */
  readonly parametersJson: Uint8Array;
}

/** A table among the parameters of a policy, of which the entry is kept that a fact names. */
interface Table {
  readonly policy: string;
  readonly table: readonly string[];
  readonly fact: readonly string[];
  /** The whole parameters of the policy. */
  readonly parameters: unknown;
}

interface KnownPlan {
  readonly pruning: JsonPruning;
  /** What each policy reads of its parameters, whatever the facts are. */
  readonly parameters: readonly (readonly [policy: string, parameters: unknown])[];
  readonly tables: readonly Table[];
  /** For facts that name no entry. */
  readonly usual: InputPlan;
  /** By the entries that are named. */
  readonly variants: Map<string, InputPlan>;
}

/** An entry of a table. */
type NamedEntry = Table & { readonly key: string };

/**
 * Plans each combination once for each set of parameters, of which there are several where namespaces have some of their own, and once
 * for each entry of a table that facts name.
 */
export class InputPlans {
  /** What a configuration leaves behind goes with its parameters. */
  readonly #plans = new WeakMap<ConfiguredParameters, Map<string, KnownPlan>>();
  readonly #prunings = new Map<string, JsonPruning>();

  /** `combination` names the policies; equal names are the same policies, for as long as this lives. */
  find(
    combination: string,
    policies: readonly PolicyDescriptor[],
    { configured, facts }: { readonly configured: ConfiguredParameters; readonly facts: unknown },
  ): InputPlan {
    const plans = this.#plans.get(configured) ?? this.#begin(configured);
    const known =
      plans.get(combination) ??
      remember(
        plans,
        combination,
        makePlan(policies, configured, this.#prune(combination, policies)),
      );
    const named = known.tables.length === 0 ? [] : findNamed(known.tables, facts);
    return named.length === 0 ? known.usual : findVariant(known, named);
  }

  #begin(configured: ConfiguredParameters): Map<string, KnownPlan> {
    const plans = new Map<string, KnownPlan>();
    this.#plans.set(configured, plans);
    return plans;
  }

  #prune(combination: string, policies: readonly PolicyDescriptor[]): JsonPruning {
    return (
      this.#prunings.get(combination) ??
      remember(
        this.#prunings,
        combination,
        planPruning(mergeReads(policies.map(({ requestReads }) => requestReads))),
      )
    );
  }
}

/** Clearing bounds memory, and costs one plan per combination. */
function remember<Value>(known: Map<string, Value>, combination: string, value: Value): Value {
  if (known.size >= COMBINATIONS_MAX) known.clear();
  known.set(combination, value);
  return value;
}

function makePlan(
  policies: readonly PolicyDescriptor[],
  configured: ConfiguredParameters,
  pruning: JsonPruning,
): KnownPlan {
  const wholeOf = ({ name, parameters }: PolicyDescriptor) => configured[name] ?? parameters;
  const parameters = policies.map(
    (policy) => [policy.name, keepRead(wholeOf(policy), policy.parameterReads ?? true)] as const,
  );
  return {
    pruning,
    parameters,
    tables: policies.flatMap((policy) =>
      (policy.parameterLookups ?? []).map((lookup) => ({
        ...lookup,
        policy: policy.name,
        parameters: wholeOf(policy),
      })),
    ),
    usual: { pruning, parametersJson: formatParameters(parameters) },
    variants: new Map(),
  };
}

/** A key of an object is a text: another value names no entry. */
function findNamed(tables: readonly Table[], facts: unknown): readonly NamedEntry[] {
  return tables.flatMap((of) => {
    const key = readAt(facts, of.fact);
    const isNamed =
      typeof key === 'string' && readAt(of.parameters, [...of.table, key]) !== undefined;
    return isNamed ? [{ ...of, key }] : [];
  });
}

function findVariant(
  { pruning, parameters, variants }: KnownPlan,
  named: readonly NamedEntry[],
): InputPlan {
  const name = JSON.stringify(named.map(({ policy, table, key }) => [policy, table, key]));
  const known = variants.get(name);
  if (known !== undefined) return known;
  const withEntries = parameters.map(([policy, kept]) => {
    const entries = named.filter((entry) => entry.policy === policy);
    const all = entries.reduce<unknown>(
      (sum, entry) => keepEntry(sum, entry.parameters, entry),
      kept,
    );
    return [policy, all] as const;
  });
  const made = { pruning, parametersJson: formatParameters(withEntries) };
  if (variants.size >= VARIANTS_MAX) variants.clear();
  variants.set(name, made);
  return made;
}
