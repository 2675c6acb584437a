/**
 * Names of private registries of Amazon ECR, and the servers of AWS that have to do with them.
 *
 * Source: Amazon ECR, "Private registry authentication" and "Amazon ECR endpoints" (FIPS, dual-stack); AWS, "Regional endpoints of
 * AWS STS"; cloud-provider-aws, the pattern of ecr-credential-provider.
 */

/** A registry: which account it is of does not matter, as one token is for all that the identity may read in the region. */
export interface EcrHost {
  readonly region: string;
  /** The server that gives out tokens for the region. */
  readonly apiHost: string;
}

// The domains are AWS's own. Both ends are anchored: `…amazonaws.com.evil.example` and `evil.example/…` are none of them.
const IPV4_HOST =
  /^\d{12}\.dkr\.ecr(?<fips>-fips)?\.(?<region>[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-\d{1,2})\.(?<domain>amazonaws\.(?:com|com\.cn|eu))$/u;
const DUAL_STACK_HOST =
  /^\d{12}\.dkr-ecr(?<fips>-fips)?\.(?<region>[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-\d{1,2})\.on\.(?<domain>aws|amazonwebservices\.com\.cn)$/u;
const REGION = /^[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/u;

/** Undefined: no private registry of ECR. `public.ecr.aws` is none: everybody may read it. */
export function parseEcrHost(registry: string): EcrHost | undefined {
  const old = IPV4_HOST.exec(registry)?.groups;
  if (old !== undefined) {
    const { fips, region = '', domain = '' } = old;
    const service = fips === undefined ? 'api.ecr' : 'ecr-fips';
    return { region, apiHost: `${service}.${region}.${domain}` };
  }
  const dual = DUAL_STACK_HOST.exec(registry)?.groups;
  if (dual === undefined) return undefined;
  const { fips = '', region = '', domain = '' } = dual;
  const apiDomain = domain === 'aws' ? 'api.aws' : 'api.amazonwebservices.com.cn';
  return { region, apiHost: `ecr${fips}.${region}.${apiDomain}` };
}

/** The regional server of AWS STS; undefined: the text is no region. */
export function formatStsHost(region: string): string | undefined {
  const partition = find(region);
  return partition && `sts.${region}.${partition.domain}`;
}

/** The part of AWS that a region is in, as in ARNs: it has its own accounts, and its own operator. Undefined: no region. */
export function findPartition(region: string): string | undefined {
  return find(region)?.name;
}

function find(region: string) {
  return REGION.test(region)
    ? PARTITIONS.find(({ beginning }) => region.startsWith(beginning))
    : undefined;
}

const PARTITIONS = [
  { beginning: 'cn-', name: 'aws-cn', domain: 'amazonaws.com.cn' },
  { beginning: 'us-gov-', name: 'aws-us-gov', domain: 'amazonaws.com' },
  { beginning: 'eusc-', name: 'aws-eusc', domain: 'amazonaws.eu' },
  { beginning: '', name: 'aws', domain: 'amazonaws.com' },
] as const;
