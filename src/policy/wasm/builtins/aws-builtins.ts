/** The `providers.aws` family. Source: AWS, "Signature Version 4 signing process". */
import { createHash, createHmac } from 'node:crypto';

import { compareTexts, compareValues, findValue, sortedSet } from '../compare-values.ts';
import { RegoNumber, RegoObject, type RegoValue } from '../rego-value.ts';
import { parseInteger } from '../rego-number.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { formatRegoValue } from './format-value.ts';
import { formatGoJson } from './go-json.ts';
import { objectOperand, wrongType } from './operand.ts';
import { parseGoUrl } from './parse-go-url.ts';

/** By their Rego name. */
export const AWS_BUILTINS: BuiltinFamily = {
  'providers.aws.sign_req': (operands) => {
    const [request, settings] = [objectOperand(operands, 0), objectOperand(operands, 1)];
    const credentials = readCredentials(settings);
    const time = readTime(operands[2]);
    const unsigned = readRequest(request);
    const signature = signRequest(
      { ...unsigned, isPayloadSigned: readPayloadSigning(settings) },
      {
        credentials,
        time,
      },
    );
    const headers = new Map([...unsigned.headers, ...signature]);
    return withMember(request, 'headers', toObject(headers));
  },
};

interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly service: string;
  readonly region: string;
  readonly sessionToken: string;
}

const SETTINGS = ['aws_access_key', 'aws_region', 'aws_secret_access_key', 'aws_service'];

function readCredentials(settings: RegoObject): Credentials {
  const missing = SETTINGS.filter((name) => findValue(settings, name) === undefined);
  refuseNames(missing, 'operand 2 missing required AWS config parameters(s)');
  const wrong = SETTINGS.filter((name) => typeof findValue(settings, name) !== 'string');
  refuseNames(wrong, 'operand 2 invalid values for required AWS config parameters(s)');
  const [accessKey = '', region = '', secretKey = '', service = ''] = SETTINGS.map((name) =>
    textOf(findValue(settings, name)),
  );
  const sessionToken = textOf(findValue(settings, 'aws_session_token'));
  return { accessKey, secretKey, service, region, sessionToken };
}

function readPayloadSigning(settings: RegoObject): boolean {
  const disabled = findValue(settings, 'disable_payload_signing') ?? false;
  if (typeof disabled === 'boolean') return !disabled;
  throw new BuiltinError("operand 2 invalid value for 'disable_payload_signing' in AWS config");
}

function refuseNames(names: readonly string[], what: string): void {
  if (names.length > 0) throw new BuiltinError(`${what}: ${formatRegoValue(sortedSet(names))}`);
}

function textOf(value: RegoValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

const NANOSECONDS_PER_MS = 1_000_000n;
/** Go's `int64`, in which OPA reads the time. */
const INT64_MAX = 2n ** 63n - 1n;

/** As the signature has it: `20151228T140825Z`. */
function readTime(value: RegoValue | undefined): string {
  if (!(value instanceof RegoNumber)) throw wrongType(2, value, 'number');
  // OPA takes no number with an exponent.
  const ns = /^-?\d+$/.test(value.text) ? parseInteger(value.text) : undefined;
  const ms = Number((ns ?? 0n) / NANOSECONDS_PER_MS);
  if (ns === undefined || ns > INT64_MAX || ns < -INT64_MAX) {
    throw new BuiltinError('operand 3 could not convert time_ns value into a unix timestamp');
  }
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
}

interface SignedRequest {
  readonly method: string;
  readonly host: string;
  /** As it is written. */
  readonly path: string;
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

function readRequest(request: RegoObject): SignedRequest {
  const names = request.entries.map(([name]) => name);
  const unknown = names.filter((name) => !(typeof name === 'string' && PARAMETERS.has(name)));
  if (unknown.length > 0) {
    const listed = formatRegoValue(sortedSet(unknown));
    throw new BuiltinError(`operand 1 invalid request parameters(s): ${listed}`);
  }
  const [method, url] = [findValue(request, 'method'), findValue(request, 'url')];
  const required = { method, url };
  const missing = Object.entries(required).filter(([, value]) => value === undefined);
  refuseNames(
    missing.map(([name]) => name),
    'operand 1 missing required request parameters(s)',
  );
  const headers = findValue(request, 'headers') ?? new RegoObject([]);
  if (!(headers instanceof RegoObject)) throw wrongType(0, headers, 'object');
  const wrong = Object.entries(required).filter(([, value]) => typeof value !== 'string');
  refuseNames(
    wrong.map(([name]) => name),
    'operand 1 invalid values for required request parameters(s)',
  );
  return {
    method: textOf(method),
    ...readAddress(textOf(url)),
    headers: new Map(headers.entries.map(([name, value]) => [textOf(name), textOf(value)])),
    body: readBody(request),
  };
}

/** What `http.send` takes. */
const PARAMETERS: ReadonlySet<string> = new Set(
  `method url body enable_redirect force_json_decode force_yaml_decode headers raw_body
  tls_use_system_certs tls_ca_cert tls_ca_cert_file tls_ca_cert_env_variable tls_client_cert
  tls_client_cert_file tls_client_cert_env_variable tls_client_key tls_client_key_file
  tls_client_key_env_variable tls_insecure_skip_verify tls_server_name timeout cache force_cache
  force_cache_duration_seconds raise_error caching_mode max_retry_attempts cache_ignored_headers`
    .trim()
    .split(/\s+/),
);

function readAddress(url: string): Pick<SignedRequest, 'host' | 'path' | 'query'> {
  const parsed = parseGoUrl(url);
  if (typeof parsed === 'string') throw new BuiltinError(`parse ${JSON.stringify(url)}: ${parsed}`);
  const name = parsed.hostname.includes(':') ? `[${parsed.hostname}]` : parsed.hostname;
  const host = parsed.port === '' ? name : `${name}:${parsed.port}`;
  const isWritten = /^[\w\-.~!$&'()*+,;=:@[\]%/]*$/.test(parsed.raw_path);
  const path = isWritten ? parsed.raw_path : encodeURI(parsed.path);
  return { host, path, query: parsed.raw_query };
}

function readBody(request: RegoObject): string {
  const raw = findValue(request, 'raw_body');
  if (raw !== undefined) return textOf(raw);
  const body = findValue(request, 'body');
  return body === undefined ? '' : formatGoJson(body);
}

/** Proxies change these. */
const UNSIGNED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'user-agent',
  'x-amzn-trace-id',
]);

/** The headers that make the request a signed one. */
function signRequest(
  request: SignedRequest & { readonly isPayloadSigned: boolean },
  { credentials, time }: { readonly credentials: Credentials; readonly time: string },
): ReadonlyMap<string, string> {
  const { service, region, sessionToken, accessKey, secretKey } = credentials;
  const bodyHash = request.isPayloadSigned ? sha256(request.body) : 'UNSIGNED-PAYLOAD';
  const own = new Map([
    ['host', request.host],
    ['x-amz-date', time],
  ]);
  if (service === 's3' || service === 'glacier') own.set('x-amz-content-sha256', bodyHash);
  if (sessionToken !== '') own.set('x-amz-security-token', sessionToken);
  const given = [...request.headers]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !UNSIGNED_HEADERS.has(name));
  const signed = [...new Map([...own, ...given])].toSorted(([a], [b]) => compareTexts(a, b));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    request.path,
    request.query,
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    bodyHash,
  ].join('\n');
  const date = time.slice(0, 8);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    Buffer.from(`AWS4${secretKey}`),
  );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope},SignedHeaders=${names},Signature=${signature}`;
  return new Map([['Authorization', authorization], ...own]);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function withMember(object: RegoObject, name: string, value: RegoValue): RegoObject {
  const others = object.entries.filter(([key]) => key !== name);
  const entries: RegoObject['entries'] = [...others, [name, value]];
  return new RegoObject(entries.toSorted(([a], [b]) => compareValues(a, b)));
}

function toObject(members: ReadonlyMap<string, string>): RegoObject {
  return new RegoObject([...members].toSorted(([a], [b]) => compareTexts(a, b)));
}
