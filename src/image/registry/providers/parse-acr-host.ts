/**
 * Names of registries of Azure, and the server of Microsoft Entra in whose cloud they are.
 *
 * Source: Azure Container Registry, "Registry endpoints" and "Domain name label"; Microsoft Entra, "National clouds".
 */

/** A national cloud, which has its own operator, and the end of its registries' names. */
export type AzureCloud = 'io' | 'cn' | 'us';

// A name and an optional hash of the tenant. Hosts below it (`NAME.REGION.data.azurecr.io`) hold blobs, and get no credential.
const HOST = /^(?=[a-z0-9-]{5,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*\.azurecr\.(?<cloud>io|cn|us)$/u;

/** The cloud of a registry; undefined: no registry of Azure. */
export function parseAcrHost(registry: string): AzureCloud | undefined {
  const cloud = HOST.exec(registry)?.groups?.['cloud'];
  return CLOUDS.find((one) => one === cloud);
}

const CLOUDS: readonly AzureCloud[] = ['io', 'cn', 'us'];

/** The cloud whose tokens a server of Entra gives out: the public one, unless it is known as that of another. */
export function findAzureCloud(authorityHost: string): AzureCloud {
  return AUTHORITIES.get(authorityHost) ?? 'io';
}

const AUTHORITIES: ReadonlyMap<string, AzureCloud> = new Map([
  ['login.chinacloudapi.cn', 'cn'],
  ['login.partner.microsoftonline.cn', 'cn'],
  ['login.microsoftonline.us', 'us'],
]);
