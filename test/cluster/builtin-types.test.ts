/** The table of built-in types is what the Go sources of the API server say that the other tests run. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { BUILTIN_TYPES } from '../../src/source/manifest/builtin-types.ts';
import { KUBERNETES_VERSION } from '../support/assets/families.ts';
import { findOnPath } from '../support/assets/find-program.ts';
import { formatTypeTable } from '../support/kubernetes-types/format-type-table.ts';

const hasGo = findOnPath('go', process.env['PATH'] ?? '') !== undefined;

async function folderOf(module: string): Promise<string> {
  const version = `v0${KUBERNETES_VERSION.slice(1)}`;
  const { stdout } = await promisify(execFile)(
    'go',
    ['mod', 'download', '-json', `${module}@${version}`],
    { cwd: tmpdir(), env: { ...process.env, GOFLAGS: '', GOWORK: 'off' } },
  );
  const described: unknown = JSON.parse(stdout);
  assert.ok(typeof described === 'object' && described !== null && 'Dir' in described);
  return String(described.Dir);
}

test(
  'the table of built-in types is what the API’s sources say',
  { skip: hasGo ? false : 'needs the go command to read the sources of the API' },
  async () => {
    const table = formatTypeTable({
      api: await folderOf('k8s.io/api'),
      apimachinery: await folderOf('k8s.io/apimachinery'),
      apiextensions: await folderOf('k8s.io/apiextensions-apiserver'),
      aggregator: await folderOf('k8s.io/kube-aggregator'),
    });

    assert.equal(BUILTIN_TYPES.trim(), table);
  },
);
