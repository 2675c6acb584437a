/**
 * Who this process is for AWS, found as AWS's own libraries find it, in their order: keys in the environment, the role of its
 * service account by a web identity (IRSA), the agent of EKS Pod Identity. The role of the node is not used: whatever runs on the
 * node has it.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider", "Container credential provider"; AWS STS API,
 * AssumeRoleWithWebIdentity.
 */
import { z } from 'zod';
import type { SendToCloud } from './cloud-sender.ts';
import type { CloudFailure, Environment } from './cloud-provider.ts';
import type { AwsCredentials } from './format-aws-signature.ts';
import { findPartition, formatStsHost } from './parse-ecr-host.ts';
import { readCloudAnswer } from './read-cloud-answer.ts';
import { readTokenFile } from './read-token-file.ts';

export interface AwsIdentityOptions {
  readonly environment: Environment;
  readonly send: SendToCloud;
}

export type AwsIdentityReading =
  | {
      readonly status: 'read';
      readonly credentials: AwsCredentials;
      /** When the session ends, as AWS says it; absent: it does not, or nobody says. */
      readonly endsAtWallMs?: number | undefined;
    }
  | ({ readonly status: 'failed' } & CloudFailure);

const MS_PER_SECOND = 1000;
const STS_VERSION = '2011-06-15';
const SESSION_NAME = 'holdfast';

const wordSchema = z.string().regex(/^[!-~]{1,8192}$/u);
/** In seconds, as a number or a date. */
const timeSchema = z
  .union([
    z.number().transform((seconds) => seconds * MS_PER_SECOND),
    z.string().transform((text) => Date.parse(text)),
  ])
  .pipe(z.number())
  .optional()
  .catch(undefined);

const sessionSchema = z.looseObject({
  AssumeRoleWithWebIdentityResponse: z.looseObject({
    AssumeRoleWithWebIdentityResult: z.looseObject({
      Credentials: z.looseObject({
        AccessKeyId: wordSchema,
        SecretAccessKey: wordSchema,
        SessionToken: wordSchema,
        Expiration: timeSchema,
      }),
    }),
  }),
});

const containerSchema = z.looseObject({
  AccessKeyId: wordSchema,
  SecretAccessKey: wordSchema,
  Token: wordSchema,
  Expiration: timeSchema,
});

/** `registryRegion` is asked where the environment names no region. Never rejects. */
export async function readAwsIdentity(
  registryRegion: string,
  options: AwsIdentityOptions,
): Promise<AwsIdentityReading> {
  const { environment } = options;
  // Who writes a manifest must not be able to have our tokens sent to the operator of another partition.
  const home = findHomePartition(environment);
  if (home !== undefined && home !== findPartition(registryRegion)) return fail(...ELSEWHERE);
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId && secretAccessKey) {
    const sessionToken = environment['AWS_SESSION_TOKEN'] || undefined;
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    const isUsable = [accessKeyId, secretAccessKey, sessionToken ?? accessKeyId].every(
      (word) => wordSchema.safeParse(word).success,
    );
    return isUsable ? { status: 'read', credentials } : fail(...BAD_KEYS);
  }
  if (environment['AWS_WEB_IDENTITY_TOKEN_FILE']) {
    return await readWebIdentity(registryRegion, options);
  }
  if (environment['AWS_CONTAINER_CREDENTIALS_FULL_URI']) return await readContainer(options);
  return fail(...NOTHING_NAMED);
}

/** By the role or the region of the process; undefined: it names neither. */
function findHomePartition(environment: Environment): string | undefined {
  const role = /^arn:(?<partition>aws(?:-[a-z]+)*):/u.exec(environment['AWS_ROLE_ARN'] ?? '');
  return role?.groups?.['partition'] ?? findPartition(environment['AWS_REGION'] ?? '');
}

const ELSEWHERE = [
  'the registry is in another partition of AWS than AWS_ROLE_ARN or AWS_REGION',
  'read it with a pull secret',
] as const;

const BAD_KEYS = [
  'the keys of AWS in the environment are malformed',
  'look for spaces and line breaks in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN',
] as const;

const NOTHING_NAMED = [
  'the environment names no identity for AWS',
  "give Holdfast's service account a role with EKS Pod Identity or IRSA, and restart its pods",
] as const;

/** Source: Amazon EKS, "IAM roles for service accounts". */
async function readWebIdentity(
  registryRegion: string,
  { environment, send }: AwsIdentityOptions,
): Promise<AwsIdentityReading> {
  const file = environment['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? '';
  const role = environment['AWS_ROLE_ARN'];
  if (!role) return fail('AWS_ROLE_ARN is not set', 'name the role of the web identity there');
  const region = environment['AWS_REGION'] || registryRegion;
  const host = formatStsHost(region);
  if (host === undefined) return fail('AWS_REGION is no region', 'correct it, such as eu-west-1');
  const identity = await readTokenFile('AWS_WEB_IDENTITY_TOKEN_FILE', file);
  if (!identity.ok) return fail(identity.problem, FILE_REMEDY);
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: STS_VERSION,
    RoleArn: role,
    RoleSessionName: environment['AWS_ROLE_SESSION_NAME'] || SESSION_NAME,
    WebIdentityToken: identity.token,
  });
  const answer = await send({
    url: new URL(`https://${host}/`),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const reading = readCloudAnswer(answer, { host, schema: sessionSchema });
  if (!reading.ok) return fail(reading.problem, reading.isRefusal ? TRUST_REMEDY : LATER);
  const { AssumeRoleWithWebIdentityResponse: response } = reading.value;
  const session = response.AssumeRoleWithWebIdentityResult.Credentials;
  return found({ ...session, Token: session.SessionToken });
}

const FILE_REMEDY = "look at the projected token volume of Holdfast's pods";
const TRUST_REMEDY =
  'let the trust policy of the role in AWS_ROLE_ARN name the service account of Holdfast';
const LATER = 'it is asked again';

/**
 * Whom the token of the pod may be sent to by http: the agents of EKS and ECS, and this machine. An address of another host in the
 * environment would give it away to the network.
 */
const AGENTS: ReadonlySet<string> = new Set([
  '169.254.170.23',
  '[fd00:ec2::23]',
  '169.254.170.2',
  '127.0.0.1',
  '[::1]',
]);

/** Source: Amazon EKS, "EKS Pod Identity"; AWS SDKs and Tools Reference Guide, "Container credential provider". */
async function readContainer({
  environment,
  send,
}: AwsIdentityOptions): Promise<AwsIdentityReading> {
  const text = environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && AGENTS.has(url.hostname));
  if (url === undefined || !isAllowed || `${url.username}${url.password}` !== '') {
    return fail(
      'AWS_CONTAINER_CREDENTIALS_FULL_URI names no agent of AWS',
      'only https, and http to the agents of EKS and ECS, are used',
    );
  }
  const file = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  if (!file) {
    const variable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';
    return fail(`${variable} is not set`, 'EKS Pod Identity sets it: restart the pods of Holdfast');
  }
  const identity = await readTokenFile('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', file);
  if (!identity.ok) return fail(identity.problem, FILE_REMEDY);
  const answer = await send({ url, method: 'GET', headers: { authorization: identity.token } });
  const host = `the agent of EKS Pod Identity (${url.host})`;
  const reading = readCloudAnswer(answer, { host, schema: containerSchema });
  if (reading.ok) return found(reading.value);
  return fail(reading.problem, reading.isRefusal ? ASSOCIATION_REMEDY : UNREACHED_REMEDY);
}

const UNREACHED_REMEDY =
  "it is asked again; let a network policy allow Holdfast's pods to reach it, on port 80";
const ASSOCIATION_REMEDY =
  'associate a role with the service account of Holdfast (aws eks create-pod-identity-association)';

function found(session: z.output<typeof containerSchema>): AwsIdentityReading {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = session;
  return {
    status: 'read',
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: Token,
    },
    endsAtWallMs: Expiration,
  };
}

function fail(problem: string, remedy: string): AwsIdentityReading {
  return { status: 'failed', problem, remedy };
}
