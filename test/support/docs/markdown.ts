/** The parts of Markdown that generated pages are made of. */

/** A table; a bar or a line break in a cell cannot break it. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [header, header.map(() => '---'), ...rows.map((row) => row.map(escapeCell))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Text as code; a backtick inside does not end it. */
export function formatCode(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** A block of commands or text. */
export function formatFence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|');
}
