/** What a document claims to exist. */

const FENCE = /^```[\s\S]*?^```/gm;
/** A path of this repository: a known top-level folder, and something in it. */
const PATH = /^(?:src|policies|deploy|test|certs|\.ci)\/[\w./-]*$/;

/** The npm commands that a text tells its reader to type: `test`, `start`, or the name after `npm run`. */
export function listNpmCommands(document: string): readonly string[] {
  const found = document.matchAll(
    /\bnpm (?:(?<direct>start|test)\b|run (?:-s |--silent )?(?<script>[\w:-]+))/g,
  );
  return unique([...found].map(({ groups }) => groups?.['direct'] ?? groups?.['script'] ?? ''));
}

/** The commands of `holdfast` that a text names, in code: `holdfast config check` gives `config check`. */
export function listHoldfastCommands(
  document: string,
  groups: readonly string[],
): readonly string[] {
  const found = document.matchAll(
    /(?:`|^\$? ?|-- |: )holdfast (?<first>[a-z][\w-]*)(?: (?<second>[a-z][\w-]*))?/gm,
  );
  const direct = [...found].map((match) => joinCommand(match, groups));
  const run = document.matchAll(
    /npm run -s holdfast -- (?<first>[a-z][\w-]*)(?: (?<second>[a-z][\w-]*))?/g,
  );
  return unique([...direct, ...[...run].map((match) => joinCommand(match, groups))]);
}

function joinCommand(match: RegExpExecArray, groups: readonly string[]): string {
  const first = match.groups?.['first'] ?? '';
  const second = match.groups?.['second'];
  return groups.includes(first) && second !== undefined ? `${first} ${second}` : first;
}

/** The paths that a text names in code, relative to the root: `src/a.ts`, or `a/b.ts` for a file of src. */
export function listPaths(document: string): readonly string[] {
  const spans = [...document.replaceAll(FENCE, '').matchAll(/`(?<span>[^`\n]+)`/g)];
  return unique(
    spans
      .map(({ groups }) => groups?.['span'] ?? '')
      .flatMap((span) => {
        if (PATH.test(span)) return [span];
        return /^[a-z-]+\/[\w/-]+\.(?:ts|mjs)$/.test(span) ? [`src/${span}`] : [];
      }),
  );
}

/** Targets of links inside the repository, without the part after `#`. */
export function listLinkedFiles(document: string): readonly string[] {
  const found = document.matchAll(/\]\((?<target>[^)\s]+)\)/g);
  return unique(
    [...found]
      .map(({ groups }) => groups?.['target'] ?? '')
      .filter((target) => !/^[a-z]+:|^#/.test(target))
      .map((target) => target.replace(/#.*$/, '')),
  );
}

/** What stands in fences that are marked as YAML. */
export function listYamlBlocks(document: string): readonly string[] {
  return [...document.matchAll(/^```yaml\n(?<text>[\s\S]*?)^```$/gm)].map(
    ({ groups }) => groups?.['text'] ?? '',
  );
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
