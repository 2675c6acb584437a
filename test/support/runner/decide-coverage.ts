/** Decides whether the tests cover enough of `src/`. */

/** Pure files are the judgement of the product, and cheap to test: every branch. */
export const PURE_BRANCHES_PERCENT_MIN = 100;
/** What the list of security-relevant files names: who slips through there is let into the cluster. */
export const SECURITY_BRANCHES_PERCENT_MIN = 95;
/** Everything else together; what is left are faults of the machine that cannot be had on demand. */
export const TOTAL_PERCENT_MIN = 90;
/** No single file may hide behind the others' numbers. */
export const FILE_PERCENT_MIN = 80;

/** A file whose name begins with a verb of judgement takes values and returns values. */
const PURE_NAME = /(?:^|\/)(?:decide|match|plan|parse|classify|diff|format)[-.][^/]*$/;

export interface FileCoverage {
  /** Relative to the root. */
  readonly path: string;
  readonly lines: number;
  readonly missedLines: readonly number[];
  readonly branches: number;
  /** The line of each branch never taken. */
  readonly missedBranchLines: readonly number[];
}

export interface CoverageDecision {
  readonly ok: boolean;
  /** One line per offender, then one with the totals. */
  readonly lines: readonly string[];
}

export interface CoverageOptions {
  /** Files of src that must have been loaded by some test. */
  readonly expectedFiles: readonly string[];
  /** Path → why it is not judged. */
  readonly exclusions: Readonly<Record<string, string>>;
  /** Folders, with a slash at the end, and files → what passes where they are wrong. */
  readonly securityRelevant: Readonly<Record<string, string>>;
}

/** Says whether a path belongs to a file that must be pure. */
export function isPureFile(path: string): boolean {
  return PURE_NAME.test(path);
}

/** Judges the numbers; a file that no test loaded is an offender, and so is an entry of a list that nothing needs. */
export function decideCoverage(
  files: readonly FileCoverage[],
  options: CoverageOptions,
): CoverageDecision {
  const places = Object.keys(options.securityRelevant);
  const judged = files.filter(({ path }) => options.exclusions[path] === undefined);
  const measured = new Set(files.map(({ path }) => path));
  const offenders = [
    ...options.expectedFiles
      .filter((path) => !measured.has(path) && options.exclusions[path] === undefined)
      .map((path) => `${path}: no test loads it`),
    ...judged.flatMap((file) => judgeFile(file, minimumOf(file.path, places))),
    ...findStale(files, options),
  ];
  const rest = judged.filter(({ path }) => !isPureFile(path));
  const linesPercent = percent(
    sum(rest, countMissedLines),
    sum(rest, ({ lines }) => lines),
  );
  const branchesPercent = percent(
    sum(rest, ({ missedBranchLines }) => missedBranchLines.length),
    sum(rest, ({ branches }) => branches),
  );
  const totalsOk = linesPercent >= TOTAL_PERCENT_MIN && branchesPercent >= TOTAL_PERCENT_MIN;
  const totals =
    `${judged.length} files; outside pure files ${linesPercent.toFixed(1)} % of lines and ` +
    `${branchesPercent.toFixed(1)} % of branches (at least ${TOTAL_PERCENT_MIN} %)`;
  return { ok: offenders.length === 0 && totalsOk, lines: [...offenders, totals] };
}

interface Minimum {
  readonly branchesPercent: number;
  readonly linesPercent: number;
  readonly what: string;
}

function minimumOf(path: string, securityPlaces: readonly string[]): Minimum {
  if (isPureFile(path)) {
    return {
      branchesPercent: PURE_BRANCHES_PERCENT_MIN,
      linesPercent: 0,
      what: 'branches of a pure file',
    };
  }
  const isRelevant = securityPlaces.some((place) => isAt(path, place));
  return {
    branchesPercent: isRelevant ? SECURITY_BRANCHES_PERCENT_MIN : FILE_PERCENT_MIN,
    linesPercent: FILE_PERCENT_MIN,
    what: isRelevant ? 'branches of a security-relevant file' : 'lines and branches',
  };
}

function isAt(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}

function judgeFile(file: FileCoverage, minimum: Minimum): readonly string[] {
  const branches = percent(file.missedBranchLines.length, file.branches);
  const lines = percent(countMissedLines(file), file.lines);
  if (branches >= minimum.branchesPercent && lines >= minimum.linesPercent) return [];
  return [describe(file, minimum)];
}

/** Names in lists outlive the files that they were about. What a thread covers depends on when it ends: enough of it is no reason to judge it. */
function findStale(
  files: readonly FileCoverage[],
  { expectedFiles, exclusions, securityRelevant }: CoverageOptions,
): readonly string[] {
  const known = new Set([...expectedFiles, ...files.map(({ path }) => path)]);
  const gone = Object.keys(exclusions).filter((path) => !known.has(path));
  const empty = Object.keys(securityRelevant).filter(
    (place) => ![...known].some((path) => isAt(path, place)),
  );
  return [
    ...gone.map((path) => `${path}: an exclusion, but there is no such file`),
    ...empty.map((place) => `${place}: on the list of security, but there is no such file`),
  ];
}

function describe(file: FileCoverage, { branchesPercent, what }: Minimum): string {
  const lines = percent(countMissedLines(file), file.lines).toFixed(1);
  const branches = percent(file.missedBranchLines.length, file.branches).toFixed(1);
  return (
    `${file.path}: ${lines} % of lines, ${branches} % of branches; wanted ${branchesPercent} % of ${what}` +
    formatLines('lines', file.missedLines) +
    formatLines('branches at lines', file.missedBranchLines)
  );
}

function formatLines(title: string, lines: readonly number[]): string {
  if (lines.length === 0) return '';
  return `; missed ${title} ${[...new Set(lines)].toSorted((a, b) => a - b).join(', ')}`;
}

function countMissedLines(file: FileCoverage): number {
  return file.missedLines.length;
}

function sum(files: readonly FileCoverage[], value: (file: FileCoverage) => number): number {
  return files.reduce((total, file) => total + value(file), 0);
}

function percent(missed: number, all: number): number {
  return all === 0 ? 100 : ((all - missed) / all) * 100;
}
