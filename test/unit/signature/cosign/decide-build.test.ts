import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCertificate } from '../../../../src/signature/cms/parse-certificate.ts';
import { decideBuild, type BuildRequest } from '../../../../src/signature/cosign/decide-build.ts';
import { parseRepositoryUrl } from '../../../../src/source/parse-repository-url.ts';
import { buildExtensions } from '../../../support/images/build-extensions.ts';
import { extension, issue } from '../../../support/signatures/certificate-builder.ts';
import { integer } from '../../../support/signatures/der.ts';

const V1 = 'https://slsa.dev/provenance/v1';
const SHOP = 'https://github.com/example/shop';
const LIB = 'https://github.com/example/lib';
const WORKFLOW = `${SHOP}/.github/workflows/build.yml@refs/heads/main`;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const OTHER_COMMIT = COMMIT.replace('0', 'f');

type Resource = readonly [url: string, commit?: string];

/** A predicate of version 1. */
function provenance(builder: string | undefined, ...resources: readonly Resource[]) {
  const resolvedDependencies = resources.map(([url, commit]) => ({
    uri: `git+${url}`,
    ...(commit !== undefined && { digest: { gitCommit: commit } }),
  }));
  return {
    predicateType: V1,
    predicate: {
      buildDefinition: { resolvedDependencies },
      runDetails: { builder: { id: builder } },
    },
  };
}

function certify(extensions: readonly Buffer[]) {
  const certificate = parseCertificate(issue({ commonName: 'x', extensions }).certificate);
  assert.ok(certificate !== undefined);
  return certificate;
}

function decide(request: Partial<BuildRequest>) {
  const whole = { claim: provenance(undefined), certificate: undefined, wanted: {}, ...request };
  return decideBuild(whole, (url) => {
    const parsed = parseRepositoryUrl(url);
    return parsed.ok ? parsed.repository.normal : undefined;
  });
}

/** The code of the refusal, or what is known. */
function judge(request: Partial<BuildRequest>) {
  const build = decide(request);
  return 'code' in build ? build.code : build;
}

function exact(value: string) {
  return { kind: 'exact', value } as const;
}

function pattern(value: string) {
  return { kind: 'pattern', value } as const;
}

const CERTIFIED = certify(
  buildExtensions({ buildSigner: WORKFLOW, sourceRepository: SHOP, sourceDigest: COMMIT }),
);
const BY_CERTIFICATE = { builder: WORKFLOW, sourceRepository: SHOP, sourceCommit: COMMIT };

describe('decideBuild() by the predicate alone', () => {
  it('tells builder, repository and commit', () => {
    assert.deepEqual(decide({ claim: provenance('b', [SHOP, COMMIT]) }), {
      builder: 'b',
      sourceRepository: SHOP,
      sourceCommit: COMMIT,
    });
    assert.deepEqual(decide({ claim: provenance('b', [SHOP]) }), {
      builder: 'b',
      sourceRepository: SHOP,
      sourceCommit: undefined,
    });
    assert.deepEqual(decide({}), { builder: undefined });
  });

  it('does not choose among several', () => {
    assert.deepEqual(decide({ claim: provenance('b', [SHOP, COMMIT], [LIB, COMMIT]) }), {
      builder: 'b',
      sourceProblem: 'several',
    });
    assert.deepEqual(decide({ claim: provenance('b', [SHOP, COMMIT], [SHOP, OTHER_COMMIT]) }), {
      builder: 'b',
      sourceRepository: SHOP,
      sourceProblem: 'several',
    });
  });

  it('tells nothing of the source where one that is named cannot be read', () => {
    const claim = provenance('b', [SHOP, COMMIT], ['https://github.com', COMMIT]);
    assert.deepEqual(decide({ claim }), { builder: 'b', sourceProblem: 'unreadable' });
  });

  it('knows nothing of attestations that are no provenance', () => {
    const claim = {
      predicateType: 'https://cyclonedx.org/bom',
      predicate: { builder: { id: 'b' } },
    };
    assert.deepEqual(decide({ claim }), { builder: undefined });
    assert.equal(judge({ claim, wanted: { builder: exact('b') } }), 'builder_not_accepted');
  });

  it('refuses a malformed predicate where something is asked of it', () => {
    const claim = { predicateType: V1, predicate: {} };
    assert.deepEqual(decide({ claim }), { builder: undefined });
    assert.equal(judge({ claim, wanted: { builder: exact('b') } }), 'malformed_attestation');
    assert.equal(
      judge({ claim, wanted: { sourceRepository: exact(SHOP) } }),
      'malformed_attestation',
    );
  });
});

describe('decideBuild() by a certificate', () => {
  it('tells what the certificate says, whatever the attestation is about', () => {
    const claim = { predicateType: 'https://cyclonedx.org/bom', predicate: {} };
    assert.deepEqual(decide({ claim, certificate: CERTIFIED }), BY_CERTIFICATE);
    const other = provenance('https://example.com/runner', [SHOP, COMMIT]);
    assert.deepEqual(decide({ claim: other, certificate: CERTIFIED }), BY_CERTIFICATE);
  });

  it('takes another spelling of the repository for the same', () => {
    const certificate = certify(
      buildExtensions({ sourceRepository: `${SHOP}.git`, sourceDigest: COMMIT.toUpperCase() }),
    );
    assert.deepEqual(decide({ claim: provenance('b', [SHOP, COMMIT]), certificate }), {
      builder: 'b',
      sourceRepository: SHOP,
      sourceCommit: COMMIT,
    });
  });

  it('does not mind what the predicate names beside the source', () => {
    const claim = provenance(
      'b',
      [LIB, OTHER_COMMIT],
      [SHOP],
      [SHOP, COMMIT],
      [SHOP, OTHER_COMMIT],
    );
    assert.deepEqual(decide({ claim, certificate: CERTIFIED }), BY_CERTIFICATE);
    assert.deepEqual(
      decide({ claim: provenance('b', [SHOP]), certificate: CERTIFIED }),
      BY_CERTIFICATE,
    );
  });

  it('refuses a predicate that names another repository or commit', () => {
    assert.deepEqual(decide({ claim: provenance('b', [LIB, COMMIT]), certificate: CERTIFIED }), {
      status: 'rejected',
      code: 'source_contradicted',
      reason: `The certificate is for a build of ${SHOP}, and the predicate names ${LIB}`,
    });
    const claim = provenance('b', [SHOP, OTHER_COMMIT]);
    assert.deepEqual(decide({ claim, certificate: CERTIFIED }), {
      status: 'rejected',
      code: 'source_contradicted',
      reason: `The certificate is for a build of ${SHOP} at ${COMMIT}, and the predicate names the commit ${OTHER_COMMIT}`,
    });
  });

  it('does not let the predicate fill in what the certificate says in a form that cannot be read', () => {
    const claim = provenance('b', [SHOP, COMMIT]);
    for (const [certificate, expected] of [
      [{ sourceRepository: 'shop' }, { sourceProblem: 'unreadable' }],
      [{ sourceDigest: COMMIT }, { sourceProblem: 'unreadable' }],
      [{ sourceRepository: SHOP }, { sourceRepository: SHOP, sourceCommit: undefined }],
      [
        { sourceRepository: SHOP, sourceDigest: 'HEAD' },
        { sourceRepository: SHOP, sourceCommit: undefined, sourceProblem: 'unreadable' },
      ],
    ] as const) {
      assert.deepEqual(decide({ claim, certificate: certify(buildExtensions(certificate)) }), {
        builder: 'b',
        ...expected,
      });
    }
  });

  it('reads the predicate where the certificate is for a person', () => {
    const claim = provenance('b', [SHOP, COMMIT]);
    assert.deepEqual(decide({ claim, certificate: certify([]) }), {
      builder: 'b',
      sourceRepository: SHOP,
      sourceCommit: COMMIT,
    });
  });

  it('refuses a certificate whose extensions are no text', () => {
    const certificate = certify([extension('1.3.6.1.4.1.57264.1.12', integer(1))]);
    assert.equal(judge({ certificate }), 'certificate_invalid');
  });
});

describe('decideBuild() and what is wanted', () => {
  const claim = provenance('https://example.com/runner', [SHOP, COMMIT]);

  for (const [name, wanted, expected] of [
    ['the builder', { builder: exact('https://example.com/runner') }, 'accepted'],
    ['a pattern of the builder', { builder: pattern('https://example.com/*') }, 'accepted'],
    ['a part of the builder', { builder: exact('https://example.com') }, 'builder_not_accepted'],
    ['the repository', { sourceRepository: exact(SHOP) }, 'accepted'],
    ['its other spelling', { sourceRepository: exact(`${SHOP}.git/`) }, 'accepted'],
    ['a pattern of it', { sourceRepository: pattern('https://github.com/example/*') }, 'accepted'],
    ['its beginning', { sourceRepository: exact(SHOP.slice(0, -1)) }, 'source_not_accepted'],
    ['no URL', { sourceRepository: exact('shop') }, 'source_not_accepted'],
    [
      'another pattern',
      { sourceRepository: pattern('https://github.com/*') },
      'source_not_accepted',
    ],
  ] as const) {
    it(`${name}: ${expected}`, () => {
      const found = judge({ claim, wanted });
      assert.equal(typeof found === 'string' ? found : 'accepted', expected);
    });
  }

  it('compares the workflow of the certificate, and not what the predicate calls the builder', () => {
    const certificate = CERTIFIED;
    assert.equal(
      judge({ claim, certificate, wanted: { builder: exact('https://example.com/runner') } }),
      'builder_not_accepted',
    );
    assert.deepEqual(
      judge({ claim, certificate, wanted: { builder: exact(WORKFLOW) } }),
      BY_CERTIFICATE,
    );
  });

  it('says what is not told', () => {
    const wanted = { sourceRepository: exact(SHOP) };
    const reasonOf = (request: Partial<BuildRequest>) => {
      const build = decide({ wanted, ...request });
      return 'code' in build ? `${build.code}: ${build.reason}` : build;
    };
    assert.equal(
      reasonOf({ claim: provenance('b') }),
      `source_not_accepted: It names no source repository, and not "${SHOP}"`,
    );
    assert.equal(
      reasonOf({ claim: provenance('b', ['https://github.com', COMMIT]) }),
      `source_not_accepted: It names a source repository that cannot be read, and not "${SHOP}"`,
    );
    assert.equal(
      reasonOf({ claim: provenance('b', [SHOP, COMMIT], [LIB, COMMIT]) }),
      'source_ambiguous: It names several repositories, and not which of them is the source',
    );
    assert.equal(
      reasonOf({ claim: provenance('b', [LIB, COMMIT]) }),
      `source_not_accepted: It was built from "${LIB}", and not from "${SHOP}"`,
    );
    assert.equal(
      reasonOf({ claim: provenance(undefined), wanted: { builder: exact('b') } }),
      'builder_not_accepted: It names no builder, and not "b"',
    );
    assert.equal(
      reasonOf({ claim: provenance('c'), wanted: { builder: exact('b') } }),
      'builder_not_accepted: It was built by "c", and not by "b"',
    );
  });

  it('accepts a repository of which several commits are named', () => {
    const several = provenance('b', [SHOP, COMMIT], [SHOP, OTHER_COMMIT]);
    assert.deepEqual(judge({ claim: several, wanted: { sourceRepository: exact(SHOP) } }), {
      builder: 'b',
      sourceRepository: SHOP,
      sourceProblem: 'several',
    });
  });
});
