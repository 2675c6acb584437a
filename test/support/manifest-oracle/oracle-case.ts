/** One manifest that the API server fills in. */
import { isRecord } from '../../../src/base/is-record.ts';
import type { Fields } from '../../../src/source/manifest/type-schema.ts';

export interface OracleCase {
  readonly name: string;
  /** The path of the collection below the API server, with `NS` for the namespace. */
  readonly collection: string;
  readonly manifest: Fields;
}

function row(name: string, collection: string, manifest: Fields): OracleCase {
  const given = manifest['metadata'];
  const metadata = { name: 'oracle', ...(isRecord(given) && given) };
  return { name, collection, manifest: { ...manifest, metadata } };
}

/** In the namespace of the test. */
export function namespaced(
  name: string,
  [apiVersion, kind, plural]: readonly [string, string, string],
  fields: Fields,
): OracleCase {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return row(name, `${base}/namespaces/NS/${plural}`, { apiVersion, kind, ...fields });
}

/** Without a namespace. */
export function clusterWide(
  name: string,
  [apiVersion, kind, plural]: readonly [string, string, string],
  fields: Fields,
): OracleCase {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return row(name, `${base}/${plural}`, { apiVersion, kind, ...fields });
}
