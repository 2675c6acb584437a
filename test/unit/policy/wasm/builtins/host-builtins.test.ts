import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { NATIVE_BUILTINS } from '../../../../../src/authoring/compiler-capabilities.ts';
import { HOST_BUILTIN_NAMES } from '../../../../../src/policy/wasm/builtins/builtin-names.ts';
import { loadBuiltins } from '../../../../../src/policy/wasm/builtins/host-builtins.ts';
import { REFUSED_BUILTINS } from '../../../../../src/policy/wasm/builtins/refused-builtins.ts';

describe('loadBuiltins()', () => {
  it('finds every function of the table in the file of its family, and the families have no other', async () => {
    const loaded = await loadBuiltins([...HOST_BUILTIN_NAMES]);

    assert.deepEqual([...loaded.keys()].toSorted(), [...HOST_BUILTIN_NAMES].toSorted());
  });

  it('loads only the families that are asked for', async () => {
    const loaded = await loadBuiltins(['semver.compare', 'http.send']);

    assert.deepEqual([...loaded.keys()], ['semver.compare', 'semver.is_valid']);
  });

  it('loads nothing for a module that asks for nothing', async () => {
    assert.equal((await loadBuiltins([])).size, 0);
  });
});

it('no function is refused that policies may call', () => {
  const given = [...HOST_BUILTIN_NAMES, ...NATIVE_BUILTINS];

  assert.deepEqual(
    given.filter((name) => REFUSED_BUILTINS.has(name)),
    [],
  );
});
