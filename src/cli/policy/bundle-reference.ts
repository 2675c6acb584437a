/** The artifact of a registry that a command is about, and why it cannot be had. */
import { HoldfastError } from '../../errors.ts';
import type { ImageFailure } from '../../image/image-failure.ts';
import { parseReference, type ImageReference } from '../../image/parse-reference.ts';
import type { ArgumentDefinition } from '../command.ts';

/** For the commands that ask a registry. */
export const referenceArgument: ArgumentDefinition = {
  name: 'REFERENCE',
  summary: 'as in the name of an image: registry.example.com/policies:prod',
  required: true,
};

/** Throws `argument_invalid`. */
export function readReferenceArgument(text: string): ImageReference {
  const reading = parseReference(text);
  if (reading.ok) return reading.reference;
  throw new HoldfastError(
    'argument_invalid',
    `"${text}" is no reference of an artifact: ${reading.reason}`,
  );
}

/** What a registry did not do, as an error of the command. */
export function toRegistryError({ reason }: Pick<ImageFailure, 'reason'>): HoldfastError {
  return new HoldfastError('policy_registry_failed', reason);
}
