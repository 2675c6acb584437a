/** With a registry in this process that wants a password, and files of keys. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { checkTufRoot } from '../../../src/compose/tuf-roots.ts';
import { bindListedJudge, type ListedTrust } from '../../../src/compose/bind-listed-judge.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { PullCredentials } from '../../../src/image/registry/pull-credentials.ts';
import type { RegistryCredentials } from '../../../src/image/registry/parse-docker-config.ts';
import type { PullScope } from '../../../src/image/registry/pull-scope.ts';
import { RegistryAuthorizer } from '../../../src/image/registry/registry-authorizer.ts';
import { RegistryClient } from '../../../src/image/registry/registry-client.ts';
import type { ApiReading } from '../../../src/kubernetes/client/cluster-client.ts';
import { importPublicKey } from '../../../src/signature/cosign/import-public-key.ts';
import { issueTestCertificate } from '../../support/certificates.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../../support/images/fake-registry.ts';
import {
  attach,
  legacyLayer,
  makeKeys,
  publicPem,
  putImage,
  simpleSigning,
} from '../../support/images/image-samples.ts';
import { openTransport } from '../../support/images/registry-access.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const ADA = { username: 'ada', password: 'secret' };
const FORBIDDEN: ApiReading = {
  status: 'unavailable',
  code: 'lookup_forbidden',
  reason: '403',
};
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
  const bound = {
    registry: {
      credentials: configured,
      clientFor: (credentials: RegistryCredentials) =>
        new RegistryClient(
          transport,
          new RegistryAuthorizer({ transport, credentials, clock: systemClock }),
        ),
    },
    pullCredentials: usesPullSecrets ? pullCredentials : undefined,
    clock: systemClock,
    readTuf: checkTufRoot,
  };
  const byKey: ListedTrust = {
    kind: 'rule',
    rule: {
      authorities: [{ name: 'key', authority: { kind: 'key', key: key.value } }],
      required: 1,
      attestations: [],
    },
    formatSigner: ({ scheme }) => `somebody with ${scheme}`,
  };
  const judge = async (
    scopes: readonly PullScope[],
    trust: ListedTrust = byKey,
    named = registry.host,
  ) => {
    const reference = { registry: named, repository: 'shop', digest: image.digest };
    return await (
      await bindListedJudge(trust, bound)
    )({ reference, scopes });
  };
  const sign = (pair = keys): void => {
    const layers = [legacyLayer({ payload: simpleSigning(image.digest), signer: pair })];
    attach(registry, 'shop', { image, layers, suffix: 'sig' });
  };
  return { registry, image, judge, sign };
}

function login(host: string, password = ADA.password): ApiReading {
  const auths = { [host]: { username: ADA.username, password } };
  const data = { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') };
  const metadata = { name: 'regcred', namespace: 'shop' };
  return { status: 'read', body: { metadata, type: 'kubernetes.io/dockerconfigjson', data } };
}

describe('bindListedJudge()', () => {
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
    const { judge, sign } = await open(t, {
      secrets: (host) => ({ forbidden: FORBIDDEN, mine: login(host) }),
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

  it('stays unavailable where one Secret cannot be read, and the others are refused', async (t) => {
    const { judge } = await open(t, { secrets: () => ({ forbidden: FORBIDDEN }) });
    assert.equal((await judge([scope('forbidden'), scope('gone')])).status, 'unavailable');
    assert.equal((await judge([scope('gone'), scope('forbidden')])).status, 'unavailable');
    assert.equal((await judge([])).status, 'unavailable');
  });
});

describe('bindListedJudge() with the rules of the configuration', () => {
  const OPEN: Options = {
    usesPullSecrets: false,
    registry: { authentication: { kind: 'bearer' } },
  };

  /** Two authorities, of which a rule wants so many. */
  async function trustOf(
    t: TestContext,
    rule: { readonly images: readonly string[]; readonly authoritiesMin?: number },
    others: object = {},
  ): Promise<ListedTrust> {
    const folder = await makeTemporaryFolder(t, {
      'a.pub': publicPem(keys),
      'b.pub': publicPem(otherKeys),
    });
    const described = {
      ...others,
      rules: [{ name: 'shop', authorities: ['release', 'audit'], ...rule }],
      authorities: [
        { name: 'release', keyFiles: [join(folder, 'a.pub')] },
        { name: 'audit', keyFiles: [join(folder, 'b.pub')] },
      ],
    };
    const { images } = configurationSchema.parse({ images: described });
    return { kind: 'configured', images };
  }

  it('names the authorities of the first rule that names the image', async (t) => {
    const { registry, image, judge, sign } = await open(t, OPEN);
    const trust = await trustOf(t, { images: [`${registry.host}/**`] });
    assert.equal((await judge([], trust)).status, 'unsigned');
    sign();
    const { digest } = image;
    assert.deepEqual(await judge([], trust), { status: 'signed', digest, signers: ['release'] });
  });

  it('reads the mirror of a registry, as admission does', async (t) => {
    const { registry, judge, sign } = await open(t, OPEN);
    sign();
    const mirrors = [{ registry: 'registry.example.com', place: registry.host }];
    const images = ['registry.example.com/**'];
    const trust = await trustOf(t, { images }, { registries: { mirrors } });
    assert.equal((await judge([], trust, 'registry.example.com')).status, 'signed');
  });

  it('wants as many authorities as the rule', async (t) => {
    const { registry, judge, sign } = await open(t, OPEN);
    sign();
    const images = [`${registry.host}/**`];
    const finding = await judge([], await trustOf(t, { images, authoritiesMin: 2 }));
    assert.equal(finding.status, 'unsigned');
    assert.equal(finding.code, 'too_few_signatures');
  });

  it('asks no registry for an image that no rule names', async (t) => {
    const { registry, judge } = await open(t, OPEN);
    const images = ['registry.example.com/**'];
    assert.deepEqual(await judge([], await trustOf(t, { images })), { status: 'unjudged' });
    const required = await judge([], await trustOf(t, { images }, { requireSignature: true }));
    assert.equal(required.status, 'unsigned');
    assert.equal(required.code, 'image_required');
    assert.deepEqual(registry.requests, []);
  });

  it('refuses a file of keys that is not there', async (t) => {
    const { judge } = await open(t, OPEN);
    const trust = await trustOf(t, { images: ['**'] });
    assert.equal(trust.kind, 'configured');
    const [first] = trust.images.authorities;
    assert.ok(first !== undefined);
    const images = { ...trust.images, authorities: [{ ...first, keyFiles: ['/gone.pub'] }] };
    await assert.rejects(judge([], { kind: 'configured', images }), /gone\.pub/u);
  });
});
