import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { ensureCertificates } from '../../../src/certificates/ensure-certificates.ts';
import type { EnsureCertificatesOptions } from '../../../src/certificates/ensure-certificates.ts';

const NO_OPENSSL = spawnSync('openssl', ['version']).status !== 0 && 'there is no openssl on PATH';
const DAY_MS = 86_400_000;
const nowMs = Math.floor(Date.now() / 1000) * 1000;
const names = {
  dnsNames: ['localhost', 'holdfast.holdfast-system.svc'],
  ipAddresses: ['127.0.0.1', '::1'],
};

describe('ensureCertificates', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-certs-'));
  });
  after(async () => {
    await rm(root, { recursive: true });
  });

  function ensure(name: string, overrides: Partial<EnsureCertificatesOptions> = {}) {
    return ensureCertificates({ folder: join(root, name), nowMs, ...names, ...overrides });
  }

  it('writes four files that only their owner may read, and leaves no others', async () => {
    const { files } = await ensure('modes');
    for (const file of Object.values(files)) {
      assert.equal((await stat(file)).mode & 0o777, 0o600, file);
    }
    assert.deepEqual((await readdir(join(root, 'modes'))).toSorted(), [
      'ca.crt',
      'ca.key',
      'tls.crt',
      'tls.key',
    ]);
  });

  it('issues what RFC 5280 asks of an authority and of a server certificate', async () => {
    const { files } = await ensure('shape');
    const authority = new X509Certificate(await readFile(files.authorityCertificate));
    const leaf = new X509Certificate(await readFile(files.leafCertificate));
    assert.equal(authority.ca, true);
    assert.equal(leaf.ca, false);
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.equal(
      leaf.subjectAltName,
      'DNS:holdfast.holdfast-system.svc, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    assert.match(leaf.serialNumber, /^[4-7][0-9A-F]{31}$/u);
    assert.notEqual(leaf.serialNumber, authority.serialNumber);
    assert.equal(Date.parse(leaf.validFrom), nowMs - 5 * 60_000);
    assert.equal(Date.parse(leaf.validTo), nowMs + 365 * DAY_MS);
    assert.equal(leaf.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
    assert.equal(authority.publicKey.asymmetricKeyDetails?.modulusLength, 3072);
  });

  it('changes nothing when run again, and says why', async () => {
    const first = await ensure('twice');
    const second = await ensure('twice');
    assert.deepEqual(first.plan, {
      authority: { regenerate: true, reason: 'There is none' },
      leaf: { regenerate: true, reason: 'The authority is issued anew, so is everything it signs' },
    });
    assert.equal(second.plan.authority.regenerate, false);
    assert.equal(second.plan.leaf.regenerate, false);
    assert.equal(second.authorityPem, first.authorityPem);
    assert.equal(second.notAfterMs, first.notAfterMs);
  });

  it('issues only the leaf anew for a new name', async () => {
    const first = await ensure('names');
    const second = await ensure('names', { dnsNames: ['new.test'] });
    assert.equal(second.authorityPem, first.authorityPem);
    assert.deepEqual(second.plan.leaf, { regenerate: true, reason: 'It lacks the names new.test' });
  });

  it('never lets a leaf outlive its authority', async () => {
    const { files } = await ensure('short', { leafDays: 100_000 });
    const authority = new X509Certificate(await readFile(files.authorityCertificate));
    const leaf = new X509Certificate(await readFile(files.leafCertificate));
    assert.equal(leaf.validTo, authority.validTo);
  });

  it('replaces a leaf whose key was exchanged, and a damaged authority', async () => {
    const { files } = await ensure('damaged');
    await writeFile(files.leafKey, await readFile(files.authorityKey));
    const mended = await ensure('damaged');
    assert.equal(mended.plan.leaf.reason, 'The key does not belong to the certificate');
    await writeFile(files.authorityCertificate, 'no certificate');
    const again = await ensure('damaged');
    assert.equal(again.plan.authority.reason, 'It is damaged: the certificate is not X.509 in PEM');
    await writeFile(files.authorityKey, 'no key');
    const last = await ensure('damaged');
    assert.equal(
      last.plan.authority.reason,
      'It is damaged: the key is not an unencrypted private key in PEM',
    );
  });

  it('replaces a leaf that another authority of the same name signed', async () => {
    const { files } = await ensure('mine');
    const other = await ensure('other');
    await writeFile(files.leafCertificate, await readFile(other.files.leafCertificate));
    await writeFile(files.leafKey, await readFile(other.files.leafKey));
    const mended = await ensure('mine');
    assert.equal(mended.plan.leaf.reason, 'It is not signed by the authority beside it');
  });

  it('refuses names that are none, before anything is written', async () => {
    await assert.rejects(ensure('refused', { dnsNames: ['a b'] }), {
      code: 'certificate_names_invalid',
      message: 'A DNS name is wanted, found "a b"',
    });
    await assert.rejects(stat(join(root, 'refused')), { code: 'ENOENT' });
  });

  it('says where it cannot write', async () => {
    await writeFile(join(root, 'file'), '');
    await assert.rejects(ensure('file/folder'), (error: Error & { code?: string }) => {
      assert.match(error.message, /cannot be (?:read|made)$/u);
      return error.code === 'certificate_unreadable' || error.code === 'certificate_unwritable';
    });
  });

  it('serves a TLS 1.3 handshake by name and by address to a client that trusts the authority', async () => {
    const { files, authorityPem } = await ensure('tls');
    const server = createServer(
      {
        cert: await readFile(files.leafCertificate),
        key: await readFile(files.leafKey),
        minVersion: 'TLSv1.3',
      },
      (_request, response) => response.end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const servername of ['localhost', 'holdfast.holdfast-system.svc', '']) {
        assert.equal(await handshake({ port, ca: authorityPem, servername }), 'TLSv1.3');
      }
      await assert.rejects(handshake({ port, ca: authorityPem, servername: 'other.test' }), {
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
      const stranger = await ensure('stranger');
      await assert.rejects(handshake({ port, ca: stranger.authorityPem, servername: 'localhost' }));
    } finally {
      server.close();
    }
  });

  it('issues what openssl verifies as a server certificate', { skip: NO_OPENSSL }, async () => {
    const { files } = await ensure('openssl');
    const result = spawnSync(
      'openssl',
      [
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-CAfile',
        files.authorityCertificate,
        files.leafCertificate,
      ],
      { encoding: 'utf8' },
    );
    assert.equal(result.stdout.trim(), `${files.leafCertificate}: OK`, result.stderr);
  });
});

function handshake(options: {
  port: number;
  ca: string;
  servername: string;
}): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', ...options }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
