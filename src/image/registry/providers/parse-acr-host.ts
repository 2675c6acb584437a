/**
 * Names of registries of Azure, and the server of Microsoft Entra in whose cloud they are.
 *
 * Source: Azure Container Registry, "Registry endpoints" and "Domain name label"; Microsoft Entra, "National clouds".
 */

export interface AcrHost {
  /** Gives out tokens for this cloud, unless the environment names another. */
  readonly authorityHost: string;
}

// A name and an optional hash of the tenant. Hosts below it (`NAME.REGION.data.azurecr.io`) hold blobs, and get no credential.
const HOST = /^(?=[a-z0-9-]{5,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*\.azurecr\.(?<cloud>io|cn|us)$/u;

/** Undefined: no registry of Azure. */
export function parseAcrHost(registry: string): AcrHost | undefined {
  const cloud = HOST.exec(registry)?.groups?.['cloud'];
  const authorityHost = AUTHORITIES.get(cloud ?? '');
  return authorityHost === undefined ? undefined : { authorityHost };
}

const AUTHORITIES: ReadonlyMap<string, string> = new Map([
  ['io', 'login.microsoftonline.com'],
  ['cn', 'login.chinacloudapi.cn'],
  ['us', 'login.microsoftonline.us'],
]);
