/**
 * Numbers with a unit outside the table of limits.
 *
 * What an operator may ask about is a row in the `settings.ts` of what it limits. A number that stands elsewhere says why in a
 * comment: on its line, or directly above it or its group. Numbers that turn one unit into another limit nothing.
 */
import type { SourceFile } from './source-file.ts';

/** Where rows are declared. */
const TABLES = /^src\/(?:.+\/)?settings\.ts$|^src\/settings\/|^src\/config\/limits\.ts$/u;

const NUMBER = String.raw`\d[\d_]*(?:\.\d+)?n?(?: \* \d[\d_]*)*`;
/** `MS_PER_MINUTE`, `NANOSECONDS_IN_MS`, `DAY_MS`. */
const CONVERSION = /_(?:PER|IN)_|^(?:SECOND|MINUTE|HOUR|DAY)(?:_MS)?$/u;
const UNIT_NAME =
  /_(?:MS|BYTES|KB|MB|PAGES|CHARS|LENGTH|ENTRIES|DEPTH|SECONDS|MINUTES|HOURS|DAYS|MAX|MIN)(?:_|$)/u;

const CONSTANT = new RegExp(
  String.raw`^(?:export )?const (?<name>[A-Z][A-Z0-9_]*)\b[^=]* = .*(?<![\w.])${NUMBER}`,
  'u',
);
const OPENS_TABLE = /^(?:export )?const [A-Z][A-Z0-9_]*\b.*[[{(]$/u;
const LOOSE: readonly RegExp[] = [
  // A property, a parameter's default: `timeoutMs: 5000`, `afterMs = 30_000`.
  new RegExp(
    String.raw`\b(?:\w+(?:Ms|Bytes|Chars|Pages|Length|Entries|Depth|Seconds|Max)|timeout)(?::| =) (?!0\b|1\b)${NUMBER}`,
    'u',
  ),
  // A default: `options.workers ?? Math.max(2, …)`.
  new RegExp(
    String.raw`(?:[oO]ptions|[sS]ettings|[lL]imits)\.\w+ \?\? (?:Math\.\w+\()?(?![01]\b)${NUMBER}`,
    'u',
  ),
  // Bytes: `64 * 1024`.
  /\d \* 1024\b/u,
];

/** Every such number without a reason. */
export function findLooseLimits(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => path.startsWith('src/') && path.endsWith('.ts') && !TABLES.test(path))
    .flatMap((file) => {
      const code = file.code.split('\n');
      const text = file.text.split('\n');
      return code.flatMap((line, index) => {
        if (!hasLooseNumber(line) || hasReason(code, text, index)) return [];
        return [
          `${file.path}:${index + 1}: "${line.trim()}": make it a row in the settings.ts of what it limits, or say why it is so in a comment directly above`,
        ];
      });
    });
}

function hasLooseNumber(line: string): boolean {
  const name = CONSTANT.exec(line)?.groups?.['name'];
  if (name !== undefined && CONVERSION.test(name)) return false;
  if (name !== undefined && UNIT_NAME.test(name)) return true;
  return LOOSE.some((pattern) => pattern.test(line));
}

function hasReason(code: readonly string[], text: readonly string[], index: number): boolean {
  if ((text[index] ?? '').includes('// ')) return true;
  for (let at = index - 1; at >= 0; at -= 1) {
    const line = code[at] ?? '';
    const isComment = line.trim() === '' && (text[at] ?? '').trim() !== '';
    if (isComment) return true;
    // A group has one comment, above its first line.
    if (!hasLooseNumber(line) && !CONSTANT.test(line) && !OPENS_TABLE.test(line)) return false;
  }
  return false;
}
