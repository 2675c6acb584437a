/** Parses a file of recorded reviews with the decision that is expected of each. */
import { parseYaml } from '../../base/parse-yaml.ts';
import { reviewFileSchema, type ReviewFile } from './review-case-schema.ts';

/** A file written by hand repeats an object some times. */
const ALIASES_MAX = 1000;

export type ParsedReviewFile =
  | {
      readonly ok: true;
      readonly content: ReviewFile;
      /** The line of a case, by its index. */
      readonly rowOf: (index: number) => number | undefined;
    }
  | { readonly ok: false; readonly reason: string; readonly row?: number | undefined };

/** The first document of the file; the reason is a sentence without its period. */
export function parseReviewFile(bytes: Uint8Array): ParsedReviewFile {
  const text = Buffer.from(bytes).toString('utf8');
  const yaml = parseYaml(text, { dialect: 'kubernetes', aliasesMax: ALIASES_MAX });
  if (!yaml.ok) {
    const reason = yaml.faults.map(({ message }) => message).join('; ');
    return { ok: false, reason: `it is no YAML: ${reason}`, row: yaml.faults[0]?.line };
  }
  const [document] = yaml.documents;
  const parsed = reviewFileSchema.safeParse(document?.value);
  if (parsed.success) {
    const rowOf = (index: number): number | undefined =>
      document?.locate(['cases', index, 'name'], 'key').line;
    return { ok: true, content: parsed.data, rowOf };
  }
  const first = parsed.error.issues.slice(0, 1);
  const path = first.flatMap((issue) => issue.path.filter((key) => typeof key !== 'symbol'));
  const reason = first.map(({ message }) => `${path.join('.')}: ${message}`).join();
  return { ok: false, reason, row: document?.locate(path, 'value').line };
}
