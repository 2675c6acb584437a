import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { RegistryAuthorizer } from '../../../../src/image/registry/registry-authorizer.ts';
import { RegistryUploader, type Upload } from '../../../../src/image/registry/registry-uploader.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import {
  FakeRegistry,
  OCI_MANIFEST,
  sha256,
  type FakeAnswer,
  type FakeRegistryOptions,
} from '../../../support/images/fake-registry.ts';
import { issueTestCertificate } from '../../../support/certificates.ts';
import { openClient, openTransport } from '../../../support/images/registry-access.ts';

const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
const ADA = { username: 'ada', password: 'secret' };
const BYTES = Buffer.from([0, 255, 1]);

interface Opened {
  readonly options?: FakeRegistryOptions;
  readonly hosts?: readonly string[];
  readonly mayWrite?: boolean;
}

async function open(t: TestContext, { options, hosts = [], mayWrite = true }: Opened = {}) {
  const registry = await FakeRegistry.start(t, { tls, uploads: 'here', ...options });
  const trust = { ca: tls.cert };
  const transport = openTransport(t, [registry.host, ...hosts], { tls: trust, mayWrite });
  const authorizer = new RegistryAuthorizer({
    transport,
    credentials: new Map([[registry.host, { kind: 'password', ...ADA }]]),
    clock: systemClock,
    actions: 'pull,push',
  });
  const uploader = new RegistryUploader({ transport, authorizer });
  const scope = { registry: registry.host, repository: 'team/policies' };
  const { client } = openClient(t, [registry.host], { tls: trust });
  return { registry, uploader, scope, client };
}

function codeOf(upload: Upload): string {
  return upload.status === 'rejected' ? upload.code : upload.status;
}

describe('RegistryUploader', () => {
  it('writes blobs, and a manifest that names them, which the client reads', async (t) => {
    const { registry, uploader, scope, client } = await open(t);
    const blob = await uploader.putBlob(scope, BYTES);
    assert.ok(blob.status === 'uploaded');
    assert.equal(blob.digest.text, sha256(BYTES));
    const layer = { mediaType: 'a/b', digest: blob.digest.text, size: BYTES.length };
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: layer, layers: [layer] };
    const bytes = Buffer.from(JSON.stringify(manifest));

    const pushed = await uploader.putManifest(scope, {
      name: 'v1',
      mediaType: OCI_MANIFEST,
      bytes,
    });

    assert.ok(pushed.status === 'uploaded');
    const reading = await client.readManifest(scope, 'v1');
    assert.ok(reading.status === 'read');
    assert.deepEqual(reading.digest, pushed.digest);
    const read = await client.readBlob(scope, { digest: blob.digest, size: BYTES.length });
    assert.deepEqual(read.status === 'read' && Buffer.from(read.bytes), BYTES);
    assert.deepEqual(
      registry.requests.slice(0, 3).map(({ method }) => method),
      ['POST', 'PUT', 'PUT'],
    );
  });

  it('asks for a token that may write, and shows a password to nobody else', async (t) => {
    for (const authentication of [
      { kind: 'bearer', credential: ADA },
      { kind: 'basic', ...ADA },
    ] as const) {
      const { uploader, scope, registry } = await open(t, { options: { authentication } });

      assert.equal(codeOf(await uploader.putBlob(scope, BYTES)), 'uploaded');

      const tokens = registry.requests.filter(({ path }) => path.startsWith('/token'));
      assert.deepEqual(
        tokens.map(({ path }) => new URL(path, 'http://x').searchParams.get('scope')),
        authentication.kind === 'bearer' ? ['repository:team/policies:pull,push'] : [],
      );
    }
  });

  it('shows no credential to a store elsewhere, and follows no redirect there', async (t) => {
    const store = await FakeRegistry.start(t, { tls, uploads: 'here' });
    const options: FakeRegistryOptions = {
      uploads: { store: store.origin },
      authentication: { kind: 'basic', ...ADA },
    };
    const { uploader, scope } = await open(t, { options, hosts: [store.host] });

    assert.equal(codeOf(await uploader.putBlob(scope, BYTES)), 'uploaded');

    assert.deepEqual(
      store.requests.map(({ method, headers }) => [method, headers.authorization]),
      [['PUT', undefined]],
    );
    const stranger = await open(t, { options });
    assert.equal(
      codeOf(await stranger.uploader.putBlob(stranger.scope, BYTES)),
      'image_registry_refused',
    );
  });

  it('writes nothing where the transport may only read', async (t) => {
    const { uploader, scope, registry } = await open(t, { mayWrite: false });

    assert.deepEqual(await uploader.putBlob(scope, BYTES), {
      status: 'rejected',
      code: 'image_registry_refused',
      reason: `Nothing may be written to ${registry.host}`,
    });
    assert.deepEqual(registry.requests, []);
  });

  it('says why a registry takes nothing', async (t) => {
    const answers: readonly (readonly [FakeAnswer, string])[] = [
      [{ status: 401 }, 'image_access_denied'],
      [{ status: 403 }, 'image_access_denied'],
      [{ status: 404 }, 'image_absent'],
      [{ status: 413 }, 'image_registry_refused'],
      [
        { status: 307, headers: { location: 'https://elsewhere.example/' } },
        'image_registry_refused',
      ],
      [{ status: 500 }, 'unavailable'],
      [{ status: 202 }, 'image_registry_lied'],
      [{ status: 202, headers: { location: 'https://' } }, 'image_registry_lied'],
    ];
    for (const [answer, code] of answers) {
      const { uploader, scope } = await open(t, { options: { intercept: () => answer } });
      assert.equal(codeOf(await uploader.putBlob(scope, BYTES)), code, JSON.stringify(answer));
    }
  });

  it('says that a blob or a manifest was not stored', async (t) => {
    const named = { name: 'v1', mediaType: OCI_MANIFEST, bytes: Buffer.from('{}') };
    for (const [put, code] of [
      [{ status: 400 }, 'image_registry_refused'],
      [{ status: 503 }, 'unavailable'],
      [{ status: 201, headers: { 'docker-content-digest': sha256(BYTES) } }, 'image_registry_lied'],
    ] as const) {
      const { uploader, scope } = await open(t, {
        options: { intercept: ({ method }) => (method === 'PUT' ? put : undefined) },
      });
      assert.equal(codeOf(await uploader.putManifest(scope, named)), code);
      if (put.status !== 201) assert.equal(codeOf(await uploader.putBlob(scope, BYTES)), code);
    }
  });
});
