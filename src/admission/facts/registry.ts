/** The table of facts, one row each: a fact name without a row does not compile. */
import { FACT_NAMES, type FactName } from '../../policy/fact-names.ts';
import { actorFact } from './actor.ts';
import { changeFact } from './change.ts';
import { deletionsFact } from './deletions.ts';
import type { FactRecord, FactRow, KnownFacts } from './fact.ts';
import { freezeFact } from './freeze.ts';
import { grantFact } from './grant.ts';
import { imagesFact } from './images.ts';
import { inventoryFact } from './inventory.ts';
import { namespaceFact } from './namespace.ts';
import { objectFact } from './object.ts';
import { plaintextFact } from './plaintext.ts';
import { rollbackFact } from './rollback.ts';
import { sourceFact } from './source.ts';

/** How each fact is gathered and recorded. */
export const FACTS: { readonly [Name in FactName]: FactRow<Name> } = {
  actor: actorFact,
  object: objectFact,
  change: changeFact,
  source: sourceFact,
  images: imagesFact,
  plaintext: plaintextFact,
  deletions: deletionsFact,
  rollback: rollbackFact,
  freeze: freezeFact,
  grant: grantFact,
  namespace: namespaceFact,
  inventory: inventoryFact,
};

/** Facts in the order of dependencies: computed once, because every request needs it. */
const PLANS: Readonly<Record<FactName, readonly FactName[]>> = {
  actor: withNeeds('actor'),
  object: withNeeds('object'),
  change: withNeeds('change'),
  source: withNeeds('source'),
  images: withNeeds('images'),
  plaintext: withNeeds('plaintext'),
  deletions: withNeeds('deletions'),
  rollback: withNeeds('rollback'),
  freeze: withNeeds('freeze'),
  grant: withNeeds('grant'),
  namespace: withNeeds('namespace'),
  inventory: withNeeds('inventory'),
};

/** The facts to gather for these, each after its dependencies. */
export function planGathering(names: readonly FactName[]): readonly FactName[] {
  const [first] = names;
  if (first !== undefined && names.length === 1) return PLANS[first];
  return [...new Set(names.flatMap((name) => PLANS[name]))];
}

function withNeeds(name: FactName): readonly FactName[] {
  return [...new Set([...FACTS[name].needs.flatMap(withNeeds), name])];
}

/** The part of a record that comes from facts. */
export function recordFacts(facts: KnownFacts): FactRecord {
  const record: FactRecord = {};
  for (const name of FACT_NAMES) Object.assign(record, recordFact(name, facts));
  return record;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- ties the row to the value of the same name
function recordFact<Name extends FactName>(name: Name, facts: KnownFacts): FactRecord {
  const value = facts[name];
  return value === undefined ? {} : FACTS[name].record(value);
}
