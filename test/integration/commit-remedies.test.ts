/** What a refused commit can be refused for, and what its denial tells to do: the policy and the verifiers share their words. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RULE_REJECTION_CODES } from '../../src/signature/trust/decide-commit.ts';
import { REJECTION_CODES } from '../../src/signature/verification.ts';
import { REVISION_REJECTION_CODES } from '../../src/source/mirror/mirror-failure.ts';

const POLICY = readFileSync(
  new URL('../../policies/signed_commits/signed_commits.rego', import.meta.url),
  'utf8',
);

/** To sign again with a good key is all that can be done. */
const SIGN_AGAIN: readonly string[] = [
  'malformed_object',
  'malformed_signature',
  'bad_signature',
  'unsupported_key',
  'weak_key',
  'weak_hash',
  'wrong_namespace',
  'wrong_usage',
  'user_presence_missing',
  'certificate_invalid',
  'transparency_log_entry_invalid',
];

/** Of images alone: what stands beside an image is compared with the image, and counted. */
const OF_IMAGES: ReadonlySet<string> = new Set([
  'subject_mismatch',
  'predicate_type_mismatch',
  'too_few_signatures',
  'attestation_missing',
  'malformed_attestation',
  'builder_not_accepted',
  'source_not_accepted',
  'source_ambiguous',
  'source_contradicted',
]);

test('every code of a verifier, a rule or a mirror has its remedy, or is mended by a new signature', () => {
  const table =
    /^remedies\(commit\) := \{\n(?<rows>.*?)^\}/msu.exec(POLICY)?.groups?.['rows'] ?? '';
  const named = [...table.matchAll(/^\t"(?<code>\w+)": /gmu)].map(({ groups }) => groups?.['code']);

  const all = [
    ...REJECTION_CODES.filter((code) => !OF_IMAGES.has(code)),
    ...RULE_REJECTION_CODES,
    ...REVISION_REJECTION_CODES,
  ];
  assert.deepEqual(new Set([...named, ...SIGN_AGAIN]), new Set(all));
  assert.equal(
    new Set(named).size + SIGN_AGAIN.length,
    new Set(all).size,
    'each stands in one list',
  );
});
