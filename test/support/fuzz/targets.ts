/** Every parser of foreign bytes that is fuzzed, and those that are not, with the reason. */
import { ADMISSION_TARGETS } from './admission-targets.ts';
import { EVIDENCE_TARGETS } from './evidence-targets.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { OBSERVATION_TARGETS } from './observation-targets.ts';
import { SIGNATURE_TARGETS } from './signature-targets.ts';

/** Each with its seeds. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ...ADMISSION_TARGETS,
  ...EVIDENCE_TARGETS,
  ...OBSERVATION_TARGETS,
  ...SIGNATURE_TARGETS,
];

/** Files below `src/` that take text or bytes and have no row of their own. */
export const NOT_FUZZED: ReadonlyMap<string, string> = new Map([
  ['authoring/explain/parse-trace', 'reads what the OPA program prints that we started ourselves'],
  ['authoring/parse-policy-module', 'reads the JSON of the OPA program that we started ourselves'],
  [
    'kubernetes/lookup/parse-claims',
    'takes an object that was read; the text is the name of its kind',
  ],
]);
