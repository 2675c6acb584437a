/** Sources whose test has another name, each with its reason. An entry that nothing needs fails the test. */
import type { CoveredElsewhere } from './mirrors.ts';

export const COVERED_ELSEWHERE: Readonly<Record<string, CoveredElsewhere>> = {
  'src/policy/build-bundle.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/bundle-source.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/classify-fact-use.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/classify-policy-source.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/compile-policies.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/load-bundle.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/opa-program.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/parse-metadata.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/parse-policy-module.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/engine.ts': {
    test: 'test/integration/policy-engine.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/policy-worker.ts': {
    test: 'test/integration/policy-engine.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/wasm-host.ts': {
    test: 'test/integration/policy-engine.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/worker-loop.ts': {
    test: 'test/integration/policy-engine.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/worker-pool.ts': {
    test: 'test/integration/policy-engine.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/builtins/format-sprintf.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
  'src/policy/builtins/format-go-verb.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
  'src/policy/builtins/format-go-float.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
  'src/policy/builtins/go-flags.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
};
