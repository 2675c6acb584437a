/** What a document claims to exist. */

const FENCE = /^```[\s\S]*?^```/gm;
/** A path of this repository: a known top-level folder, and something in it. */
const PATH = /^(?:src|policies|deploy|test|certs|docs|\.ci)\/[\w./-]*$/;

/** The npm commands that a text tells its reader to type: `test`, `start`, or the name after `npm run`. */
export function listNpmCommands(document: string): readonly string[] {
  const found = document.matchAll(
    /\bnpm (?:(?<direct>start|test)\b|run (?:-s |--silent )?(?<script>[\w:-]+))/g,
  );
  return unique([...found].map(({ groups }) => groups?.['direct'] ?? groups?.['script'] ?? ''));
}

/** A command of `holdfast` as a text writes it. */
export interface Invocation {
  /** `serve`, or with the member of a group `config check`. */
  readonly command: string;
  /** As written: `--key`, `-f`. */
  readonly options: readonly string[];
}

/** The commands of `holdfast` that a text names in code, each with the options beside it. */
export function listInvocations(
  document: string,
  groups: readonly string[],
): readonly Invocation[] {
  return listCode(document).flatMap((code) =>
    [
      ...code.matchAll(
        /(?:^|[|;&(] ?|\$ |: )(?:npm run -s )?holdfast (?:-- )?(?<first>[a-z][\w-]*)(?: (?<second>[a-z][\w-]*))?(?<rest>[^|;&>#]*)/g,
      ),
    ].map(({ groups: found }) => {
      const first = found?.['first'] ?? '';
      const second = found?.['second'];
      const isGroup = groups.includes(first) && second !== undefined;
      return {
        command: isGroup ? `${first} ${second}` : first,
        options: [...(found?.['rest'] ?? '').matchAll(/(?<= )--?[a-z][\w-]*/g)].map(
          ([option]) => option,
        ),
      };
    }),
  );
}

/** Options that stand alone in code, without their command. */
export function listLoneOptions(document: string): readonly string[] {
  return unique(
    listSpans(document).flatMap((span) => /^--[a-z][\w-]*(?= |$)/.exec(span)?.[0] ?? []),
  );
}

/** The paths that a text names in code, relative to the root: `src/a.ts`, or `a/b.ts` for a file of src. */
export function listPaths(document: string): readonly string[] {
  return unique(
    listSpans(document).flatMap((span) => {
      if (PATH.test(span)) return [span];
      return /^[a-z-]+\/[\w/-]+\.(?:ts|mjs)$/.test(span) ? [`src/${span}`] : [];
    }),
  );
}

/** Targets of links inside the repository, with the part after `#`. */
export function listLinks(document: string): readonly string[] {
  const found = document.replaceAll(FENCE, '').matchAll(/\]\((?<target>[^)\s]+)\)/g);
  return unique(
    [...found]
      .map(({ groups }) => groups?.['target'] ?? '')
      .filter((target) => !/^[a-z]+:/.test(target)),
  );
}

/** What may stand after `#` in a link to the document, as GitHub names its headings. */
export function listAnchors(document: string): readonly string[] {
  const counts = new Map<string, number>();
  return [...document.replaceAll(FENCE, '').matchAll(/^#{1,6} (?<text>.+)$/gm)].map(
    ({ groups }) => {
      const slug = (groups?.['text'] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-');
      const count = counts.get(slug) ?? 0;
      counts.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    },
  );
}

/** Metrics that a text names, without the endings that Prometheus gives a histogram. */
export function listMetrics(document: string): readonly string[] {
  return unique(
    [...document.matchAll(/\bholdfast_[a-z0-9_]+[a-z0-9]/g)].map(([name]) =>
      name.replace(/_(?:bucket|sum|count)$/, ''),
    ),
  );
}

/** Words in code that look like error or finding codes: `journal_locked`. */
export function listCodes(document: string): readonly string[] {
  return unique(listSpans(document).filter((span) => /^[a-z]+(?:_[a-z]+)+$/.test(span)));
}

/** Configuration keys in code that begin with one of the sections: `audit.journal.folder`, without `[]` and value. */
export function listKeys(document: string, sections: readonly string[]): readonly string[] {
  return unique(
    listSpans(document).flatMap((span) => {
      const key = /^(?<key>[A-Za-z]+(?:\.[A-Za-z]+(?:\[\])?)+)(?:: .*)?$/.exec(span)?.groups?.[
        'key'
      ];
      const section = key?.split('.')[0] ?? '';
      return key !== undefined && sections.includes(section) ? [key.replaceAll('[]', '')] : [];
    }),
  );
}

// A block after this note is for another program, and the test that the note names runs it.
const CONFIGURATION = /(?<!^<!-- run by \S+ -->\n)^```yaml\n(?<text>[\s\S]*?)^```$/gm;

/** What stands in fences that are marked as YAML. */
export function listYamlBlocks(document: string): readonly string[] {
  return [...document.matchAll(CONFIGURATION)].map(({ groups }) => groups?.['text'] ?? '');
}

/** Lines of code blocks, continued ones joined, and code inside of sentences. */
function listCode(document: string): readonly string[] {
  const fences = [...document.matchAll(FENCE)].flatMap(([fence]) =>
    fence.replaceAll(/\\\n\s*/g, '').split('\n'),
  );
  return [...fences, ...listSpans(document)];
}

function listSpans(document: string): readonly string[] {
  return [...document.replaceAll(FENCE, '').matchAll(/`(?<span>[^`\n]+)`/g)].map(
    ({ groups }) => groups?.['span'] ?? '',
  );
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
