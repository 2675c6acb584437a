/** A cloud, its clock, and the files of a service account, for a provider to be asked. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createCloudSender } from '../../../src/image/registry/providers/cloud-sender.ts';
import { SimulatedTime } from '../simulated-time.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { FakeCloud, type FakeCloudOptions } from './fake-cloud.ts';

export async function openCloudStage(t: TestContext, options: Partial<FakeCloudOptions> = {}) {
  const time = new SimulatedTime();
  const cloud = await FakeCloud.start(t, { wallMs: time.clock.wallMs, ...options });
  const { role, serviceAccountToken, client, tenant } = cloud.identity;
  const folder = await makeTemporaryFolder(t, {
    token: `${serviceAccountToken}\n`,
    other: 'other',
  });
  const tokenFile = join(folder, 'token');
  return {
    time,
    clock: time.clock,
    cloud,
    send: createCloudSender({ signal: new AbortController().signal, agentFor: cloud.agentFor }),
    /** With a token of another service account. */
    otherFile: join(folder, 'other'),
    absentFile: join(folder, 'absent'),
    /** As the webhooks of the clouds write it into pods. */
    webIdentity: { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile },
    podIdentity: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    },
    workloadIdentity: {
      AZURE_CLIENT_ID: client,
      AZURE_TENANT_ID: tenant,
      AZURE_FEDERATED_TOKEN_FILE: tokenFile,
    },
  };
}

export type CloudStage = Awaited<ReturnType<typeof openCloudStage>>;

/** Everything of the stage that must be in no message. */
export function secretsOf({ cloud }: CloudStage): readonly string[] {
  const { keys, session, serviceAccountToken, entraToken, ecrPassword, googleToken } =
    cloud.identity;
  const secrets = [keys.secret, session.secret, session.token, serviceAccountToken, entraToken];
  return [...secrets, ecrPassword, googleToken];
}
