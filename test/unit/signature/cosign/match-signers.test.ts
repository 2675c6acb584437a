import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { NamedAuthority } from '../../../../src/signature/cosign/image-rule.ts';
import {
  countDistinctAuthorities,
  type SigningAuthority,
} from '../../../../src/signature/cosign/match-signers.ts';
import type { SubjectMatch } from '../../../../src/signature/sigstore/match-identity.ts';
import {
  readTrustedRoot,
  type TrustedRoot,
} from '../../../../src/signature/sigstore/sigstore-library.ts';
import { keyAuthority } from '../../../support/images/authorities.ts';
import { makeKeys } from '../../../support/images/image-samples.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

const ISSUER = 'https://accounts.example.com';
const instance = await SigstoreInstance.start();
const other = await SigstoreInstance.start();
const ROOT = readRoot(instance.trustedRoot());

function readRoot(value: unknown): TrustedRoot {
  const reading = readTrustedRoot(value);
  assert.ok(reading.status === 'read');
  return reading.root;
}

function byKey(authority: NamedAuthority): SigningAuthority {
  assert.ok(authority.authority.kind === 'key');
  const { fingerprint } = authority.authority.key;
  return { authority, signer: { scheme: 'cosign', method: 'key', fingerprint } };
}

interface Identity {
  readonly name?: string;
  readonly root?: TrustedRoot;
  readonly accepted?: readonly SubjectMatch[];
  readonly subject?: string;
  readonly issuer?: string;
}

function byCertificate(identity: Identity = {}): SigningAuthority {
  const { name = 'people', root = ROOT, subject = 'ada', issuer = ISSUER } = identity;
  const accepted = identity.accepted ?? [{ kind: 'exact', value: subject }];
  const identities = accepted.map((match) => ({ issuer, subject: match }));
  return {
    authority: { name, authority: { kind: 'certificate', root, identities } },
    signer: { scheme: 'cosign', method: 'certificate', issuer, subject },
  };
}

describe('countDistinctAuthorities()', () => {
  it('counts nobody where nobody has signed', () => {
    assert.equal(countDistinctAuthorities([]), 0);
  });

  it('counts keys by their fingerprint, whatever they are called', () => {
    const keys = makeKeys();
    const first = keyAuthority('first', keys);
    const again = keyAuthority('again', keys);
    const another = keyAuthority('another');
    assert.equal(countDistinctAuthorities([byKey(first), byKey(again)]), 1);
    assert.equal(countDistinctAuthorities([byKey(first), byKey(first), byKey(another)]), 2);
  });

  it('counts a key once, with and without a log', () => {
    const keys = makeKeys();
    const plain = byKey(keyAuthority('plain', keys));
    assert.ok(plain.authority.authority.kind === 'key');
    const authority = {
      name: 'logged',
      authority: { ...plain.authority.authority, root: ROOT },
    };
    assert.equal(countDistinctAuthorities([plain, { ...plain, authority }]), 1);
  });

  it('counts an authority once, however many of its people have signed', () => {
    const accepted = [{ kind: 'pattern', value: '*' }] as const;
    const signed = ['ada', 'bob'].map((subject) => byCertificate({ subject, accepted }));
    assert.equal(countDistinctAuthorities(signed), 1);
    const renamed = signed.map((one, index) => ({
      ...one,
      authority: { ...one.authority, name: `name ${index}` },
    }));
    assert.equal(countDistinctAuthorities(renamed), 1);
  });

  it('counts a person once whom several authorities accept', () => {
    const team = byCertificate({ name: 'team', accepted: [{ kind: 'pattern', value: 'a*' }] });
    assert.equal(countDistinctAuthorities([byCertificate(), team]), 1);
  });

  it('pairs as many authorities with a signer of their own as can be', () => {
    const all = { name: 'all', accepted: [{ kind: 'pattern', value: '*' }] } as const;
    const some = { name: 'some', accepted: [{ kind: 'pattern', value: 'a*' }] } as const;
    const ada = { name: 'ada' };
    // The first takes ada, and must give her up to the second.
    assert.equal(
      countDistinctAuthorities([
        byCertificate(all),
        byCertificate({ ...all, subject: 'bob' }),
        byCertificate(some),
      ]),
      2,
    );
    assert.equal(
      countDistinctAuthorities([
        byCertificate(all),
        byCertificate({ ...all, subject: 'bob' }),
        byCertificate(some),
        byCertificate(ada),
      ]),
      2,
    );
  });

  it('does not mind the order of the identities of an authority', () => {
    const accepted = [
      { kind: 'exact', value: 'ada' },
      { kind: 'exact', value: 'bob' },
    ] as const;
    const signed = [
      byCertificate({ accepted }),
      byCertificate({ name: 'other', subject: 'bob', accepted: accepted.toReversed() }),
    ];
    assert.equal(countDistinctAuthorities(signed), 1);
  });

  it('counts the same name by two roots or two issuers twice', () => {
    const root = readRoot(other.trustedRoot());
    assert.equal(countDistinctAuthorities([byCertificate(), byCertificate({ root })]), 2);
    const issuer = `${ISSUER}.org`;
    assert.equal(countDistinctAuthorities([byCertificate(), byCertificate({ issuer })]), 2);
  });

  it('takes roots for one that share a certificate authority', () => {
    const own = instance.trustedRoot();
    const foreign = other.trustedRoot();
    const both = readRoot({
      ...own,
      certificateAuthorities: [...own.certificateAuthorities, ...foreign.certificateAuthorities],
    });
    const roots = [readRoot(own), readRoot(foreign), both];
    for (const order of [roots, roots.toReversed()]) {
      const signed = order.map((root) => byCertificate({ root }));
      assert.equal(countDistinctAuthorities(signed), 1);
    }
    const again = readRoot(own);
    assert.equal(countDistinctAuthorities([byCertificate(), byCertificate({ root: again })]), 1);
  });

  it('finds as many pairs as trying out all of them', () => {
    const subjects = ['ada', 'bob', 'cid', 'dan'];
    const signersOf = fc.array(fc.subarray(subjects, { minLength: 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(signersOf, (authorities) => {
        const signed = authorities.flatMap((names, index) =>
          names.map((subject) =>
            byCertificate({ subject, accepted: [{ kind: 'pattern', value: `*${index}` }] }),
          ),
        );
        assert.equal(countDistinctAuthorities(signed), countByTrying(authorities, new Set()));
      }),
    );
  });
});

/** Each authority takes each of its signers in turn, or none. */
function countByTrying(
  [first, ...rest]: readonly (readonly string[])[],
  taken: ReadonlySet<string>,
): number {
  if (first === undefined) return 0;
  const free = first.filter((name) => !taken.has(name));
  const withOne = free.map((name) => 1 + countByTrying(rest, new Set([...taken, name])));
  return Math.max(countByTrying(rest, taken), ...withOne);
}
