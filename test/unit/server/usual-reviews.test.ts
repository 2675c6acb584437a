import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { decodeReview } from '../../../src/admission/decode.ts';
import { respondRejected, type HttpAnswer } from '../../../src/admission/respond.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { AdmissionHandler } from '../../../src/server/admission-routes.ts';
import { BodyBudget } from '../../../src/server/body-budget.ts';
import { anyClient } from '../../../src/server/client-authentication.ts';
import { startLoadShedding } from '../../../src/server/load-shedding.ts';
import { createUsualReviews } from '../../../src/server/usual-reviews.ts';
import { MANGLED, MANGLED_LIMITS, reviewOf, UID } from '../../support/mangled-reviews.ts';
import {
  exchange,
  exchangeOn,
  formatRequest,
  openSocket,
  USUAL_HEADERS,
  type RawRequest,
} from '../../support/raw-exchange.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { testClients } from '../../support/server-clients.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** As the request path does it: a review that cannot be decoded is answered, another one is echoed. */
const decodeOnly: AdmissionHandler = async (route, body, deadlineAtMs) => {
  const decoded = decodeReview(body, MANGLED_LIMITS);
  if (!decoded.ok) return respondRejected(decoded);
  const hasTime = deadlineAtMs > performance.now();
  return { httpStatus: 200, body: JSON.stringify({ route, ...decoded.request, hasTime }) };
};

const server = await startTestServer({ admit: decodeOnly });
after(server.stop);

/** Means what HTTP/1.1 means without it, and sends the review through the application. */
const THROUGH_APPLICATION = 'Connection: keep-alive';

/** The same request on both ways. */
function withApplication(request: RawRequest): RawRequest {
  const bytes = Buffer.byteLength(Buffer.from(request.body ?? reviewOf({})));
  const headers = request.headers ?? [...USUAL_HEADERS, `Content-Length: ${bytes}`];
  return { ...request, headers: [...headers, THROUGH_APPLICATION] };
}

/** Lines of names and values, in the order of the names: the order in an answer means nothing. */
function sortHead(answer: string): readonly string[] {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [status = '', ...fields] = head.split('\r\n');
  return [status, ...fields.toSorted(), body];
}

async function assertSameAnswer(request: RawRequest): Promise<string> {
  const direct = await exchange(formatRequest(request), server);
  const application = await exchange(formatRequest(withApplication(request)), server);
  assert.deepEqual(sortHead(direct), sortHead(application));
  return direct;
}

describe('a usual review and the same one through the application get the same answer', () => {
  for (const { name, body } of MANGLED) {
    it(`that refuses ${name}`, async () => {
      assert.match(await assertSameAnswer({ body }), /^HTTP\/1\.1 (400|200) /);
    });
  }

  it('that echoes a valid one, with text beyond ASCII', async () => {
    const answer = await assertSameAnswer({ body: reviewOf({ name: 'größe-☸' }) });
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, new RegExp(`"uid":"${UID}".*"name":"größe-☸".*"hasTime":true`));
  });

  for (const line of [
    'POST /mutate HTTP/1.1',
    'POST /validate?timeout=10s HTTP/1.1',
    'POST /validate?timeout=1m30s HTTP/1.1',
    'POST /validate?timeout=0s HTTP/1.1',
    'POST /validate?timeout=soon HTTP/1.1',
    'POST /mutate?timeout=1.5s HTTP/1.1',
  ]) {
    it(`to ${line}`, async () => {
      assert.match(await assertSameAnswer({ line }), /^HTTP\/1\.1 200 OK\r\n/);
    });
  }

  it('at the limit of a body', async () => {
    const padding = ' '.repeat(64 * 1024 - Buffer.byteLength(reviewOf({})));
    const answer = await assertSameAnswer({ body: reviewOf({}) + padding });
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  });
});

interface UnusualCase extends RawRequest {
  readonly name: string;
  readonly status: number;
}

const length = `Content-Length: ${Buffer.byteLength(reviewOf({}))}`;
const chunked = `${Buffer.byteLength(reviewOf({})).toString(16)}\r\n${reviewOf({})}\r\n0\r\n\r\n`;

/** What each is answered, whichever way takes it: Node's parser refuses some before either. */
const UNUSUAL: readonly UnusualCase[] = [
  {
    name: 'a chunked body',
    headers: [...USUAL_HEADERS, 'Transfer-Encoding: chunked'],
    body: chunked,
    status: 200,
  },
  {
    name: 'a chunked body with a length',
    headers: [...USUAL_HEADERS, length, 'Transfer-Encoding: chunked'],
    body: chunked,
    status: 400,
  },
  { name: 'two lengths', headers: [...USUAL_HEADERS, length, length], status: 400 },
  {
    name: 'two different types',
    headers: [...USUAL_HEADERS, 'Content-Type: text/plain', length],
    status: 200,
  },
  {
    name: 'a type twice',
    headers: [...USUAL_HEADERS, ...USUAL_HEADERS.slice(1), length],
    status: 200,
  },
  { name: 'two hosts', headers: [...USUAL_HEADERS, 'Host: y', length], status: 200 },
  { name: 'no host', headers: [...USUAL_HEADERS.slice(1), length], status: 400 },
  {
    name: 'a type with a charset',
    headers: ['Host: x', 'Content-Type: application/json; charset=utf-8', length],
    status: 200,
  },
  {
    name: 'a type in capitals',
    headers: ['Host: x', 'Content-Type: Application/JSON', length],
    status: 200,
  },
  {
    name: 'another type',
    headers: ['Host: x', 'Content-Type: application/yaml', length],
    status: 415,
  },
  { name: 'no type', headers: ['Host: x', length], status: 415 },
  {
    name: 'a length beyond the limit',
    headers: [...USUAL_HEADERS, 'Content-Length: 65537'],
    body: ' '.repeat(65537),
    status: 413,
  },
  {
    name: 'a length of nothing',
    headers: [...USUAL_HEADERS, 'Content-Length: 0'],
    body: '',
    status: 400,
  },
  { name: 'a length with a sign', headers: [...USUAL_HEADERS, 'Content-Length: +5'], status: 400 },
  { name: 'a length in words', headers: [...USUAL_HEADERS, 'Content-Length: 0x10'], status: 400 },
  {
    name: 'an expectation that is not known',
    headers: [...USUAL_HEADERS, length, 'Expect: 200-ok'],
    status: 417,
  },
  {
    name: 'an encoded body',
    headers: [...USUAL_HEADERS, length, 'Content-Encoding: gzip'],
    status: 200,
  },
  {
    name: 'a header named __proto__',
    headers: [...USUAL_HEADERS, length, '__proto__: x'],
    status: 200,
  },
  {
    name: 'a parameter that is escaped',
    line: 'POST /validate?timeout=%31s HTTP/1.1',
    status: 200,
  },
  { name: 'two parameters', line: 'POST /validate?timeout=1s&timeout=2s HTTP/1.1', status: 200 },
  { name: 'another parameter', line: 'POST /validate?dryRun=All HTTP/1.1', status: 200 },
  { name: 'a path with a slash at its end', line: 'POST /validate/ HTTP/1.1', status: 404 },
  { name: 'a path in capitals', line: 'POST /Validate HTTP/1.1', status: 404 },
  { name: 'a longer path', line: 'POST /validates HTTP/1.1', status: 404 },
  { name: 'a path that climbs', line: 'POST /x/../validate HTTP/1.1', status: 404 },
  { name: 'another method', line: 'PUT /validate HTTP/1.1', status: 404 },
  { name: 'the form of a proxy', line: 'POST https://x/validate HTTP/1.1', status: 200 },
];

describe('a review that does not look usual', () => {
  for (const { name, status, ...request } of UNUSUAL) {
    it(`with ${name} is answered ${status}`, async () => {
      const answer = await exchange(formatRequest(request), server);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    });
  }
});

describe('createUsualReviews()', () => {
  const shedding = startLoadShedding({ concurrentRequestsMax: 64 });
  const state = { closing: false };
  const usualReviews = createUsualReviews({
    ...recordTelemetry(),
    admit: async () => ({ httpStatus: 200, body: 'directly' }),
    authenticator: anyClient,
    shedding,
    clients: testClients(),
    bodies: new BodyBudget(1024 * 1024),
    clock: systemClock,
    requestDeadlineMs: 4000,
    bodyBytesMax: 64 * 1024,
    isClosing: () => state.closing,
  });
  const plain = createServer((request, response) => {
    if (!usualReviews(request, response)) response.end('through the application');
  });
  before(async () => {
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
  });
  after(() => {
    shedding.close();
    plain.close();
  });
  const ask = async (request: RawRequest): Promise<string> => {
    const address = plain.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    return exchangeOn(connectTcp({ host: '127.0.0.1', port }), formatRequest(request));
  };

  for (const line of ['POST /validate HTTP/1.1', 'POST /mutate?timeout=10s HTTP/1.1']) {
    it(`takes ${line}`, async () => {
      assert.match(await ask({ line }), /\r\n\r\ndirectly$/);
    });
  }

  it('takes what the API server sends', async () => {
    const sent = ['User-Agent: kube-apiserver-admission', 'Accept: application/json, */*'];
    const headers = [...USUAL_HEADERS, length, ...sent, 'Accept-Encoding: gzip'];
    assert.match(await ask({ headers }), /\r\n\r\ndirectly$/);
  });

  for (const { name, ...request } of UNUSUAL) {
    it(`leaves a review with ${name} to the application, or the parser refuses it`, async () => {
      assert.doesNotMatch(await ask(request), /\r\n\r\ndirectly$/);
    });
  }

  it('leaves each review to the application once the server closes', async () => {
    state.closing = true;
    assert.match(await ask({}), /through the application/);
    state.closing = false;
  });
});

interface HeldServer extends TestServer {
  readonly arrived: () => number;
  readonly release: () => void;
}

async function startHeld(): Promise<HeldServer> {
  const held: ((answer: HttpAnswer) => void)[] = [];
  const target = await startTestServer({
    admit: () => new Promise((resolve) => held.push(resolve)),
  });
  const release = (): void => {
    for (const answer of held.splice(0)) answer({ httpStatus: 200, body: '{}' });
  };
  return { ...target, arrived: () => held.length, release };
}

async function inFlight(target: TestServer): Promise<string> {
  return String(await target.exposed('holdfast_http_requests_in_flight'));
}

async function bodyBytes(target: TestServer): Promise<number> {
  const [line = ''] = await target.exposed('holdfast_http_body_bytes ');
  return Number(line.split(' ')[1]);
}

for (const [way, plan] of [
  ['a usual review', (request: RawRequest) => request],
  ['a review through the application', withApplication],
] as const) {
  describe(`of ${way}`, () => {
    it('the place is given back when its sender leaves before the answer, which is no fault', async (context) => {
      const held = await startHeld();
      context.after(held.stop);
      const socket = await openSocket(held);
      socket.write(formatRequest(plan({})));
      await waitUntil(() => held.arrived() === 1);

      socket.destroy();
      await waitUntil(async () => (await inFlight(held)).endsWith(' 0'));
      held.release();

      assert.match(await answerOf(held), /^HTTP\/1\.1 200 /);
      assert.deepEqual(await held.exposed('holdfast_http_rejected_total'), []);
      assert.deepEqual(faultsOf(held), []);
    });

    it('half a body that ends with the connection is counted as unreadable', async (context) => {
      const held = await startHeld();
      context.after(held.stop);
      const socket = await openSocket(held);
      socket.write(formatRequest(plan({})).subarray(0, -1));
      await waitUntil(async () => (await bodyBytes(held)) > 0);

      socket.destroy();
      await waitUntil(async () => (await bodyBytes(held)) === 0);

      // By the reader of the body, and once more by the parser if the connection ended in order.
      const [line = '', ...more] = await held.exposed('holdfast_http_rejected_total');
      assert.match(line, /^holdfast_http_rejected_total\{code="request_unreadable"\} [12]$/);
      assert.deepEqual(more, []);
      assert.deepEqual(faultsOf(held), []);
    });

    it('the places of several that were sent at once are given back when their sender leaves', async (context) => {
      const held = await startHeld();
      context.after(held.stop);
      const socket = await openSocket(held);
      const request = formatRequest(plan({}));
      socket.write(Buffer.concat([request, request, request]));
      await waitUntil(() => held.arrived() === 3);

      socket.destroy();
      await waitUntil(async () => !(await inFlight(held)).endsWith(' 3'));
      held.release();
      await waitUntil(async () => (await inFlight(held)).endsWith(' 0'));
    });

    it('a sender that leaves while it is authenticated holds no place', async (context) => {
      const known = Promise.withResolvers<{ status: 'authenticated'; client: string }>();
      let asked = 0;
      const target = await startTestServer({
        authenticator: {
          authenticate: () => {
            asked += 1;
            return known.promise;
          },
        },
      });
      context.after(target.stop);
      const socket = await openSocket(target);
      socket.write(formatRequest(plan({})));
      await waitUntil(() => asked === 1);

      socket.destroy();
      // The server has seen the end of the connection once another one is answered.
      const late = exchange(formatRequest(plan({})), target);
      await waitUntil(() => asked === 2);
      known.resolve({ status: 'authenticated', client: 'api' });

      assert.match(await late, /^HTTP\/1\.1 200 /);
      await waitUntil(async () => (await inFlight(target)).endsWith(' 0'));
    });

    it('a fault of the authenticator is answered 500 and logged', async (context) => {
      const target = await startTestServer({
        authenticator: { authenticate: () => Promise.reject(new Error('inner secret')) },
      });
      context.after(target.stop);
      const answer = await exchange(formatRequest(plan({})), target);
      assert.match(answer, /^HTTP\/1\.1 500 .*\(internal_error\)/s);
      assert.doesNotMatch(answer, /inner secret/);
      assert.deepEqual(
        target.entries.map(({ message }) => message),
        ['A request handler failed'],
      );
    });
  });
}

/** What was logged as a fault of ours. */
function faultsOf({ entries }: TestServer): readonly unknown[] {
  return entries.filter(({ level }) => level === 'error');
}

/** The answer to one more review. */
async function answerOf(target: HeldServer): Promise<string> {
  const answer = exchange(formatRequest({}), target);
  await waitUntil(() => target.arrived() === 1);
  target.release();
  return answer;
}
