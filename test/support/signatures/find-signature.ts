/** The signature of a commit or tag, for tests of one verifier. */
import assert from 'node:assert/strict';
import type { ObjectKind } from '../../../src/signature/git/compute-object-id.ts';
import { parseObject } from '../../../src/signature/git/parse-object.ts';

/** What a verifier takes. */
export interface SignatureParts {
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** The parts, or the code of the rejection that comes before every verifier. */
export function findSignature(
  bytes: Buffer,
  kind: ObjectKind = 'commit',
): SignatureParts | 'unsigned' | 'multiple_signatures' {
  const object = parseObject(bytes, { kind, algorithm: 'sha1' });
  assert.ok(object.status === 'parsed', JSON.stringify(object));
  const { signature } = object.value;
  switch (signature.status) {
    case 'none':
      return 'unsigned';
    case 'several':
      return 'multiple_signatures';
    case 'one':
      return { payload: signature.payload, signature: signature.signature };
  }
}

/** The parts of an object that is signed once. */
export function takeSignature(bytes: Buffer, kind: ObjectKind = 'commit'): SignatureParts {
  const found = findSignature(bytes, kind);
  if (typeof found === 'string') assert.fail(`The ${kind} is ${found}`);
  return found;
}
