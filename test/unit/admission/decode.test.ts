import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeReview,
  decodeReviewInTurns,
  type DecodedReview,
} from '../../../src/admission/decode.ts';
import { nextTurn } from '../../../src/base/run-steps.ts';
import { HEAVY_SHAPES, heavyReview } from '../../support/heavy-reviews.ts';
import {
  MANGLED,
  MANGLED_LIMITS,
  REQUEST,
  reviewOf,
  withMetadata,
} from '../../support/mangled-reviews.ts';
import { readRecordedReviews } from '../../support/recorded-reviews.ts';

function decodeText(text: string): DecodedReview {
  return decodeReview(Buffer.from(text), MANGLED_LIMITS);
}

for (const { name, body, expected } of MANGLED) {
  test(`decodeReview() refuses ${name}`, () => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    assert.deepEqual(decodeReview(bytes, MANGLED_LIMITS), {
      ok: false,
      httpStatus: 400,
      ...expected,
    });
  });
}

test('decodeReview() hands on the request and its own bytes, untouched', () => {
  const body = Buffer.from(reviewOf({ unknownField: { deep: [1, 2.5] } }));
  const decoded = decodeReview(body, MANGLED_LIMITS);
  assert.ok(decoded.ok);
  assert.deepEqual(decoded.request, { ...REQUEST, unknownField: { deep: [1, 2.5] } });
  assert.deepEqual(JSON.parse(Buffer.from(decoded.requestJson).toString()), decoded.request);
  assert.equal(decoded.requestJson.buffer, body.buffer);
});

test('decodeReview() finds the request under a key that is written with escapes, or refuses it', () => {
  const body = Buffer.from(reviewOf({}).replace('"request"', String.raw`"re\u0071uest"`));
  const decoded = decodeReview(body, MANGLED_LIMITS);
  const plain = decodeText(reviewOf({}));
  assert.ok(plain.ok);
  assert.deepEqual(decoded.ok ? decoded.request : decoded.code, plain.request);
});

test('decodeReview() carries numbers beyond 2^53 and keys named __proto__ verbatim', () => {
  const object = '{"metadata":{},"data":{"__proto__":"x"},"spec":{"big":9223372036854775807}}';
  const body = reviewOf({ object: 'OBJECT' }).replace('"OBJECT"', object);
  const decoded = decodeText(body);
  assert.ok(decoded.ok);
  assert.equal(JSON.stringify(decoded.request.object), object);
});

test('decodeReview() accepts a CONNECT without any object', () => {
  assert.equal(decodeText(reviewOf({ operation: 'CONNECT', object: undefined })).ok, true);
});

test('decodeReview() accepts null where the API server writes null', () => {
  const metadata = { labels: null, annotations: null, ownerReferences: null, finalizers: null };
  assert.equal(decodeText(withMetadata({ ...metadata, managedFields: null })).ok, true);
  assert.equal(decodeText(reviewOf({ options: null, dryRun: null, oldObject: null })).ok, true);
});

test('decodeReview() accepts every review that a real API server sent', () => {
  for (const { action, body } of readRecordedReviews()) {
    assert.equal(decodeReview(body, { jsonDepthMax: 64 }).ok, true, action);
  }
});

test('decodeReview() answers for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(decodeReview(bytes, MANGLED_LIMITS).ok, false);
    }),
  );
});

test('decodeReview() answers for real reviews with some bytes overwritten, and keeps a uid only if it is one', () => {
  const reviews = readRecordedReviews();
  const mutation = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...reviews),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      ({ body }, mutations) => {
        const mutated = Buffer.from(body);
        for (const { at, byte } of mutations) mutated[at % mutated.length] = byte;
        const decoded = decodeReview(mutated, { jsonDepthMax: 64 });
        const uid = decoded.ok ? decoded.request.uid : (decoded.uid ?? 'none');
        assert.match(uid, /^[\x21-\x7e]{1,256}$/);
      },
    ),
    { numRuns: 300 },
  );
});

test('decodeReview() answers for reviews of which any value is replaced by any other', () => {
  const path = fc.constantFrom(...Object.keys(REQUEST), 'oldObject', 'options', 'subResource');
  fc.assert(
    fc.property(path, fc.jsonValue(), (field, value) => {
      assert.equal(typeof decodeText(reviewOf({ [field]: value })).ok, 'boolean');
    }),
  );
});

const LARGE_LIMITS = { jsonDepthMax: 128 };
const BYTES = 300 * 1024;

/** Numbers with exact digits are of a type of their own, which is compared by what is written of it. */
function comparable(decoded: DecodedReview): unknown {
  if (!decoded.ok) return decoded;
  return { ...decoded, request: JSON.stringify(decoded.request) };
}

test('a mangled review is refused in turns as it is at once', async () => {
  for (const { name, body } of MANGLED) {
    const bytes = Buffer.from(body);
    assert.deepEqual(
      await decodeReviewInTurns(bytes, MANGLED_LIMITS),
      decodeReview(bytes, MANGLED_LIMITS),
      name,
    );
  }
});

test('a review that a real API server sent is decoded in turns as it is at once', async () => {
  for (const { body } of readRecordedReviews()) {
    const bytes = Buffer.from(body);
    assert.deepEqual(
      await decodeReviewInTurns(bytes, LARGE_LIMITS),
      decodeReview(bytes, LARGE_LIMITS),
    );
  }
});

for (const [name, shape] of Object.entries(HEAVY_SHAPES)) {
  test(`a large review of ${name} is decoded in at least four turns, as it is at once`, async () => {
    const body = heavyReview({ shape, bytes: BYTES });
    let turns = 0;
    let isDecoded = false;
    const pending = decodeReviewInTurns(body, LARGE_LIMITS).finally(() => {
      isDecoded = true;
    });
    while (!isDecoded) {
      await nextTurn();
      turns += 1;
    }

    assert.deepEqual(comparable(await pending), comparable(decodeReview(body, LARGE_LIMITS)));
    assert.ok(turns >= 4, String(turns));
  });
}
