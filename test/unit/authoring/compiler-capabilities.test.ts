import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { restrictCapabilities } from '../../../src/authoring/compiler-capabilities.ts';

describe('restrictCapabilities()', () => {
  it('keeps what the compiler or the host can do, and drops the rest and the network', () => {
    const count = { name: 'count', decl: { type: 'function' } };
    const sprintf = { name: 'sprintf' };
    const current = {
      builtins: [count, sprintf, { name: 'http.send' }, { name: 'opa.runtime' }, { name: 'eq' }],
      features: ['rego_v1'],
    };

    assert.deepEqual(restrictCapabilities(current, ['sprintf']), {
      builtins: [count, sprintf, { name: 'eq' }],
      features: ['rego_v1'],
      allow_net: [],
      wasm_abi_versions: [
        { version: 1, minor_version: 1 },
        { version: 1, minor_version: 2 },
      ],
    });
  });

  it('throws where OPA answers with something else', () => {
    assert.throws(() => restrictCapabilities({ builtins: 'all' }, []), { name: 'ZodError' });
  });
});
