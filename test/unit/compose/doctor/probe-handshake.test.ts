import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { probeHandshake } from '../../../../src/compose/doctor/probe-handshake.ts';
import { serverCertificatesOf } from '../../../support/certificates.ts';

const ours = serverCertificatesOf('doctor');
const others = serverCertificatesOf('another');

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('probeHandshake()', () => {
  const tls = createTlsServer({ cert: ours.server.cert, key: ours.server.key });
  const plain = createServer((socket) => socket.end('no TLS here\r\n'));
  const ports = { tls: 0, plain: 0 };
  before(async () => {
    ports.tls = await listen(tls);
    ports.plain = await listen(plain);
  });
  after(() => {
    tls.close();
    plain.close();
  });

  it('finds what the registered authority has issued', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const shaken = await probeHandshake({
        host,
        port: ports.tls,
        authorityPem: ours.authority.cert,
      });

      assert.partialDeepStrictEqual(shaken, { status: 'shaken', refusal: undefined });
      assert.ok(shaken.status === 'shaken' && Date.parse(shaken.endsAt) > Date.now());
    }
  });

  it('finds what another authority, or none that Node.js trusts, has issued', async () => {
    for (const authorityPem of [others.authority.cert, undefined]) {
      const shaken = await probeHandshake({ host: '127.0.0.1', port: ports.tls, authorityPem });

      assert.ok(shaken.status === 'shaken' && shaken.refusal !== undefined);
    }
  });

  it('never takes something else for Holdfast', async () => {
    const closed = createServer();
    const port = await listen(closed);
    closed.close();
    for (const [host, asked] of [
      ['127.0.0.1', ports.plain],
      ['127.0.0.1', port],
      ['holdfast.holdfast-system.invalid', 443],
    ] as const) {
      const shaken = await probeHandshake({ host, port: asked });

      assert.equal(shaken.status, 'unreachable', host);
    }
  });
});
