/** A configuration that leaves templates and constraints to Git, or not. */
import type { Configuration } from '../../../src/config/schema.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { ownershipSchema } from '../../../src/ownership/settings.ts';
import { policiesSchema } from '../../../src/policy/settings.ts';

/** With these selectors, and these accounts that define the kinds of constraints; `undefined` says nothing of them. */
export function guardedConfiguration(
  selectors: readonly object[],
  constraintAccounts: unknown,
): Configuration {
  const parameters = constraintAccounts === undefined ? {} : { constraintAccounts };
  return {
    ...defaultConfiguration('/'),
    ownership: ownershipSchema.parse({ selectors }),
    policies: policiesSchema.parse({ settings: { gitops_definitions: { parameters } } }),
  };
}
