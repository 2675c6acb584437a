/**
 * Credentials of private registries of Amazon ECR: a password for all repositories of a region that the identity may read, also of
 * other accounts.
 *
 * The SDK of AWS is not used: for this one call it brings some dozen packages into a process that admits. Nothing in an answer says
 * where the password goes: it is for the registry that the image names.
 *
 * Source: Amazon ECR API, GetAuthorizationToken (version 2015-09-21).
 */
import { z } from 'zod';
import type { Clock } from '../../../base/clock.ts';
import { readAwsIdentity } from './aws-identity.ts';
import {
  cloudUnavailable,
  type CloudFailure,
  type CloudProvider,
  type CloudReading,
  type Environment,
} from './cloud-provider.ts';
import type { SendToCloud } from './cloud-sender.ts';
import { formatSignedHeaders } from './format-aws-signature.ts';
import { parseEcrHost, type EcrHost } from './parse-ecr-host.ts';
import { readCloudAnswer } from './read-cloud-answer.ts';

export interface EcrProviderOptions {
  readonly environment: Environment;
  readonly send: SendToCloud;
  readonly clock: Clock;
}

const MS_PER_SECOND = 1000;
/** What ECR says of its passwords, where an answer does not say when one ends. */
const LIFE_MS_DEFAULT = 12 * 3600 * MS_PER_SECOND;
const USERNAME = 'AWS';

const answerSchema = z.looseObject({
  authorizationData: z.tuple(
    [
      z.looseObject({
        authorizationToken: z.base64(),
        /** In seconds. */
        expiresAt: z.number().optional().catch(undefined),
      }),
    ],
    z.unknown(),
  ),
});

/** Private registries of Amazon ECR, with one credential for each region. */
export class EcrProvider implements CloudProvider {
  readonly name = 'ecr';
  readonly #options: EcrProviderOptions;

  constructor(options: EcrProviderOptions) {
    this.#options = options;
  }

  scopeOf(registry: string): string | undefined {
    return parseEcrHost(registry)?.apiHost;
  }

  async ask(registry: string): Promise<CloudReading> {
    const host = parseEcrHost(registry);
    if (host === undefined) return failed(NOT_OURS);
    const { environment, send } = this.#options;
    const identity = await readAwsIdentity(host.region, { environment, send });
    if (identity.status === 'failed') return failed(identity);
    const { credentials, endsAtWallMs } = identity;
    const answer = await this.#askForToken(host, credentials);
    const reading = readCloudAnswer(answer, { host: host.apiHost, schema: answerSchema });
    if (!reading.ok) {
      const { problem, isRefusal } = reading;
      return failed({ problem, remedy: isRefusal ? REFUSAL_REMEDY : 'it is asked again' });
    }
    const [{ authorizationToken, expiresAt }] = reading.value.authorizationData;
    const login = Buffer.from(authorizationToken, 'base64').toString('utf8');
    const password = PASSWORD.exec(login)?.groups?.['password'];
    if (password === undefined) {
      return failed({
        problem: `${host.apiHost} answers with no password`,
        remedy: 'it is asked again',
      });
    }
    const nowMs = this.#options.clock.wallMs();
    const endsAtMs = expiresAt === undefined ? nowMs + LIFE_MS_DEFAULT : expiresAt * MS_PER_SECOND;
    // A password outlives the session that asked for it: the role may be taken away meanwhile.
    const lifeMs = Math.min(endsAtMs, endsAtWallMs ?? endsAtMs) - nowMs;
    return { status: 'read', value: { kind: 'password', username: USERNAME, password }, lifeMs };
  }

  async #askForToken(
    { region, apiHost }: EcrHost,
    credentials: Parameters<typeof formatSignedHeaders>[1]['credentials'],
  ) {
    const request = {
      method: 'POST',
      host: apiHost,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
      },
      body: '{}',
    } as const;
    const wallMs = this.#options.clock.wallMs();
    const headers = formatSignedHeaders(request, { credentials, region, service: 'ecr', wallMs });
    return await this.#options.send({
      url: new URL(`https://${apiHost}/`),
      method: request.method,
      headers,
      body: request.body,
    });
  }
}

/** It becomes part of a header. */
const PASSWORD = /^AWS:(?<password>[!-~]+)$/u;

const NOT_OURS: CloudFailure = {
  problem: 'the registry is none of Amazon ECR',
  remedy: 'name another provider for it',
};

const REFUSAL_REMEDY =
  "allow ecr:GetAuthorizationToken to Holdfast's role, for its own region, and check the clock of the node";

function failed(failure: CloudFailure): CloudReading {
  return cloudUnavailable('ecr', failure);
}
