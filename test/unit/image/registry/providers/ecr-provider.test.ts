import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Environment } from '../../../../../src/image/registry/providers/cloud-provider.ts';
import { EcrProvider } from '../../../../../src/image/registry/providers/ecr-provider.ts';
import {
  openCloudStage,
  secretsOf,
  type CloudStage,
} from '../../../../support/images/cloud-stage.ts';

const REGISTRY = '999999999999.dkr.ecr.eu-west-1.amazonaws.com';

async function ask(stage: CloudStage, environment: Environment, registry = REGISTRY) {
  const { send, clock } = stage;
  const provider = new EcrProvider({ environment, send, clock });
  const reading = await provider.ask(registry);
  if (reading.status !== 'read') {
    assert.equal(reading.status, 'unavailable');
    for (const secret of secretsOf(stage)) assert.ok(!reading.reason.includes(secret));
  }
  return reading;
}

async function askForReason(stage: CloudStage, environment: Environment, registry?: string) {
  const reading = await ask(stage, environment, registry);
  return reading.status === 'read' ? reading.status : reading.reason;
}

describe('EcrProvider', () => {
  it('shares a password among the accounts of a region', () => {
    const scopeOf = (host: string) => EcrProvider.prototype.scopeOf(host);
    assert.equal(scopeOf(REGISTRY), 'api.ecr.eu-west-1.amazonaws.com');
    assert.equal(scopeOf(REGISTRY.replace(/^9+/u, '111111111111')), scopeOf(REGISTRY));
    assert.notEqual(scopeOf(REGISTRY.replace('eu-west', 'us-east')), scopeOf(REGISTRY));
    assert.equal(scopeOf('public.ecr.aws'), undefined);
    assert.equal(scopeOf(`${REGISTRY}.evil.example`), undefined);
  });

  it('gets a password for the region of the registry, with each identity', async (t) => {
    const stage = await openCloudStage(t);
    const { identity } = stage.cloud;
    const password = { kind: 'password', username: 'AWS', password: identity.ecrPassword };
    const keys = {
      AWS_ACCESS_KEY_ID: identity.keys.id,
      AWS_SECRET_ACCESS_KEY: identity.keys.secret,
    };
    const hours = (count: number) => count * 3_600_000;
    assert.deepEqual(await ask(stage, keys), {
      status: 'read',
      value: password,
      lifeMs: hours(12),
    });
    // A password outlives its session, and does not count longer.
    const session = { status: 'read', value: password, lifeMs: hours(1) };
    assert.deepEqual(await ask(stage, stage.webIdentity), session);
    assert.deepEqual(await ask(stage, stage.podIdentity), session);
    assert.deepEqual(stage.cloud.places(), [
      'POST https://api.ecr.eu-west-1.amazonaws.com/',
      'POST https://sts.eu-west-1.amazonaws.com/',
      'POST https://api.ecr.eu-west-1.amazonaws.com/',
      'GET http://169.254.170.23/v1/credentials',
      'POST https://api.ecr.eu-west-1.amazonaws.com/',
    ]);
  });

  it('asks the server of the partition, with FIPS where the registry has it', async (t) => {
    const stage = await openCloudStage(t);
    const { keys } = stage.cloud.identity;
    const environment = { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret };
    for (const host of [
      'dkr.ecr.us-east-1.amazonaws.com',
      'dkr.ecr.cn-north-1.amazonaws.com.cn',
      'dkr.ecr-fips.us-gov-west-1.amazonaws.com',
      'dkr-ecr.eu-west-1.on.aws',
    ]) {
      assert.equal((await ask(stage, environment, `123456789012.${host}`)).status, 'read', host);
    }
    assert.deepEqual(stage.cloud.places(), [
      'POST https://api.ecr.us-east-1.amazonaws.com/',
      'POST https://api.ecr.cn-north-1.amazonaws.com.cn/',
      'POST https://ecr-fips.us-gov-west-1.amazonaws.com/',
      'POST https://ecr.eu-west-1.api.aws/',
    ]);
  });

  it('names the place and the remedy where it is refused', async (t) => {
    const stage = await openCloudStage(t);
    const { keys } = stage.cloud.identity;
    assert.equal(
      await askForReason(stage, { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: 'wrong' }),
      "The provider ecr has no credential: api.ecr.eu-west-1.amazonaws.com answers with InvalidSignatureException (status 400); allow ecr:GetAuthorizationToken to Holdfast's role, for its own region, and check the clock of the node",
    );
    assert.equal(
      await askForReason(stage, {}),
      "The provider ecr has no credential: the environment names no identity for AWS; give Holdfast's service account a role with EKS Pod Identity or IRSA, and restart its pods",
    );
    assert.equal(
      await askForReason(stage, {}, 'public.ecr.aws'),
      'The provider ecr has no credential: the registry is none of Amazon ECR; name another provider for it',
    );
  });

  it('is refused while the clock is wrong, and not afterwards', async (t) => {
    const start = Date.UTC(2026, 0, 5, 12);
    const stage = await openCloudStage(t, { wallMs: () => start });
    const { keys } = stage.cloud.identity;
    const environment = { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret };
    stage.time.stepWall(600_000);
    assert.match(await askForReason(stage, environment), /InvalidSignatureException/u);
    stage.time.stepWall(-600_000);
    assert.equal(await askForReason(stage, environment), 'read');
  });

  it('takes no answer that is none', async (t) => {
    const token = (text: string) => Buffer.from(text).toString('base64');
    const answers: readonly (readonly [object, string])[] = [
      [{}, 'something else than was asked for'],
      [{ authorizationData: [] }, 'something else than was asked for'],
      [{ authorizationData: [{ authorizationToken: 'no base64!' }] }, 'something else'],
      [{ authorizationData: [{ authorizationToken: token('root:password') }] }, 'no password'],
      [{ authorizationData: [{ authorizationToken: token('AWS:') }] }, 'no password'],
      [{ authorizationData: [{ authorizationToken: token('AWS:a\r\nx: 1') }] }, 'no password'],
    ];
    for (const [answer, problem] of answers) {
      const stage = await openCloudStage(t, {
        intercept: ({ host }) =>
          host.startsWith('api.ecr') ? { status: 200, body: JSON.stringify(answer) } : undefined,
      });
      assert.match(await askForReason(stage, stage.webIdentity), new RegExp(problem, 'u'));
    }
  });

  it('is asked again where it fails for the moment', async (t) => {
    const stage = await openCloudStage(t, {
      intercept: ({ host }) =>
        host.startsWith('api.ecr') ? { status: 500, body: 'secret' } : undefined,
    });
    assert.equal(
      await askForReason(stage, stage.webIdentity),
      'The provider ecr has no credential: api.ecr.eu-west-1.amazonaws.com answers with status 500; it is asked again',
    );
  });

  it('says how long a password lives, whatever the answer says of it', async (t) => {
    const lives: readonly (readonly [unknown, number])[] = [
      [undefined, 12 * 3_600_000],
      ['soon', 12 * 3_600_000],
      [Date.UTC(2026, 0, 5, 11) / 1000, -3_600_000],
    ];
    for (const [expiresAt, lifeMs] of lives) {
      const authorizationToken = Buffer.from('AWS:password').toString('base64');
      const body = JSON.stringify({ authorizationData: [{ authorizationToken, expiresAt }, {}] });
      const stage = await openCloudStage(t, { intercept: () => ({ status: 200, body }) });
      const environment = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
      const reading = await ask(stage, environment);
      assert.equal(reading.status === 'read' && reading.lifeMs, lifeMs);
    }
  });
});
