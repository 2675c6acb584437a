import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatImageReport,
  formatImageReportJson,
} from '../../../../src/cli/verify/format-image-report.ts';
import type { ImageReport } from '../../../../src/compose/verify-image.ts';
import { rejected, verifiedBy } from '../../../../src/signature/verification.ts';

const verified = verifiedBy({ scheme: 'cosign', method: 'key', fingerprint: 'ab12' });
const refusal = rejected('bad_signature', 'The key did not make this signature');

const PERSON = {
  scheme: 'cosign',
  method: 'certificate',
  issuer: 'https://i',
  subject: 'a@x',
} as const;

const REPORT: ImageReport = {
  image: 'registry.example.com/shop:v1',
  manifest: { digest: 'sha256:aa', mediaType: 'application/x', sizeBytes: 7 },
  candidates: [
    {
      place: 'tag sha256-aa.sig, layer 1',
      format: 'simple signing',
      verdicts: [
        { authority: 'key a.pub', verification: refusal },
        { authority: 'key b.pub', verification: verified },
      ],
    },
    {
      place: 'referrer sha256:bb, layer 1',
      format: 'bundle',
      verdicts: [{ verification: rejected('malformed_signature', 'The bundle is\nodd') }],
    },
  ],
  faults: [
    {
      place: 'tag sha256-aa.att',
      failure: { status: 'unavailable', reason: 'later', retryAfterMs: 1000 },
    },
  ],
  signers: [{ authority: 'key b.pub', signer: verified.signer }],
  attestations: [],
  verification: verified,
  steps: [{ name: 'manifest', found: 'image', durationMs: 1.23456 }],
};

describe('formatImageReport()', () => {
  it('says of each candidate why it counted or not, and the verdict last', () => {
    assert.deepEqual(formatImageReport(REPORT).split('\n'), [
      'image       registry.example.com/shop:v1',
      'digest      sha256:aa',
      'media type  application/x, 7 bytes',
      'candidate   tag sha256-aa.sig, layer 1 (simple signing)',
      '            key a.pub: bad_signature: The key did not make this signature',
      '            key b.pub: counts: signed by the key ab12',
      'candidate   referrer sha256:bb, layer 1 (bundle)',
      '            malformed_signature: The bundle is\u{FFFD}odd',
      'not read    tag sha256-aa.att: later',
      'manifest    image (1.23 ms)',
      'signed      by the key ab12 (key b.pub)',
      'verified    signed by the key ab12',
    ]);
  });

  it('names the authorities once that found the same', () => {
    const verdicts = [
      { authority: 'key a.pub', verification: refusal },
      { authority: 'key b.pub', verification: refusal },
    ];
    const candidates = [{ place: 'here', format: 'bundle', verdicts }] as const;
    assert.deepEqual(
      formatImageReport({ ...REPORT, candidates, faults: [], steps: [] })
        .split('\n')
        .slice(3),
      [
        'candidate   here (bundle)',
        '            bad_signature: The key did not make this signature',
        'signed      by the key ab12 (key b.pub)',
        'verified    signed by the key ab12',
      ],
    );
  });

  it('says of each wanted attestation who has attested what, or that it is missing', () => {
    const of = {
      name: 'https://slsa.dev/provenance/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
    };
    const by = { status: 'verified', authority: 'key b.pub', signer: verified.signer } as const;
    const ATTESTED = 'attested    https://slsa.dev/provenance/v1 by the key ab12 (key b.pub)';
    for (const [attestation, lines] of [
      [{ ...of, ...by }, [ATTESTED]],
      [
        {
          ...of,
          ...by,
          builder: 'https://example.com/builder',
          sourceRepository: 'https://example.com/shop',
          sourceCommit: 'abcd',
        },
        [
          ATTESTED,
          '            built by https://example.com/builder',
          '            built from https://example.com/shop at abcd',
        ],
      ],
      [
        { ...of, ...by, sourceRepository: 'https://example.com/shop', sourceProblem: 'several' },
        [
          ATTESTED,
          '            built from https://example.com/shop',
          '            the commit is not known: several are named',
        ],
      ],
      [
        { ...of, ...by, sourceProblem: 'unreadable' },
        [ATTESTED, '            the source is not known: what names it cannot be read'],
      ],
      [{ ...of, ...refusal }, ['unattested  https://slsa.dev/provenance/v1: bad_signature']],
      [
        { ...of, status: 'unavailable', reason: 'later', retryAfterMs: 1 },
        ['unattested  https://slsa.dev/provenance/v1: nobody can tell now'],
      ],
    ] as const) {
      const none = { manifest: undefined, candidates: [], faults: [], signers: [], steps: [] };
      const text = formatImageReport({ ...REPORT, ...none, attestations: [attestation] });
      assert.deepEqual(text.split('\n').slice(1, -1), lines);
    }
  });

  it('says in one line who has signed and who has attested', () => {
    const signer = { scheme: 'cosign', method: 'key', fingerprint: 'cd34' } as const;
    const attestation = {
      name: 'a',
      predicateType: 'a',
      status: 'verified',
      authority: 'c',
      signer,
    } as const;
    const own = { authority: 'key a.pub', signer: verified.signer };
    const last = (part: Partial<ImageReport>) =>
      formatImageReport({ ...REPORT, ...part })
        .split('\n')
        .at(-1);
    assert.equal(
      last({ signers: [own, { ...own, authority: 'twice' }, { authority: 'c', signer }] }),
      'verified    signed by the key ab12 and the key cd34',
    );
    const attestations = [attestation, { name: 'b', predicateType: 'b', ...refusal }];
    assert.equal(last({ signers: [], attestations }), 'verified    attested by the key cd34');
    assert.equal(
      last({ attestations }),
      'verified    signed by the key ab12; attested by the key cd34',
    );
  });

  it('says of a candidate that it attests', () => {
    const verdicts = [{ attestation: 'a', authority: 'b', verification: verified }];
    const candidates = [{ place: 'here', format: 'bundle', verdicts }] as const;
    assert.match(
      formatImageReport({ ...REPORT, candidates }),
      /^ {12}counts: attested by the key ab12$/mu,
    );
  });

  it('says of a candidate about which nobody could tell why', () => {
    const verification = { status: 'unavailable', reason: 'later', retryAfterMs: 1 } as const;
    const candidates = [{ place: 'here', format: 'bundle', verdicts: [{ verification }] }] as const;
    assert.match(formatImageReport({ ...REPORT, candidates }), /^ {12}later$/mu);
  });

  for (const [verification, expected] of [
    [refusal, 'rejected    bad_signature: The key did not make this signature'],
    [
      { status: 'rejected', code: 'image_absent', reason: 'The registry has no shop v1' },
      'rejected    image_absent: The registry has no shop v1',
    ],
    [{ status: 'unavailable', reason: 'later', retryAfterMs: 1 }, 'unavailable  later'],
    [verified, 'verified    signed by a@x, known to https://i'],
  ] as const) {
    it(`ends with: ${expected}`, () => {
      const none = { manifest: undefined, candidates: [], faults: [], steps: [] };
      const signers = [{ authority: 'certificate', signer: PERSON }];
      const text = formatImageReport({ ...REPORT, ...none, signers, verification });
      assert.equal(text.split('\n').at(-1), expected);
    });
  }
});

describe('formatImageReportJson()', () => {
  it('holds the same, with times in whole microseconds', () => {
    const value: unknown = JSON.parse(formatImageReportJson(REPORT));
    const steps = [{ name: 'manifest', found: 'image', durationMs: 1.235 }];
    assert.deepEqual(value, JSON.parse(JSON.stringify({ ...REPORT, steps })));
  });
});
