import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { readForm } from '../../../../src/dashboard/http/read-form.ts';
import { DASHBOARD_LIMITS } from '../../../../src/dashboard/settings.ts';

const BYTES_MAX = DASHBOARD_LIMITS['dashboard.formBytesMax'].default;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Sent {
  readonly headers?: OutgoingHttpHeaders;
  readonly body: string;
  /** Ends the connection in the middle. */
  readonly isCutOff?: boolean;
}

/** What a server reads of it. */
async function readSent(
  context: TestContext,
  { headers = FORM, body, isCutOff = false }: Sent,
): Promise<{ readonly form: string | undefined; readonly headers: IncomingHttpHeaders }> {
  const server = createServer();
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const read = Promise.withResolvers<Awaited<ReturnType<typeof readSent>>>();
  server.on('request', (asked, response) => {
    void readForm(asked).then((form) => {
      read.resolve({ form: form?.toString(), headers: asked.headers });
      response.end();
    });
    if (isCutOff) client.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const client = request({ host: '127.0.0.1', port, method: 'POST', headers, agent: false });
  client.on('error', () => {});
  if (isCutOff) client.write(body);
  else client.end(body);
  return await read.promise;
}

describe('readForm()', () => {
  it('reads the fields of a form', async (context) => {
    const { form } = await readSent(context, { body: 'token=a%20b&wayOn=%2F' });
    assert.equal(form, 'token=a+b&wayOn=%2F');
  });

  it('reads nothing that is no form', async (context) => {
    const headers = { 'content-type': 'application/json' };
    assert.equal((await readSent(context, { headers, body: '{}' })).form, undefined);
    assert.equal((await readSent(context, { headers: {}, body: 'a=b' })).form, undefined);
  });

  it('reads no more than the limit, whether the length is said or not', async (context) => {
    const body = 'a'.repeat(BYTES_MAX + 1);
    assert.equal((await readSent(context, { body })).form, undefined);
    const headers = { ...FORM, 'transfer-encoding': 'chunked' };
    assert.equal((await readSent(context, { headers, body })).form, undefined);
  });

  it('takes nothing of a form that is cut off', async (context) => {
    const headers = { ...FORM, 'content-length': 100 };
    const sent = await readSent(context, { headers, body: 'token=a', isCutOff: true });
    assert.equal(sent.form, undefined);
    assert.equal(sent.headers['content-length'], '100');
  });
});
