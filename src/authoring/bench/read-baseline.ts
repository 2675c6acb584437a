/** Reads what an earlier measurement has written. */
import { parseStrictJson } from '../../base/strict-json.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import { benchReportSchema, type BenchReport } from './bench-report-schema.ts';

/** A thousand policies have 0.2 MiB. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
/** As deep as a report is, and some more. */
const DEPTH_MAX = 8;

/** Throws `input_invalid` where the file is none. `shown` is its name in messages. */
export async function readBaseline(file: string, shown: string): Promise<BenchReport> {
  const refuse = (reason: string): HoldfastError =>
    new HoldfastError('input_invalid', `The baseline "${shown}" cannot be used: ${reason}`, {
      remedy: 'Write one with holdfast policy bench --output json > baseline.json',
    });
  const read = await readBounded(file, FILE_BYTES_MAX);
  if (!read.ok) throw refuse(read.reason);
  const json = parseStrictJson(read.bytes, { depthMax: DEPTH_MAX });
  if (!json.ok) throw refuse(json.message);
  const parsed = benchReportSchema.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${(issue?.path ?? []).join('.')}: ${issue?.message ?? ''}`);
}
