/**
 * The proof that gitsign keeps in a commit: a `TransparencyLogEntry` of Rekor in protocol buffers, without its body, which
 * is computed again from the signature.
 *
 * Source: sigstore protobuf-specs, sigstore_rekor.proto; protobuf.dev "Encoding".
 */
import type { InclusionProof, LogEntry } from '../sigstore/log-entry.ts';

type Value = bigint | Buffer;
type Fields = ReadonlyMap<number, readonly Value[]>;

/** Undefined where the bytes are no such message. */
export function parseLogEntry(bytes: Buffer): LogEntry | undefined {
  const fields = readFields(bytes);
  if (fields === undefined) return undefined;
  const logId = readFields(bytesOf(fields, 2) ?? Buffer.alloc(0));
  const kindVersion = readFields(bytesOf(fields, 3) ?? Buffer.alloc(0));
  const promise = bytesOf(fields, 5);
  const proof = bytesOf(fields, 6);
  const inclusionProof = proof === undefined ? undefined : readProof(proof);
  const promised = promise === undefined ? undefined : readFields(promise);
  const isReadable =
    (proof === undefined || inclusionProof !== undefined) &&
    (promise === undefined || promised !== undefined);
  if (!isReadable || logId === undefined || kindVersion === undefined) return undefined;
  return {
    logIndex: numberOf(fields, 1),
    logId: bytesOf(logId, 1) ?? Buffer.alloc(0),
    kind: textOf(kindVersion, 1),
    version: textOf(kindVersion, 2),
    integratedTime: numberOf(fields, 4),
    signedEntryTimestamp: promised === undefined ? undefined : bytesOf(promised, 1),
    inclusionProof,
  };
}

function readProof(bytes: Buffer): InclusionProof | undefined {
  const fields = readFields(bytes);
  const checkpoint = readFields(
    (fields === undefined ? undefined : bytesOf(fields, 5)) ?? Buffer.alloc(0),
  );
  if (fields === undefined || checkpoint === undefined) return undefined;
  return {
    logIndex: numberOf(fields, 1),
    rootHash: bytesOf(fields, 2) ?? Buffer.alloc(0),
    treeSize: numberOf(fields, 3),
    hashes: (fields.get(4) ?? []).filter((value) => typeof value !== 'bigint'),
    checkpoint: textOf(checkpoint, 1),
  };
}

/** The last value of a field counts, as the encoding asks. */
function bytesOf(fields: Fields, number: number): Buffer | undefined {
  const value = fields.get(number)?.at(-1);
  return typeof value === 'bigint' ? undefined : value;
}

function numberOf(fields: Fields, number: number): bigint {
  const value = fields.get(number)?.at(-1);
  return typeof value === 'bigint' ? value : 0n;
}

function textOf(fields: Fields, number: number): string {
  return bytesOf(fields, number)?.toString('utf8') ?? '';
}

const VARINT = 0n;
const LENGTH_DELIMITED = 2n;
/** 64 bits in groups of seven. */
const VARINT_BYTES_MAX = 10;

function readFields(bytes: Buffer): Fields | undefined {
  const fields = new Map<number, Value[]>();
  let at = 0;
  while (at < bytes.length) {
    const key = readVarint(bytes, at);
    if (key === undefined) return undefined;
    const value = readValue(bytes, key.end, key.value & 7n);
    if (value === undefined) return undefined;
    const number = Number(key.value >> 3n);
    fields.set(number, [...(fields.get(number) ?? []), value.value]);
    at = value.end;
  }
  return fields;
}

interface Read<Kind> {
  readonly value: Kind;
  readonly end: number;
}

function readValue(bytes: Buffer, at: number, wireType: bigint): Read<Value> | undefined {
  const number = readVarint(bytes, at);
  if (wireType === VARINT || number === undefined) return number;
  // Fixed-width and group fields are in no message that is read here.
  if (wireType !== LENGTH_DELIMITED) return undefined;
  const end = number.end + Number(number.value);
  return end > bytes.length ? undefined : { value: bytes.subarray(number.end, end), end };
}

function readVarint(bytes: Buffer, start: number): Read<bigint> | undefined {
  let value = 0n;
  for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
    const octet = bytes[start + index];
    if (octet === undefined) return undefined;
    value |= BigInt(octet & 0x7f) << BigInt(7 * index);
    if ((octet & 0x80) === 0) return { value, end: start + index + 1 };
  }
  return undefined;
}
