/** The policies that a command judges with instead of those of the configuration: candidates for a rollout. */
import { HoldfastError } from '../../errors.ts';
import type { CommandInput, OptionDefinition } from '../command.ts';

/** For the commands that judge. */
export const candidateOptions: readonly OptionDefinition[] = [
  {
    name: 'policies',
    value: 'SOURCES',
    summary: 'a folder of Rego that judges instead of policies.bundle; built first',
  },
  {
    name: 'bundle',
    value: 'BUNDLE',
    summary: 'a bundle, as a folder or an archive, that judges instead of policies.bundle',
  },
];

export interface Candidate {
  readonly policySources: string | undefined;
  readonly bundle: string | undefined;
}

/** As they were given, relative to the working directory. Throws `argument_invalid` where both are. */
export function readCandidate(input: CommandInput): Candidate {
  const candidate = { policySources: input.text('policies'), bundle: input.text('bundle') };
  if (candidate.policySources === undefined || candidate.bundle === undefined) return candidate;
  throw new HoldfastError('argument_invalid', '--policies and --bundle name two candidates', {
    remedy: 'Name one of the two',
  });
}
