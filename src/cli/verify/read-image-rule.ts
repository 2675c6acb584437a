/** From the options of `holdfast verify image` to the rule that the image must satisfy. */
import { HoldfastError } from '../../errors.ts';
import type { ImageRule, NamedAuthority } from '../../signature/cosign/image-rule.ts';
import { findPatternFault, type SubjectMatch } from '../../signature/sigstore/match-identity.ts';
import { parseRepositoryUrl } from '../../source/parse-repository-url.ts';
import type { CommandInput } from '../command.ts';

/**
 * Each authority counts for the signature and for every attestation.
 *
 * @throws HoldfastError `argument_invalid`
 */
export function readImageRule(
  input: CommandInput,
  authorities: readonly NamedAuthority[],
): ImageRule {
  const types = [...new Set(input.texts('predicate-type'))];
  const builder = readBuilder(input.text('builder'));
  const sourceRepository = readSource(input.text('source-repository'));
  if (types.length === 0 && (builder !== undefined || sourceRepository !== undefined)) {
    throw new HoldfastError(
      'argument_invalid',
      '--builder and --source-repository are about an attestation: give --predicate-type, too',
    );
  }
  return {
    authorities,
    required: readRequired(input.text('required'), {
      unset: types.length === 0 ? 1 : 0,
      min: types.length === 0 ? 1 : 0,
      max: authorities.length,
    }),
    attestations: types.map((predicateType) => ({
      name: predicateType,
      predicateType,
      authorities,
      builder,
      sourceRepository,
    })),
  };
}

function readRequired(
  text: string | undefined,
  { unset, min, max }: { readonly unset: number; readonly min: number; readonly max: number },
): number {
  if (text === undefined) return unset;
  const count = /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
  if (count !== undefined && count >= min && count <= max) return count;
  throw new HoldfastError(
    'argument_invalid',
    `--required takes a whole number from ${min} to ${max}, as many as there are --key and certificate options`,
  );
}

function readBuilder(value: string | undefined): SubjectMatch | undefined {
  if (value === undefined) return undefined;
  const fault = findPatternFault(value);
  if (fault === undefined) return { kind: 'pattern', value };
  throw new HoldfastError('argument_invalid', `--builder "${value}" accepts every builder`);
}

function readSource(value: string | undefined): SubjectMatch | undefined {
  if (value === undefined) return undefined;
  const parsed = parseRepositoryUrl(value);
  if (parsed.ok) return { kind: 'exact', value };
  if (value.includes('*') && findPatternFault(value) === undefined) {
    return { kind: 'pattern', value };
  }
  throw new HoldfastError('argument_invalid', `--source-repository: ${parsed.reason}`);
}
