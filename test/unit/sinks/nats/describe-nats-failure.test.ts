import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeNatsFailure } from '../../../../src/sinks/nats/describe-nats-failure.ts';

function describe(error: unknown): string {
  return describeNatsFailure(error, { stream: 'HOLDFAST', secrets: ['hush-hush'] });
}

function named(name: string, message = 'words', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

const NO_STREAM =
  'No stream takes the subject: create the stream "HOLDFAST", or configure createStream; JetStream must be enabled';

test('describeNatsFailure() says what to do where nobody takes the subject', () => {
  assert.equal(describe(named('JetStreamNotEnabled')), NO_STREAM);
  assert.equal(describe(named('NoRespondersError')), NO_STREAM);
  assert.equal(
    describe(named('RequestError', 'wrapped', { cause: named('NoRespondersError') })),
    NO_STREAM,
  );
});

test('describeNatsFailure() knows what JetStream answers', () => {
  assert.equal(
    describe(named('JetStreamApiError', 'expected stream does not match', { code: 10_060 })),
    'The subject belongs to another stream than "HOLDFAST"',
  );
  assert.equal(
    describe(named('StreamNotFoundError', 'stream not found', { code: 10_059 })),
    'There is no stream "HOLDFAST"',
  );
  assert.equal(
    describe(named('JetStreamApiError', 'maximum bytes exceeded', { code: 10_077 })),
    'NATS failed: maximum bytes exceeded',
  );
});

test('describeNatsFailure() knows time-outs, refusals and codes of sockets', () => {
  assert.equal(describe(named('TimeoutError', 'timeout')), 'NATS did not acknowledge in time');
  assert.equal(describe(named('Error', 'timeout')), 'NATS did not acknowledge in time');
  assert.equal(describe(named('AuthorizationError')), 'NATS does not accept our credentials');
  assert.equal(
    describe(named('Error', 'read ECONNRESET', { code: 'ECONNRESET' })),
    'The connection to NATS failed with ECONNRESET',
  );
});

test('describeNatsFailure() repeats no secret, and has a word for what says nothing', () => {
  assert.equal(
    describe(named('Error', 'token hush-hush refused')),
    'NATS failed: token [redacted] refused',
  );
  assert.equal(describe(named('RequestError', '')), 'NATS failed: RequestError');
  assert.equal(describe('a text'), 'NATS failed: unknown');
});
