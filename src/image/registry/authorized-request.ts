/** Requests for one repository, with the answer to what its registry asks for. Source: OCI distribution specification 1.1. */
import type { ImageFailure } from '../image-failure.ts';
import { DOCKER_HUB } from '../parse-reference.ts';
import { parseChallenges } from './parse-challenges.ts';
import type { RegistryAuthorizer, Scope } from './registry-authorizer.ts';
import type { RegistryTransport, TransportAnswer, TransportRequest } from './registry-transport.ts';

export interface RegistryParts {
  readonly transport: RegistryTransport;
  readonly authorizer: RegistryAuthorizer;
}

const UNAUTHORIZED = 401;
/** Docker Hub's registry has another name than its images. */
const HUB_HOST = 'registry-1.docker.io';

/** The URL of something of a repository, such as `manifests/v1`. */
export function urlOfRepository(
  transport: Pick<RegistryTransport, 'isPlainHttp'>,
  { registry, repository }: Scope,
  path: string,
): URL {
  const host = registry === DOCKER_HUB ? HUB_HOST : registry;
  const protocol = transport.isPlainHttp(host) ? 'http' : 'https';
  return new URL(`${protocol}://${host}/v2/${repository}/${path}`);
}

/** Sends what the registry has accepted before; where it asks for something else, that once. Never rejects. */
export async function sendAuthorized(
  { transport, authorizer }: RegistryParts,
  scope: Scope,
  request: Omit<TransportRequest, 'authorization'>,
): Promise<TransportAnswer | ImageFailure> {
  const authorization = authorizer.known(scope);
  const answer = await transport.send({ ...request, authorization });
  // Whom the registry sends us to gets no answer to a challenge.
  const isChallenge =
    answer.status === 'answered' && answer.httpStatus === UNAUTHORIZED && !answer.isRedirected;
  if (!isChallenge) return answer;
  const known = authorizer.known(scope);
  if (known !== undefined && known !== authorization) {
    return await transport.send({ ...request, authorization: known });
  }
  const challenges = parseChallenges(answer.headers['www-authenticate']);
  const answered = await authorizer.answer(challenges, scope);
  if (answered.status === 'failed') return answered.failure;
  return await transport.send({ ...request, authorization: answered.header });
}
