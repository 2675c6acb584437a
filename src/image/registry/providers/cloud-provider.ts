/** What gives credentials of one cloud's registries to a process that runs in it. */
import { imageUnavailable, type ImageFailure, type ImageUnavailable } from '../../image-failure.ts';
import type { RegistryCredential } from '../parse-docker-config.ts';
import type { TokenReading } from './token-cache.ts';

/** As in the configuration. */
export const CLOUD_PROVIDERS = ['ecr', 'acr', 'gcp'] as const;

export type CloudProviderName = (typeof CLOUD_PROVIDERS)[number];

type Password = Extract<RegistryCredential, { readonly kind: 'password' }>;

export type CloudReading = TokenReading<Password> | ImageFailure;

export interface CloudProvider {
  readonly name: CloudProviderName;
  /**
   * What one credential is for: a region, a registry or the whole cloud. Undefined: the registry is not of this cloud.
   *
   * Whoever writes manifests chooses the registry. So it is compared as a whole, and what follows from it is only which servers of
   * the cloud's own domains are asked.
   */
  readonly scopeOf: (registry: string) => string | undefined;
  /** Asks for a credential; `scopeOf` knows the registry. Never rejects. */
  readonly ask: (registry: string) => Promise<CloudReading>;
}

/** The variables of the process: whoever can write Holdfast's Deployment, and the webhooks of the cloud, write them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface CloudFailure {
  /** What is wrong, and where: completes `has no credential: `. Contains no secret, and no value of the environment. */
  readonly problem: string;
  /** What to do. */
  readonly remedy: string;
}

/**
 * No credential now. It is never a reason to ask anonymously: the registry would refuse, and a right that is missing for a moment
 * would become a final verdict about the image.
 */
export function cloudUnavailable(
  provider: CloudProviderName,
  { problem, remedy }: CloudFailure,
): ImageUnavailable {
  return imageUnavailable(`The provider ${provider} has no credential: ${problem}; ${remedy}`);
}
