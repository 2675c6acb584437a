/** Tables of the documents that are written from code, between two comments that readers do not see. */

/** One table: what its block is called, and its text. */
export interface Block {
  readonly name: string;
  readonly markdown: string;
}

/** The block's text; undefined where a marker is missing. */
export function readBlock(document: string, name: string): string | undefined {
  const found = locate(document, name);
  return found === undefined ? undefined : document.slice(found.start, found.end).trim();
}

/** The document with the block's text replaced. */
export function replaceBlock(document: string, { name, markdown }: Block): string {
  const found = locate(document, name);
  if (found === undefined) {
    throw new Error(
      `Cannot find "${begin(name)}" and "${end(name)}": write both where the table belongs`,
    );
  }
  return `${document.slice(0, found.start)}\n${markdown}\n${document.slice(found.end)}`;
}

/** A table in Markdown; a bar or a line break in a cell cannot break it. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [header, header.map(() => '---'), ...rows.map((row) => row.map(escapeCell))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The rows of one table that the other lacks, each with what to do about it. */
export function compareBlocks(found: string | undefined, wanted: Block): readonly string[] {
  if (found === undefined) {
    return [
      `the block "${wanted.name}" is missing: write ${begin(wanted.name)} and ${end(wanted.name)}`,
    ];
  }
  if (found === wanted.markdown) return [];
  const inDocument = new Set(found.split('\n'));
  const inCode = new Set(wanted.markdown.split('\n'));
  return [
    ...[...inCode]
      .filter((line) => !inDocument.has(line))
      .map((line) => `not in the document: ${line}`),
    ...[...inDocument]
      .filter((line) => !inCode.has(line))
      .map((line) => `not in the code: ${line}`),
    'run npm run docs:tables',
  ];
}

function locate(
  document: string,
  name: string,
): { readonly start: number; readonly end: number } | undefined {
  const start = document.indexOf(begin(name));
  const stop = document.indexOf(end(name));
  if (start === -1 || stop < start) return undefined;
  return { start: start + begin(name).length, end: stop };
}

function begin(name: string): string {
  return `<!-- table: ${name} -->`;
}

function end(name: string): string {
  return `<!-- end: ${name} -->`;
}

function escapeCell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|');
}
