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
        'verified    signed by the key ab12',
      ],
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
    [
      verifiedBy({ scheme: 'cosign', method: 'certificate', issuer: 'https://i', subject: 'a@x' }),
      'verified    signed by a@x, known to https://i',
    ],
  ] as const) {
    it(`ends with: ${expected}`, () => {
      const none = { manifest: undefined, candidates: [], faults: [], steps: [] };
      const text = formatImageReport({ ...REPORT, ...none, verification });
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
