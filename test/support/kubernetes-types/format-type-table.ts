/** Writes the table of built-in types (`src/source/manifest/builtin-types.ts`) from the sources of the Go modules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseGoTypes } from './parse-go-types.ts';
import type { GoPackage } from './parse-go-types.ts';

/** Where the go command keeps the modules that declare the API, as `go mod download` says. */
export interface ModuleFolders {
  readonly api: string;
  readonly apimachinery: string;
  readonly apiextensions: string;
  readonly aggregator: string;
}

/** Packages of k8s.io/api with kinds that people keep in Git. */
const API_PACKAGES = [
  'admissionregistration/v1',
  'apps/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  'batch/v1',
  'certificates/v1',
  'coordination/v1',
  'core/v1',
  'discovery/v1',
  'flowcontrol/v1',
  'networking/v1',
  'node/v1',
  'policy/v1',
  'rbac/v1',
  'resource/v1',
  'scheduling/v1',
  'storage/v1',
];

/** One line for each type: `core/v1.EnvVar name:s value:z valueFrom:?core/v1.EnvVarSource`. */
export function formatTypeTable(folders: ModuleFolders): string {
  const packages: readonly GoPackage[] = [
    ...API_PACKAGES.map((name) => readPackage(name, join(folders.api, name))),
    readPackage('meta/v1', join(folders.apimachinery, 'pkg/apis/meta/v1')),
    readPackage('apiextensions/v1', join(folders.apiextensions, 'pkg/apis/apiextensions/v1')),
    readPackage('apiregistration/v1', join(folders.aggregator, 'pkg/apis/apiregistration/v1')),
  ];
  return [...parseGoTypes(packages)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, fields]) => [type, ...fields.map(({ name, code }) => `${name}:${code}`)].join(' '))
    .join('\n');
}

function readPackage(name: string, folder: string): GoPackage {
  const files = readdirSync(folder).filter((file) => /^types.*\.go$/u.test(file));
  return { name, sources: files.map((file) => readFileSync(join(folder, file), 'utf8')) };
}
