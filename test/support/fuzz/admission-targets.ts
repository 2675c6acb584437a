/** Parsers of what the API server, people and the configuration send, and of what the policies' engine reads. */
import assert from 'node:assert/strict';
import {
  parseObject,
  parseObjects as parseGatekeeperObjects,
} from '../../../src/authoring/gatekeeper/parse-objects.ts';
import { parseSyncData } from '../../../src/authoring/gatekeeper/parse-sync-data.ts';
import {
  checksumOf,
  parseArchive,
  TAR_BLOCK_BYTES,
} from '../../../src/policy/bundle/parse-archive.ts';
import { parseSignatures } from '../../../src/policy/bundle/parse-signatures.ts';
import { BuiltinError } from '../../../src/policy/wasm/builtins/builtin.ts';
import { parseDuration } from '../../../src/policy/wasm/builtins/parse-duration.ts';
import { parseGoTime } from '../../../src/policy/wasm/builtins/parse-go-time.ts';
import { parseGoUrl } from '../../../src/policy/wasm/builtins/parse-go-url.ts';
import { decodeReview } from '../../../src/admission/decode.ts';
import { isRecord } from '../../../src/base/is-record.ts';
import { parseJsonAs } from '../../../src/base/parse-json-as.ts';
import { parseRetryAfter } from '../../../src/base/parse-retry-after.ts';
import { parseStrictJson } from '../../../src/base/strict-json.ts';
import { parseYaml } from '../../../src/base/parse-yaml.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { parseComparedObjects } from '../../../src/cli/verify/parse-compared-objects.ts';
import { parseNamespaces } from '../../../src/compose/adoption/parse-argocd-configuration.ts';
import { parseMetricsText } from '../../../src/compose/doctor/parse-metrics-text.ts';
import { parseDocuments } from '../../../src/compose/evaluate/parse-documents.ts';
import {
  parseEvaluationInput,
  parseObjects,
} from '../../../src/compose/evaluate/parse-evaluation-input.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { parseFieldPath, parseFieldPattern } from '../../../src/identity/parse-field-pattern.ts';
import { parseWatchEvent } from '../../../src/kubernetes/watch/parse-watch-event.ts';
import { parseTrackingId } from '../../../src/ownership/parse-tracking-id.ts';
import { parseVerdicts } from '../../../src/policy/parse-verdicts.ts';
import { MeteringError } from '../../../src/policy/wasm/fuel/byte-reader.ts';
import { meterModule } from '../../../src/policy/wasm/fuel/meter-module.ts';
import { planPruning, pruneRequest } from '../../../src/policy/wasm/prune-json.ts';
import { formatRegoLiteral } from '../../../src/policy/wasm/rego-value.ts';
import { parseRegoLiteral } from '../../../src/policy/wasm/parse-rego-literal.ts';
import { parseServiceAccount } from '../../../src/registration/parse-service-account.ts';
import { parseServiceTarget, parseUrlTarget } from '../../../src/registration/parse-target.ts';
import { parseTraceparent } from '../../../src/telemetry/tracing/parse-traceparent.ts';
import { z } from 'zod';
import { reviewOf, withMetadata } from '../mangled-reviews.ts';
import { wasmRunning } from '../wasm-modules.ts';
import { isJson, textTarget, type FuzzTarget } from './fuzz-target.ts';

const LIMITS = { jsonDepthMax: 64 };
const MANIFEST =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {x: "1"}\n';
const REVIEWS = [
  reviewOf({}),
  reviewOf({ operation: 'UPDATE', oldObject: { metadata: { labels: { a: 'b' } } }, dryRun: false }),
  withMetadata({ name: 'x', annotations: { a: '\u{1f600}', b: 9_007_199_254_740_991 } }),
];

/** What `JSON.parse` reads of the same bytes: where it rounds a number, the digits are kept. */
function sameAsJsonParse(bytes: Buffer, value: unknown): void {
  const text = bytes.toString();
  assert.ok(isJson(text), 'What is no JSON was read');
  assert.deepEqual(JSON.parse(JSON.stringify(value)), JSON.parse(JSON.stringify(JSON.parse(text))));
}

/** A pruned request is JSON, and each member that is kept has the value that it had. */
function prune(bytes: Buffer): unknown {
  const decoded = decodeReview(bytes, LIMITS);
  if (!decoded.ok || decoded.requestOutline === undefined) return undefined;
  const { requestJson, requestOutline } = decoded;
  const pruning = planPruning({
    operation: true,
    object: { metadata: { labels: true } },
    name: true,
  });
  const ranges = pruneRequest(requestJson, requestOutline, pruning);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    parts.push(requestJson.subarray(ranges[at], ranges[at + 1]));
  }
  const pruned: unknown = JSON.parse(Buffer.concat(parts).toString());
  const whole: unknown = JSON.parse(Buffer.from(requestJson).toString());
  for (const path of [['operation'], ['name'], ['object', 'metadata', 'labels']]) {
    assert.deepEqual(memberAt(pruned, path), memberAt(whole, path));
  }
  return pruned;
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let member = value;
  for (const key of path) {
    member = isRecord(member) && Object.hasOwn(member, key) ? member[key] : undefined;
  }
  return member;
}

function meter(bytes: Buffer): Uint8Array {
  const steps = meterModule(bytes);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

function readYaml(text: string): unknown {
  return (['strict', 'kubernetes'] as const).map((dialect) => {
    const read = parseYaml(text, { dialect, aliasesMax: 20 });
    return read.ok ? read.documents.map(({ value }) => value) : read.faults;
  });
}

const USER = { username: 'jane' };

const SYNC = '"[[{\\"groups\\": [\\"a\\"], \\"versions\\": [\\"v1\\"], \\"kinds\\": [\\"B\\"]}]]"';
/** An archive with one file. */
const ARCHIVE = archiveOf('a.json', '{}');

function archiveOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('0', 156);
  header.write('ustar', 257);
  header.write('00', 263);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(TAR_BLOCK_BYTES);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(2 * TAR_BLOCK_BYTES)]);
}

export const ADMISSION_TARGETS: readonly FuzzTarget[] = [
  textTarget(
    'authoring/gatekeeper/parse-objects',
    [MANIFEST, `${MANIFEST}---\n${MANIFEST}`],
    (text) => [parseGatekeeperObjects(text), parseObject(text)],
  ),
  textTarget('authoring/gatekeeper/parse-sync-data', [SYNC], (text) => parseSyncData(text)),
  {
    name: 'policy/bundle/parse-archive',
    seeds: [ARCHIVE],
    parse: (bytes) => parseArchive(bytes, { filesMax: 10, nameBytesMax: 100 }),
  },
  {
    name: 'policy/bundle/parse-signatures',
    form: 'json',
    seeds: ['{"signatures": ["a.b.c"]}'],
    parse: (bytes) => parseSignatures(bytes),
  },
  {
    ...textTarget('policy/wasm/builtins/parse-duration', ['1h2m3.5s', '-10ms', '0'], (text) =>
      parseDuration(text),
    ),
    throws: BuiltinError,
  },
  {
    ...textTarget(
      'policy/wasm/builtins/parse-go-time',
      ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.9+01:00'],
      (text) => [parseGoTime('2006-01-02T15:04:05Z07:00', text)],
    ),
    throws: BuiltinError,
  },
  textTarget(
    'policy/wasm/builtins/parse-go-url',
    ['https://u:p@h:1/a%20b?c=d#e', 'mailto:a@b', '//[::1]/'],
    (text) => parseGoUrl(text),
  ),
  {
    name: 'admission/decode',
    form: 'json',
    seeds: REVIEWS,
    parse: (bytes) => decodeReview(bytes, LIMITS),
    check: (bytes, answer) => {
      const decoded = decodeReview(bytes, LIMITS);
      assert.deepEqual(decoded, answer);
      if (!decoded.ok) return;
      sameAsJsonParse(Buffer.from(decoded.requestJson), decoded.request);
      const read: unknown = JSON.parse(bytes.toString());
      assert.deepEqual(memberAt(read, ['request', 'uid']), decoded.request.uid);
    },
  },
  { name: 'policy/wasm/prune-json', form: 'json', seeds: REVIEWS, parse: prune },
  {
    name: 'base/strict-json',
    form: 'json',
    seeds: [...REVIEWS, '[1, 2.5, -0, 1e3, "\\u00e9", {"a": null}]'],
    parse: (bytes) => {
      const read = parseStrictJson(bytes, { depthMax: 64 });
      return read.ok ? { value: read.value } : read;
    },
    check: (bytes) => {
      const read = parseStrictJson(bytes, { depthMax: 64 });
      if (read.ok) sameAsJsonParse(bytes, read.value);
    },
  },
  {
    name: 'policy/wasm/parse-rego-literal',
    seeds: ['{"a": [1, 2.0, 1e3], "b": set(), "c": {1, "x"}}', '{[1]: null, "\\u0000": true}'],
    parse: (bytes) => parseRegoLiteral(bytes.toString()),
    // Also a stack that is full: the host of WASM makes an EvaluationError of either.
    throws: Error,
    check: (_bytes, answer) => {
      const text = formatRegoLiteral(answer as never);
      assert.equal(formatRegoLiteral(parseRegoLiteral(text)), text);
    },
  },
  {
    name: 'policy/wasm/fuel/meter-module',
    seeds: [wasmRunning([0x41, 1]), wasmRunning([0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 1])],
    parse: meter,
    throws: MeteringError,
  },
  textTarget(
    'base/parse-yaml',
    [MANIFEST, '- &a [1]\n- *a\n', 'a: |\n  b\n---\n? c\n: d\n'],
    readYaml,
  ),
  textTarget(
    'config/parse-configuration',
    [
      'cluster: {name: a}\nidentity: {writers: [{name: a, username: system:serviceaccount:a:b, tool: argocd}]}\n',
    ],
    (text) => {
      const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/' });
      return parsed.ok ? JSON.stringify(parsed.configuration) : parsed;
    },
  ),
  textTarget('base/parse-json-as', ['{"a": 1}'], (text) =>
    parseJsonAs(z.object({ a: z.number() }), text),
  ),
  textTarget('base/parse-retry-after', ['120', 'Wed, 21 Oct 2026 07:28:00 GMT'], (text) =>
    parseRetryAfter(text, 0),
  ),
  {
    name: 'cli/verify/parse-compared-objects',
    seeds: [MANIFEST, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [] })],
    parse: (bytes) => parseComparedObjects(bytes),
  },
  textTarget('compose/adoption/parse-argocd-configuration', ['a, b*, /c.*/'], (text) =>
    parseNamespaces(text),
  ),
  textTarget(
    'compose/doctor/parse-metrics-text',
    ['# HELP a b\n# TYPE a counter\na{b="c\\"d",e="f"} 1e3 5\na 2\n'],
    (text) => parseMetricsText(text),
  ),
  {
    name: 'compose/evaluate/parse-documents',
    seeds: [MANIFEST, `${MANIFEST}---\n${MANIFEST}`, '{"a": 1}'],
    parse: (bytes) => parseDocuments(bytes),
  },
  {
    name: 'compose/evaluate/parse-evaluation-input',
    seeds: [MANIFEST, reviewOf({})],
    parse: (bytes) => [
      parseEvaluationInput(bytes, { file: 'a.yaml', user: USER, stored: [] }),
      parseObjects(bytes, 'a.yaml'),
    ],
    throws: HoldfastError,
  },
  textTarget(
    'identity/parse-field-pattern',
    ['spec.containers[app].image', 'metadata.labels["a.b/c"]', 'data.*'],
    (text) => [parseFieldPattern(text), parseFieldPath(text)],
  ),
  textTarget(
    'kubernetes/watch/parse-watch-event',
    [
      '{"type": "ADDED", "object": {"kind": "Pod", "metadata": {"name": "a", "resourceVersion": "1"}}}',
      '{"type": "ERROR", "object": {"code": 410}}',
    ],
    (text) => parseWatchEvent(text),
  ),
  textTarget(
    'ownership/parse-tracking-id',
    ['shop:apps/Deployment:ns/name', 'a_b:/ConfigMap:ns/x'],
    (text) => parseTrackingId(text),
  ),
  textTarget(
    'policy/parse-verdicts',
    [
      '[{"result": {"p": {"deny": [{"code": "a", "message": "b", "details": {"x": [1]}}], "patch": [{"op": "add", "path": "/a", "value": 1}]}}}]',
    ],
    (text) => parseVerdicts(text, [{ name: 'p', rules: ['deny', 'patch'] }]),
  ),
  textTarget('registration/parse-service-account', ['system:serviceaccount:a:b'], (text) =>
    parseServiceAccount(text),
  ),
  textTarget(
    'registration/parse-target',
    ['holdfast.holdfast-system:443', 'https://a.example.com:8443/x'],
    (text) => [parseServiceTarget(text), parseUrlTarget(text)],
  ),
  textTarget(
    'telemetry/tracing/parse-traceparent',
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    (text) => parseTraceparent(text),
  ),
];
