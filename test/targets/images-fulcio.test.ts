/**
 * The real cosign signs images without a key: Fulcio issues the certificate and logs it, Rekor takes the entry, and the timestamp
 * authority says when. We agree with the real `cosign verify` and `cosign verify-attestation` about who has signed, and about
 * roots that trust other services.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Cosign } from '../support/images/cosign-program.ts';
import { addressClaims } from '../support/images/identity-provider.ts';
import { provenance } from '../support/images/image-samples.ts';
import { judgeImage } from '../support/images/judge-image.ts';
import { RegistryServer } from '../support/images/registry-server.ts';
import { makeAuthorityChain, SigstoreServices } from '../support/images/sigstore-services.ts';
import type { TrustedParties } from '../support/signatures/trusted-root.ts';

const ADA = 'ada@example.com';
const EVE = 'eve@example.com';
const PREDICATE = 'https://example.com/predicates/build/v1';
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const SOURCE = 'https://example.com/team/shop';
const WORKFLOW = `${SOURCE}/.github/workflows/build.yml@refs/heads/main`;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

interface Case {
  readonly name: string;
  /** The code of our verdict; cosign accepts what is `verified` and nothing else. */
  readonly expected: string;
  /** @default by-ada */
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

interface Lab {
  readonly services: SigstoreServices;
  readonly registry: RegistryServer;
  readonly cosign: Cosign;
}

test('images signed without a key, by the real services of sigstore', async (t) => {
  const lab = {
    services: await SigstoreServices.start(t),
    registry: await RegistryServer.start(t),
    cosign: await Cosign.open(t),
  };
  await save(lab, 'signing_config.json', lab.services.signingConfiguration());
  await save(lab, 'trusted_root.json', lab.services.trustedRoot());

  await t.test('a workflow attests what it has built', (part) => compareProvenances(part, lab));
  await t.test('people sign', (part) => compareSigners(part, lab));
});

async function compareSigners(t: TestContext, lab: Lab): Promise<void> {
  const { services, registry, cosign } = lab;
  const { people } = services.providers;
  const images = new Map<string, string>();
  for (const [tag, email] of [['by-ada', ADA], ['by-eve', EVE], ['unsigned']] as const) {
    const image = `${registry.host}/${tag}@${await registry.push(tag, 'v1')}`;
    images.set(tag, image);
    if (email === undefined) continue;
    const claims = addressClaims(email);
    await cosign.signWithToken(image, people.issueToken(claims));
    const attested = { type: PREDICATE, predicate: { a: 'b' } };
    await cosign.attestWithToken(image, people.issueToken(claims), attested);
  }

  for (const { image: tag = 'by-ada', expected, changes, ...who } of CASES) {
    const image = images.get(tag) ?? '';
    const { issuer, identity } = { issuer: people.issuer, identity: ADA, ...who };
    const root = services.trustedRoot(changes?.(services.parties));
    const isAccepted = expected === 'verified';

    await t.test(`a signature: ${who.name}: ${expected}`, async () => {
      await save(lab, 'trusted_root.json', root);
      assert.equal(await judge(lab, image, { issuer, identity }), expected);
      assert.equal(await cosign.verifyCertificate(image, issuer, identity), isAccepted);
    });

    await t.test(`an attestation: ${who.name}: ${expected}`, async () => {
      await save(lab, 'trusted_root.json', root);
      const code = expected === 'unsigned' ? 'attestation_missing' : expected;
      const signer = { issuer, identity };
      assert.equal(await judge(lab, image, signer, '--predicate-type', PREDICATE), code);
      assert.equal(await cosign.verifyCertificateAttestation(image, PREDICATE, signer), isAccepted);
    });
  }
}

/** What Fulcio writes of the workflow into the certificate is what builder and source are read from. */
async function compareProvenances(t: TestContext, lab: Lab): Promise<void> {
  const { services, registry, cosign } = lab;
  const { workflows } = services.providers;
  const claims = { sub: 'team/shop', workflow: WORKFLOW, repository: SOURCE, sha: COMMIT };
  const signer = { issuer: workflows.issuer, identity: WORKFLOW };
  const attest = async (name: string, predicate: object): Promise<string> => {
    const image = `${registry.host}/${name}@${await registry.push(name, 'v1')}`;
    const attested = { type: PROVENANCE, predicate };
    await cosign.attestWithToken(image, workflows.issueToken(claims), attested);
    assert.equal(await cosign.verifyCertificateAttestation(image, PROVENANCE, signer), true);
    return image;
  };
  const built = await attest('built', provenance(SOURCE, COMMIT));
  const contradicted = await attest('contradicted', provenance(`${SOURCE}-2`, COMMIT));
  const decide = (image: string, builder: string, source: string): Promise<string> => {
    const asked = ['--builder', builder, '--source-repository', source];
    return judge(lab, image, signer, '--predicate-type', PROVENANCE, ...asked);
  };

  await t.test('builder and source are those of the certificate', async () => {
    assert.equal(await decide(built, WORKFLOW, SOURCE), 'verified');
  });
  await t.test('another builder or source is asked for', async () => {
    assert.equal(await decide(built, `${WORKFLOW}-2`, SOURCE), 'builder_not_accepted');
    assert.equal(await decide(built, WORKFLOW, `${SOURCE}-2`), 'source_not_accepted');
  });
  await t.test('the provenance names another source, which cosign accepts', async () => {
    assert.equal(await decide(contradicted, WORKFLOW, `${SOURCE}*`), 'source_contradicted');
  });
}

async function judge(
  { registry: { host }, cosign: { folder } }: Lab,
  image: string,
  { issuer, identity }: { readonly issuer: string; readonly identity: string },
  ...asked: readonly string[]
): Promise<string> {
  const who = ['--certificate-oidc-issuer', issuer, '--certificate-identity', identity];
  const argv = ['--trusted-root', 'trusted_root.json', ...who, ...asked];
  return await judgeImage(image, { host, folder, argv });
}

async function save({ cosign }: Lab, name: string, value: object): Promise<void> {
  await writeFile(join(cosign.folder, name), JSON.stringify(value));
}
