/**
 * Blanks comments and the contents of strings, templates and regular expressions, so that rules look at code alone.
 *
 * A small scanner, not a parser: it knows where texts begin and end, and nothing else.
 */

/** After one of these a slash begins a regular expression, after anything else it divides. */
const BEFORE_REGEX =
  /(?:^|[=(,;:!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|of|in|void|delete|throw|await))\s*$/;
/** How far back the scanner looks to tell a division from a regular expression. */
const LOOK_BACK = 24;

interface Scanner {
  readonly text: string;
  readonly out: string[];
  index: number;
}

/** Same length, same line breaks; quotes stay, so that an import can still be told. */
export function maskSource(text: string): string {
  const scanner: Scanner = { text, out: [], index: 0 };
  scanCode(scanner, undefined);
  return scanner.out.join('');
}

/** Scans code up to the end, or to the closing brace of a template's `${`. */
function scanCode(scanner: Scanner, end: '}' | undefined): void {
  let depth = 0;
  while (scanner.index < scanner.text.length) {
    const char = scanner.text[scanner.index] ?? '';
    if (char === end && depth === 0) return;
    if (char === '{') depth += 1;
    else if (char === '}') depth -= 1;
    if (!scanText(scanner, char)) keep(scanner);
  }
}

/** Takes a comment, string, template or regular expression; false where none begins here. */
function scanText(scanner: Scanner, char: string): boolean {
  const { text, index } = scanner;
  if (text.startsWith('//', index)) blankUntil(scanner, indexOrEnd(text, '\n', index));
  else if (text.startsWith('/*', index)) blankUntil(scanner, indexOrEnd(text, '*/', index + 2) + 2);
  else if (char === "'" || char === '"') scanString(scanner, char);
  else if (char === '`') scanTemplate(scanner);
  else if (char === '/' && beginsRegex(scanner)) scanRegex(scanner);
  else return false;
  return true;
}

function scanString(scanner: Scanner, quote: string): void {
  keep(scanner);
  while (scanner.index < scanner.text.length && scanner.text[scanner.index] !== quote) {
    if (scanner.text[scanner.index] === '\\') blank(scanner);
    blank(scanner);
  }
  keep(scanner);
}

function scanTemplate(scanner: Scanner): void {
  keep(scanner);
  while (scanner.index < scanner.text.length && scanner.text[scanner.index] !== '`') {
    if (scanner.text.startsWith('${', scanner.index)) {
      keep(scanner);
      keep(scanner);
      scanCode(scanner, '}');
      keep(scanner);
      continue;
    }
    if (scanner.text[scanner.index] === '\\') blank(scanner);
    blank(scanner);
  }
  keep(scanner);
}

function beginsRegex(scanner: Scanner): boolean {
  const before = scanner.out.slice(-LOOK_BACK).join('');
  return BEFORE_REGEX.test(before);
}

function scanRegex(scanner: Scanner): void {
  keep(scanner);
  let inClass = false;
  while (scanner.index < scanner.text.length) {
    const char = scanner.text[scanner.index];
    if (char === '\n' || (char === '/' && !inClass)) break;
    if (char === '[') inClass = true;
    if (char === ']') inClass = false;
    if (char === '\\') blank(scanner);
    blank(scanner);
  }
  keep(scanner);
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const index = text.indexOf(wanted, from);
  return index === -1 ? text.length : index;
}

function blankUntil(scanner: Scanner, end: number): void {
  while (scanner.index < Math.min(end, scanner.text.length)) blank(scanner);
}

function keep(scanner: Scanner): void {
  scanner.out.push(scanner.text[scanner.index] ?? '');
  scanner.index += 1;
}

function blank(scanner: Scanner): void {
  const char = scanner.text[scanner.index] ?? '';
  scanner.out.push(char === '\n' ? '\n' : char === '' ? '' : ' ');
  scanner.index += 1;
}
