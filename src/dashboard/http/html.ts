/**
 * HTML that escapes by default. A template engine would need a build step or a language of its own; what a tagged template inserts is
 * escaped whatever it is, and only what this file has made is inserted as it is.
 */

/** What can stand between the parts of a template. `undefined` and `false` are left out. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/** Markup. Only `markup` makes it, so that no text of a record can become markup. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** The parts of a template are code of ours; the values are text. */
  static of(parts: readonly string[], values: readonly HtmlValue[]): Html {
    const texts = parts.flatMap((part, index) =>
      index === 0 ? [part] : [Html.#insert(values[index - 1]), part],
    );
    return new Html(texts.join(''));
  }

  static #insert(value: HtmlValue): string {
    if (value instanceof Html) return value.#text;
    if (isList(value)) return value.map((one) => Html.#insert(one)).join('');
    return value === undefined || value === false ? '' : escape(String(value));
  }

  toString(): string {
    return this.#text;
  }
}

function isList(value: HtmlValue): value is readonly HtmlValue[] {
  return Array.isArray(value);
}

/** A template: every value in it is escaped, also in attributes, which must stand in double quotes. */
export function markup(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.of(parts, values);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Characters that hide text or turn its direction are shown as U+FFFD: a name must not look like another one. Source: Unicode TR 36,
 * section 2.5; CVE-2021-42574.
 */
const INVISIBLE = /[^\P{C}\n]|[\u2028\u2029]/gu;

function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(INVISIBLE, '\u{FFFD}')
    .replaceAll(/[&<>"']/gu, (character) => String(ESCAPES[character]));
}
