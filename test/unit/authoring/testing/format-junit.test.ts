import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJunit } from '../../../../src/authoring/testing/format-junit.ts';

test('formatJunit() writes a suite for each file and engine, and escapes what XML cannot have', () => {
  const common = { engine: 'review', file: 'a/reviews/a.yaml', durationMs: 1500 } as const;

  const text = formatJunit([
    { ...common, name: 'a & "b" <c>\u0000', status: 'passed' },
    { ...common, row: 3, name: 'd', status: 'failed', reason: 'first\nsecond <&>' },
    { ...common, engine: 'wasm', name: 'e', status: 'skipped', reason: 'not here' },
    { ...common, engine: 'opa', name: 'f', status: 'failed' },
  ]);

  assert.equal(
    text,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="2" skipped="1" time="6.000">
  <testsuite name="a/reviews/a.yaml (review)" tests="2" failures="1" skipped="0" time="3.000">
    <testcase name="a &amp; &quot;b&quot; &lt;c&gt;" classname="a/reviews/a.yaml" file="a/reviews/a.yaml" time="1.500"/>
    <testcase name="d" classname="a/reviews/a.yaml" file="a/reviews/a.yaml" line="3" time="1.500">
      <failure message="first">first
second &lt;&amp;&gt;</failure>
    </testcase>
  </testsuite>
  <testsuite name="a/reviews/a.yaml (wasm)" tests="1" failures="0" skipped="1" time="1.500">
    <testcase name="e" classname="a/reviews/a.yaml" file="a/reviews/a.yaml" time="1.500">
      <skipped message="not here">not here</skipped>
    </testcase>
  </testsuite>
  <testsuite name="a/reviews/a.yaml (opa)" tests="1" failures="1" skipped="0" time="1.500">
    <testcase name="f" classname="a/reviews/a.yaml" file="a/reviews/a.yaml" time="1.500">
      <failure message=""></failure>
    </testcase>
  </testsuite>
</testsuites>`,
  );
});
