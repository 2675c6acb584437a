/** With a registry in this process that wants a password. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { judgeListedImage } from '../../../src/compose/judge-listed-image.ts';
import { PullCredentials } from '../../../src/image/registry/pull-credentials.ts';
import type { RegistryCredentials } from '../../../src/image/registry/parse-docker-config.ts';
import { RegistryAuthorizer } from '../../../src/image/registry/registry-authorizer.ts';
import { RegistryClient } from '../../../src/image/registry/registry-client.ts';
import type { ApiReading } from '../../../src/kubernetes/client/cluster-client.ts';
import { importPublicKey } from '../../../src/signature/cosign/import-public-key.ts';
import { issueTestCertificate } from '../../support/certificates.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../../support/images/fake-registry.ts';
import {
  attach,
  legacyAnnotations,
  makeKeys,
  publicPem,
  putImage,
  signBytes,
  SIMPLE_SIGNING,
  simpleSigning,
} from '../../support/images/image-samples.ts';
import { openTransport } from '../../support/images/registry-access.ts';

const ADA = { username: 'ada', password: 'secret' };
const keys = makeKeys();
const otherKeys = makeKeys();

function scope(...pullSecrets: readonly string[]) {
  return { namespace: 'shop', pullSecrets, serviceAccount: 'default' };
}

interface Options {
  readonly registry?: FakeRegistryOptions;
  /** What the API server answers for a Secret; by its name. */
  readonly secrets?: (host: string) => Readonly<Record<string, ApiReading>>;
  readonly usesPullSecrets?: boolean;
}

async function open(t: TestContext, { registry: own, secrets, usesPullSecrets = true }: Options) {
  const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
  const registry = await FakeRegistry.start(t, {
    tls,
    authentication: { kind: 'basic', ...ADA },
    ...own,
  });
  const image = putImage(registry, 'shop', '1');
  const transport = openTransport(t, [registry.host], { tls: { ca: tls.cert } });
  const key = importPublicKey(publicPem(keys));
  assert.equal(key.status, 'read');
  const answers = secrets?.(registry.host) ?? {};
  const configured: RegistryCredentials = new Map();
  const pullCredentials = new PullCredentials({
    clock: systemClock,
    configured,
    client: { read: async (path) => answers[path.split('/').at(-1) ?? ''] ?? { status: 'absent' } },
  });
  const judge = (scopes: readonly ReturnType<typeof scope>[]) =>
    judgeListedImage(
      {
        reference: { registry: registry.host, repository: 'shop', digest: image.digest },
        scopes,
      },
      {
        registry: {
          credentials: configured,
          clientFor: (credentials) =>
            new RegistryClient(
              transport,
              new RegistryAuthorizer({ transport, credentials, clock: systemClock }),
            ),
        },
        pullCredentials: usesPullSecrets ? pullCredentials : undefined,
        authorities: [{ name: 'key', authority: { kind: 'key', key: key.value } }],
        wanted: { kind: 'signature' },
        clock: systemClock,
        formatSigner: ({ scheme }) => `somebody with ${scheme}`,
      },
    );
  const sign = (pair = keys): void => {
    const bytes = simpleSigning(image.digest);
    const annotations = legacyAnnotations({ signature: signBytes(pair, bytes) });
    const layers = [{ bytes, mediaType: SIMPLE_SIGNING, annotations }];
    attach(registry, 'shop', { image, layers, suffix: 'sig' });
  };
  return { image, judge, sign };
}

function login(host: string, password = ADA.password): ApiReading {
  const auths = { [host]: { username: ADA.username, password } };
  const data = { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') };
  const metadata = { name: 'regcred', namespace: 'shop' };
  return { status: 'read', body: { metadata, type: 'kubernetes.io/dockerconfigjson', data } };
}

describe('judgeListedImage()', () => {
  it('reads an image with the pull secret of a Pod, and names who signed', async (t) => {
    const { image, judge, sign } = await open(t, { secrets: (host) => ({ mine: login(host) }) });
    sign();
    assert.deepEqual(await judge([scope('mine')]), {
      status: 'signed',
      digest: image.digest,
      signers: ['somebody with cosign'],
    });
  });

  it('tries the pull secrets of another Pod where the registry refuses those of the first', async (t) => {
    const { judge, sign } = await open(t, {
      secrets: (host) => ({ wrong: login(host, 'wrong'), mine: login(host) }),
    });
    sign();
    assert.equal((await judge([scope('wrong'), scope('mine')])).status, 'signed');
  });

  it('says beside a refusal which Secret gave no credential', async (t) => {
    const { judge } = await open(t, {});
    const finding = await judge([scope('gone')]);
    assert.equal(finding.status, 'unreadable');
    assert.equal(finding.code, 'image_access_denied');
    assert.match(finding.reason, /; the Secret shop\/gone: There is no such Secret$/u);
  });

  it('is unavailable where the Secrets cannot be read, unless another Pod has the credential', async (t) => {
    const forbidden = {
      status: 'unavailable',
      code: 'lookup_forbidden',
      reason: '403',
    } as const;
    const { judge, sign } = await open(t, {
      secrets: (host) => ({ forbidden, mine: login(host) }),
    });
    sign();
    const finding = await judge([scope('forbidden')]);
    assert.equal(finding.status, 'unavailable');
    assert.match(finding.reason, /give its service account "get" on secrets in shop$/u);
    assert.equal((await judge([scope('forbidden'), scope('mine')])).status, 'signed');
  });

  it('reads no Secret unless it is told to', async (t) => {
    const { judge } = await open(t, {
      usesPullSecrets: false,
      secrets: (host) => ({ mine: login(host) }),
    });
    const finding = await judge([scope('mine')]);
    assert.equal(finding.status, 'unreadable');
    assert.equal(finding.code, 'image_access_denied');
  });

  it('tells unsigned from a signature of somebody else, and from a registry that is down', async (t) => {
    let isDown = false;
    const { judge, sign } = await open(t, {
      usesPullSecrets: false,
      registry: {
        authentication: { kind: 'bearer' },
        intercept: () => (isDown ? { status: 502 } : undefined),
      },
    });
    const codeOf = async () => {
      const finding = await judge([]);
      return `${finding.status} ${'code' in finding ? finding.code : ''}`;
    };
    assert.equal(await codeOf(), 'unsigned unsigned');
    sign(otherKeys);
    assert.equal(await codeOf(), 'unsigned bad_signature');
    isDown = true;
    assert.equal(await codeOf(), 'unavailable ');
  });
});
