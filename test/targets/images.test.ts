/**
 * Images that the real cosign has signed by keys, in two real registries, one without and one with a list of referrers: we agree
 * with `cosign verify` and `cosign verify-attestation`, or the table says why not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cosign, type CosignFormat } from '../support/images/cosign-program.ts';
import { judgeImage } from '../support/images/judge-image.ts';
import { RegistryServer } from '../support/images/registry-server.ts';

const PROVENANCE = 'https://slsa.dev/provenance/v1';
const SIGNATURE = 'https://sigstore.dev/cosign/sign/v1';
const CYCLONE_DX = 'https://cyclonedx.org/bom';
const FORMATS: readonly CosignFormat[] = ['bundle', 'legacy'];
const REGISTRIES = [
  { name: 'a registry without a list of referrers', hasReferrers: false },
  { name: 'a registry with a list of referrers', hasReferrers: true },
];
/** Comparisons, in both registries together. */
const COMPARISONS_MIN = 120;

/** What both are asked about an image. */
interface Question {
  readonly key: string;
  /** An attestation of this type, and no signature. */
  readonly type?: string;
  /** The code of our verdict. */
  readonly expected: string;
  /** Options that ask for more. */
  readonly asked?: readonly string[];
  /** Why cosign says the opposite. Absent: it agrees. */
  readonly difference?: string;
  /** The hash that cosign must be told: it does not take the key's own when it verifies. */
  readonly hash?: string;
}

interface Case {
  readonly name: string;
  /** Makes the image; its reference. */
  readonly prepare: (lab: Lab) => Promise<string>;
  readonly questions: readonly Question[];
}

interface Lab {
  readonly registry: RegistryServer;
  readonly cosign: Cosign;
  /** A new image in a repository of its own: its digest, and its reference by that. */
  readonly push: () => Promise<{
    readonly name: string;
    readonly digest: string;
    readonly image: string;
  }>;
}

const verified = (key: string, type?: string): Question => ({
  key,
  expected: 'verified',
  ...(type !== undefined && { type }),
});

/** What holds in both formats. */
function casesOf(format: CosignFormat): readonly Case[] {
  return [
    {
      name: `a signature as ${format}`,
      prepare: async ({ cosign, push }) => {
        const { image } = await push();
        await cosign.sign(image, 'own', format);
        return image;
      },
      questions: [
        verified('own'),
        { key: 'other', expected: 'bad_signature' },
        { key: 'own', type: PROVENANCE, expected: 'attestation_missing' },
        {
          key: 'own',
          type: SIGNATURE,
          expected: 'attestation_missing',
          ...(format === 'bundle' && {
            difference: 'cosign takes the statement "signed" for an attestation like any other',
          }),
        },
      ],
    },
    {
      name: `signatures of two keys as ${format}`,
      prepare: async ({ cosign, push }) => {
        const { image } = await push();
        for (const key of ['other', 'own']) await cosign.sign(image, key, format);
        return image;
      },
      questions: [verified('own'), verified('other')],
    },
    {
      name: `two signatures of one key as ${format}`,
      prepare: async ({ cosign, push }) => {
        const { image } = await push();
        for (const key of ['own', 'own']) await cosign.sign(image, key, format);
        return image;
      },
      questions: [verified('own'), { key: 'other', expected: 'bad_signature' }],
    },
    {
      name: `two attestations as ${format}`,
      prepare: async ({ cosign, push }) => {
        const { image } = await push();
        await cosign.attest({ image, key: 'own', type: PROVENANCE, format });
        await cosign.attest({ image, key: 'other', type: CYCLONE_DX, format });
        return image;
      },
      questions: [
        verified('own', PROVENANCE),
        { key: 'own', type: 'https://slsa.dev', expected: 'attestation_missing' },
        { key: 'other', type: PROVENANCE, expected: 'bad_signature' },
        verified('other', CYCLONE_DX),
        {
          key: 'own',
          expected: 'unsigned',
          ...(format === 'bundle' && {
            difference: 'cosign takes any attestation of the signer for a signature',
          }),
        },
      ],
    },
    ...PROVENANCES.map(({ type, predicateType, predicate }): Case => ({
      name: `a provenance of the type ${type} as ${format}`,
      prepare: async ({ cosign, push }) => {
        const { image } = await push();
        await cosign.attest({ image, key: 'own', type, format, predicate });
        return image;
      },
      questions: [
        {
          ...verified('own', predicateType),
          asked: ['--builder', BUILDER, '--source-repository', SOURCE],
        },
        {
          key: 'own',
          type: predicateType,
          asked: ['--source-repository', `${SOURCE}-2`],
          expected: 'source_not_accepted',
          difference: 'cosign does not look at the predicate',
        },
        {
          key: 'own',
          type: predicateType,
          asked: ['--builder', `${BUILDER}/2`],
          expected: 'builder_not_accepted',
          difference: 'cosign does not look at the predicate',
        },
      ],
    })),
    {
      name: `a signature and an attestation of another key as ${format}`,
      prepare: async ({ cosign, push }) => {
        const { image } = await push();
        await cosign.sign(image, 'own', format);
        await cosign.attest({ image, key: 'other', type: PROVENANCE, format });
        return image;
      },
      questions: [
        verified('own'),
        verified('other', PROVENANCE),
        { key: 'own', type: PROVENANCE, expected: 'bad_signature' },
        {
          key: 'other',
          expected: 'bad_signature',
          ...(format === 'bundle' && {
            difference: 'cosign takes any attestation of the signer for a signature',
          }),
        },
      ],
    },
    {
      name: `a tag that was moved after a signature as ${format}`,
      prepare: async ({ registry, cosign, push }) => {
        const { name, image } = await push();
        await cosign.sign(image, 'own', format);
        await registry.push(name, 'v2', 'v1');
        return `${registry.host}/${name}:v1`;
      },
      questions: [{ key: 'own', expected: 'unsigned' }],
    },
    {
      name: `a tag of what is signed as ${format}`,
      prepare: async ({ registry, cosign, push }) => {
        const { name, image } = await push();
        await cosign.sign(image, 'own', format);
        return `${registry.host}/${name}:v1`;
      },
      questions: [verified('own'), { key: 'other', expected: 'bad_signature' }],
    },
    {
      name: `an index that is signed as ${format}`,
      prepare: async ({ registry, cosign, push }) => {
        const { name, digest } = await push();
        const index = await registry.pushIndex(name, 'many', [digest]);
        const image = `${registry.host}/${name}@${index}`;
        await cosign.sign(image, 'own', format);
        return image;
      },
      questions: [verified('own')],
    },
    {
      name: `an image of an index that is signed as ${format}`,
      prepare: async ({ registry, cosign, push }) => {
        const { name, digest, image } = await push();
        const index = await registry.pushIndex(name, 'many', [digest]);
        await cosign.sign(`${registry.host}/${name}@${index}`, 'own', format);
        return image;
      },
      questions: [{ key: 'own', expected: 'unsigned' }],
    },
    ...KEY_KINDS.map(({ kind, hash, expected }): Case => ({
      name: `a signature by a key ${kind} as ${format}`,
      prepare: async ({ cosign, push }) => {
        const { image } = await push();
        await cosign.sign(image, kind, format);
        return image;
      },
      questions: [{ key: kind, expected, hash }],
    })),
  ];
}

const BUILDER = 'https://ci.example.com/builders/1';
const SOURCE = 'https://git.example.com/team/shop';
const MATERIAL = {
  uri: `git+${SOURCE}@refs/heads/main`,
  digest: { sha1: '0123456789abcdef0123456789abcdef01234567' },
};

/** By cosign's names of the types. */
const PROVENANCES = [
  {
    type: 'slsaprovenance02',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate: {
      builder: { id: BUILDER },
      buildType: 'https://ci.example.com/build/v1',
      invocation: { configSource: MATERIAL },
      materials: [MATERIAL],
    },
  },
  {
    type: 'slsaprovenance1',
    predicateType: PROVENANCE,
    predicate: {
      buildDefinition: {
        buildType: 'https://ci.example.com/build/v1',
        externalParameters: { source: MATERIAL },
        resolvedDependencies: [MATERIAL],
      },
      runDetails: { builder: { id: BUILDER } },
    },
  },
] as const;

/** cosign signs by Ed25519 in the variant Ed25519ph, which neither it nor we verify. */
const KEY_KINDS = [
  { kind: 'P-384', hash: 'sha384', expected: 'verified' },
  { kind: 'P-521', hash: 'sha512', expected: 'verified' },
  { kind: 'rsa', hash: 'sha256', expected: 'verified' },
  { kind: 'ed25519', hash: 'sha512', expected: 'bad_signature' },
] as const;

const CASES: readonly Case[] = [
  {
    name: 'an unsigned image',
    prepare: async ({ push }) => (await push()).image,
    questions: [
      { key: 'own', expected: 'unsigned' },
      { key: 'own', type: PROVENANCE, expected: 'attestation_missing' },
    ],
  },
  ...FORMATS.flatMap(casesOf),
  {
    name: 'a signature that was copied to another image',
    prepare: async ({ registry, cosign, push }) => {
      const { name, digest, image } = await push();
      await cosign.sign(image, 'own', 'legacy');
      const other = await registry.push(name, 'v2');
      await registry.copyTag(name, cosignTag(digest, 'sig'), cosignTag(other, 'sig'));
      return `${registry.host}/${name}@${other}`;
    },
    questions: [{ key: 'own', expected: 'subject_mismatch' }],
  },
  {
    name: 'an attestation that was copied to another image',
    prepare: async ({ registry, cosign, push }) => {
      const { name, digest, image } = await push();
      await cosign.attest({ image, key: 'own', type: PROVENANCE, format: 'legacy' });
      const other = await registry.push(name, 'v2');
      await registry.copyTag(name, cosignTag(digest, 'att'), cosignTag(other, 'att'));
      return `${registry.host}/${name}@${other}`;
    },
    questions: [{ key: 'own', type: PROVENANCE, expected: 'subject_mismatch' }],
  },
  {
    name: 'a legacy signature beside an attestation of another key as bundle',
    prepare: async ({ cosign, push }) => {
      const { image } = await push();
      await cosign.sign(image, 'own', 'legacy');
      await cosign.attest({ image, key: 'other', type: PROVENANCE, format: 'bundle' });
      return image;
    },
    questions: [
      {
        key: 'own',
        expected: 'verified',
        difference: 'cosign does not look at the tag .sig where there is a bundle',
      },
      verified('other', PROVENANCE),
    ],
  },
  {
    name: 'a legacy signature and one as bundle of another key',
    prepare: async ({ cosign, push }) => {
      const { image } = await push();
      await cosign.sign(image, 'own', 'legacy');
      await cosign.sign(image, 'other', 'bundle');
      return image;
    },
    questions: [
      {
        key: 'own',
        expected: 'verified',
        difference: 'cosign does not look at the tag .sig where there is a bundle',
      },
      verified('other'),
    ],
  },
];

function cosignTag(digest: string, suffix: string): string {
  return `${digest.replace(':', '-')}.${suffix}`;
}

async function compare(image: string, question: Question, lab: Lab): Promise<void> {
  const { key, type, expected, difference, hash, asked = [] } = question;
  const { registry, cosign } = lab;
  const wanted = type === undefined ? [] : ['--predicate-type', type];
  const argv = ['--key', `${key}.pub`, ...wanted, ...asked];
  const ours = await judgeImage(image, { host: registry.host, folder: cosign.folder, argv });
  const theirs =
    type === undefined
      ? await cosign.verify(image, key, hash)
      : await cosign.verifyAttestation(image, key, type);
  const about = [key, type ?? 'signature', ...asked].join(', ');
  assert.equal(ours, expected, about);
  assert.equal(theirs === (ours === 'verified'), difference === undefined, `${about}: ${theirs}`);
}

test('images signed by the real cosign', async (t) => {
  const cosign = await Cosign.open(t);
  for (const name of ['own', 'other']) await cosign.makeKey(name);
  for (const { kind } of KEY_KINDS) await cosign.makeKey(kind, kind);

  for (const { name: place, hasReferrers } of REGISTRIES) {
    await t.test(place, async (part) => {
      const registry = await RegistryServer.start(part, { hasReferrers });
      let count = 0;
      const push = async () => {
        count += 1;
        const name = `shop${count}`;
        const digest = await registry.push(name, 'v1');
        return { name, digest, image: `${registry.host}/${name}@${digest}` };
      };
      const lab: Lab = { registry, cosign, push };
      for (const { name, prepare, questions } of CASES) {
        await part.test(name, async () => {
          const image = await prepare(lab);
          for (const question of questions) await compare(image, question, lab);
        });
      }
    });
  }

  await t.test('are as many comparisons as it takes', () => {
    const questions = CASES.flatMap((one) => one.questions);
    assert.ok(questions.length * REGISTRIES.length >= COMPARISONS_MIN, `${questions.length}`);
  });
});
