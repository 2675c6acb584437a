/** Foreign text in Markdown. */
import { printable } from './printable.ts';

/** A name that somebody chose must not become a link, an image, a mention or another cell. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replaceAll(/[\\`*_{}[\]<>|#!~@]/gu, String.raw`\$&`)
    .replaceAll('&', '&amp;');
}
