import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachedLayer } from '../../../../src/signature/cosign/candidate.ts';
import { parseLayer } from '../../../../src/signature/cosign/parse-layer.ts';
import type { ImageRule } from '../../../../src/signature/cosign/image-rule.ts';
import { createProver } from '../../../../src/signature/cosign/verify-proof.ts';
import {
  BUNDLE,
  ENVELOPE,
  formatBundle,
  IN_TOTO,
  bundleLayer,
  makeKeys,
  OTHER_DIGEST,
  preAuthEncoding,
  signBytes,
  statement,
} from '../../../support/images/image-samples.ts';
import { buildExtensions } from '../../../support/images/build-extensions.ts';
import { uriName } from '../../../support/signatures/certificate-builder.ts';

import {
  DIGEST,
  ISSUER,
  PROVENANCE,
  WORKFLOW,
  instance,
  keys,
  byKey,
  byCertificate,
  inspect,
  judge,
  legacy,
  keyBundle,
  keylessBundle,
} from '../../../support/images/judge-candidate.ts';

describe('verifyCandidate() and what is wanted', () => {
  const attestation = keyBundle(statement(DIGEST, PROVENANCE));

  it('takes no attestation for a signature', () => {
    assert.equal(judge(attestation), 'predicate_type_mismatch');
  });

  it('takes no signature for an attestation', () => {
    assert.equal(judge(legacy(), { predicateType: PROVENANCE }), 'predicate_type_mismatch');
    assert.equal(
      judge(keyBundle(statement(DIGEST)), { predicateType: PROVENANCE }),
      'predicate_type_mismatch',
    );
  });

  it('compares the type of an attestation as a whole (GHSA-w6c6-c85g-mmv6)', () => {
    for (const predicateType of [
      'https://slsa.dev/provenance/v0.2',
      `${PROVENANCE}/`,
      'https://slsa.dev',
    ]) {
      assert.equal(judge(attestation, { predicateType }), 'predicate_type_mismatch');
    }
    assert.equal(judge(attestation, { predicateType: PROVENANCE }), 'verified');
  });

  it('reads attestations of cosign before version 3 too', () => {
    const payload = statement(DIGEST, PROVENANCE);
    const sig = signBytes(keys, preAuthEncoding(payload)).toString('base64');
    const envelope = {
      payloadType: IN_TOTO,
      payload: payload.toString('base64'),
      signatures: [{ sig }],
    };
    const layer = {
      mediaType: ENVELOPE,
      annotations: {},
      bytes: Buffer.from(JSON.stringify(envelope)),
    };
    assert.equal(judge(layer, { predicateType: PROVENANCE }), 'verified');
    assert.equal(judge(layer), 'predicate_type_mismatch');
  });

  it('refuses a statement about another image before anything is verified', () => {
    assert.equal(
      judge(keyBundle(statement(OTHER_DIGEST, PROVENANCE)), { predicateType: PROVENANCE }),
      'subject_mismatch',
    );
  });

  it('refuses a bundle that signs bytes, even those of the manifest', () => {
    const { dsseEnvelope: _, ...rest } = formatBundle({
      payload: Buffer.from('x'),
      signature: Buffer.from('x'),
    });
    const signature = signBytes(keys, Buffer.from('the image')).toString('base64');
    const messageDigest = {
      algorithm: 'SHA2_256',
      digest: Buffer.from(DIGEST.replace('sha256:', ''), 'hex').toString('base64'),
    };
    const bytes = Buffer.from(
      JSON.stringify({ ...rest, messageSignature: { messageDigest, signature } }),
    );
    const layer = { mediaType: BUNDLE, annotations: {}, bytes };
    assert.equal(judge(layer), 'wrong_usage');

    const candidate = parseLayer(layer, 'bundle');
    assert.ok(candidate.status === 'parsed');
    const over = (text: string) => {
      const prove = createProver(
        candidate.value,
        { signedBytes: Buffer.from(text) },
        instance.atMs,
      );
      return prove(byKey(keys)).status;
    };
    assert.equal(over('the image'), 'verified');
    assert.equal(over('another image'), 'rejected');
  });
});

describe('verifyCandidate() and a rule', () => {
  const own = { name: 'own', authority: byKey(keys) };
  const other = { name: 'other', authority: byKey(makeKeys()) };
  const certified = { name: 'certified', authority: byCertificate(WORKFLOW) };
  const both = [own, other];
  const provenance = { name: 'build', predicateType: PROVENANCE, authorities: both };
  const bill = { name: 'packages', predicateType: 'https://cyclonedx.org/bom', authorities: [own] };
  const rule: ImageRule = { authorities: both, required: 1, attestations: [provenance, bill] };
  const COMMIT = '0123456789abcdef0123456789abcdef01234567';

  function summarize(layer: AttachedLayer, asked: ImageRule = rule): readonly string[] {
    return inspect(layer, asked).map((finding) => {
      const { verification } = finding;
      const word = verification.status === 'rejected' ? verification.code : verification.status;
      switch (finding.kind) {
        case 'none':
          return word;
        case 'signature':
          return `signature by ${finding.authority.name}: ${word}`;
        case 'attestation':
          return `${finding.wanted.name} by ${finding.authority.name}: ${word}`;
      }
    });
  }

  it('asks every authority about a signature', () => {
    const expected = ['signature by own: verified', 'signature by other: bad_signature'];
    assert.deepEqual(summarize(legacy()), expected);
    assert.deepEqual(summarize(keyBundle(statement(DIGEST))), expected);
  });

  it('asks the authorities of an attestation of this type alone', () => {
    assert.deepEqual(summarize(keyBundle(statement(DIGEST, PROVENANCE))), [
      'build by own: verified',
      'build by other: bad_signature',
    ]);
    assert.deepEqual(summarize(keyBundle(statement(DIGEST, bill.predicateType))), [
      'packages by own: verified',
    ]);
    assert.deepEqual(summarize(keyBundle(statement(DIGEST, 'https://example.com/p'))), [
      'predicate_type_mismatch',
    ]);
    assert.deepEqual(summarize(keyBundle(statement(OTHER_DIGEST, PROVENANCE))), [
      'build by own: subject_mismatch',
      'build by other: subject_mismatch',
    ]);
  });

  it('says of an attestation that is not asked for why it does not count', () => {
    const layer = keyBundle(statement(DIGEST, 'https://example.com/p'));
    const reasonOf = (asked: ImageRule) =>
      inspect(layer, asked).map(
        ({ verification }) => 'reason' in verification && verification.reason,
      );
    assert.deepEqual(reasonOf({ ...rule, attestations: [] }), [
      'It attests "https://example.com/p", which does not say that the image is signed',
    ]);
    assert.deepEqual(reasonOf(rule), [
      'It attests "https://example.com/p", which is not asked for',
    ]);
  });

  it('judges an attestation for each of several that want its type', () => {
    const attestations = [
      { ...provenance, authorities: [own] },
      { ...provenance, name: 'strict', builder: { kind: 'exact', value: 'b' } as const },
    ];
    assert.deepEqual(
      summarize(keyBundle(statement(DIGEST, PROVENANCE)), { ...rule, attestations }),
      [
        'build by own: verified',
        'strict by own: malformed_attestation',
        'strict by other: bad_signature',
      ],
    );
  });

  const predicate = {
    buildDefinition: {
      resolvedDependencies: [
        { uri: 'git+https://example.com/stated', digest: { gitCommit: COMMIT } },
      ],
    },
    runDetails: { builder: { id: 'https://example.com/builder' } },
  };

  it('tells what the predicate says, where a key has signed', () => {
    const [finding] = inspect(keyBundle(statement(DIGEST, PROVENANCE, predicate)), rule);
    assert.ok(finding?.kind === 'attestation');
    assert.deepEqual(finding.build, {
      builder: 'https://example.com/builder',
      sourceRepository: 'https://example.com/stated',
      sourceCommit: COMMIT,
    });
  });

  it('tells what the certificate says, where a certificate has signed', async () => {
    const attestations = [{ ...provenance, authorities: [certified] }];
    const sign = async (sourceRepository: string) => {
      const extensions = buildExtensions({
        buildSigner: WORKFLOW,
        sourceRepository,
        sourceDigest: COMMIT,
      });
      const signer = await instance.issue({
        names: [uriName(WORKFLOW)],
        issuer: ISSUER,
        extensions,
      });
      const layer = keylessBundle(signer, statement(DIGEST, PROVENANCE, predicate));
      const [finding] = inspect(layer, { ...rule, attestations });
      assert.ok(finding?.kind === 'attestation');
      return finding;
    };
    assert.deepEqual((await sign('https://example.com/stated')).build, {
      builder: WORKFLOW,
      sourceRepository: 'https://example.com/stated',
      sourceCommit: COMMIT,
    });
    const { verification, build } = await sign('https://example.com/certified');
    assert.equal(verification.status === 'rejected' && verification.code, 'source_contradicted');
    assert.deepEqual(build, {});
  });

  it('names the authority whose identity has signed, among several of one root', () => {
    const ada = { name: 'ada', authority: byCertificate() };
    const authorities = [certified, ada, own];
    assert.deepEqual(summarize(keylessBundle(), { ...rule, authorities }), [
      'signature by certified: identity_not_accepted',
      'signature by ada: verified',
      'signature by own: bad_signature',
    ]);
    assert.deepEqual(summarize(legacy(), { ...rule, authorities }), [
      'signature by certified: unknown_key',
      'signature by ada: unknown_key',
      'signature by own: verified',
    ]);
  });

  it('does not believe a certificate beside the signature of a key', async () => {
    const extensions = buildExtensions({
      sourceRepository: 'https://example.com/certified',
      sourceDigest: COMMIT,
    });
    const foreign = await instance.issue({
      names: [uriName(WORKFLOW)],
      issuer: ISSUER,
      extensions,
    });
    const payload = statement(DIGEST, PROVENANCE);
    const signature = signBytes(keys, preAuthEncoding(payload));
    const [finding] = inspect(
      bundleLayer({ certificate: foreign.certificate, payload, signature }),
      rule,
    );
    assert.ok(finding?.kind === 'attestation');
    assert.equal(finding.verification.status, 'verified');
    assert.deepEqual(finding.build, { builder: undefined });
  });
});
