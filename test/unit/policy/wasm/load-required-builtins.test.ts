import assert from 'node:assert/strict';
import { it } from 'node:test';

import { loadRequiredBuiltins } from '../../../../src/policy/wasm/load-required-builtins.ts';
import { compileFolder, fixturePolicies } from '../../../support/policy-bundles.ts';

it('loadRequiredBuiltins() loads what the module asks for', async () => {
  const { module } = await compileFolder(fixturePolicies('judging'));

  const builtins = await loadRequiredBuiltins(module);

  for (const name of ['sprintf', 'time.now_ns', 'time.parse_rfc3339_ns']) {
    assert.ok(builtins.has(name), name);
  }
  assert.equal(builtins.has('regex.split'), false);
});
