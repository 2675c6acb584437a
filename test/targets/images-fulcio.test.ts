/**
 * The real cosign signs images without a key: Fulcio issues the certificate and logs it, Rekor takes the entry, and the timestamp
 * authority says when. We agree with the real `cosign verify` and `cosign verify-attestation` about who has signed, and about
 * roots that trust other services.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cosign } from '../support/images/cosign-program.ts';
import { judgeImage } from '../support/images/judge-image.ts';
import { RegistryServer } from '../support/images/registry-server.ts';
import { makeAuthorityChain, SigstoreServices } from '../support/images/sigstore-services.ts';
import type { TrustedParties } from '../support/signatures/trusted-root.ts';

const ADA = 'ada@example.com';
const EVE = 'eve@example.com';
const PREDICATE = 'https://example.com/predicates/build/v1';

interface Case {
  readonly name: string;
  /** The code of our verdict; cosign accepts what is `verified` and nothing else. */
  readonly expected: string;
  /** The tag of the image. @default by-ada */
  readonly image?: 'by-ada' | 'by-eve' | 'unsigned';
  /** @default that of the services */
  readonly issuer?: string;
  /** @default ada's */
  readonly identity?: string;
  /** Whom the root trusts in the place of the services. */
  readonly changes?: (parties: TrustedParties) => Partial<TrustedParties>;
}

const CASES: readonly Case[] = [
  { name: 'the signer', expected: 'verified' },
  {
    name: 'another signer',
    image: 'by-eve',
    expected: 'identity_not_accepted',
  },
  { name: 'another signer who is asked for', image: 'by-eve', identity: EVE, expected: 'verified' },
  {
    name: 'an address that ends the same',
    identity: 'da@example.com',
    expected: 'identity_not_accepted',
  },
  {
    name: 'another issuer',
    issuer: 'https://accounts.example.com',
    expected: 'identity_not_accepted',
  },
  { name: 'nobody', image: 'unsigned', expected: 'unsigned' },
  {
    name: 'a root with another Rekor of the same name',
    expected: 'transparency_log_entry_invalid',
    changes: ({ logs }) => {
      const { publicKey } = generateKeyPairSync('ed25519');
      return { logs: logs.map((log) => ({ ...log, publicKey })) };
    },
  },
  {
    name: 'a root with another authority of the same names',
    expected: 'certificate_invalid',
    changes: () => {
      const { issuing, root } = makeAuthorityChain();
      return { authorities: [[issuing.certificate, root.certificate]] };
    },
  },
  {
    name: 'a root with another log of certificates',
    expected: 'certificate_invalid',
    changes: ({ certificateLogs }) => {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return { certificateLogs: certificateLogs.map((log) => ({ ...log, publicKey })) };
    },
  },
  {
    name: 'a root with another timestamp authority',
    expected: 'transparency_log_entry_invalid',
    changes: () => {
      const { issuing, root } = makeAuthorityChain();
      return { timestampAuthorities: [[issuing.certificate, root.certificate]] };
    },
  },
  {
    name: 'a root that trusts these services from tomorrow on',
    expected: 'transparency_log_entry_invalid',
    changes: () => ({ startMs: Date.now() + 86_400_000 }),
  },
];

test('images signed without a key, by the real services of sigstore', async (t) => {
  const services = await SigstoreServices.start(t);
  const registry = await RegistryServer.start(t);
  const cosign = await Cosign.open(t);
  const { host } = registry;
  const save = async (name: string, value: object): Promise<void> => {
    await writeFile(join(cosign.folder, name), JSON.stringify(value));
  };
  await save('signing_config.json', services.signingConfiguration());
  await save('trusted_root.json', services.trustedRoot());

  const digests = new Map<string, string>();
  const reference = (tag: string): string => `${host}/shop-${tag}@${digests.get(tag)}`;
  for (const [tag, email] of [['by-ada', ADA], ['by-eve', EVE], ['unsigned']] as const) {
    digests.set(tag, await registry.push(`shop-${tag}`, tag));
    if (email === undefined) continue;
    const issueToken = (): string => services.identityProvider.issueToken(email);
    await cosign.signWithToken(reference(tag), issueToken());
    await cosign.attestWithToken(reference(tag), issueToken(), PREDICATE);
  }

  for (const { image: tag = 'by-ada', ...one } of CASES) {
    const { issuer = services.identityProvider.issuer, identity = ADA } = one;
    const image = reference(tag);
    const who = ['--certificate-oidc-issuer', issuer, '--certificate-identity', identity];
    const judge = async (...asked: readonly string[]): Promise<string> => {
      const argv = ['--trusted-root', 'trusted_root.json', ...who, ...asked];
      return await judgeImage(image, { host, folder: cosign.folder, argv });
    };
    const isAccepted = one.expected === 'verified';

    await t.test(`a signature: ${one.name}: ${one.expected}`, async () => {
      await save('trusted_root.json', services.trustedRoot(one.changes?.(services.parties)));
      assert.equal(await judge(), one.expected);
      assert.equal(await cosign.verifyCertificate(image, issuer, identity), isAccepted);
    });

    await t.test(`an attestation: ${one.name}: ${one.expected}`, async () => {
      await save('trusted_root.json', services.trustedRoot(one.changes?.(services.parties)));
      const expected = one.expected === 'unsigned' ? 'attestation_missing' : one.expected;
      assert.equal(await judge('--predicate-type', PREDICATE), expected);
      const signer = { issuer, identity };
      assert.equal(await cosign.verifyCertificateAttestation(image, PREDICATE, signer), isAccepted);
    });
  }
});
