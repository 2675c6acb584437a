/** Limits of the search for credentials in plain text. It runs in the thread that admits, for what the GitOps controller writes. */
import { fixedLimit, KIB, type LimitRows } from '../settings/limit.ts';

/** Rows of the table of limits. */
export const PLAINTEXT_LIMITS = {
  'plaintext.textCharsMax': fixedLimit(256 * KIB, {
    unit: 'characters',
    reason:
      'Texts of one object that are looked through, at some milliseconds: most objects have a few KiB, and a ConfigMap at most 1 MiB',
    overflow: 'The rest is not looked through, which the record says',
  }),
  'plaintext.credentialsMax': fixedLimit(16, {
    unit: 'items',
    reason: 'Credentials that are named of one object: whoever has as many looks at the whole',
    overflow: 'The others are left out, which the record says',
  }),
  'plaintext.pathCharsMax': fixedLimit(256, {
    unit: 'characters',
    reason: 'The place that a message names; a key has at most 253',
    overflow: 'The place is cut',
  }),
} as const satisfies LimitRows;
