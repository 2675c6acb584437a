/** What `crypto.x509.parse_and_verify_certificates_with_options` is told. */
import { parseInteger } from '../../rego-number.ts';
import { RegoNumber, type RegoObject, type RegoValue } from '../../rego-value.ts';
import { BuiltinError, type BuiltinContext } from '../builtin.ts';
import { itemsOf } from '../operand.ts';

/** How a chain is judged. */
export interface VerifyOptions {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Empty for any. */
  readonly dnsName: string;
  /** Purposes in Go's numbers, of which each certificate must allow one; 0 is any. */
  readonly keyUsages: readonly number[];
}

const SERVER_AUTHENTICATION = 1;

/** Without options: for servers, at the time of the request. */
export function defaultVerifyOptions({ nowMs }: BuiltinContext): VerifyOptions {
  return { timeMs: nowMs, dnsName: '', keyUsages: [SERVER_AUTHENTICATION] };
}

/** By OPA's names, in Go's order of numbers. */
const KEY_USAGES = [
  'Any',
  'ServerAuth',
  'ClientAuth',
  'CodeSigning',
  'EmailProtection',
  'IPSECEndSystem',
  'IPSECTunnel',
  'IPSECUser',
  'TimeStamping',
  'OCSPSigning',
  'MicrosoftServerGatedCrypto',
  'NetscapeServerGatedCrypto',
  'MicrosoftCommercialCodeSigning',
  'MicrosoftKernelCodeSigning',
].map((name) => `KeyUsage${name}`);

/** Reads the options. */
export function readVerifyOptions({ entries }: RegoObject, context: BuiltinContext): VerifyOptions {
  const read = entries.flatMap(([name, value]) =>
    typeof name === 'string' ? Object.entries(readOption(name, value)) : [],
  );
  return { ...defaultVerifyOptions(context), ...Object.fromEntries(read) };
}

const NANOSECONDS_PER_MS = 1_000_000n;

function readOption(name: string, value: RegoValue): Partial<VerifyOptions> {
  switch (name) {
    case 'DNSName': {
      if (typeof value !== 'string') throw new BuiltinError("'DNSName' should be a string");
      return { dnsName: value.replace(/^"+|"+$/g, '') };
    }
    case 'CurrentTime':
      return {
        timeMs: Number(readNumber(value, name, 'a valid int64 number') / NANOSECONDS_PER_MS),
      };
    case 'MaxConstraintComparisons': {
      readNumber(value, name, 'a valid number');
      return {};
    }
    case 'KeyUsages':
      return { keyUsages: readKeyUsages(value) };
    default:
      throw new BuiltinError('invalid key option');
  }
}

function readNumber(value: RegoValue, name: string, wanted: string): bigint {
  if (!(value instanceof RegoNumber)) throw new BuiltinError(`'${name}' should be a number`);
  const number = parseInteger(value.text);
  if (number === undefined || BigInt.asIntN(64, number) !== number) {
    throw new BuiltinError(`'${name}' should be ${wanted}`);
  }
  return number;
}

function readKeyUsages(value: RegoValue): readonly number[] {
  const items = itemsOf(value);
  if (items === undefined) throw new BuiltinError("'KeyUsages' should be an Array or Set");
  const names = items
    .filter((item) => typeof item === 'string')
    .map((item) => item.replace(/^"+|"+$/g, ''));
  const unknown = names.filter((name) => !KEY_USAGES.includes(name));
  if (unknown.length > 0) {
    throw new BuiltinError(`invalid entries for 'KeyUsages' found: [${unknown.join(' ')}]`);
  }
  return names.length === 0
    ? [SERVER_AUTHENTICATION]
    : names.map((name) => KEY_USAGES.indexOf(name));
}
