/** A distinguished name as Go's `pkix.Name` in JSON. Source: RFC 5280, section 4.1.2.4. */
import type { Element } from '../../../../base/parse-ber.ts';
import { malformed, readArcs, readText } from './der-values.ts';

type Texts = readonly string[] | null;

/** The parts that Go names, and all of them in their order. */
export interface NameFields {
  readonly Country: Texts;
  readonly Organization: Texts;
  readonly OrganizationalUnit: Texts;
  readonly Locality: Texts;
  readonly Province: Texts;
  readonly StreetAddress: Texts;
  readonly PostalCode: Texts;
  readonly SerialNumber: string;
  readonly CommonName: string;
  readonly Names: readonly NamePart[] | null;
  readonly ExtraNames: null;
}

interface NamePart {
  readonly Type: readonly number[];
  readonly Value: string;
}

/** Reads a name. */
export function readName(name: Element): NameFields {
  const Names = name.children.flatMap((set) => set.children.map(readPart));
  const texts = (type: number): readonly string[] =>
    Names.filter(({ Type }) => Type.join('.') === `2.5.4.${type}`).map(({ Value }) => Value);
  const list = (type: number): Texts => orNull(texts(type));
  return {
    Country: list(6),
    Organization: list(10),
    OrganizationalUnit: list(11),
    Locality: list(7),
    Province: list(8),
    StreetAddress: list(9),
    PostalCode: list(17),
    SerialNumber: texts(5).at(-1) ?? '',
    CommonName: texts(3).at(-1) ?? '',
    Names: orNull(Names),
    ExtraNames: null,
  };
}

/** Go's JSON has no empty lists where nothing was appended. */
export function orNull<T>(items: readonly T[]): readonly T[] | null {
  return items.length === 0 ? null : items;
}

function readPart({ children: [type, value] }: Element): NamePart {
  if (value === undefined) throw malformed('a part of a name has no value');
  return { Type: readArcs(type), Value: readText(value) };
}
