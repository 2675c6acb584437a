/** Judges all cases of one version of Rego; a test of each folder of cases. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { REFUSED_BUILTINS } from '../../../src/policy/wasm/builtins/refused-builtins.ts';
import { readRequiredBuiltins } from '../../../src/policy/wasm/wasm-host.ts';
import { readOpaCases, type OpaCase } from './compile-cases.ts';
import { findDifference } from './judge-case.ts';
import { KNOWN_DIFFERENCES, NOT_COMPILED } from './known-differences.ts';

interface Tally {
  compiled: number;
  passed: number;
  /** Cases that call a function which no policy may call. */
  refused: number;
  readonly differences: string[];
  readonly passedThoughKnown: string[];
}

/** Of all that OPA compiles to WebAssembly, with those that call what no policy may call. */
const SHARE_MIN = 0.98;

/** Declares the tests. */
export function judgeOpaCases(version: OpaCase['version']): void {
  describe(`cases of OPA, Rego ${version}`, () => {
    const tally: Tally = {
      compiled: 0,
      passed: 0,
      refused: 0,
      differences: [],
      passedThoughKnown: [],
    };

    before(async () => {
      for await (const opaCase of readOpaCases(version)) await judge(opaCase, tally);
    });

    it('give what they give in OPA, but for those that are listed with a reason', () => {
      assert.deepEqual(tally.differences, []);
    });

    it('are listed no longer than they differ', () => {
      assert.deepEqual(tally.passedThoughKnown, []);
    });

    it('are many, and nearly all of them pass', (test) => {
      const { compiled, passed, refused } = tally;
      test.diagnostic(`${passed} of ${compiled} pass, ${refused} call a refused function`);
      assert.ok(compiled > 2000, `${compiled} cases`);
      assert.ok(passed / compiled >= SHARE_MIN, `${passed} of ${compiled} pass`);
    });
  });
}

async function judge(opaCase: OpaCase, tally: Tally): Promise<void> {
  const { module, note, file } = opaCase;
  if (module === undefined) {
    const reason = String(opaCase.compileError);
    if (NOT_COMPILED[note] === undefined) tally.differences.push(`${file}: ${note}: ${reason}`);
    return;
  }
  tally.compiled += 1;
  if (readRequiredBuiltins(module).some((name) => REFUSED_BUILTINS.has(name))) {
    tally.refused += 1;
    return;
  }
  const difference = await findDifference(opaCase, module);
  const isKnown = KNOWN_DIFFERENCES[note] !== undefined;
  if (difference === undefined) {
    tally.passed += 1;
    if (isKnown) tally.passedThoughKnown.push(`${file}: ${note}`);
  } else if (!isKnown) tally.differences.push(`${file}: ${note}: ${difference}`);
}
