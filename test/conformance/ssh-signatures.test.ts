/**
 * SSH signatures on commits, made on the spot by the real ssh-keygen and git: what `git verify-commit` says and what Holdfast
 * says. Where both differ, the row says why.
 */
import { makeSshKey, makeSshSignature } from '../support/signatures/ssh-samples.ts';
import { signCommit } from '../support/signatures/commit-samples.ts';
import {
  makeKrl,
  makeRoot,
  revokedBy,
  signed,
  signedBy,
  signedRaw,
  testRows,
  withLine,
  type Row,
} from '../support/signatures/ssh-matrix.ts';

/** A commit signed as a security key signs, which no machine without one can make. */
function signedOnSecurityKey(kind: 'sk-ed25519' | 'sk-ecdsa', flags: number): Row['arrange'] {
  return async (workshop) => {
    const key = makeSshKey(kind);
    const commit = signCommit(makeRoot(), (payload) => makeSshSignature(key, payload, { flags }));
    return { id: await workshop.storeObject(commit), lines: `alice@example.com ${key.text}\n` };
  };
}

const window = (first: string, last: string): string =>
  `alice@example.com valid-after="${first}",valid-before="${last}" KEY\n`;
const OVER = window('20251201Z', '20260201Z');

const KEYS: readonly Row[] = [
  { what: 'Ed25519', arrange: signed, git: 'G', holdfast: 'verified' },
  ...['256', '384', '521'].map((bits): Row => ({
    what: `ECDSA P-${bits}`,
    arrange: signedBy('-t', 'ecdsa', '-b', bits),
    git: 'G',
    holdfast: 'verified',
  })),
  {
    what: 'RSA-3072',
    arrange: signedBy('-t', 'rsa', '-b', '3072'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'RSA-1024',
    arrange: signedBy('-t', 'rsa', '-b', '1024'),
    git: 'G',
    holdfast: 'weak_key',
    because: 'such keys can be factored',
  },
  {
    what: 'sha256 in place of sha512',
    arrange: signedRaw(makeRoot(), '-O', 'hashalg=sha256'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a touched security key, Ed25519',
    arrange: signedOnSecurityKey('sk-ed25519', 1),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a touched security key, ECDSA',
    arrange: signedOnSecurityKey('sk-ecdsa', 5),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'an untouched security key, Ed25519',
    arrange: signedOnSecurityKey('sk-ed25519', 0),
    git: 'G',
    holdfast: 'user_presence_missing',
    because: 'ssh-keygen prints the flag and does not judge it',
  },
  {
    what: 'an untouched security key, ECDSA',
    arrange: signedOnSecurityKey('sk-ecdsa', 4),
    git: 'G',
    holdfast: 'user_presence_missing',
    because: 'ssh-keygen prints the flag and does not judge it',
  },
];

const TRUST: readonly Row[] = [
  {
    what: 'a key that no line has',
    arrange: async (workshop) => {
      const { id } = await signed(workshop);
      const other = await workshop.makeKey('other', '-t', 'ed25519');
      return { id, lines: `alice@example.com ${other.text}\n` };
    },
    git: 'U',
    holdfast: 'unknown_key',
  },
  {
    what: 'a line whose times ended before the commit',
    arrange: withLine(window('20250101Z', '20251201Z')),
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'the same, where keys must be valid at signing',
    arrange: withLine(window('20250101Z', '20251201Z')),
    keyValidity: 'atSigning',
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'a line whose times begin after the commit',
    arrange: withLine(window('20260201Z', '20270101Z')),
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'a line whose times include the commit and are over now',
    arrange: withLine(OVER),
    git: 'G',
    holdfast: 'key_not_valid',
    because: 'whoever has the old key can date a commit back',
  },
  {
    what: 'the same, where keys must be valid at signing',
    arrange: withLine(OVER),
    keyValidity: 'atSigning',
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a line for files',
    arrange: withLine('alice@example.com namespaces="file" KEY\n'),
    git: 'B',
    holdfast: 'wrong_usage',
  },
  {
    what: 'a line for git and files',
    arrange: withLine('alice@example.com namespaces="file,git" KEY\n'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a signature for files',
    arrange: signedRaw(makeRoot(), '-n', 'file'),
    git: 'B',
    holdfast: 'wrong_namespace',
  },
  {
    what: 'a committer whose address is no principal',
    arrange: withLine('ben@example.com KEY\n'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'the same, where the committer must match',
    arrange: withLine('ben@example.com KEY\n'),
    committerMatch: true,
    git: 'G',
    holdfast: 'identity_not_accepted',
    because: 'git compares no address',
  },
  {
    what: 'a committer who matches a pattern',
    arrange: withLine('"*@example.com,!ben@*" KEY\n'),
    committerMatch: true,
    git: 'G',
    holdfast: 'verified',
  },
];

const REVOCATION: readonly Row[] = [
  {
    what: 'a list of keys',
    arrange: revokedBy((_, key) => key),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with the key',
    arrange: revokedBy((workshop, key) => makeKrl(workshop, `key: ${key}`)),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with the SHA-1 of the key',
    arrange: revokedBy((workshop, key) => makeKrl(workshop, `sha1: ${key}`)),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with the SHA-256 of the key',
    arrange: revokedBy((workshop, key) => makeKrl(workshop, `sha256: ${key}`)),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with another key',
    arrange: revokedBy(async (workshop) => {
      const other = await workshop.makeKey('other', '-t', 'ed25519');
      return await makeKrl(workshop, `key: ${other.text}\n`);
    }),
    git: 'G',
    holdfast: 'verified',
  },
];

testRows('SSH signatures: keys', KEYS);
testRows('SSH signatures: trust', TRUST);
testRows('SSH signatures: revocation', REVOCATION);
