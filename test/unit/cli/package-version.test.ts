import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readPackageFacts, readPackageVersion } from '../../../src/cli/package-version.ts';

test('the version is the one in package.json, and opa-wasm the one that is installed', () => {
  const root = new URL('../../../', import.meta.url);
  const installed = readFileSync(
    new URL('node_modules/@open-policy-agent/opa-wasm/package.json', root),
    'utf8',
  );

  assert.match(readPackageVersion(), /^\d+\.\d+\.\d+/u);
  assert.ok(installed.includes(`"version": "${readPackageFacts().opaWasm}"`));
});
