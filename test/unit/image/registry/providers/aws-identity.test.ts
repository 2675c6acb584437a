import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAwsIdentity } from '../../../../../src/image/registry/providers/aws-identity.ts';
import type { Environment } from '../../../../../src/image/registry/providers/cloud-provider.ts';
import {
  openCloudStage,
  secretsOf,
  type CloudStage,
} from '../../../../support/images/cloud-stage.ts';

async function read(stage: CloudStage, environment: Environment, region = 'eu-west-1') {
  return await readAwsIdentity(region, { environment, send: stage.send });
}

/** The problem; the remedy is a sentence beside it, and neither has a secret. */
async function readProblem(stage: CloudStage, environment: Environment, region?: string) {
  const reading = await read(stage, environment, region);
  assert.ok(reading.status === 'failed');
  const { problem, remedy } = reading;
  assert.notEqual(remedy, '');
  for (const secret of secretsOf(stage)) assert.ok(!`${problem}${remedy}`.includes(secret));
  return problem;
}

describe('readAwsIdentity()', () => {
  it('takes keys of the environment, and asks nobody', async (t) => {
    const stage = await openCloudStage(t);
    const environment = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
    const keys = { accessKeyId: 'id', secretAccessKey: 'secret' };
    assert.deepEqual(await read(stage, environment), {
      status: 'read',
      credentials: { ...keys, sessionToken: undefined },
    });
    // They come first, as in AWS's own libraries.
    const all = { ...environment, ...stage.webIdentity, ...stage.podIdentity };
    assert.deepEqual(await read(stage, { ...all, AWS_SESSION_TOKEN: 'token' }), {
      status: 'read',
      credentials: { ...keys, sessionToken: 'token' },
    });
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('takes no keys that could not be sent', async (t) => {
    const stage = await openCloudStage(t);
    for (const [id, secret, token] of [
      ['id\r\nx: 1', 'secret', ''],
      ['id', 'sec ret', ''],
      ['id', 'secret', 'to\nken'],
    ] as const) {
      assert.equal(
        await readProblem(stage, {
          AWS_ACCESS_KEY_ID: id,
          AWS_SECRET_ACCESS_KEY: secret,
          AWS_SESSION_TOKEN: token,
        }),
        'the keys of AWS in the environment are malformed',
      );
    }
  });

  it('assumes the role of the service account by its web identity', async (t) => {
    const stage = await openCloudStage(t);
    const { session } = stage.cloud.identity;
    const reading = await read(stage, { ...stage.webIdentity, ...stage.podIdentity });
    assert.deepEqual(reading, {
      status: 'read',
      credentials: {
        accessKeyId: session.id,
        secretAccessKey: session.secret,
        sessionToken: session.token,
      },
      endsAtWallMs: stage.clock.wallMs() + 3_600_000,
    });
    assert.deepEqual(stage.cloud.places(), ['POST https://sts.eu-west-1.amazonaws.com/']);
  });

  it('asks the token service of the region of the process, else of the registry', async (t) => {
    const stage = await openCloudStage(t);
    const of = (partition: string) => ({
      ...stage.webIdentity,
      AWS_ROLE_ARN: `arn:${partition}:iam::1:role/x`,
    });
    const region = 'us-gov-west-1';
    await read(stage, { ...of('aws-us-gov'), AWS_REGION: region }, 'us-gov-east-1');
    await read(stage, { ...of('aws-cn'), AWS_REGION: '' }, 'cn-north-1');
    assert.deepEqual(stage.cloud.places(), [
      'POST https://sts.us-gov-west-1.amazonaws.com/',
      'POST https://sts.cn-north-1.amazonaws.com.cn/',
    ]);
  });

  it('sends nothing to the operator of another partition', async (t) => {
    const stage = await openCloudStage(t);
    const problem = 'the registry is in another partition of AWS than AWS_ROLE_ARN or AWS_REGION';
    const AWS_REGION = 'eu-west-1';
    for (const environment of [
      stage.webIdentity,
      { ...stage.podIdentity, AWS_REGION },
      { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION },
    ]) {
      assert.equal(await readProblem(stage, environment, 'cn-north-1'), problem);
      assert.equal(await readProblem(stage, environment, 'us-gov-west-1'), problem);
    }
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('says what a web identity lacks, and who refuses it', async (t) => {
    const stage = await openCloudStage(t);
    const { webIdentity, otherFile, absentFile } = stage;
    assert.equal(
      await readProblem(stage, { ...webIdentity, AWS_ROLE_ARN: undefined }),
      'AWS_ROLE_ARN is not set',
    );
    assert.equal(
      await readProblem(stage, { ...webIdentity, AWS_REGION: 'evil.example/#' }),
      'AWS_REGION is no region',
    );
    assert.equal(
      await readProblem(stage, { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: absentFile }),
      'the file of AWS_WEB_IDENTITY_TOKEN_FILE cannot be read: there is no such file',
    );
    assert.equal(
      await readProblem(stage, { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: otherFile }),
      'sts.eu-west-1.amazonaws.com answers with InvalidIdentityToken (status 400)',
    );
    assert.equal(
      await readProblem(stage, { ...webIdentity, AWS_ROLE_ARN: 'no role' }),
      'sts.eu-west-1.amazonaws.com answers with AccessDenied (status 403)',
    );
  });

  it('reads the end of a session as a number or a date, and does without', async (t) => {
    const keys = { AccessKeyId: 'id', SecretAccessKey: 'secret', SessionToken: 'token' };
    const ends: readonly (readonly [unknown, number | undefined])[] = [
      [1_700_000_000.5, 1_700_000_000_500],
      ['2026-01-05T13:00:00Z', Date.UTC(2026, 0, 5, 13)],
      ['never', undefined],
      [null, undefined],
    ];
    for (const [Expiration, endsAtWallMs] of ends) {
      const body = JSON.stringify({
        AssumeRoleWithWebIdentityResponse: {
          AssumeRoleWithWebIdentityResult: { Credentials: { ...keys, Expiration } },
        },
      });
      const stage = await openCloudStage(t, { intercept: () => ({ status: 200, body }) });
      const reading = await read(stage, stage.webIdentity);
      assert.ok(reading.status === 'read');
      assert.equal(reading.endsAtWallMs, endsAtWallMs);
    }
  });

  it('asks the agent of EKS Pod Identity', async (t) => {
    const stage = await openCloudStage(t);
    const { session } = stage.cloud.identity;
    assert.deepEqual(await read(stage, stage.podIdentity), {
      status: 'read',
      credentials: {
        accessKeyId: session.id,
        secretAccessKey: session.secret,
        sessionToken: session.token,
      },
      endsAtWallMs: stage.clock.wallMs() + 3_600_000,
    });
    assert.deepEqual(stage.cloud.places(), ['GET http://169.254.170.23/v1/credentials']);
  });

  it('sends the token of the pod by http to the agents of AWS alone', async (t) => {
    const stage = await openCloudStage(t);
    for (const AWS_CONTAINER_CREDENTIALS_FULL_URI of [
      'http://evil.example/v1/credentials',
      'http://169.254.169.254/v1/credentials',
      'http://169.254.170.23.evil.example/',
      'http://169.254.170.23@evil.example/',
      'https://user:password@sts.eu-west-1.amazonaws.com/',
      'ftp://169.254.170.23/',
      'no address',
    ]) {
      assert.equal(
        await readProblem(stage, { ...stage.podIdentity, AWS_CONTAINER_CREDENTIALS_FULL_URI }),
        'AWS_CONTAINER_CREDENTIALS_FULL_URI names no agent of AWS',
      );
    }
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('says what a pod identity lacks, and who refuses it', async (t) => {
    const stage = await openCloudStage(t);
    const name = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';
    const withFile = (file?: string) =>
      readProblem(stage, { ...stage.podIdentity, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file });
    assert.equal(await withFile(), `${name} is not set`);
    assert.equal(
      await withFile(stage.absentFile),
      `the file of ${name} cannot be read: there is no such file`,
    );
    assert.equal(
      await withFile(stage.otherFile),
      'the agent of EKS Pod Identity (169.254.170.23) answers with status 400',
    );
  });

  it('has no identity where the environment names none, and asks nobody', async (t) => {
    const stage = await openCloudStage(t);
    for (const environment of [{}, { AWS_ACCESS_KEY_ID: 'id' }, { AWS_ROLE_ARN: 'arn' }]) {
      assert.equal(
        await readProblem(stage, environment),
        'the environment names no identity for AWS',
      );
    }
    assert.deepEqual(stage.cloud.requests, []);
  });

  it('asks again where the token service fails for the moment', async (t) => {
    for (const [status, variables] of [
      [503, 'webIdentity'],
      [429, 'webIdentity'],
      [503, 'podIdentity'],
    ] as const) {
      const stage = await openCloudStage(t, { intercept: () => ({ status, body: '' }) });
      const reading = await read(stage, stage[variables]);
      assert.ok(reading.status === 'failed');
      assert.match(reading.remedy, /^it is asked again/u);
    }
  });
});
